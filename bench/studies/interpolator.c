/* A net of 64-32-16 tanh units on functions of five inputs: time, error and memory against the number of
 * rows, beside Adam; and what marq's defaults reach on data of every kind within seconds. */
#include "../interpolator/interpolator.h"

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>

static const size_t quick_sizes[] = {200, 400}, usual_sizes[] = {1000, 3000, 10000};

/* ---- Size ---- */

static void draw_sizes(bench *b, const json_t *table) {
    static const bench_picture pictures[] = {
        {.name = "time", .title = "Training time", .x = "rows", .y = "seconds"},
        {.name = "accuracy", .title = "Error on test rows", .x = "rows", .y = "test 1-R2"},
        {.name = "time-per-sample", .title = "Training time a training row", .x = "rows", .y = "ms a row"}};
    for (size_t k = 0; k < sizeof pictures / sizeof *pictures; k++) {
        bench_picture p = pictures[k];
        p.series = "trainer, target", p.log_x = p.log_y = 1;
        bench_draw(b, table, &p);
    }
}

/* The figures that were measured with the system that set this task, on its machine. */
static void add_recorded(json_t *table) {
    bench_row(table, "szfffff", "recorded elsewhere, recorded", (size_t)1000, 9.93, 1 - 0.9417, 0.0176,
              (double)NAN, 1e3 * 9.93 / 700);
    bench_row(table, "szfffff", "recorded elsewhere, recorded", (size_t)10000, 31.67, 1 - 0.9985, 4.5e-4,
              (double)NAN, 1e3 * 31.67 / 7000);
}

static void add_size(json_t *table, const char *target, const bench_samples *s, const bench_trial *t) {
    char line[160];
    double test_variance = bench_samples_variance(s, MARQ_TEST),
           train = (double)bench_samples_count(s, MARQ_TRAIN);
    snprintf(line, sizeof line, "%s, %s", t->trainer, target);
    bench_row(table, "szfffff", line, s->rows, t->seconds, t->kept.mse[MARQ_TEST] / test_variance,
              t->kept.mse[MARQ_TEST], t->kept.truth, 1e3 * t->seconds / train);
}

static void study_sizes(bench *b, bench_five *five) {
    json_t *table =
        bench_table(b, "sizes", "Training by number of rows, one thread",
                    "trainer, target|rows|seconds|test 1-R2|test MSE|test error, without noise|ms a row");
    bench_list sizes = b->options.quick ? bench_list_or(&b->options.sizes, 2, quick_sizes)
                                        : bench_list_or(&b->options.sizes, 3, usual_sizes);
    static const bench_target targets[] = {BENCH_RECORDED, BENCH_SMOOTH};
    for (size_t k = 0; k < 2; k++)
        for (size_t i = 0; i < sizes.count; i++) {
            bench_case c = {.target = targets[k], .rows = sizes.value[i], .noise = k == 0 ? 0.01 : 0};
            bench_samples s = bench_five_samples(&c, BENCH_FIVE_SEED);
            bench_trial own = bench_five_lm(&s, BENCH_FIVE_SEED, five->lm_seconds, 1);
            bench_trial adam = bench_five_adam(five, &s, BENCH_FIVE_SEED);
            const bench_trial *peer = bench_five_peer(five, &c);
            add_size(table, bench_target_key(c.target), &s, &own);
            add_size(table, bench_target_key(c.target), &s, &adam);
            if (peer) add_size(table, bench_target_key(c.target), &s, peer);
            bench_trial_destroy(&own);
            bench_trial_destroy(&adam);
            bench_samples_destroy(&s);
        }
    if (!b->options.quick) add_recorded(table);
    draw_sizes(b, table);
}

/* ---- How much sooner ---- */

