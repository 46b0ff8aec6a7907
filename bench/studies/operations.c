/* Speed of each operation of training, tracked against the figures that are checked in. */
#include "../nets/operations.h"

#include <base/team.h>
#include <cblas.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
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

/* ---- The Jacobian beside PyTorch and JAX ---- */

/* The sums of the columns of the Jacobian tell whether the peers' is the same. */
static json_t *describe(const subject *s) {
    bench_bed *bed = bench_bed_create(&s->shape, s->rows, 1);
    bench_work work = bench_operation_work(bed, BENCH_JACOBIAN);
    work.call(work.user);
    marq_net *net = bench_make_net(&s->shape);
    size_t n = marq_net_count(net), outputs = marq_net_outputs(net), inputs = marq_net_inputs(net);
    double *sums = bench_doubles(n, 1), *X = bench_doubles(s->rows, inputs),
           *Y = bench_doubles(s->rows, outputs);
    for (size_t i = 0; i < s->rows * outputs * n; i++) sums[i % n] += bench_bed_jacobian(bed)[i];
    bench_make_data(&s->shape, s->rows, X, Y);
    json_t *sizes = json_array();
    for (size_t l = 0; l < s->shape.count; l++)
        json_array_append_new(sizes, json_integer((json_int_t)s->shape.size[l]));
    json_t *request = json_pack("{s:o, s:o, s:o, s:o}", "sizes", sizes, "parameters",
                                bench_numbers(n, marq_net_parameters(net)), "X",
                                bench_numbers(s->rows * inputs, X), "sums", bench_numbers(n, sums));
    free(sums), free(X), free(Y);
    marq_net_destroy(net);
    bench_bed_destroy(bed);
    return request;
}

static void ask_peers(bench *b, const subject *subjects, size_t count) {
    json_t *nets = json_array();
    for (size_t k = 0; k < count; k++) json_array_append_new(nets, describe(&subjects[k]));
    json_t *answer = bench_ask(b, "jacobian.py", 1, json_pack("{s:o}", "nets", nets));
    if (json_array_size(json_object_get(answer, "peers")) > 0) {
        json_t *table = bench_table(b, "peers", "The Jacobian with its forward pass, one thread",
                                    "net|rows|engine|median ns|difference");
        size_t i, k;
        const json_t *peer, *figure;
        json_array_foreach(json_object_get(answer, "peers"), i, peer)
            json_array_foreach(json_object_get(peer, "figures"), k, figure) {
            char net[64];
            bench_row(table, "szsff", bench_shape_text(&subjects[k].shape, net), subjects[k].rows,
                      json_string_value(json_object_get(peer, "name")),
                      1e9 * json_number_value(json_object_get(figure, "seconds")),
                      json_number_value(json_object_get(figure, "difference")));
        }
    }
    json_decref(answer);
}

/* ---- The study ---- */

static void draw(bench *b, const json_t *table) {
    json_t *bars = bench_table(b, "bars", "Time of one call", "operation|net and threads|median us");
    bench_only_json(bars);
    size_t i;
    const json_t *row;
    json_array_foreach(json_object_get(table, "rows"), i, row) {
        char series[96];
        int threads = (int)json_integer_value(json_array_get(row, THREADS));
        snprintf(series, sizeof series, "%s, %d thread%s", json_string_value(json_array_get(row, NET)),
                 threads, threads > 1 ? "s" : "");
        bench_row(bars, "ssf", json_string_value(json_array_get(row, OPERATION)), series,
                  1e-3 * json_number_value(json_array_get(row, MEDIAN)));
    }
    bench_draw(b, bars,
               &(bench_picture){.name = "operations",
                                .title = "Time of one call",
                                .x = "operation",
                                .y = "median us",
                                .series = "net and threads",
                                .log_y = 1,
                                .bars = 1});
}

static void run(bench *b) {
    enum { MOST_SUBJECTS = 3 };
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
    subject own[MOST_SUBJECTS];
    for (size_t k = 0; k < count; k++) {
        own[k] = subjects[k];
        if (b->options.sizes.count > 0) own[k].rows = b->options.sizes.value[0];
        for (size_t t = 0; t < threads.count; t++) race(b, table, earlier, &own[k], threads.value[t]);
    }
    ask_peers(b, own, count);
    draw(b, table);
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
        "repository (1.2: takes 20 % longer than then). The Jacobian of the outputs stands beside PyTorch's "
        "and "
        "JAX's (reverse mode over rows by vmap, compiled in JAX); `difference` is the largest of the sums of "
        "its columns from marq's, over the largest. `--threads` says on how many threads, `--sizes` on how "
        "many rows.",
    .run = run,
};
