/* Errors over epochs and seconds, with both Jacobians, beside the run that set this task. */
#include "multimodal.h"

#include <math.h>
#include <stdlib.h>

/* Recorded elsewhere: 2000 epochs at 42 ms; training errors on the way. */
static const struct {
    size_t epoch;
    double mse;
} recorded[] = {{20, 1.8e-5}, {100, 4.1e-7}, {200, 4.6e-9}, {2000, 9.9e-12}};
static const double recorded_epoch = 0.042;

enum { FD_EPOCHS = 100, QUICK_FD_EPOCHS = 5 }; /* differences cost 682 passes an epoch */

bench_samples bench_multimodal_samples(const bench *b, uint64_t seed) {
    return bench_samples_create(&(bench_source){.target = BENCH_MULTIMODAL,
                                                .rows = b->options.quick ? 200 : 1000,
                                                .seed = seed,
                                                .shares = {70, 20, 10}});
}

marq_net *bench_multimodal_net(const bench_samples *samples, marq_initialiser start, uint64_t seed) {
    const size_t widths[] = {1, 20, 20, 10, 1};
    marq_error error;
    marq_net *net = marq_net_create(5, widths, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, start, seed);
    bench_samples_normalise(samples, MARQ_NORMALISE_RANGE, net);
    return net;
}

marq_train_options bench_multimodal_options(const bench *b, size_t epochs) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.batch = SIZE_MAX;
    options.max_epochs = epochs;
    options.max_failures = 0;
    options.min_gradient = options.goal = options.relative_goal = 0;
    options.threads = b->options.threads.count ? (int)b->options.threads.value[0] : 1;
    return options;
}

double bench_multimodal_unit(const bench_samples *samples) {
    return samples->range * samples->range;
}

double bench_multimodal_after(const bench_trial *t, const bench_samples *s, size_t epochs) {
    double least = (double)NAN;
    for (size_t i = 0; i < t->points && t->point[i].epoch <= epochs; i++)
        least = fmin(least, t->point[i].errors.mse[MARQ_TRAIN]);
    return least / bench_multimodal_unit(s);
}

/* ---- Tables ---- */

typedef struct tables {
    json_t *runs, *epochs, *curves;
} tables;

static void add_trial(const tables *to, const bench_samples *s, uint64_t seed, const bench_trial *t) {
    double unit = bench_multimodal_unit(s), mse[MARQ_SETS];
    if (t->points == 0) bench_fail("%s ended before its first epoch", t->trainer);
    size_t last = t->point[t->points - 1].epoch;
    for (int k = 0; k < MARQ_SETS; k++) mse[k] = t->kept.mse[k] / unit;
    bench_row(to->runs, "szzfffffff", t->trainer, (size_t)seed, last, t->seconds,
              1e3 * t->seconds / (double)last, bench_trial_time_to(t, MARQ_TRAIN, 1e-10 * unit),
              bench_trial_time_to(t, MARQ_TRAIN, 9.9e-12 * unit), mse[MARQ_TRAIN], mse[MARQ_VALIDATION],
              mse[MARQ_TEST]);
    if (seed != 1) return;
    bench_row(to->epochs, "sffff", t->trainer, bench_multimodal_after(t, s, 20),
              bench_multimodal_after(t, s, 100), bench_multimodal_after(t, s, 200),
              bench_multimodal_after(t, s, 2000));
    for (size_t i = 0; i < t->points; i = bench_trial_later(t, i, 1.01))
        bench_row(to->curves, "szff", t->trainer, t->point[i].epoch, t->point[i].seconds,
                  t->point[i].errors.mse[MARQ_TRAIN] / unit);
}

static void add_recorded(const tables *to) {
    const char *name = "recorded elsewhere";
    bench_row(to->runs, "s-zff-ffff", name, (size_t)2000, 83.9, 1e3 * recorded_epoch, 83.9, 9.9e-12, 1.0e-11,
              9.5e-12);
    bench_row(to->epochs, "sffff", name, recorded[0].mse, recorded[1].mse, recorded[2].mse, recorded[3].mse);
    for (size_t k = 0; k < sizeof recorded / sizeof *recorded; k++)
        bench_row(to->curves, "szff", name, recorded[k].epoch, recorded_epoch * (double)recorded[k].epoch,
                  recorded[k].mse);
}

