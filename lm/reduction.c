/* Ties taken out of a problem: with θ = T(φ), φ the free parameters,
 *     r(φ) = r(T(φ)),   J_φ = J_θ T',   T' = (I; S) up to the order of rows,
 * S, the slopes of the tied parameters (tied × free). Linear ties give S_j = Σ_k a_k T'_k, in their order;
 * the function's D = ∂θ_j/∂θ_k (by the caller, or by differences) gives S_j = Σ_k D_jk T'_k over all k that
 * it doesn't set. The solver sees a problem in φ and nothing else. */
#include "reduction.h"

#include "ties.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* ---- Memory ---- */

/* Of one thread. */
typedef struct scratch {
    double *theta, *shifted; /* n */
    double *derivative;      /* D: marked × n */
    double *slopes;          /* S: tied × free */
    double *rows;            /* block × n: of J_θ */
    size_t *begin, *end;     /* tied: the range of a row of S outside of which it is 0 */
} scratch;

static size_t block_of(const marq_problem *full) {
    size_t block = marq_row_block(full);
    return block < full->rows ? block : full->rows;
}

static size_t rows_size(const marq_problem *full) {
    return full->jacobian ? block_of(full) * full->parameters : 0;
}

static scratch scratch_of(const marq_reduction *r, int thread) {
    size_t n = r->parameters;
    scratch own = {.theta = r->memory + (size_t)thread * r->stride};
    own.shifted = own.theta + n;
    own.derivative = own.shifted + n;
    own.slopes = own.derivative + r->marked * n;
    own.rows = own.slopes + r->tied * r->free;
    own.begin = r->ranges + (size_t)thread * 2 * r->tied;
    own.end = own.begin + r->tied;
    return own;
}

static bool allocate(marq_reduction *r) {
    size_t n = r->parameters;
    r->stride = 2 * n + r->marked * n + r->tied * r->free + r->rows_size;
    r->stride = (r->stride + 7) / 8 * 8; /* threads don't share a cache line */
    r->memory = marq_alloc_doubles((size_t)r->threads, r->stride);
    r->ranges = marq_alloc(2 * (size_t)r->threads, r->tied * sizeof *r->ranges);
    r->place = marq_alloc(n, sizeof *r->place);
    r->free_index = marq_alloc(n, sizeof *r->free_index);
    r->tied_index = marq_alloc(n, sizeof *r->tied_index);
    r->phi = marq_alloc_doubles(n, 1);
    r->theta = marq_alloc_doubles(n, 1);
    r->typical = marq_alloc_doubles(n, 1);
    r->lower = marq_alloc_doubles(n, 1);
    r->upper = marq_alloc_doubles(n, 1);
    r->fixed = marq_alloc(n, 1);
    r->columns = marq_alloc(n, sizeof *r->columns);
    return r->memory && r->ranges && r->place && r->free_index && r->tied_index && r->phi && r->theta &&
           r->typical && r->lower && r->upper && r->fixed && r->columns;
}

void marq_reduction_destroy(marq_reduction *r) {
    if (!r) return;
    void *memory[] = {r->memory, r->ranges,  r->place, r->free_index, r->tied_index, r->phi,
                      r->theta,  r->typical, r->lower, r->upper,      r->fixed,      r->columns};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(r);
}

/* ---- T and T' ---- */

static int expand(const marq_reduction *r, const double *phi, double *theta) {
    for (size_t k = 0; k < r->free; k++) theta[r->free_index[k]] = phi[k];
    return marq_set_tied(r->full, theta);
}

/* to (a row of S) += factor · the row of T' of parameter j. */
static void add_row(const marq_reduction *r, double factor, size_t j, const double *slopes, double *to) {
    size_t p = r->free, place = r->place[j];
    if (place < p)
        to[place] += factor;
    else
        for (size_t k = 0; k < p; k++) to[k] += factor * slopes[(place - p) * p + k];
}

static double *row_of(const marq_reduction *r, size_t j, double *slopes) {
    return slopes + (r->place[j] - r->free) * r->free;
}

static void linear_slopes(const marq_reduction *r, double *slopes) {
    const marq_ties *ties = r->full->ties;
    memset(slopes, 0, r->tied * r->free * sizeof *slopes);
    for (size_t i = 0; i < ties->count; i++) {
        const marq_linear_tie *tie = &ties->linear[i];
        for (size_t k = 0; k < tie->terms; k++)
            add_row(r, tie->factor[k], tie->source[k], slopes, row_of(r, tie->parameter, slopes));
    }
}

