/* Digits: a classification by Adam and by Levenberg-Marquardt, beside peers, and where the time of an epoch
 * goes. */
#include "../digits/digits.h"
#include "../digits/phases.h"

#include <base/clock.h>
#include <base/text.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 32, PEERS_LM_BATCH = 150, EPOCHS = 10, QUICK_EPOCHS = 2 };
static const double rate = 1e-3;

typedef struct contest {
    bench *b;
    const bench_digits *digits;
    size_t epochs, hidden;
    size_t lm_batch; /* given, or 0: marq's own choice */
    int threads;
    json_t *table, *curves;
    const char *trainer; /* of the training that is under way */
} contest;

static marq_net *make_net(const contest *c) {
    const size_t widths[] = {DIGITS_PIXELS, c->hidden, DIGITS_CLASSES};
    const marq_activation activations[] = {MARQ_SIGMOID, MARQ_LINEAR};
    marq_error error;
    marq_net *net = marq_net_create(3, widths, activations, &error);
    if (!net || marq_net_set_classes(net, DIGITS_CLASSES, NULL, &error) != MARQ_OK)
        bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_XAVIER, 1);
    return net;
}

/* ---- marq ---- */

static int on_epoch(void *user, const marq_epoch *epoch) {
    const contest *c = user;
    bench_row(c->curves, "szff", c->trainer, epoch->epoch, epoch->seconds, 100 * epoch->accuracy[MARQ_TEST]);
    return 0;
}

static marq_train_options options_of(const contest *c, marq_optimizer optimizer, size_t epochs) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.optimizer = optimizer;
    options.normalise = MARQ_NORMALISE_NONE;
    options.first_order.learning_rate = optimizer == MARQ_OPTIMIZER_ADAM ? rate : 0;
    options.batch = optimizer == MARQ_OPTIMIZER_ADAM ? BATCH : c->lm_batch;
    options.max_epochs = epochs;
    options.max_failures = 0;
    options.min_gradient = options.relative_goal = 0;
    options.threads = c->threads;
    return options;
}

static marq_training train(const contest *c, marq_net *net, const marq_train_options *options) {
    const bench_digits *d = c->digits;
    marq_data data = {.rows = d->rows, .X = d->X, .Y = d->Y, .set = d->set};
    marq_training training;
    marq_error error;
    if (marq_net_train(net, &data, options, &training, &error) < 0) bench_fail("%s", error.message);
    return training;
}

static void run_own(contest *c, const char *trainer, marq_optimizer optimizer) {
    marq_net *net = make_net(c);
    marq_train_options options = options_of(c, optimizer, c->epochs);
    c->trainer = trainer;
    options.progress = on_epoch;
    options.progress_user = c;
    marq_training t = train(c, net, &options);
    bench_row(c->table, "sszffff", trainer, optimizer == MARQ_OPTIMIZER_LM ? t.plan : "batches of 32",
              t.epochs, t.seconds, 1e3 * t.seconds / (double)(t.epochs ? t.epochs : 1),
              100 * t.accuracy[MARQ_TRAIN], 100 * t.accuracy[MARQ_TEST]);
    marq_net_destroy(net);
}

/* ---- Peers ---- */

/* A row of the file: pixels, label, set. */
static void write_rows(const contest *c, const char *path) {
    const bench_digits *d = c->digits;
    FILE *file = fopen(path, "wb");
    size_t written = 0;
    for (size_t i = 0; file && i < d->rows; i++) {
        double set = d->set[i];
        written += fwrite(d->X + i * DIGITS_PIXELS, sizeof(double), DIGITS_PIXELS, file);
        written += fwrite(d->Y + i, sizeof(double), 1, file);
        written += fwrite(&set, sizeof set, 1, file);
    }
    if (!file || fclose(file) != 0 || written != d->rows * (DIGITS_PIXELS + 2))
        bench_fail("%s cannot be written", path);
}

static void add_peer(const contest *c, const json_t *peer) {
    const char *name = json_string_value(json_object_get(peer, "name"));
    const char *settings = json_string_value(json_object_get(peer, "settings"));
    if (!name || !settings) bench_fail("a peer's answer is incomplete");
    double seconds = 0, accuracy = 0;
    size_t i;
    const json_t *at;
    json_array_foreach(json_object_get(peer, "seconds"), i, at) {
        seconds += json_number_value(at);
        accuracy = json_number_value(json_array_get(json_object_get(peer, "accuracy"), i));
        bench_row(c->curves, "szff", name, i + 1, seconds, 100 * accuracy);
    }
    bench_row(c->table, "sszff-f", name, settings, c->epochs, seconds, 1e3 * seconds / (double)c->epochs,
              100 * accuracy);
}

static json_t *request_of(const contest *c, const char *path) {
    marq_net *net = make_net(c);
    json_t *parameters = bench_numbers(marq_net_count(net), marq_net_parameters(net));
    marq_net_destroy(net);
    return json_pack("{s:[i,i,i], s:o, s:s, s:i, s:i, s:i, s:i, s:i, s:f}", "sizes", DIGITS_PIXELS,
                     (int)c->hidden, DIGITS_CLASSES, "parameters", parameters, "file", path, "rows",
                     (int)c->digits->rows, "batch", BATCH, "lm batch",
                     (int)(c->lm_batch ? c->lm_batch : PEERS_LM_BATCH), "epochs", (int)c->epochs, "threads",
                     c->threads, "rate", rate);
}

