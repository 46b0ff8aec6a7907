#include "operations.h"

#include "lm/cholesky.h"
#include "nn/problem.h"
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *bench_operation_key(bench_operation operation) {
    static const char *const keys[] = {
#define KEY(name, key, words) key,
        BENCH_OPERATION_LIST(KEY)
#undef KEY
    };
    return keys[operation];
}

const char *bench_operation_words(bench_operation operation) {
    static const char *const all[] = {
#define WORDS(name, key, words) words,
        BENCH_OPERATION_LIST(WORDS)
#undef WORDS
    };
    return all[operation];
}

/* ---- The bed ---- */

struct bench_bed {
    marq_net *net;
    size_t rows, pairs, parameters, order; /* pairs: rows × outputs; order: of what is factored */
    int threads;
    double *X, *Y, *theta;
    marq_net_problem own; /* rows of J by callbacks */
    marq_problem problem;
    marq_linearisation passes; /* products from the passes of all rows */
    double *J;                 /* pairs × parameters */
    double *gram, *kernel;     /* parameters², pairs²; NULL until their operation is asked for */
    double *matrix, *factor;   /* order²; NULL likewise */
    double *weights, *step;    /* pairs; parameters */
};

/* Within a team: the smaller of JJᵀ and JᵀJ. */
static void make_matrix(bench_bed *bed) {
    bed->matrix = bench_doubles(bed->order, bed->order);
    bed->factor = bench_doubles(marq_cholesky_doubles(bed->order), 1);
    if (bed->order == bed->pairs)
        marq_net_kernel(&bed->passes, bed->matrix);
    else
        marq_net_gram(&bed->passes, bed->weights, bed->matrix, bed->step);
}

static void make_memory(bench_bed *bed) {
    bed->theta = bench_doubles(bed->parameters, 1);
    bed->J = bench_doubles(bed->pairs, bed->parameters);
    bed->weights = bench_doubles(bed->pairs, 1);
    bed->step = bench_doubles(bed->parameters, 1);
    for (size_t i = 0; i < bed->pairs; i++) bed->weights[i] = 1e-9;
}

bench_bed *bench_bed_create(const bench_shape *shape, size_t rows, int threads) {
    bench_bed *bed = marq_alloc(1, sizeof *bed);
    if (!bed) bench_fail("out of memory");
    bed->net = bench_make_net(shape);
    bed->rows = rows;
    bed->threads = threads;
    bed->pairs = rows * marq_net_outputs(bed->net);
    bed->parameters = marq_net_count(bed->net);
    bed->order = bed->pairs < bed->parameters ? bed->pairs : bed->parameters;
    bed->X = bench_doubles(rows, shape->size[0]);
    bed->Y = bench_doubles(rows, shape->size[shape->count - 1]);
    bench_make_data(shape, rows, bed->X, bed->Y);
    make_memory(bed);
    memcpy(bed->theta, marq_net_parameters(bed->net), bed->parameters * sizeof(double));
    marq_options options = marq_options_default();
    options.jacobian = MARQ_JACOBIAN_FORWARD;
    options.method = MARQ_METHOD_DAMPING;
    options.threads = threads;
    marq_error error;
    marq_targets targets = marq_plain_targets(marq_net_outputs(bed->net), bed->Y);
    if (marq_net_problem_create(&bed->own, bed->net, rows, bed->X, &targets, &options, &bed->problem,
                                &error) != MARQ_OK)
        bench_fail("%s", error.message);
    if (!marq_linearisation_create(&bed->passes, bed->net, rows, threads, MARQ_STORE_PANELS))
        bench_fail("out of memory for the passes");
    marq_team team = marq_team_enter(threads);
    marq_net_linearise(&bed->passes, bed->theta, rows, bed->X);
    marq_team_leave(&team);
    return bed;
}

void bench_bed_destroy(bench_bed *bed) {
    double *const memory[] = {bed->X,      bed->Y,      bed->theta,  bed->J,       bed->gram,
                              bed->kernel, bed->matrix, bed->factor, bed->weights, bed->step};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    marq_net_problem_destroy(&bed->own);
    marq_linearisation_destroy(&bed->passes);
    marq_net_destroy(bed->net);
    free(bed);
}

const double *bench_bed_jacobian(const bench_bed *bed) {
    return bed->J;
}

/* ---- Operations, within a team ---- */

static size_t block_rows(const bench_bed *bed, size_t first) {
    return bed->rows - first < MARQ_PASS_ROWS ? bed->rows - first : MARQ_PASS_ROWS;
}

static void forward(bench_bed *bed) {
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < bed->rows; first += MARQ_PASS_ROWS)
        marq_forward(bed->net, bed->theta, &bed->passes.pass, first, block_rows(bed, first));
}

static void reverse(bench_bed *bed) {
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < bed->rows; first += MARQ_PASS_ROWS)
        marq_reverse(bed->net, bed->theta, &bed->passes.pass, first, block_rows(bed, first));
}

static void jacobian(bench_bed *bed) {
    const marq_problem *p = &bed->problem;
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < p->rows; first += p->row_block) {
        size_t count = p->rows - first < p->row_block ? p->rows - first : p->row_block;
        p->jacobian(p->user, bed->theta, first, count, bed->J + first * p->parameters, p->parameters);
    }
}

