/* Scaling over threads. */
#include "../threads/threads.h"
#include "../nets/operations.h"

#include <base/clock.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct subject {
    bench_shape shape;
    size_t rows;
} subject;

/* 1, 2, 4 … and all that there are. */
static bench_list usual_threads(void) {
    size_t most = (size_t)omp_get_max_threads();
    bench_list list = {0};
    for (size_t p = 1; p < most && list.count + 1 < BENCH_MOST_IN_LIST; p *= 2) list.value[list.count++] = p;
    list.value[list.count++] = most;
    return list;
}

/* ---- Strong scaling: the same work on more threads ---- */

static void race_operation(const bench *b, const subject *s, const bench_list *threads, bench_operation o,
                           double *medians) {
    bench_bed *beds[BENCH_MOST_IN_LIST];
    bench_work works[BENCH_MOST_IN_LIST];
    bench_time times[BENCH_MOST_IN_LIST];
    for (size_t k = 0; k < threads->count; k++) {
        beds[k] = bench_bed_create(&s->shape, s->rows, (int)threads->value[k]);
        works[k] = bench_operation_work(beds[k], o);
    }
    bench_race(b, threads->count, works, times);
    for (size_t k = 0; k < threads->count; k++) {
        medians[k] = times[k].median;
        bench_bed_destroy(beds[k]);
    }
}

/* Whole epochs, in turn on each number of threads: the same steps on all of them, bit for bit. */
static void race_epochs(const bench *b, const subject *s, size_t batch, const bench_list *threads,
                        double *medians) {
    enum { MOST_ROUNDS = 100 };
    size_t rounds = b->options.iterations ? b->options.iterations : b->options.quick ? 2 : 7;
    size_t epochs = b->options.quick ? 2 : 5;
    double seconds[BENCH_MOST_IN_LIST][MOST_ROUNDS];
    if (rounds > MOST_ROUNDS) rounds = MOST_ROUNDS;
    for (size_t i = 0; i < rounds; i++)
        for (size_t k = 0; k < threads->count; k++)
            seconds[k][i] = bench_train(&s->shape, s->rows, batch, epochs, (int)threads->value[k]);
    for (size_t k = 0; k < threads->count; k++) {
        bench_sort(rounds, seconds[k]);
        medians[k] = bench_quantile(rounds, seconds[k], 0.5);
    }
}

typedef struct tables {
    json_t *strong, *serial;
} tables;

static void add_strong(const tables *t, const char *net, size_t rows, const char *operation,
                       const bench_list *threads, const double *medians) {
    for (size_t k = 0; k < threads->count; k++) {
        double speed_up = medians[0] / medians[k];
        double more = (double)threads->value[k] / (double)threads->value[0];
        bench_row(t->strong, "szfff", operation, threads->value[k], 1e3 * medians[k], speed_up,
                  speed_up / more);
    }
    bench_row(t->serial, "szsf", net, rows, operation, bench_amdahl(threads->count, threads->value, medians));
}

static void draw_strong(bench *b, const json_t *table, const char *key) {
    bench_draw(b, table,
               &(bench_picture){.name = key,
                                .title = json_string_value(json_object_get(table, "title")),
                                .x = "threads",
                                .y = "speed-up",
                                .series = "operation",
                                .log_x = 1,
                                .log_y = 1,
                                .ideal = BENCH_IDEAL_LINEAR});
}

static void scale_strongly(bench *b, json_t *serial, const subject *s, const bench_list *threads) {
    double medians[BENCH_MOST_IN_LIST];
    char net[64], key[96], title[128];
    bench_shape_text(&s->shape, net);
    snprintf(key, sizeof key, "strong-%s-%zu", net, s->rows);
    snprintf(title, sizeof title, "Strong scaling: net %s, %zu rows", net, s->rows);
    tables t = {bench_table(b, key, title, "operation|threads|ms|speed-up|efficiency"), serial};
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++) {
        race_operation(b, s, threads, o, medians);
        add_strong(&t, net, s->rows, bench_operation_key(o), threads, medians);
    }
    race_epochs(b, s, s->rows, threads, medians);
    add_strong(&t, net, s->rows, "epoch, all rows", threads, medians);
    race_epochs(b, s, 0, threads, medians);
    add_strong(&t, net, s->rows, "epoch by default", threads, medians);
    draw_strong(b, t.strong, key);
}

/* ---- All threads on one run against as many runs of one thread ----
 * What the machine gives when all cores work: the second has no waiting, but shares caches and clock. */

typedef struct job {
    subject s;
    size_t batch, epochs; /* epochs 0: the operation, once */
    bench_operation operation;
    bench_bed *bed; /* for that */
    bench_work work;
    int threads;
} job;

