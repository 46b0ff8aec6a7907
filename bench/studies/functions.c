/* What marq reaches on generated functions of one to nine inputs, with nothing set, beside trainers of
 * PyTorch and scikit-learn. */
#include "../nets/net_peers.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>

enum { ROWS = 100000, QUICK_ROWS = 1000, SECONDS = 6, PEER_BATCH = 200 };
static const double peer_rate = 1e-3, peer_times = 10;

static const struct function {
    bench_target target;
    double noise;
} functions[] = {{BENCH_ELLIPTIC, 0}, {BENCH_EXP_SINE, 0}, {BENCH_GRAVITY, 0},
                 {BENCH_PARABOLA, 0}, {BENCH_BESSEL, 0},   {BENCH_SINUSOID, 0.1}};

typedef struct contest {
    bench *b;
    json_t *table;
    bench_target target;
    const bench_samples *samples;
    double limit; /* seconds of a training */
} contest;

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

static void add_trial(const contest *c, const bench_trial *t, size_t threads) {
    const bench_errors *e = &t->kept;
    bench_row(c->table, "sszzfffff", bench_target_key(c->target), t->trainer, threads,
              t->points > 0 ? t->point[t->points - 1].epoch : 0, t->seconds, e->mse[MARQ_TEST],
              1 - e->mse[MARQ_TEST] / bench_samples_variance(c->samples, MARQ_TEST), e->truth, e->largest);
}

/* Returns the seconds that it took. */
static double train(const contest *c, const char *trainer, const marq_train_options *options) {
    marq_train_options own = *options;
    own.max_seconds = c->limit;
    marq_net *net = make_net(c->samples, own.normalise);
    bench_trial t = bench_trial_train(trainer, net, c->samples, &own);
    double seconds = t.seconds;
    add_trial(c, &t, (size_t)own.threads);
    bench_trial_destroy(&t);
    marq_net_destroy(net);
    return seconds;
}

/* Returns the seconds on the first number of threads. */
static double run_lm(const contest *c, const bench_list *threads) {
    double seconds[BENCH_MOST_IN_LIST];
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    for (size_t t = 0; t < threads->count; t++) {
        char trainer[48];
        snprintf(trainer, sizeof trainer, "LM, %zu thread%s", threads->value[t],
                 threads->value[t] > 1 ? "s" : "");
        options.threads = (int)threads->value[t];
        seconds[t] = train(c, trainer, &options);
    }
    return seconds[0];
}

static void run_adam(const contest *c) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.optimizer = MARQ_OPTIMIZER_ADAM;
    options.normalise = MARQ_NORMALISE_STANDARD;
    options.threads = 1;
    train(c, "Adam, 1 thread", &options);
}

/* Returns 0 if there are none. */
static size_t run_peers(const contest *c, double seconds) {
    bench_trial trials[BENCH_MOST_TRIALS];
    marq_net *start = make_net(c->samples, MARQ_NORMALISE_STANDARD);
    bench_peer_task task = {.trainers = "torch-adam,sklearn-adam,sklearn-lbfgs",
                            .epochs = c->b->options.quick ? 3 : 100000,
                            .seconds = seconds,
                            .batch = PEER_BATCH,
                            .rate = peer_rate,
                            .density = 1.1,
                            .threads = 1};
    size_t count = bench_train_peers(c->b, &task, start, c->samples, trials);
    for (size_t k = 0; k < count; k++) {
        add_trial(c, &trials[k], 1);
        bench_trial_destroy(&trials[k]);
    }
    marq_net_destroy(start);
    return count;
}

static void add_notes(bench *b) {
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++)
        bench_note(b, "%s: %s%s.", bench_target_key(functions[k].target),
                   bench_target_words(functions[k].target),
                   functions[k].noise > 0 ? ", normal noise 0.1" : "");
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
    size_t peers = 1; /* in quick mode of the first function: each call of Python takes seconds */
    for (size_t k = 0; k < sizeof functions / sizeof *functions; k++) {
        const struct function *f = &functions[k];
        bench_source source = {
            .target = f->target, .rows = rows, .noise = f->noise, .seed = 1, .shares = {70, 15, 15}};
        bench_samples s = bench_samples_create(&source);
        contest c = {b, table, f->target, &s, limit};
        double seconds = run_lm(&c, &threads);
        run_adam(&c);
        if (peers > 0) peers = run_peers(&c, fmin(limit, peer_times * seconds));
        if (b->options.quick) peers = 0;
        bench_samples_destroy(&s);
    }
    add_notes(b);
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
        "training that `fit DATA` has when nothing is said, for at most 6 s; beside it Adam of marq (rate "
        "0.001, batches of 32) for the same time, and Adam of PyTorch and scikit-learn (rate 0.001, "
        "batches of 200) and L-BFGS of scikit-learn on one thread, from the same start, for ten times the "
        "seconds of LM on one thread and at most 6 s; all of these on standardised columns. Test MSE in "
        "units of the data; `error without noise` is the mean squared error on test rows against the "
        "function itself, over its variance; the largest error likewise, in units of the data. Every "
        "trainer keeps the parameters of the best validation error. `--sizes` gives the rows, "
        "`--iterations` the seconds, `--threads` the numbers of threads.",
    .run = run,
};
