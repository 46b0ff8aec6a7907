/* What marq reaches on generated functions of one to nine inputs, with nothing set. */
#include "../nets/trial.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 100000, QUICK_ROWS = 1000, SECONDS = 8 };

static const struct {
    bench_target target;
    double noise;
} functions[] = {{BENCH_ELLIPTIC, 0}, {BENCH_EXP_SINE, 0}, {BENCH_GRAVITY, 0},
                 {BENCH_PARABOLA, 0}, {BENCH_BESSEL, 0},   {BENCH_SINUSOID, 0.1}};

/* The shape and start of `fit DATA`. */
static marq_net *make_net(const bench_samples *s, marq_normalisation scaling) {
    const size_t widths[] = {s->inputs, 20, 20, 10, 1};
    marq_error error;
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1);
    bench_samples_normalise(s, scaling, net);
    return net;
}

/* The largest difference from the function without noise on test rows. */
static double largest_error(const bench_samples *s, const marq_net *net) {
    double *fitted = bench_doubles(s->rows, 1), most = 0;
    if (marq_net_predict(net, s->rows, s->X, fitted, 0) != MARQ_OK) bench_fail("out of memory");
    for (size_t i = 0; i < s->rows; i++)
        if (s->set[i] == MARQ_TEST) most = fmax(most, fabs(fitted[i] - s->truth[i]));
    free(fitted);
    return most;
}

static void train(json_t *table, bench_target target, const bench_samples *s, const char *trainer,
                  const marq_train_options *options) {
    marq_net *net = make_net(s, options->normalise);
    bench_trial t = bench_trial_train(trainer, net, s, options);
    size_t epochs = t.points > 0 ? t.point[t.points - 1].epoch : 0;
    bench_row(table, "sszzfffff", bench_target_key(target), trainer, (size_t)options->threads, epochs,
              t.seconds, t.kept.mse[MARQ_TEST],
              1 - t.kept.mse[MARQ_TEST] / bench_samples_variance(s, MARQ_TEST), t.kept.truth,
              largest_error(s, net));
    bench_trial_destroy(&t);
    marq_net_destroy(net);
}

static void run(bench *b) {
    const size_t all[] = {1, (size_t)omp_get_max_threads()};
    bench_list threads = bench_list_or(&b->options.threads, all[1] > 1 ? 2 : 1, all);
    size_t rows = b->options.sizes.count ? b->options.sizes.value[0] : b->options.quick ? QUICK_ROWS : ROWS;
    double limit = b->options.quick ? 0.05 : b->options.iterations ? (double)b->options.iterations : SECONDS;
    json_t *table =
        bench_table(b, "functions", "Generated functions",
                    "function|trainer|threads|epochs|seconds|test MSE|test R2|error without noise|largest "
                    "error");
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        bench_samples s = bench_samples_create(&(bench_source){.target = functions[k].target,
                                                               .rows = rows,
                                                               .noise = functions[k].noise,
                                                               .seed = 1,
                                                               .shares = {70, 15, 15}});
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.max_seconds = limit;
        for (size_t t = 0; t < threads.count; t++) {
            char trainer[48];
            snprintf(trainer, sizeof trainer, "LM, %zu thread%s", threads.value[t],
                     threads.value[t] > 1 ? "s" : "");
            options.threads = (int)threads.value[t];
            train(table, functions[k].target, &s, trainer, &options);
        }
        options.optimizer = MARQ_OPTIMIZER_ADAM;
        options.normalise = MARQ_NORMALISE_STANDARD;
        options.threads = 1;
        train(table, functions[k].target, &s, "Adam, 1 thread", &options);
        bench_samples_destroy(&s);
    }
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
        bench_note(b, "%s: %s%s.", bench_target_key(functions[k].target),
                   bench_target_words(functions[k].target),
                   functions[k].noise > 0 ? ", normal noise 0.1" : "");
    bench_draw(b, table,
               &(bench_picture){.name = "functions",
                                .title = "Error on test rows, without noise",
                                .x = "function",
                                .y = "error without noise",
                                .series = "trainer",
                                .log_y = 1,
                                .bars = 1});
}

const bench_study bench_this = {
    .name = "functions",
    .title = "Generated functions",
    .about =
        "100 000 rows of each function, inputs uniform, split 70/15/15; net 20-20-10 with tanh and the "
        "training that "
        "`fit DATA` has when nothing is said, for at most 8 s; Adam of marq (rate 0.001, batch 32, columns "
        "standardised) for the same time beside it. Test MSE in units of the data; `error without noise` is "
        "the mean "
        "squared error on test rows against the function itself, over its variance; the largest error "
        "likewise, in "
        "units of the data. Every trainer keeps the parameters of the best validation error. `--sizes` gives "
        "the "
        "rows, `--iterations` the seconds, `--threads` the numbers of threads.",
    .run = run,
};