static void run_peers(const contest *c) {
    char path[1024];
    snprintf(path, sizeof path, "%s/digits.tmp", c->b->options.out);
    if (c->b->options.python) write_rows(c, path);
    json_t *answer = bench_ask(c->b, "digits_training.py", (size_t)c->threads, request_of(c, path));
    size_t i;
    const json_t *peer;
    json_array_foreach(json_object_get(answer, "peers"), i, peer) add_peer(c, peer);
    json_decref(answer);
    unlink(path);
}

/* ---- Phases ---- */

static void study_phases(const contest *c) {
    marq_net *net = make_net(c);
    marq_train_options options = options_of(c, MARQ_OPTIMIZER_ADAM, c->epochs);
    marq_profile *profile = marq_profile_create((size_t)c->threads, 4096);
    if (!profile) bench_fail("out of memory for the profile");
    options.profile = profile;
    double begin = marq_clock_seconds();
    marq_training plain, t = train(c, net, &options);
    double whole = marq_clock_seconds() - begin;
    marq_net_destroy(net);
    size_t batches = (t.rows[MARQ_TRAIN] + BATCH - 1) / BATCH * t.epochs;
    double seconds = bench_report_phases(c->b, profile, t.epochs, batches);
    marq_profile_destroy(profile);
    net = make_net(c);
    options.profile = NULL;
    plain = train(c, net, &options);
    marq_net_destroy(net);
    bench_note(c->b,
               "Phases of Adam, %zu epochs, %zu batches: the places add up to %.4g s of the %.4g s that the "
               "training took with its evaluations, start to end. Without them (judge), as the seconds above "
               "count, it took %.4g s, and %.4g s without the profile. [training.svg](training.svg) is the "
               "flame graph.",
               t.epochs, batches, seconds, whole, t.seconds, plain.seconds);
}

static void run(bench *b) {
    bench_digits digits = bench_digits_load(b);
    contest c = {.b = b,
                 .digits = &digits,
                 .epochs = b->options.iterations ? b->options.iterations
                           : b->options.quick    ? QUICK_EPOCHS
                                                 : EPOCHS,
                 .hidden = b->options.sizes.count ? b->options.sizes.value[0]
                           : b->options.quick     ? 8
                                                  : 100,
                 .lm_batch = b->options.batches.count ? b->options.batches.value[0] : 0,
                 .threads = b->options.threads.count ? (int)b->options.threads.value[0] : 1};
    c.table =
        bench_table(b, "trainers", "Trainers",
                    "trainer|settings|epochs|seconds|ms an epoch|training accuracy, %|test accuracy, %");
    c.curves = bench_table(b, "curves", "Accuracy on the way", "trainer|epoch|seconds|test accuracy, %");
    run_own(&c, "marq Adam", MARQ_OPTIMIZER_ADAM);
    run_own(&c, "marq LM", MARQ_OPTIMIZER_LM);
    run_peers(&c);
    study_phases(&c);
    bench_note(b,
               "The images: %s. Recorded elsewhere, on MNIST: 4157 ms an epoch, about half of Keras's speed.",
               digits.source);
    bench_draw(b, c.curves,
               &(bench_picture){.name = "accuracy-epochs",
                                .title = "Accuracy on test images over epochs",
                                .x = "epoch",
                                .y = "test accuracy, %",
                                .series = "trainer"});
    bench_draw(b, c.curves,
               &(bench_picture){.name = "accuracy-seconds",
                                .title = "Accuracy on test images over time",
                                .x = "seconds",
                                .y = "test accuracy, %",
                                .series = "trainer",
                                .log_x = 1});
    bench_digits_destroy(&digits);
}

const bench_study bench_this = {
    .name = "digits",
    .title = "Digits",
    .about =
        "Images of 28 x 28 pixels in [0,1], ten classes, net 784-100-10, sigmoids inside, softmax and "
        "cross-entropy at the output. Adam, in marq and in Keras (on JAX) from one start: rate 0.001, "
        "batches of 32. Levenberg-Marquardt from that start, in marq (generalised Gauss-Newton steps) and in "
        "torch-levenberg-marquardt (the roots of the rows' losses as residuals): batches of marq's choice, "
        "and of 150 rows. No early stopping. Accuracies on the way are those of each epoch's parameters; "
        "those of marq in the "
        "first table are of the parameters with the least training error, those of peers of the last epoch. "
        "`--data DIR` takes MNIST's four IDX files, unpacked; without it scikit-learn's bundled digits are "
        "resized, and without Python digits are drawn. `--sizes` gives the hidden neurons, `--iterations` "
        "the epochs, `--batches` the rows of a step of Levenberg-Marquardt in both, `--threads N` the "
        "threads.",
    .run = run,
};