/* The rows of parameters that the function sets. */
static int function_slopes(const marq_reduction *r, const scratch *own) {
    size_t n = r->parameters, row = 0;
    const marq_ties *ties = r->full->ties;
    int got = ties->derivative
                  ? marq_tie_derivative(r->full, own->theta, own->derivative)
                  : marq_tie_difference(r->full, own->theta, r->typical, own->shifted, own->derivative);
    for (size_t j = 0; got == MARQ_CALLBACK_OK && j < n; j++) {
        if (!ties->tied[j]) continue;
        const double *d = own->derivative + row++ * n;
        for (size_t k = 0; k < n; k++)
            if (!ties->tied[k] && d[k] != 0) add_row(r, d[k], k, own->slopes, row_of(r, j, own->slopes));
    }
    return got;
}

static void find_ranges(const marq_reduction *r, const scratch *own) {
    for (size_t t = 0; t < r->tied; t++) {
        const double *row = own->slopes + t * r->free;
        size_t begin = 0, end = r->free;
        while (begin < end && row[begin] == 0) begin++;
        while (end > begin && row[end - 1] == 0) end--;
        own->begin[t] = begin;
        own->end[t] = end;
    }
}

/* S at own->theta. */
static int slopes_at(const marq_reduction *r, const scratch *own) {
    linear_slopes(r, own->slopes);
    int got = r->marked > 0 ? function_slopes(r, own) : MARQ_CALLBACK_OK;
    find_ranges(r, own);
    return got;
}

int marq_reduction_slopes(marq_reduction *r, const double **slopes) {
    scratch own = scratch_of(r, 0);
    int got = expand(r, r->phi, own.theta);
    if (got == MARQ_CALLBACK_OK) got = slopes_at(r, &own);
    *slopes = own.slopes;
    return got;
}

/* ---- The problem in φ ---- */

static int residual(void *user, const double *phi, size_t first, size_t count, double *out) {
    const marq_reduction *r = user;
    scratch own = scratch_of(r, omp_get_thread_num());
    int got = expand(r, phi, own.theta);
    return got == MARQ_CALLBACK_OK ? r->full->residual(r->full->user, own.theta, first, count, out) : got;
}

/* Does the callback fill the column of θ_j? */
static bool is_analytic(const marq_reduction *r, size_t j) {
    return !r->full->column_jacobian || r->full->column_jacobian[j] == MARQ_JACOBIAN_AUTO;
}

/* out ← row · T'. Columns that the callback doesn't fill take no part: differences replace what depends on
 * them. */
static void chain_row(const marq_reduction *r, const scratch *own, const double *row, double *out) {
    size_t p = r->free;
    for (size_t k = 0; k < p; k++) out[k] = row[r->free_index[k]];
    for (size_t t = 0; t < r->tied; t++) {
        if (!is_analytic(r, r->tied_index[t])) continue;
        double slope = row[r->tied_index[t]];
        for (size_t k = own->begin[t]; k < own->end[t]; k++) out[k] += slope * own->slopes[t * p + k];
    }
}

static int jacobian(void *user, const double *phi, size_t first, size_t count, double *out, size_t stride) {
    const marq_reduction *r = user;
    scratch own = scratch_of(r, omp_get_thread_num());
    size_t n = r->parameters;
    int got = expand(r, phi, own.theta);
    if (got == MARQ_CALLBACK_OK) got = slopes_at(r, &own);
    if (got == MARQ_CALLBACK_OK) got = r->full->jacobian(r->full->user, own.theta, first, count, own.rows, n);
    for (size_t i = 0; got == MARQ_CALLBACK_OK && i < count; i++)
        chain_row(r, &own, own.rows + i * n, out + i * stride);
    return got;
}

static void loss(void *user, double z, double rho[3]) {
    const marq_reduction *r = user;
    r->full->loss_function(r->full->user, z, rho);
}

static int progress(void *user, const marq_progress *now) {
    marq_reduction *r = user;
    marq_progress full = *now;
    expand(r, now->theta, r->theta);
    full.theta = r->theta;
    return r->progress(r->progress_user, &full);
}

