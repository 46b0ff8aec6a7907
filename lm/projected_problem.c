/* The problems that variable projection solves: in α for fixed c, whose Jacobian is ∂r/∂α, and in α with c
 * eliminated; and the memory of both. */
#include "projection.h"

#include <base/memory.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- What is eliminated ---- */

bool marq_is_eliminated(const marq_problem *p, size_t j) {
    return p->linear && p->linear[j] && !marq_is_fixed(p, j) && isinf(marq_lower(p, j)) &&
           isinf(marq_upper(p, j));
}

static size_t count_eliminated(const marq_problem *p) {
    size_t count = 0;
    for (size_t j = 0; j < p->parameters; j++) count += marq_is_eliminated(p, j);
    return count;
}

bool marq_is_separable(const marq_problem *p, const marq_options *options, const marq_plan *plan) {
    size_t count = count_eliminated(p);
    if (options->max_memory > 0 && 4 * plan->bytes > options->max_memory) return false;
    return count > 0 && count < p->parameters && count < p->rows && !p->ties &&
           p->loss == MARQ_LOSS_SQUARES && marq_has_radius(plan->method);
}

/* ---- The problem in α for fixed c, whose Jacobian is ∂r/∂α ---- */

static int others_residual(void *user, const double *alpha, size_t first, size_t count, double *r) {
    const marq_projection *p = user;
    double *theta = p->thread_theta + (size_t)omp_get_thread_num() * p->parameters;
    marq_projection_join(p, alpha, p->coefficients, theta);
    return p->plain.residual(p->plain.user, theta, first, count, r);
}

/* Rows are written to their place in rows_work, so threads don't meet. */
static int others_jacobian(void *user, const double *alpha, size_t first, size_t count, double *out,
                           size_t stride) {
    const marq_projection *p = user;
    size_t n = p->parameters;
    double *theta = p->thread_theta + (size_t)omp_get_thread_num() * n, *rows = p->rows_work + first * n;
    marq_projection_join(p, alpha, p->coefficients, theta);
    int got = p->plain.jacobian(p->plain.user, theta, first, count, rows, n);
    for (size_t i = 0; got == MARQ_CALLBACK_OK && i < count; i++)
        for (size_t k = 0; k < p->other; k++) out[i * stride + k] = rows[i * n + p->other_index[k]];
    return got;
}

/* ---- The problem in α with c eliminated: one block of all rows ---- */

static int projected_residual(void *user, const double *alpha, size_t first, size_t count, double *r) {
    marq_projection *p = user;
    (void)first, (void)count;
    int got = marq_projection_at(p, alpha);
    if (got == MARQ_CALLBACK_OK) marq_projection_weigh(p, 1, p->residual, r);
    return got;
}

static int others_slopes(marq_projection *p, const double *alpha, double *slopes) {
    solver s = {.problem = &p->others, .options = p->options, .work = p->others_work};
    memcpy(p->others_work->residual, p->residual, p->rows * sizeof *p->residual);
    int got = marq_build_jacobian(&s, alpha, slopes);
    p->jacobian_evaluations++;
    p->residual_evaluations += s.residual_evaluations;
    return got;
}

/* Whether the columns of linear parameters are the same at (α, c), where rows_work is from the Jacobian in α,
 * as at (α, 0). Asked once. */
static bool is_linear(marq_projection *p) {
    derivative kind = p->others_work->derivative;
    bool is_full = kind == DERIVATIVE_ANALYTIC || (kind == DERIVATIVE_MIXED && p->rows_work);
    for (size_t l = 0; is_full && !p->is_checked && l < p->linear; l++) {
        double most = 0, change = 0;
        for (size_t i = 0; marq_is_basis_by_callback(p, l) && i < p->rows; i++) {
            double at_c = p->rows_work[i * p->parameters + p->linear_index[l]],
                   at_0 = p->basis[i * p->linear + l];
            most = fmax(most, fmax(fabs(at_c), fabs(at_0)));
            change = fmax(change, fabs(at_c - at_0));
        }
        if (!(change <= 1e-6 * most)) return false;
    }
    p->is_checked = true;
    return true;
}

/* (I − P) of each column of W ∂r/∂α. All rows at once, so the stride is the number of columns. */
static int projected_jacobian(void *user, const double *alpha, size_t first, size_t count, double *out,
                              size_t stride) {
    marq_projection *p = user;
    (void)first, (void)count;
    int got = marq_projection_at(p, alpha);
    if (got == MARQ_CALLBACK_OK) got = others_slopes(p, alpha, out);
    if (got == MARQ_CALLBACK_OK && !is_linear(p)) got = MARQ_CALLBACK_NOT_COMPUTABLE;
    marq_projection_weigh(p, p->other, out, out);
    for (size_t k = 0; got == MARQ_CALLBACK_OK && k < p->other; k++) {
        for (size_t i = 0; i < p->rows; i++) p->column[i] = out[i * stride + k];
        marq_project_column(p, p->column);
        for (size_t i = 0; i < p->rows; i++) out[i * stride + k] = p->column[i];
    }
    return got;
}

/* ---- Memory ---- */

