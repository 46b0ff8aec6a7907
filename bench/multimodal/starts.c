/* Start values: the first epochs of ten seeds. */
#include "multimodal.h"

#include <base/random.h>
#include <math.h>
#include <stdlib.h>

typedef struct start {
    const char *name;
    double uniform; /* all parameters uniform in ± this; 0: */
    marq_initialiser initialiser;
} start;

static const start starts[] = {{"uniform, 1", 1, MARQ_INIT_XAVIER},
                               {"uniform, 3", 3, MARQ_INIT_XAVIER},
                               {"Xavier", 0, MARQ_INIT_XAVIER},
                               {"Nguyen-Widrow", 0, MARQ_INIT_NGUYEN_WIDROW},
                               {"initnw", 0, MARQ_INIT_INITNW}};
enum { SEEDS = 10, EPOCHS = 100 };

static marq_net *make_net(const bench_samples *s, const start *from, uint64_t seed) {
    marq_net *net = bench_multimodal_net(s, from->initialiser, seed);
    if (from->uniform > 0) {
        marq_random random = {.seed = seed, .stream = MARQ_STREAM_INITIALISE};
        double *theta = marq_net_parameters(net);
        for (size_t j = 0; j < marq_net_count(net); j++)
            theta[j] = from->uniform * (2 * marq_random_uniform(&random) - 1);
    }
    return net;
}

/* errors[epoch * seeds + seed]; a run that ended keeps its error. */
static void run_start(const bench *b, const start *from, size_t seeds, size_t epochs, double *errors) {
    for (size_t k = 0; k < seeds; k++) {
        bench_samples s = bench_multimodal_samples(b, k + 1);
        marq_net *net = make_net(&s, from, k + 1);
        marq_train_options options = bench_multimodal_options(b, epochs);
        bench_trial trial = bench_trial_train(from->name, net, &s, &options);
        for (size_t e = 0; e < epochs; e++) errors[e * seeds + k] = bench_multimodal_after(&trial, &s, e + 1);
        bench_trial_destroy(&trial);
        marq_net_destroy(net);
        bench_samples_destroy(&s);
    }
}

static double rank(size_t seeds, double *errors, double q) {
    bench_sort(seeds, errors);
    return bench_quantile(seeds, errors, q);
}

void bench_multimodal_starts(bench *b) {
    size_t seeds = b->options.quick ? 2 : SEEDS, epochs = b->options.quick ? 10 : EPOCHS;
    json_t *table =
        bench_table(b, "starts", "Start values: training error of the first epochs, median of the seeds",
                    "start|seeds|epochs 10|epochs 30|epochs 100|best seed|worst seed");
    json_t *curves = bench_table(b, "start-curves", "Start values", "start|epoch|median training MSE");
    bench_only_json(curves);
    double *errors = bench_doubles(epochs, seeds);
    for (size_t k = 0; k < sizeof starts / sizeof *starts; k++) {
        run_start(b, &starts[k], seeds, epochs, errors);
        for (size_t e = 0; e < epochs; e++)
            bench_row(curves, "szf", starts[k].name, e + 1, rank(seeds, errors + e * seeds, 0.5));
        const double *last = errors + (epochs - 1) * seeds;
        double middle[3];
        static const size_t at[] = {10, 30, 100};
        for (size_t j = 0; j < 3; j++) {
            size_t e = at[j] < epochs ? at[j] : epochs;
            middle[j] = bench_quantile(seeds, errors + (e - 1) * seeds, 0.5);
        }
        bench_row(table, "szfffff", starts[k].name, seeds, middle[0], middle[1], middle[2], last[0],
                  last[seeds - 1]);
    }
    free(errors);
    bench_draw(b, curves,
               &(bench_picture){.name = "starts",
                                .title = "Start values: median training error",
                                .x = "epoch",
                                .y = "median training MSE",
                                .series = "start",
                                .log_y = 1});
}