/* ---- Pictures ---- */

static void draw(bench *b, const json_t *curves) {
    bench_draw(b, curves,
               &(bench_picture){.name = "error-epochs",
                                .title = "Training error over epochs",
                                .x = "epoch",
                                .y = "training MSE",
                                .series = "run",
                                .log_x = 1,
                                .log_y = 1});
    bench_draw(b, curves,
               &(bench_picture){.name = "error-seconds",
                                .title = "Training error over time",
                                .x = "seconds",
                                .y = "training MSE",
                                .series = "run",
                                .log_x = 1,
                                .log_y = 1});
}

/* The data and the net after a few epochs. */
static void draw_fit(bench *b, const bench_samples *s) {
    static const size_t epochs[] = {1, 2, 20};
    static const char *const names[] = {"after 1 epoch", "after 2 epochs", "after 20 epochs"};
    json_t *table = bench_table(b, "fit", "The fit on its way", "what|x|y");
    bench_only_json(table);
    double *fitted = bench_doubles(s->rows, 1);
    for (size_t i = 0; i < s->rows; i++) bench_row(table, "sff", "data", s->X[i], s->Y[i]);
    for (size_t k = 0; k < 3; k++) {
        marq_net *net = bench_multimodal_net(s, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_train_options options = bench_multimodal_options(b, epochs[k]);
        bench_trial trial = bench_trial_train(names[k], net, s, &options);
        if (marq_net_predict(net, s->rows, s->X, fitted, 1) != MARQ_OK) bench_fail("out of memory");
        for (size_t i = 0; i < s->rows; i++) bench_row(table, "sff", names[k], s->X[i], fitted[i]);
        bench_trial_destroy(&trial);
        marq_net_destroy(net);
    }
    free(fitted);
    bench_draw(
        b, table,
        &(bench_picture){.name = "fit", .title = "The fit on its way", .x = "x", .y = "y", .series = "what"});
}

/* ---- The part ---- */

static void train(const tables *to, const bench_samples *s, uint64_t seed, const char *name,
                  const marq_train_options *options) {
    marq_net *net = bench_multimodal_net(s, MARQ_INIT_NGUYEN_WIDROW, seed);
    bench_trial trial = bench_trial_train(name, net, s, options);
    add_trial(to, s, seed, &trial);
    bench_trial_destroy(&trial);
    marq_net_destroy(net);
}

void bench_multimodal_training(bench *b) {
    size_t epochs = b->options.sizes.count ? b->options.sizes.value[0] : b->options.quick ? 30 : 2000;
    size_t seeds = b->options.quick ? 1 : b->options.iterations ? b->options.iterations : 10;
    tables to = {
        bench_table(
            b, "runs", "Runs",
            "run|seed|epochs|seconds|ms an epoch|s to 1e-10|s to 9.9e-12|training MSE|validation MSE|test "
            "MSE"),
        bench_table(b, "epochs",
                    "Training error after epochs, seed 1 (a run that ended sooner keeps its last)",
                    "run|20|100|200|2000"),
        bench_table(b, "curves", "Errors on the way, seed 1", "run|epoch|seconds|training MSE")};
    bench_only_json(to.curves);
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        bench_samples s = bench_multimodal_samples(b, seed);
        marq_train_options options = bench_multimodal_options(b, epochs);
        options.goal = (seed == 1 ? 1e-13 : 9e-12) * bench_multimodal_unit(&s);
        train(&to, &s, seed, "full batch", &options);
        options.batch = 0;
        train(&to, &s, seed, "default", &options);
        options.batch = SIZE_MAX;
        options.jacobian = MARQ_JACOBIAN_FORWARD;
        options.max_epochs = b->options.quick ? QUICK_FD_EPOCHS : FD_EPOCHS;
        if (seed == 1) train(&to, &s, seed, "full batch, fd", &options);
        if (seed == 1) draw_fit(b, &s);
        bench_samples_destroy(&s);
    }
    if (!b->options.quick) add_recorded(&to);
    draw(b, to.curves);
}
