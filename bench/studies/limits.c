/* How near to the machine's limits training comes, and what an epoch costs against BLAS. */
#include "../nets/factors.h"
#include "../nets/operations.h"
#include "../nets/roofline.h"

#include <base/clock.h>
#include <base/team.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <omp.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- Operations under the roof ---- */

static void add_roof(json_t *table, size_t threads, const bench_roof *roof) {
    bench_row(table, "zfff", threads, 1e-9 * roof->multiply_add, 1e-9 * roof->dgemm, 1e-9 * roof->bandwidth);
}

/* Times of a net's operations, which become rows when the roof is known. */
typedef struct measured {
    const bench_shape *shape;
    size_t rows;
    bench_time times[BENCH_OPERATIONS];
} measured;

static void time_operations(const bench *b, measured *m, size_t threads) {
    bench_bed *bed = bench_bed_create(m->shape, m->rows, (int)threads);
    bench_work works[BENCH_OPERATIONS];
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++) works[o] = bench_operation_work(bed, o);
    bench_race(b, BENCH_OPERATIONS, works, m->times);
    bench_bed_destroy(bed);
}

static void add_operations(json_t *table, const measured *m, size_t threads, const bench_roof *roof) {
    char net[64];
    bench_shape_text(m->shape, net);
    marq_net *own = bench_make_net(m->shape);
    for (bench_operation o = 0; o < BENCH_OPERATIONS; o++) {
        double flops = bench_operation_flops(own, m->rows, o), bytes = bench_operation_bytes(own, m->rows, o);
        double least = bench_least_seconds(roof, flops, bytes), median = m->times[o].median;
        const char *bound = flops / bench_roof_peak(roof) > bytes / roof->bandwidth ? "arithmetic" : "memory";
        bench_row(table, "szzsffffsf", net, m->rows, threads, bench_operation_key(o), 1e3 * median,
                  1e-9 * flops / median, flops / bytes, 1e3 * least, bound, least / median);
    }
    marq_net_destroy(own);
}

/* ---- An epoch beside dsyrk + dpotrf ----
 * After every epoch the reference runs once, on the same number of threads, so that both see the same
 * machine. It is what a step costs that forms J, multiplies it with itself and factors, without the making of
 * J. */

enum { STARTS = 5, EPOCHS = 40, FEWEST_EPOCHS = 5, MOST_EPOCHS = 10000 };
static const double most_seconds = 4; /* of a net on a number of threads, beyond its fewest epochs */

typedef struct record {
    size_t rows, parameters;
    double *J, *matrix, *factor;
    double begin; /* of the epoch */
    double end;   /* of all epochs, if there are enough by then */
    size_t count;
    double epoch[MOST_EPOCHS], reference[MOST_EPOCHS], ratio[MOST_EPOCHS];
} record;

static bool has_enough(const record *r) {
    return r->count == MOST_EPOCHS || (r->count >= FEWEST_EPOCHS && marq_clock_seconds() > r->end);
}

static double reference_seconds(record *r) {
    int n = (int)r->parameters, m = (int)r->rows;
    double begin = marq_clock_seconds();
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, n, m, 1.0, r->J, n, 0.0, r->matrix, n);
    double product = marq_clock_seconds() - begin;
    memcpy(r->factor, r->matrix, r->parameters * r->parameters * sizeof(double));
    for (size_t j = 0; j < r->parameters; j++) r->factor[j * r->parameters + j] += (double)m;
    begin = marq_clock_seconds();
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', n, r->factor, n) != 0) bench_fail("dpotrf failed");
    return product + marq_clock_seconds() - begin;
}

/* Epochs with one factorisation count. */
static int on_epoch(void *user, const marq_epoch *epoch) {
    record *r = user;
    double seconds = marq_clock_seconds() - r->begin, reference = reference_seconds(r);
    if (epoch->epoch > 1 && epoch->accepted == 1 && epoch->rejected == 0) {
        r->epoch[r->count] = seconds;
        r->reference[r->count] = reference;
        r->ratio[r->count++] = seconds / reference;
    }
    r->begin = marq_clock_seconds();
    return has_enough(r);
}

static void train(record *r, const bench_shape *shape, const marq_data *data, size_t epochs, size_t threads,
                  uint64_t seed) {
    marq_net *net = bench_make_net(shape);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, seed);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.threads = (int)threads;
    options.max_epochs = epochs;
    options.batch = data->rows;
    options.progress = on_epoch;
    options.progress_user = r;
    marq_error error;
    r->begin = marq_clock_seconds();
    if (marq_net_train(net, data, &options, NULL, &error) < 0) bench_fail("%s", error.message);
    marq_net_destroy(net);
}

static double median_of(size_t count, double *values) {
    bench_sort(count, values);
    return count > 0 ? bench_quantile(count, values, 0.5) : (double)NAN;
}

