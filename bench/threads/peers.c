#include "threads.h"

#include "../nets/net_peers.h"

static const double seconds_of_training = 4;

/* The rows and the net of the strong scaling's first subject. */
static marq_net *make_start(const bench_samples *s) {
    const size_t widths[] = {1, 20, 20, 10, 1};
    marq_error error;
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1);
    bench_samples_normalise(s, MARQ_NORMALISE_RANGE, net);
    return net;
}

static void add_trial(json_t *table, const bench_trial *t, size_t rows, size_t threads, double *first) {
    double seconds = t->seconds / (double)t->point[t->points - 1].epoch;
    if (!(*first > 0)) *first = seconds;
    bench_row(table, "sszzff", t->trainer, "1-20-20-10-1", rows, threads, 1e3 * seconds, *first / seconds);
}

void bench_threads_peers(bench *b, const bench_list *threads) {
    bench_samples s = bench_samples_create(
        &(bench_source){.target = BENCH_MULTIMODAL, .rows = 1000, .seed = 1, .shares = {70, 20, 10}});
    marq_net *start = make_start(&s);
    json_t *table = NULL;
    double first = 0;
    for (size_t k = 0; k < threads->count; k++) {
        bench_trial trials[BENCH_MOST_TRIALS];
        bench_peer_task task = {.trainers = "torch-lm",
                                .epochs = b->options.quick ? 2 : 100000,
                                .seconds = seconds_of_training,
                                .batch = 1,
                                .density = 1,
                                .threads = threads->value[k]};
        if (bench_train_peers(b, &task, start, &s, trials) == 0) break;
        if (!table)
            table = bench_table(b, "peers", "A peer's epochs, all rows a step",
                                "trainer|net|rows|threads|ms an epoch|speed-up");
        add_trial(table, &trials[0], bench_samples_count(&s, MARQ_TRAIN), threads->value[k], &first);
        bench_trial_destroy(&trials[0]);
    }
    marq_net_destroy(start);
    bench_samples_destroy(&s);
}