static void study_sooner(bench *b, bench_five *five, size_t seeds) {
    bench_case c = {.target = BENCH_SMOOTH, .rows = b->options.quick ? 400 : 10000};
    const bench_trial *adam = bench_five_peer(five, &c);
    if (!adam || adam->points == 0) return;
    json_t *table =
        bench_table(b, "sooner", "How much sooner than Adam in PyTorch: smooth target, no noise, one thread",
                    "seed|Adam, s|Adam's last test MSE|marq, s to that|times sooner|marq's test MSE "
                    "after a fifth of Adam's time|times smaller");
    double last = adam->point[adam->points - 1].errors.mse[MARQ_TEST], *sooner = bench_doubles(2, seeds);
    for (size_t k = 0; k < seeds; k++) {
        bench_samples s = bench_five_samples(&c, BENCH_FIVE_SEED + k);
        bench_trial own = bench_five_lm(&s, BENCH_FIVE_SEED + k, adam->seconds / 5, 1);
        double to = bench_trial_time_to(&own, MARQ_TEST, last), then = own.kept.mse[MARQ_TEST];
        sooner[k] = adam->seconds / to;
        sooner[seeds + k] = last / then;
        bench_row(table, "zffffff", (size_t)BENCH_FIVE_SEED + k, adam->seconds, last, to, sooner[k], then,
                  sooner[seeds + k]);
        bench_trial_destroy(&own);
        bench_samples_destroy(&s);
    }
    bench_sort(seeds, sooner);
    bench_sort(seeds, sooner + seeds);
    bench_note(b,
               "Median of %zu seeds: Adam's last test error %.0f times sooner (wanted: 500), after a fifth "
               "of its time "
               "a test error %.2g times smaller (wanted: 1e5). Adam has one seed, %d.",
               seeds, bench_quantile(seeds, sooner, 0.5), bench_quantile(seeds, sooner + seeds, 0.5),
               BENCH_FIVE_SEED);
    free(sooner);
}

/* ---- Regimes ---- */

/* limit: seconds; wanted: test error against the function without noise, over its variance (marq's task). */
static const struct regime {
    bench_case data;
    double limit, wanted;
} regimes[] = {
    {{BENCH_SMOOTH, 10000, 0.1}, 2, 6e-4},    {{BENCH_SMOOTH, 10000, 0.01}, 3, 1.2e-5},
    {{BENCH_SMOOTH, 10000, 0.3}, 3, 4e-3},    {{BENCH_SMOOTH, 10000, 0}, 4, 3e-9},
    {{BENCH_RECORDED, 10000, 0.01}, 3, 4e-5}, {{BENCH_RECORDED, 1000, 0.01}, 5, 1e-3},
    {{BENCH_SMOOTH, 1000, 0.1}, 5, 2.5e-3},   {{BENCH_SMOOTH, 1000, 0}, 5, 3e-6},
};

static void study_regime(bench *b, bench_five *five, json_t *table, const struct regime *r, size_t seeds) {
    int threads = omp_get_max_threads();
    bench_case c = r->data;
    double limit = b->options.quick ? 0.1 : r->limit, *truth = bench_doubles(3, seeds);
    if (b->options.quick) c.rows /= 25;
    for (size_t k = 0; k < seeds; k++) {
        bench_samples s = bench_five_samples(&c, BENCH_FIVE_SEED + k);
        bench_trial own = bench_five_lm(&s, BENCH_FIVE_SEED + k, limit, threads);
        truth[k] = own.kept.truth;
        truth[seeds + k] = 1 - own.kept.mse[MARQ_TEST] / bench_samples_variance(&s, MARQ_TEST);
        truth[2 * seeds + k] = own.seconds;
        bench_trial_destroy(&own);
        bench_samples_destroy(&s);
    }
    for (size_t k = 0; k < 3; k++) bench_sort(seeds, truth + k * seeds);
    const bench_trial *adam = bench_five_peer(five, &c);
    double best = adam ? bench_trial_least_truth(adam) : (double)NAN;
    char data[64];
    snprintf(data, sizeof data, "%s, noise %g", bench_target_key(c.target), c.noise);
    bench_row(table, "szffffffff", data, c.rows, limit, bench_quantile(seeds, truth + 2 * seeds, 0.5),
              bench_quantile(seeds, truth, 0.5), truth[seeds - 1], r->wanted,
              bench_quantile(seeds, truth + seeds, 0.5), best, adam ? adam->seconds : (double)NAN);
    free(truth);
}

