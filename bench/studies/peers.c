/* Trainers of nets on the multimodal data: same rows, same split, same start, float64, one clock. */
#include "../net_solvers/train.h"
#include "../nets/net_peers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double marks[] = {1e-6, 1e-8, 1e-10};
enum { MARKS = 3 };

/* Of both halves of a run: marq's own trainers and the peers. */
typedef struct contest {
    bench *b;
    json_t *table, *curve;
    double seconds; /* at most, each trainer and start */
    size_t threads;
} contest;

static marq_net *make_start(const contest *c, const bench_samples *samples, uint64_t seed) {
    const size_t widths[] = {1, 20, 20, 10, 1}, small[] = {1, 4, 4, 2, 1};
    marq_error error;
    marq_net *net = marq_net_create(5, c->b->options.quick ? small : widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, seed);
    bench_samples_normalise(samples, MARQ_NORMALISE_RANGE, net);
    return net;
}

/* MSE on outputs scaled to [0, 1]. */
static void add_trial(const contest *c, const bench_samples *s, uint64_t seed, const bench_trial *t) {
    double unit = s->range * s->range, to[MARKS];
    if (t->points == 0) return;
    const bench_point *last = &t->point[t->points - 1];
    for (int k = 0; k < MARKS; k++) to[k] = bench_trial_time_to(t, MARQ_TRAIN, marks[k] * unit);
    bench_row(c->table, "sszzffffffff", t->trainer, t->settings, (size_t)seed, last->epoch, t->seconds,
              1e3 * t->seconds / (double)last->epoch, to[0], to[1], to[2], t->kept.mse[MARQ_TRAIN] / unit,
              t->kept.mse[MARQ_VALIDATION] / unit, t->kept.mse[MARQ_TEST] / unit);
    for (size_t i = 0; seed == 1 && i < t->points; i = bench_trial_later(t, i, 1.03))
        bench_row(c->curve, "szff", t->trainer, t->point[i].epoch, t->point[i].seconds,
                  t->point[i].errors.mse[MARQ_TRAIN] / unit);
}

static void train_own(const contest *c, const char *trainer, const bench_samples *s, uint64_t seed,
                      const marq_train_options *options) {
    marq_net *net = make_start(c, s, seed);
    marq_train_options own = *options;
    own.seed = seed;
    own.threads = (int)c->threads;
    own.max_seconds = c->seconds;
    bench_trial trial = bench_trial_train(trainer, net, s, &own);
    add_trial(c, s, seed, &trial);
    bench_trial_destroy(&trial);
    marq_net_destroy(net);
}

/* Early stopping is off; the goal is beyond what is asked. */
static void run_ours(const contest *c, const bench_samples *s, uint64_t seed) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_failures = 0;
    options.max_epochs = 100000;
    options.goal = 1e-12 * s->range * s->range;
    options.relative_goal = 0;
    train_own(c, "marq LM", s, seed, &options);
    options.batch = SIZE_MAX;
    train_own(c, "marq LM, full batch", s, seed, &options);
    options.batch = 32;
    options.optimizer = MARQ_OPTIMIZER_ADAM;
    train_own(c, "marq Adam", s, seed, &options);
}

typedef struct seeded {
    const contest *c;
    const bench_samples *s;
    uint64_t seed;
} seeded;

static void add_solver(void *user, const bench_trial *trial) {
    const seeded *of = user;
    add_trial(of->c, of->s, of->seed, trial);
}

static void run_solvers(const contest *c, const bench_samples *s, uint64_t seed) {
    seeded of = {c, s, seed};
    marq_net *start = make_start(c, s, seed);
    bench_train_solvers(c->b, c->seconds, start, s, add_solver, &of);
    marq_net_destroy(start);
}

static void run_peers(const contest *c, const bench_samples *s, uint64_t seed) {
    bench_trial trials[BENCH_MOST_TRIALS];
    marq_net *start = make_start(c, s, seed);
    bench_peer_task task = {.trainers =
                                "torch-lm,optimistix,scipy-trf,octave-leasqr,sklearn-lbfgs,torch-lbfgs,"
                                "torch-adam,sklearn-adam",
                            .epochs = c->b->options.quick ? 3 : 100000,
                            .seconds = c->seconds,
                            .batch = 32,
                            .rate = 1e-3,
                            .density = 1.02,
                            .threads = c->threads};
    size_t count = bench_train_peers(c->b, &task, start, s, trials);
    for (size_t k = 0; k < count; k++) {
        add_trial(c, s, seed, &trials[k]);
        bench_trial_destroy(&trials[k]);
    }
    marq_net_destroy(start);
}

static void run(bench *b) {
    size_t rows = b->options.quick ? 200 : 1000, seeds = b->options.iterations ? b->options.iterations
                                                         : b->options.quick    ? 1
                                                                               : 2;
    size_t most = b->options.sizes.count ? b->options.sizes.value[0] : 10;
    contest c = {.b = b,
                 .seconds = b->options.quick ? 0.3 : (double)most,
                 .threads = b->options.threads.count ? b->options.threads.value[0] : 1};
    c.table = bench_table(b, "trainers", "Trainers",
                          "trainer|settings|seed|epochs|seconds|ms an epoch|s to 1e-6|s to 1e-8|s to "
                          "1e-10|training MSE|validation "
                          "MSE|test MSE");
    c.curve = bench_table(b, "curves", "Errors on the way", "trainer|epoch|seconds|training MSE");
    bench_only_json(c.curve);
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        bench_samples s = bench_samples_create(
            &(bench_source){.target = BENCH_MULTIMODAL, .rows = rows, .seed = seed, .shares = {70, 20, 10}});
        run_ours(&c, &s, seed);
        run_solvers(&c, &s, seed);
        run_peers(&c, &s, seed);
        bench_samples_destroy(&s);
    }
    bench_draw(b, c.curve,
               &(bench_picture){.name = "seconds",
                                .title = "Training error over time, one start",
                                .x = "seconds",
                                .y = "training MSE",
                                .series = "trainer",
                                .log_x = 1,
                                .log_y = 1});
    bench_note(b, "Each trainer had %.3g s a start, on %zu thread%s. Empty: not reached.", c.seconds,
               c.threads, c.threads == 1 ? "" : "s");
}

const bench_study bench_this = {
    .name = "peers",
    .title = "Trainers of nets, side by side",
    .about = "Multimodal data (y = -x sin 10x, 1000 rows, 70/20/10), net 1-20-20-10-1 with tanh, 681 "
             "parameters. Rows, split, "
             "scaling to [-1,1] and Nguyen-Widrow start are marq's, handed to every trainer; double "
             "precision; as many "
             "processors as threads. Time counts from the first epoch, after two epochs that are thrown "
             "away; evaluations are "
             "left out. Errors are mean squared errors on outputs scaled to [0,1], evaluated by marq from "
             "each trainer's "
             "parameters; MSE columns are those of the best validation error. `--sizes S` gives the seconds "
             "of a trainer, "
             "`--iterations` the starts, `--threads` the threads.",
    .run = run,
};