static void *run_job(void *user) {
    const job *j = user;
    if (j->epochs > 0)
        bench_train(&j->s.shape, j->s.rows, j->batch, j->epochs, j->threads);
    else
        j->work.call(j->work.user);
    return NULL;
}

static job make_job(const job *what, int threads) {
    job j = *what;
    j.threads = threads;
    if (j.epochs > 0) return j;
    j.bed = bench_bed_create(&j.s.shape, j.s.rows, threads);
    j.work = bench_operation_work(j.bed, j.operation);
    return j;
}

/* Seconds until all of them are done. */
static double seconds_of_runs(const job *what, size_t runs, int threads) {
    pthread_t thread[BENCH_MOST_IN_LIST];
    job jobs[BENCH_MOST_IN_LIST];
    for (size_t i = 0; i < runs; i++) jobs[i] = make_job(what, threads);
    double begin = marq_clock_seconds();
    for (size_t i = 1; i < runs; i++)
        if (pthread_create(&thread[i], NULL, run_job, &jobs[i]) != 0)
            bench_fail("no thread could be started");
    run_job(&jobs[0]);
    for (size_t i = 1; i < runs; i++) pthread_join(thread[i], NULL);
    double seconds = marq_clock_seconds() - begin;
    for (size_t i = 0; i < runs; i++)
        if (jobs[i].bed) bench_bed_destroy(jobs[i].bed);
    return seconds;
}

static void add_pair(const bench *b, json_t *table, const char *what, const job *j, int threads) {
    enum { MOST_ROUNDS = 100 };
    double together[MOST_ROUNDS], apart[MOST_ROUNDS], share[MOST_ROUNDS];
    size_t rounds = b->options.iterations ? b->options.iterations : b->options.quick ? 2 : 7;
    if (rounds > MOST_ROUNDS) rounds = MOST_ROUNDS;
    for (size_t i = 0; i < rounds; i++) {
        together[i] = seconds_of_runs(j, 1, threads);
        apart[i] = seconds_of_runs(j, (size_t)threads, 1);
        share[i] = apart[i] / (threads * together[i]);
    }
    bench_sort(rounds, together), bench_sort(rounds, apart), bench_sort(rounds, share);
    char net[64];
    bench_row(table, "sszzfff", what, bench_shape_text(&j->s.shape, net), j->s.rows, (size_t)threads,
              1e3 * bench_quantile(rounds, together, 0.5), 1e3 * bench_quantile(rounds, apart, 0.5),
              bench_quantile(rounds, share, 0.5));
}

static void compare_with_runs(bench *b) {
    static const subject multimodal = {{5, {1, 20, 20, 10, 1}}, 700}, wide = {{5, {5, 64, 32, 16, 1}}, 10000},
                         quick = {{4, {1, 8, 8, 1}}, 300};
    int small = b->options.quick;
    int threads = omp_get_max_threads() < BENCH_MOST_IN_LIST ? omp_get_max_threads() : BENCH_MOST_IN_LIST;
    json_t *table = bench_table(b, "runs", "One run on all threads against a run on each",
                                "work|net|rows|threads|one run ms|runs ms|share of their rate");
    const job steps = {.s = small ? quick : multimodal, .batch = small ? 300 : 700, .epochs = small ? 2 : 20},
              batches = {.s = small ? quick : wide, .batch = small ? 100 : 380, .epochs = 2},
              large = {.s = small ? quick : wide, .batch = small ? 300 : 10000, .epochs = 1},
              differences = {.s = small ? quick : multimodal, .operation = BENCH_DIFFERENCES},
              jacobian = {.s = small ? quick : wide, .operation = BENCH_JACOBIAN},
              gram = {.s = small ? quick : wide, .operation = BENCH_GRAM};
    add_pair(b, table, "epochs, all rows", &steps, threads);
    add_pair(b, table, "epochs, batches", &batches, threads);
    add_pair(b, table, "an epoch, all rows", &large, threads);
    add_pair(b, table, "differences", &differences, threads);
    add_pair(b, table, "Jacobian", &jacobian, threads);
    add_pair(b, table, "Gram", &gram, threads);
}

/* ---- Weak scaling: work in proportion to the threads ---- */

static double flops_of(const subject *s, bench_operation o) {
    marq_net *net = bench_make_net(&s->shape);
    double flops = bench_operation_flops(net, s->rows, o);
    marq_net_destroy(net);
    return flops;
}

/* With `factor` times the rows, or times the hidden neurons. */
static subject scaled(const subject *s, int by_rows, double factor) {
    subject out = *s;
    if (by_rows) out.rows = (size_t)lround(factor * (double)s->rows);
    for (size_t l = 1; !by_rows && l + 1 < s->shape.count; l++)
        out.shape.size[l] = (size_t)lround(factor * (double)s->shape.size[l]);
    return out;
}