/* A column by the callback needs all that follow it by the callback too; what the function sets may follow
 * any. */
static void choose_columns(marq_reduction *r) {
    const marq_jacobian *full = r->full->column_jacobian;
    double *slopes = scratch_of(r, 0).slopes;
    linear_slopes(r, slopes);
    for (size_t k = 0; k < r->free; k++) {
        r->columns[k] = full[r->free_index[k]];
        for (size_t t = 0; t < r->tied; t++) {
            size_t j = r->tied_index[t];
            bool follows = marq_is_marked(r->full, j) || slopes[t * r->free + k] != 0;
            if (follows && full[j] > r->columns[k]) r->columns[k] = full[j];
        }
    }
}

static void find_places(marq_reduction *r) {
    size_t free_ones = 0, tied = 0;
    for (size_t j = 0; j < r->parameters; j++) {
        bool is_tied = marq_is_tied_parameter(r->full, j);
        if (is_tied)
            r->tied_index[tied] = j;
        else
            r->free_index[free_ones] = j;
        r->place[j] = is_tied ? r->free + tied++ : free_ones++;
    }
}

static void describe(marq_reduction *r, const marq_problem *full) {
    r->full = full;
    find_places(r);
    r->problem = *full;
    r->problem.parameters = r->free;
    r->problem.user = r;
    r->problem.residual = residual;
    r->problem.jacobian = full->jacobian ? jacobian : NULL;
    r->problem.loss_function = full->loss_function ? loss : NULL;
    r->problem.products = NULL;
    r->problem.ties = NULL;
    r->problem.linear = NULL;
    for (size_t k = 0; k < r->free; k++) {
        size_t j = r->free_index[k];
        marq_tied_bounds(full, j, &r->lower[k], &r->upper[k]);
        r->fixed[k] = full->fixed && full->fixed[j];
    }
    bool bounded = full->lower || full->upper;
    r->problem.lower = bounded ? r->lower : NULL;
    r->problem.upper = bounded ? r->upper : NULL;
    r->problem.fixed = full->fixed ? r->fixed : NULL;
    if (full->column_jacobian) choose_columns(r);
    r->problem.column_jacobian = full->column_jacobian ? r->columns : NULL;
}

static size_t tied_count(const marq_problem *full) {
    return full->ties->count + marq_marked_count(full);
}

marq_reduction *marq_reduction_create(const marq_problem *full, int threads) {
    marq_reduction *r = marq_alloc(1, sizeof *r);
    if (!r) return NULL;
    *r = (marq_reduction){.parameters = full->parameters, .threads = threads, .rows_size = rows_size(full)};
    r->tied = tied_count(full);
    r->marked = marq_marked_count(full);
    r->free = full->parameters - r->tied;
    if (allocate(r)) {
        describe(r, full);
        return r;
    }
    marq_reduction_destroy(r);
    return NULL;
}

static bool fits(const marq_reduction *r, const marq_problem *full) {
    return r->parameters == full->parameters && r->tied == tied_count(full) &&
           r->marked == marq_marked_count(full) && rows_size(full) <= r->rows_size;
}

marq_status marq_reduce(marq_reduction *r, const marq_problem *full, marq_options *options,
                        const double *theta, marq_error *error) {
    if (!fits(r, full))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the workspace was made for other ties or another problem");
    describe(r, full);
    for (size_t k = 0; k < r->free; k++) r->phi[k] = theta[r->free_index[k]];
    r->progress = options->progress;
    r->progress_user = options->progress_user;
    if (options->progress) {
        options->progress = progress;
        options->progress_user = r;
    }
    int got = expand(r, r->phi, r->theta);
    for (size_t j = 0; j < r->parameters; j++)
        r->typical[j] = options->typical_size * (r->theta[j] != 0 ? fabs(r->theta[j]) : 1);
    if (got > 0)
        return marq_fail(error, MARQ_ERROR_START, "the tied parameters cannot be computed at the start");
    if (got < 0) return marq_fail(error, MARQ_ERROR_CALLBACK, "%s", marq_status_text(MARQ_ERROR_CALLBACK));
    return MARQ_OK;
}

int marq_reduction_expand(const marq_reduction *r, double *theta) {
    return expand(r, r->phi, theta);
}