static void describe(marq_projection *p, const marq_problem *full) {
    size_t linear = 0, other = 0;
    p->full = full;
    for (size_t j = 0; j < p->parameters; j++)
        if (marq_is_eliminated(full, j))
            p->linear_index[linear++] = j;
        else
            p->other_index[other++] = j;
    p->plain = *full;
    p->plain.linear = NULL;
    p->plain.products = NULL;
    p->plain.weights = NULL;
    p->plain.lower = p->plain.upper = NULL;
    p->plain.fixed = NULL;
    p->others = p->plain;
    p->others.parameters = other;
    p->others.user = p;
    p->others.residual = others_residual;
    p->others.jacobian = full->jacobian ? others_jacobian : NULL;
    p->others.column_jacobian = full->column_jacobian ? p->columns : NULL;
    p->problem = (marq_problem){.rows = p->rows,
                                .parameters = other,
                                .user = p,
                                .residual = projected_residual,
                                .jacobian = projected_jacobian,
                                .row_block = p->rows,
                                .lower = full->lower ? p->lower : NULL,
                                .upper = full->upper ? p->upper : NULL,
                                .fixed = full->fixed ? p->fixed : NULL};
    for (size_t k = 0; k < other; k++) {
        size_t j = p->other_index[k];
        p->lower[k] = marq_lower(full, j);
        p->upper[k] = marq_upper(full, j);
        p->fixed[k] = full->fixed && full->fixed[j];
        p->columns[k] = full->column_jacobian ? full->column_jacobian[j] : MARQ_JACOBIAN_AUTO;
    }
}

bool marq_projection_allocate(marq_projection *p, const marq_problem *full, int threads) {
    size_t m = full->rows, n = full->parameters, q = count_eliminated(full);
    bool callback = full->jacobian != NULL;
    *p = (marq_projection){.rows = m, .parameters = n, .linear = q, .other = n - q, .threads = threads};
    p->linear_index = marq_alloc(n, sizeof *p->linear_index);
    p->other_index = marq_alloc(n, sizeof *p->other_index);
    p->alpha = marq_alloc_doubles(n, 1);
    p->at = marq_alloc_doubles(n, 1);
    p->theta = marq_alloc_doubles(n, 1);
    p->given = marq_alloc_doubles(n, 1);
    p->thread_theta = marq_alloc_doubles((size_t)p->threads, n);
    p->lower = marq_alloc_doubles(n, 1);
    p->upper = marq_alloc_doubles(n, 1);
    p->fixed = marq_alloc(n, 1);
    p->columns = marq_alloc(n, sizeof *p->columns);
    p->unit = marq_alloc_doubles(q, 1);
    p->offset = marq_alloc_doubles(m, 1);
    p->basis = marq_alloc_doubles(m, q);
    p->weighted_basis = marq_alloc_doubles(m, q);
    p->norms = marq_alloc_doubles(q, 1);
    p->coefficients = marq_alloc_doubles(q, 1);
    p->residual = marq_alloc_doubles(m, 1);
    p->column = marq_alloc_doubles(m, 1);
    p->part = marq_alloc_doubles(q, 1);
    p->rows_work = callback ? marq_alloc_doubles(m, n) : NULL;
    bool has_all = p->linear_index && p->other_index && p->alpha && p->at && p->theta && p->given &&
                   p->thread_theta && p->lower && p->upper && p->fixed && p->columns && p->unit &&
                   p->offset && p->basis && p->weighted_basis && p->norms && p->coefficients && p->residual &&
                   p->column && p->part && (!callback || p->rows_work) &&
                   marq_model_create(&p->model, m, q, threads);
    if (has_all) describe(p, full);
    p->model.cutoff = DBL_EPSILON * (double)(m > q ? m : q);
    return has_all;
}

bool marq_projection_fits(const marq_projection *p, const marq_problem *full) {
    return p->rows == full->rows && p->parameters == full->parameters &&
           p->linear == count_eliminated(full) && (p->rows_work != NULL) == (full->jacobian != NULL);
}

void marq_project_problem(marq_projection *p, const marq_problem *full, const marq_options *options,
                          double *theta) {
    describe(p, full);
    p->options = options;
    p->is_known = p->is_checked = p->is_projected = p->is_wrong = p->is_stopped = p->has_told = false;
    p->best = theta;
    memcpy(p->given, theta, p->parameters * sizeof *theta);
    p->residual_evaluations = p->jacobian_evaluations = p->iterations = 0;
    for (size_t k = 0; k < p->other; k++) p->alpha[k] = theta[p->other_index[k]];
    memset(p->unit, 0, p->linear * sizeof *p->unit);
    solver s = {.problem = &p->others, .options = options, .work = p->others_work};
    marq_difference_start(&s, p->alpha);
}

void marq_projection_destroy(marq_projection *p) {
    if (!p) return;
    void *memory[] = {p->linear_index, p->other_index,  p->alpha,          p->at,    p->theta,
                      p->thread_theta, p->lower,        p->upper,          p->fixed, p->columns,
                      p->unit,         p->offset,       p->basis,          p->norms, p->residual,
                      p->column,       p->coefficients, p->weighted_basis, p->part,  p->rows_work,
                      p->given};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    marq_model_destroy(&p->model);
    marq_workspace_destroy(p->work);
    marq_workspace_destroy(p->others_work);
    free(p);
}