/* The size whose work is `times` that of s, by bisection; as near as whole numbers come. */
static subject grown(const subject *s, int by_rows, bench_operation o, double times) {
    double wanted = times * flops_of(s, o), low = 1, high = times;
    for (int step = 0; step < 30; step++) {
        double middle = (low + high) / 2;
        subject candidate = scaled(s, by_rows, middle);
        if (flops_of(&candidate, o) < wanted)
            low = middle;
        else
            high = middle;
    }
    return scaled(s, by_rows, high);
}

static void scale_weakly(bench *b, json_t *table, const subject *s, const bench_list *threads, int by_rows,
                         bench_operation o) {
    double first_rate = 0;
    for (size_t k = 0; k < threads->count; k++) {
        double more = (double)threads->value[k] / (double)threads->value[0];
        subject own = k == 0 ? *s : grown(s, by_rows, o, more);
        bench_bed *bed = bench_bed_create(&own.shape, own.rows, (int)threads->value[k]);
        double seconds = bench_measure(b, bench_operation_work(bed, o)).median;
        bench_bed_destroy(bed);
        double rate = flops_of(&own, o) / seconds / (double)threads->value[k];
        char net[64];
        if (k == 0) first_rate = rate;
        bench_row(table, "szszff", bench_operation_key(o), threads->value[k],
                  bench_shape_text(&own.shape, net), own.rows, 1e3 * seconds, rate / first_rate);
    }
}

static void scale_all_weakly(bench *b, const subject *s, const bench_list *threads, int by_rows) {
    const char *key = by_rows ? "weak-rows" : "weak-parameters";
    json_t *table = bench_table(b, key, by_rows ? "Weak scaling: more rows" : "Weak scaling: more parameters",
                                "operation|threads|net|rows|ms|efficiency");
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++)
        if (!by_rows || o != BENCH_FACTOR) /* its order ends at the parameters, however many rows */
            scale_weakly(b, table, s, threads, by_rows, o);
    bench_draw(b, table,
               &(bench_picture){.name = key,
                                .title = json_string_value(json_object_get(table, "title")),
                                .x = "threads",
                                .y = "efficiency",
                                .series = "operation",
                                .log_x = 1,
                                .ideal = BENCH_IDEAL_ONE});
}

/* ---- The study ---- */

static void run(bench *b) {
    static const subject usual[] = {{{5, {1, 20, 20, 10, 1}}, 700}, {{5, {5, 64, 32, 16, 1}}, 500}};
    static const subject quick[] = {{{4, {1, 8, 8, 1}}, 300}};
    const subject *subjects = b->options.quick ? quick : usual;
    size_t count = b->options.quick ? 1 : sizeof usual / sizeof *usual;
    bench_list threads = b->options.threads.count ? b->options.threads : usual_threads();
    json_t *serial = bench_table(b, "serial", "Serial share by Amdahl's law, T(p) = T(1) (s + (1 - s)/p)",
                                 "net|rows|operation|serial share");
    for (size_t k = 0; k < count; k++) {
        subject s = subjects[k];
        bench_list sizes = bench_list_or(&b->options.sizes, 1, &s.rows);
        for (size_t i = 0; i < sizes.count; i++) {
            s.rows = sizes.value[i];
            scale_strongly(b, serial, &s, &threads);
        }
    }
    compare_with_runs(b);
    bench_threads_peers(b, &threads);
    scale_all_weakly(b, &subjects[0], &threads, 1);
    scale_all_weakly(b, &subjects[0], &threads, 0);
}

const bench_study bench_this = {
    .name = "threads",
    .title = "Scaling over threads",
    .about =
        "Each operation of training, and whole epochs of Levenberg-Marquardt, with all rows a step and with "
        "the "
        "batches that marq chooses by default (the same steps, bit for bit, on every number of threads). All "
        "numbers of threads are timed in one race, in "
        "turn. Speed-up and efficiency refer to the first number of threads. Weak scaling grows the rows, or "
        "the hidden layers, until the floating-point operations have grown as the threads have; efficiency "
        "is "
        "then operations per second and thread against those of the first number. `--threads` gives the "
        "numbers, `--sizes` the rows of the strong scaling. The table of runs compares one run on all "
        "threads "
        "with as many runs at once on a thread each: the share of their rate that the one reaches. A peer's "
        "epochs are those of torch-levenberg-marquardt on the multimodal data, 4 s a number of threads. "
        "OMP_PLACES and OMP_PROC_BIND hold; the table of "
        "the machine has them.",
    .run = run,
};
