/* Speed of each operation of training, tracked against the figures that are checked in. */
#include "../nets/operations.h"

#include <base/team.h>
#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ---- The yardstick: one dgemm of a size that every machine has in its cache, on one thread ---- */

enum { YARD = 128 };

static void measure_yard(void *user) {
    double *a = user;
    marq_team team = marq_team_enter(1);
    cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, YARD, YARD, YARD, 1.0, a, YARD, a, YARD, 0.0,
                a + (size_t)YARD * YARD, YARD);
    marq_team_leave(&team);
}

/* ---- The figures checked in ---- */

static int same_text(const json_t *row, size_t cell, const char *text) {
    const char *own = json_string_value(json_array_get(row, cell));
    return own && strcmp(own, text) == 0;
}

static int same_size(const json_t *row, size_t cell, size_t value) {
    return json_integer_value(json_array_get(row, cell)) == (json_int_t)value;
}

enum { NET, ROWS, THREADS, OPERATION, LEAST, MEDIAN, MOST, SPEED, YARDS };

/* In yardsticks; NaN if it is not there. */
static double earlier_yards(const json_t *earlier, const char *net, size_t rows, size_t threads,
                            const char *operation) {
    size_t i;
    const json_t *row, *tables = json_object_get(earlier, "tables");
    json_array_foreach(
        json_object_get(json_array_get(tables, 0), "rows"), i,
        row) if (same_text(row, NET, net) && same_size(row, ROWS, rows) && same_size(row, THREADS, threads) &&
                 same_text(row, OPERATION, operation)) return json_number_value(json_array_get(row, YARDS));
    return (double)NAN;
}

/* ---- The race ---- */

typedef struct subject {
    bench_shape shape;
    size_t rows;
} subject;

static void add_rows(json_t *table, const json_t *earlier, const subject *s, size_t threads,
                     const bench_time *times) {
    char net[64];
    bench_shape_text(&s->shape, net);
    double yard = times[BENCH_OPERATIONS].median;
    marq_net *shape = bench_make_net(&s->shape);
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++) {
        const bench_time *t = &times[o];
        const char *key = bench_operation_key(o);
        double yards = t->median / yard;
        bench_row(table, "szzsffffff", net, s->rows, threads, key, 1e9 * t->least, 1e9 * t->median,
                  1e9 * t->most, 1e-9 * bench_operation_flops(shape, s->rows, o) / t->median, yards,
                  yards / earlier_yards(earlier, net, s->rows, threads, key));
    }
    marq_net_destroy(shape);
}

static void race(bench *b, json_t *table, const json_t *earlier, const subject *s, size_t threads) {
    bench_bed *bed = bench_bed_create(&s->shape, s->rows, (int)threads);
    double *yard = bench_doubles(2 * YARD, YARD);
    bench_work works[BENCH_OPERATIONS + 1];
    bench_time times[BENCH_OPERATIONS + 1];
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++) works[o] = bench_operation_work(bed, o);
    works[BENCH_OPERATIONS] = (bench_work){measure_yard, yard};
    bench_race(b, BENCH_OPERATIONS + 1, works, times);
    add_rows(table, earlier, s, threads, times);
    free(yard);
    bench_bed_destroy(bed);
}

static void run(bench *b) {
    static const subject usual[] = {
        {{5, {1, 20, 20, 10, 1}}, 700}, {{5, {5, 64, 32, 16, 1}}, 500}, {{4, {8, 30, 30, 3}}, 1000}};
    static const subject quick[] = {{{4, {2, 8, 8, 1}}, 200}};
    const subject *subjects = b->options.quick ? quick : usual;
    size_t count = b->options.quick ? 1 : sizeof usual / sizeof *usual;
    const size_t all[] = {1, (size_t)omp_get_max_threads()};
    bench_list threads = bench_list_or(&b->options.threads, all[1] > 1 ? 2 : 1, all);
    json_t *earlier = b->options.earlier ? json_load_file(b->options.earlier, 0, NULL) : NULL;
    json_t *table = bench_table(b, "operations", "Time of one call",
                                "net|rows|threads|operation|least ns|median ns|most "
                                "ns|GFLOP/s|yardsticks|now / checked in");
    for (size_t k = 0; k < count; k++)
        for (size_t t = 0; t < threads.count; t++) {
            subject s = subjects[k];
            if (b->options.sizes.count > 0) s.rows = b->options.sizes.value[0];
            race(b, table, earlier, &s, threads.value[t]);
        }
    if (!earlier) bench_note(b, "No figures were checked in to compare with.");
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++)
        bench_note(b, "%s: %s.", bench_operation_key(o), bench_operation_words(o));
    json_decref(earlier);
}

const bench_study bench_this = {
    .name = "operations",
    .title = "Speed of the operations of training",
    .about =
        "Nanoseconds of one call on all rows of data, least, median and most of the samples. A yardstick is "
        "one "
        "dgemm of 128 × 128 × 128 on one thread, timed in the same race: medians in yardsticks can be "
        "compared "
        "between runs and, roughly, machines; `now / checked in` is that comparison with the figures in the "
        "repository (1.2: takes 20 % longer than then). `--threads` says on how many threads, `--sizes` on "
        "how "
        "many rows.",
    .run = run,
};