static void differences(bench_bed *bed) {
    marq_options options = marq_options_default();
    options.jacobian = MARQ_JACOBIAN_FORWARD;
    options.threads = bed->threads;
    marq_error error;
    if (marq_jacobian_at(&bed->problem, &options, bed->theta, bed->J, &error) != MARQ_OK)
        bench_fail("%s", error.message);
}

static void gram(bench_bed *bed) {
    marq_net_gram(&bed->passes, bed->weights, bed->gram, bed->step);
}

static void kernel(bench_bed *bed) {
    marq_net_kernel(&bed->passes, bed->kernel);
}

static void factor(bench_bed *bed) {
    if (marq_cholesky_factor(bed->order, bed->matrix, 1, NULL, bed->factor) != 0)
        bench_fail("the matrix is not positive definite");
}

/* The weights are tiny: the parameters stay where they are however often this is called. */
static void update(bench_bed *bed) {
    marq_net_apply_transposed(&bed->passes, bed->weights, bed->step);
    for (size_t j = 0; j < bed->parameters; j++) bed->theta[j] += 1e-9 * bed->step[j];
}

static void in_team(bench_bed *bed, void (*operation)(bench_bed *bed)) {
    marq_team team = marq_team_enter(bed->threads);
    operation(bed);
    marq_team_leave(&team);
}

#define CALL(operation)                                                                                      \
    static void call_##operation(void *bed) {                                                                \
        in_team(bed, operation);                                                                             \
    }
CALL(forward)
CALL(reverse)
CALL(jacobian)
CALL(differences)
CALL(gram)
CALL(kernel)
CALL(factor)
CALL(update)

bench_work bench_operation_work(bench_bed *bed, bench_operation operation) {
    static void (*const calls[BENCH_OPERATIONS])(void *bed) = {call_forward,     call_reverse, call_jacobian,
                                                               call_differences, call_gram,    call_kernel,
                                                               call_factor,      call_update};
    /* Only where they are wanted: they take time, and of a large net one of them may not fit. */
    if (operation == BENCH_GRAM && !bed->gram) bed->gram = bench_doubles(bed->parameters, bed->parameters);
    if (operation == BENCH_KERNEL && !bed->kernel) bed->kernel = bench_doubles(bed->pairs, bed->pairs);
    if (operation == BENCH_FACTOR && !bed->matrix) in_team(bed, make_matrix);
    return (bench_work){calls[operation], bed};
}

/* ---- Their cost ---- */

/* Σ in·out over the layers first … last. */
static double weights_from(const marq_net *net, size_t first) {
    double sum = 0;
    for (size_t l = first; l < marq_net_layers(net); l++)
        sum += (double)marq_net_width(net, l) * (double)marq_net_width(net, l + 1);
    return sum;
}

double bench_operation_flops(const marq_net *net, size_t rows, bench_operation operation) {
    double m = (double)rows, outputs = (double)marq_net_outputs(net), n = (double)marq_net_count(net);
    double forward_flops = 2 * m * weights_from(net, 0),
           reverse_flops = 2 * m * outputs * weights_from(net, 1);
    double order = m * outputs < n ? m * outputs : n;
    switch (operation) {
    case BENCH_FORWARD:
        return forward_flops;
    case BENCH_REVERSE:
        return reverse_flops;
    case BENCH_JACOBIAN:
        return forward_flops + reverse_flops + m * outputs * n;
    case BENCH_DIFFERENCES:
        return (n + 1) * forward_flops;
    case BENCH_GRAM:
        return marq_net_gram_flops(net, rows);
    case BENCH_KERNEL:
        return marq_net_kernel_flops(net, rows);
    case BENCH_FACTOR:
        return order * order * order / 3;
    case BENCH_UPDATE:
        return 2 * m * outputs * weights_from(net, 0);
    case BENCH_OPERATIONS:
        break;
    }
    return (double)NAN;
}

/* Σ widths of layers first …, in bytes a row. */
static double widths_from(const marq_net *net, size_t first) {
    double sum = 0;
    for (size_t l = first; l <= marq_net_layers(net); l++) sum += (double)marq_net_width(net, l);
    return sizeof(double) * sum;
}

double bench_operation_bytes(const marq_net *net, size_t rows, bench_operation operation) {
    double m = (double)rows, outputs = (double)marq_net_outputs(net), n = (double)marq_net_count(net);
    double activations = m * widths_from(net, 0), derivatives = m * outputs * widths_from(net, 1);
    double order = m * outputs < n ? m * outputs : n, triangle = sizeof(double) / 2.0;
    switch (operation) {
    case BENCH_FORWARD:
        return 8 * n + activations;
    case BENCH_REVERSE:
        return 8 * n + activations + derivatives;
    case BENCH_JACOBIAN:
    case BENCH_DIFFERENCES:
        return 8 * n + 8 * m * (double)marq_net_inputs(net) + 8 * m * outputs * n;
    case BENCH_GRAM:
        return activations + derivatives + triangle * n * n;
    case BENCH_KERNEL:
        return activations + derivatives + triangle * m * outputs * m * outputs;
    case BENCH_FACTOR:
        return 2 * triangle * order * order;
    case BENCH_UPDATE:
        return 16 * n + activations + derivatives;
    case BENCH_OPERATIONS:
        break;
    }
    return (double)NAN;
}