static void add_epochs(bench *b, json_t *table, const bench_shape *shape, size_t rows, size_t threads) {
    record *r = calloc(1, sizeof *r);
    if (!r) bench_fail("out of memory");
    double *X = bench_doubles(rows, shape->size[0]), *Y = bench_doubles(rows, shape->size[shape->count - 1]);
    bench_make_data(shape, rows, X, Y);
    marq_net *net = bench_make_net(shape);
    r->rows = rows * marq_net_outputs(net);
    r->parameters = marq_net_count(net);
    r->J = bench_doubles(r->rows, r->parameters);
    r->matrix = bench_doubles(r->parameters, r->parameters);
    r->factor = bench_doubles(r->parameters, r->parameters);
    for (size_t i = 0; i < r->rows * r->parameters; i++) r->J[i] = sin((double)i);
    marq_data data = {.rows = rows, .X = X, .Y = Y};
    marq_team team = marq_team_enter((int)threads);
    size_t given = b->options.iterations;
    r->end = given ? HUGE_VAL : marq_clock_seconds() + most_seconds;
    for (uint64_t seed = 1; seed <= (b->options.quick ? 1 : STARTS) && !has_enough(r); seed++)
        train(r, shape, &data, given ? given : b->options.quick ? 10 : EPOCHS, threads, seed);
    marq_team_leave(&team);
    char text[64];
    bench_row(table, "szzzzfff", bench_shape_text(shape, text), r->parameters, rows, threads, r->count,
              1e3 * median_of(r->count, r->epoch), 1e3 * median_of(r->count, r->reference),
              median_of(r->count, r->ratio));
    free(X), free(Y), free(r->J), free(r->matrix), free(r->factor), free(r);
    marq_net_destroy(net);
}

/* ---- The study ---- */

typedef struct subject {
    bench_shape shape;
    size_t rows;
} subject;

typedef struct tables {
    json_t *roofs, *epochs, *factors, *operations;
} tables;

/* All nets and sizes on so many threads. The roof is sampled before and after each epoch's and operation's
 * turn, so that it sees what they see. */
static void measure(bench *b, const tables *t, const subject *subjects, size_t count, size_t threads) {
    enum { MOST_NETS = 3 };
    measured m[MOST_NETS * BENCH_MOST_IN_LIST];
    size_t measurements = 0;
    bench_roofline *roofline = bench_roofline_create(b, (int)threads);
    const bench_roof *roof = bench_roofline_sample(roofline);
    for (size_t k = 0; k < count; k++) {
        bench_list sizes = bench_list_or(&b->options.sizes, 1, &subjects[k].rows);
        for (size_t i = 0; i < sizes.count; i++) {
            measured *own = &m[measurements++];
            *own = (measured){.shape = &subjects[k].shape, .rows = sizes.value[i]};
            add_epochs(b, t->epochs, own->shape, own->rows, threads);
            bench_roofline_sample(roofline);
            time_operations(b, own, threads);
            bench_roofline_sample(roofline);
        }
    }
    add_roof(t->roofs, threads, roof);
    for (size_t k = 0; k < measurements; k++) add_operations(t->operations, &m[k], threads, roof);
    bench_roofline_destroy(roofline);
}

static void run(bench *b) {
    static const subject usual[] = {{{5, {1, 20, 20, 10, 1}}, 700},
                                    {{5, {5, 64, 32, 16, 1}}, 500},
                                    {{4, {8, 20, 20, 1}}, 7000}},
                         quick[] = {{{5, {1, 20, 20, 10, 1}}, 200}};
    static const size_t orders[] = {200, 380, 700, 1500, 3009};
    const size_t all[] = {1, (size_t)omp_get_max_threads()};
    bench_list threads = bench_list_or(&b->options.threads, all[1] > 1 ? 2 : 1, all);
    tables t = {
        bench_table(b, "roof", "The roof", "threads|multiply-adds GFLOP/s|dgemm GFLOP/s|bandwidth GB/s"),
        bench_table(b, "epochs", "An epoch with one factorisation beside dsyrk + dpotrf",
                    "net|parameters|rows|threads|epochs|epoch ms|dsyrk + dpotrf ms|ratio"),
        bench_factors_table(b),
        bench_table(
            b, "operations", "Operations under the roof",
            "net|rows|threads|operation|ms|GFLOP/s|flops a byte|least ms|bound by|share of the roof")};
    for (size_t k = 0; k < threads.count; k++)
        measure(b, &t, b->options.quick ? quick : usual, b->options.quick ? 1 : sizeof usual / sizeof *usual,
                threads.value[k]);
    for (size_t k = 0; k < threads.count; k++)
        for (size_t i = 0; i < (b->options.quick ? 2 : sizeof orders / sizeof *orders); i++)
            bench_add_factors(b, t.factors, orders[i], threads.value[k]);
    bench_draw(b, t.epochs,
               &(bench_picture){.name = "epochs",
                                .title = "An epoch over dsyrk + dpotrf",
                                .x = "net",
                                .y = "ratio",
                                .series = "threads",
                                .bars = 1});
}

const bench_study bench_this = {
    .name = "limits",
    .title = "How near to the limits",
    .about =
        "The roof is measured in this run: multiply-adds in registers, the BLAS's dgemm, and the bandwidth "
        "of a triad on arrays beyond the caches (24 bytes each element), each the best of samples spread "
        "over "
        "the run. An operation takes at least the time of its flops at the larger of the first two or of its "
        "bytes (parameters, activations, derivatives, matrices, each once) at the last; data in caches may "
        "pass the bandwidth, so a share above 1 is possible where memory binds. "
        "Flops leave out the activation functions. The epochs are of marq's Levenberg-Marquardt on all rows "
        "at once; the reference "
        "forms JᵀJ from a J that is there already and factors it, by the same OpenBLAS on the same number of "
        "threads, once after every epoch. A ratio below 1: the whole epoch, with its forward and reverse "
        "passes, is faster than those two calls. From five starts, at most 40 epochs each, and where they "
        "are slow no more than 4 s or 5 such epochs in all; `--iterations` gives the epochs of each start "
        "instead, as many as they are, and the samples of an operation. `--sizes` gives the rows, "
        "`--threads` the threads. Factors are of the same matrix in turn: the tiles that marq takes, and the "
        "BLAS's "
        "dpotrf; the first give the same bits for every number of threads.",
    .run = run,
};