static void study_regimes(bench *b, bench_five *five, size_t seeds) {
    json_t *table =
        bench_table(b, "regimes", "Data of every kind, all threads",
                    "data|rows|limit, s|marq, s|marq, median|marq, worst seed|wanted|marq, test R2|Adam in "
                    "PyTorch, best epoch|Adam, s");
    size_t count = b->options.quick ? 2 : sizeof regimes / sizeof *regimes;
    for (size_t k = 0; k < count; k++) study_regime(b, five, table, &regimes[k], seeds);
    bench_note(
        b,
        "Data of every kind: mean squared error on test rows against the function without noise, over its "
        "variance; medians of %zu seeds (rows, split and start). Noise of the smooth target is in units of "
        "its "
        "standard deviation. Adam's best epoch is chosen by the test rows, which flatters it. `wanted` is "
        "the "
        "project's own mark for the median.",
        seeds);
}

/* For programs that read the JSON; the words are in the report's first paragraph. */
static void add_settings(bench *b, const bench_five *five, size_t seeds) {
    json_t *table = bench_table(b, "settings", "Settings", "setting|value");
    bench_only_json(table);
    static const char *const texts[][2] = {{"net", "5-64-32-16-1"},
                                           {"activation", "tanh"},
                                           {"split, %", "70/15/15"},
                                           {"Adam: early stopping", "off"},
                                           {"LM: scaling, start", "[-1,1], Nguyen-Widrow"},
                                           {"Adam: scaling, start", "standardised, Xavier"}};
    for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
        bench_row(table, "ss", texts[k][0], texts[k][1]);
    bench_row(table, "sz", "first seed", (size_t)BENCH_FIVE_SEED);
    bench_row(table, "sz", "seeds of regimes", seeds);
    bench_row(table, "sf", "LM: seconds by size", five->lm_seconds);
    bench_row(table, "sz", "Adam: epochs", five->epochs);
    bench_row(table, "sz", "Adam: batch", (size_t)BENCH_FIVE_BATCH);
    bench_row(table, "sf", "Adam: rate", bench_five_rate);
}

static void run(bench *b) {
    bench_five five = bench_five_begin(b);
    size_t seeds = b->options.iterations ? b->options.iterations : b->options.quick ? 1 : 5;
    add_settings(b, &five, seeds);
    study_sizes(b, &five);
    bench_five_memory(b, &five);
    study_sooner(b, &five, seeds);
    study_regimes(b, &five, seeds);
    bench_five_end(&five);
}

const bench_study bench_this = {
    .name = "interpolator",
    .title = "Functions of five inputs",
    .about = "Net 5-64-32-16-1 with tanh, rows split 70/15/15, on two targets. recorded: X uniform in "
             "[0,1]^5, y = sin(2 pi "
             "x1) cos(2 pi x2) + 0.3 exp(-((x3-0.5)^2 + (x4-0.5)^2)/0.02) + 0.5 x5^2 - 0.2 x1 x4, noise "
             "0.01. smooth: X "
             "uniform in [-1,1]^5, y = sin(pi x1) + 2 x2 x3 + exp(-4 x4^2) + x5^2 x1. marq LM: its defaults; "
             "columns scaled "
             "to [-1,1], Nguyen-Widrow start. Adam, in marq and in PyTorch from one start: rate 0.001, batch "
             "32, 300 epochs, "
             "no early stopping, float64, columns standardised, Xavier start. Every trainer keeps the "
             "parameters of the best "
             "validation error. `--sizes` gives the rows, `--iterations` the seeds.",
    .run = run,
};
