/* Variable projection (Golub & Pereyra 1973, 2003; O'Leary & Rust 2013): parameters c that enter linearly are
 * eliminated. With α the others, W the weights, Φ(α) the columns of J that belong to c (the basis), and
 * o(α) = r(α, 0),
 *     r(α, c) = o + Φc,    c(α) = −(WΦ)⁺ Wo,    ρ(α) = W r(α, c(α)) = (I − P) Wo,    P = WΦ (WΦ)⁺
 * and ‖ρ‖² is minimised over α alone. Its Jacobian is taken as Kaufman 1975 does,
 *     ∂ρ/∂α ≈ (I − P) W ∂r/∂α  at (α, c(α)).
 * What is left out lies in the span of WΦ, so the gradient ρᵀ ∂ρ/∂α is exact. (The full Jacobian needs ∂Φ/∂α,
 * one more Jacobian of the problem a linear parameter; on NIST's problems it saved no iterations: 570 against
 * 560.)
 *
 * The basis comes from the Jacobian callback, or column by column from residuals: they are linear in c, so
 * one step of any length gives a column to rounding. Directions in which the basis is deficient take no part:
 * c is the shortest, in units of the columns' norms. */
#include "projection.h"

#include "vector.h"
#include <math.h>
#include <string.h>

/* ---- The state at α ---- */

void marq_projection_join(const marq_projection *p, const double *alpha, const double *c, double *theta) {
    for (size_t k = 0; k < p->other; k++) theta[p->other_index[k]] = alpha[k];
    for (size_t l = 0; l < p->linear; l++) theta[p->linear_index[l]] = c ? c[l] : 0;
}

static double weight(const marq_projection *p, size_t i) {
    return p->full->weights ? p->full->weights[i] : 1;
}

static int evaluate(marq_projection *p, double *residual) {
    double cost;
    solver s = {.problem = &p->plain, .options = p->options};
    int got = marq_evaluate(&s, p->theta, residual, &cost);
    p->residual_evaluations += s.residual_evaluations;
    return got;
}

bool marq_is_basis_by_callback(const marq_projection *p, size_t l) {
    const marq_jacobian *columns = p->plain.column_jacobian;
    if (!p->rows_work || p->options->jacobian != MARQ_JACOBIAN_AUTO) return false;
    return !columns || columns[p->linear_index[l]] == MARQ_JACOBIAN_AUTO;
}

/* Column l of Φ from the residuals at c = unit · e_l. */
static int step_column(marq_projection *p, size_t l) {
    double *shifted = p->residual, unit = p->unit[l];
    p->theta[p->linear_index[l]] = unit;
    int got = evaluate(p, shifted);
    p->theta[p->linear_index[l]] = 0;
    for (size_t i = 0; got == MARQ_CALLBACK_OK && i < p->rows; i++)
        p->basis[i * p->linear + l] = (shifted[i] - p->offset[i]) / unit;
    return got;
}

/* The step is chosen once, so that it changes the residuals by about as much as they are. */
static int measured_column(marq_projection *p, size_t l) {
    bool first = p->unit[l] == 0;
    if (first) p->unit[l] = 1;
    int got = step_column(p, l);
    if (!first || got != MARQ_CALLBACK_OK) return got;
    double column = 0, offset = 0;
    for (size_t i = 0; i < p->rows; i++) {
        column = fmax(column, fabs(p->basis[i * p->linear + l]));
        offset = fmax(offset, fabs(p->offset[i]));
    }
    double ratio = offset / column;
    if (!isfinite(ratio) || ratio == 0 || (ratio > 0.01 && ratio < 100)) return got;
    p->unit[l] = exp2(round(log2(ratio)));
    return step_column(p, l);
}

static int fill_basis(marq_projection *p) {
    size_t q = p->linear, n = p->parameters;
    int got = MARQ_CALLBACK_OK;
    bool callback = false;
    for (size_t l = 0; l < q; l++) callback = callback || marq_is_basis_by_callback(p, l);
    if (callback) {
        p->jacobian_evaluations++;
        got = marq_call_jacobian(&p->plain, p->theta, 0, p->rows, p->rows_work);
    }
    for (size_t l = 0; got == MARQ_CALLBACK_OK && l < q; l++) {
        if (marq_is_basis_by_callback(p, l))
            for (size_t i = 0; i < p->rows; i++)
                p->basis[i * q + l] = p->rows_work[i * n + p->linear_index[l]];
        else
            got = measured_column(p, l);
    }
    if (got == MARQ_CALLBACK_OK && !marq_all_finite(p->rows * q, p->basis))
        got = MARQ_CALLBACK_NOT_COMPUTABLE;
    return got;
}

/* out ← w + Ax for the m × q matrix A */
static void add_product(const marq_projection *p, const double *w, const double *A, const double *x,
                        double *out) {
    size_t q = p->linear;
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < p->rows; i++) {
        double sum = w[i];
        for (size_t l = 0; l < q; l++) sum += A[i * q + l] * x[l];
        out[i] = sum;
    }
}

void marq_projection_weigh(const marq_projection *p, size_t columns, const double *from, double *to) {
    for (size_t i = 0; i < p->rows; i++)
        for (size_t l = 0; l < columns; l++) to[i * columns + l] = weight(p, i) * from[i * columns + l];
}

/* c ← −(WΦ)⁺ Wo, and the residuals there. */
static int eliminate(marq_projection *p) {
    marq_projection_weigh(p, p->linear, p->basis, p->weighted_basis);
    marq_projection_weigh(p, 1, p->offset, p->column);
    marq_column_norms(p->rows, p->linear, p->weighted_basis, p->norms);
    for (size_t l = 0; l < p->linear; l++)
        if (!(p->norms[l] > 1e-290)) p->norms[l] = 1;
    if (!marq_model_factor(&p->model, p->weighted_basis, p->norms, p->column))
        return MARQ_CALLBACK_NOT_COMPUTABLE;
    marq_model_step(&p->model, 0, p->coefficients);
    add_product(p, p->offset, p->basis, p->coefficients, p->residual);
    return MARQ_CALLBACK_OK;
}

int marq_projection_at(marq_projection *p, const double *alpha) {
    if (p->is_known && memcmp(alpha, p->at, p->other * sizeof *alpha) == 0) return MARQ_CALLBACK_OK;
    p->is_known = false;
    memcpy(p->at, alpha, p->other * sizeof *alpha);
    marq_projection_join(p, alpha, NULL, p->theta);
    int got = evaluate(p, p->offset);
    if (got == MARQ_CALLBACK_OK) got = fill_basis(p);
    if (got == MARQ_CALLBACK_OK) got = eliminate(p);
    p->is_known = got == MARQ_CALLBACK_OK;
    return got;
}

bool marq_projection_agrees(const marq_projection *p, const double *r) {
    double size = marq_norm(p->rows, p->offset), squares = 0;
    for (size_t l = 0; l < p->linear; l++) size += p->norms[l] * fabs(p->coefficients[l]);
    for (size_t i = 0; i < p->rows; i++) squares += (r[i] - p->residual[i]) * (r[i] - p->residual[i]);
    return sqrt(squares) <= 1e-6 * size;
}

void marq_project_column(marq_projection *p, double *column) {
    marq_model_solve(&p->model, 0, column, p->part);
    add_product(p, column, p->weighted_basis, p->part, column);
}
