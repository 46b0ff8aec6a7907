#include "net_peers.h"

#include "nn/net.h"
#include <base/text.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- The request ---- */

static json_t *describe_net(const marq_net *net) {
    json_t *sizes = json_array(), *activations = json_array();
    for (size_t l = 0; l <= marq_net_layers(net); l++) {
        json_array_append_new(sizes, json_integer((json_int_t)marq_net_width(net, l)));
        if (l > 0)
            json_array_append_new(activations, json_string(marq_activation_key(marq_net_activation(net, l))));
    }
    return json_pack("{s:o, s:o, s:o}", "sizes", sizes, "activations", activations, "parameters",
                     bench_numbers(marq_net_count(net), marq_net_parameters_const(net)));
}

/* The training rows, normalised: all that a peer sees of the data. */
static void add_rows(json_t *request, const marq_net *net, const bench_samples *s) {
    json_t *X = json_array(), *Y = json_array();
    double *x = bench_doubles(s->inputs, 1), y;
    for (size_t i = 0; i < s->rows; i++) {
        if (s->set[i] != MARQ_TRAIN) continue;
        marq_scale_rows(&net->input, 1, s->inputs, s->X + i * s->inputs, x);
        marq_scale_rows(&net->output, 1, 1, s->Y + i, &y);
        for (size_t k = 0; k < s->inputs; k++) json_array_append_new(X, json_real(x[k]));
        json_array_append_new(Y, json_real(y));
    }
    json_object_set_new(request, "X", X);
    json_object_set_new(request, "Y", Y);
    free(x);
}

/* ---- The answer ---- */

/* Records of one peer: seconds and epochs in the answer, the parameters as rows of doubles in the file. */
static void read_trial(const json_t *peer, FILE *file, const marq_net *start, const bench_samples *samples,
                       bench_trial *trial) {
    const char *name = json_string_value(json_object_get(peer, "name"));
    const char *settings = json_string_value(json_object_get(peer, "settings"));
    const json_t *seconds = json_object_get(peer, "seconds"), *epochs = json_object_get(peer, "epochs");
    marq_error error;
    marq_net *net = marq_net_copy(start, &error);
    if (!net) bench_fail("%s", error.message);
    *trial = (bench_trial){.points = 0};
    marq_format(trial->trainer, sizeof trial->trainer, "%s", name ? name : "?");
    marq_format(trial->settings, sizeof trial->settings, "%s", settings ? settings : "");
    trial->peaks.python = json_number_value(json_object_get(peer, "python peak"));
    trial->peaks.process = json_number_value(json_object_get(peer, "process peak"));
    size_t i, count = marq_net_count(net);
    const json_t *at;
    json_array_foreach(seconds, i, at) {
        if (fread(marq_net_parameters(net), sizeof(double), count, file) != count)
            bench_fail("%s: its file of parameters is too short", trial->trainer);
        bench_trial_add(trial, samples, net, (size_t)json_integer_value(json_array_get(epochs, i)),
                        json_number_value(at));
    }
    marq_net_destroy(net);
}

size_t bench_train_peers(bench *b, const bench_peer_task *task, const marq_net *start,
                         const bench_samples *samples, bench_trial *trials) {
    char path[1024];
    snprintf(path, sizeof path, "%s/parameters.tmp", b->options.out);
    json_t *request =
        json_pack("{s:s, s:o, s:i, s:f, s:i, s:f, s:f, s:i, s:b, s:s}", "trainers", task->trainers, "net",
                  describe_net(start), "epochs", (int)task->epochs, "seconds", task->seconds, "batch",
                  (int)task->batch, "rate", task->rate, "density", task->density, "threads",
                  (int)task->threads, "peaks", task->peaks, "file", path);
    if (!request) bench_fail("out of memory for the request to the peers");
    add_rows(request, start, samples);
    json_t *answer = bench_ask(b, "net_training.py", task->threads, request);
    FILE *file = answer ? fopen(path, "rb") : NULL;
    size_t i, count = 0;
    const json_t *peer;
    json_array_foreach(json_object_get(answer, "peers"), i, peer) {
        if (!file) bench_fail("%s: cannot be read", path);
        if (count == BENCH_MOST_TRIALS) bench_fail("more than %d peers", BENCH_MOST_TRIALS);
        read_trial(peer, file, start, samples, &trials[count++]);
    }
    if (file) fclose(file);
    unlink(path);
    json_decref(answer);
    return count;
}
