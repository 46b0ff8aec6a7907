/* The QR form: s minimises ‖Js + w‖² + μ‖Ds‖² by orthogonal factorisations, which never form JᵀJ, whose
 * condition is the square of J's (Björck 1996, sections 2.4 and 2.7). Once a point J D⁻¹ = Q R, by blocks of
 * rows (tsqr.c); once a μ the small problem with b the first n entries of Qᵀw,
 *     ‖R t + b‖² + μ‖t‖² = min!,   t = Ds,   by QR of the 2n × n matrix (R; √μ I).
 *
 * It takes over from Cholesky's method where that loses digits. H = D⁻¹(JᵀJ + μD²)D⁻¹ with D that gives it a
 * unit diagonal has a largest eigenvalue of 1 … n, and Cholesky's error follows its condition whatever the
 * scaling of JᵀJ (Higham 2002, section 10.1). ‖H⁻¹‖ comes from the factor by a few steps of inverse
 * iteration; above MOST a step has some four digits left. */
#include "form.h"

#include "cholesky.h"
#include "vector.h"
#include <base/memory.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double MOST = 1e12;

enum { LAPACK_BLOCK = 64 };

/* ---- Memory ---- */

double marq_qr_doubles(size_t rows, size_t parameters, int threads) {
    double n = (double)parameters;
    return marq_tsqr_doubles(rows, parameters, threads) + 3 * n * n + (3 + LAPACK_BLOCK) * n;
}

int marq_qr_create(marq_qr *qr, size_t rows, size_t n, int threads) {
    *qr = (marq_qr){.parameters = n, .work_size = (int)(LAPACK_BLOCK * n)};
    qr->triangle = marq_alloc_doubles(n, n);
    qr->damped = marq_alloc_doubles(2 * n, n);
    qr->tau = marq_alloc_doubles(n, 1);
    qr->vector = marq_alloc_doubles(2 * n, 1);
    qr->work = marq_alloc_doubles((size_t)qr->work_size, 1);
    return qr->triangle && qr->damped && qr->tau && qr->vector && qr->work &&
           marq_tsqr_create(&qr->rows, rows, n, threads);
}

void marq_qr_destroy(marq_qr *qr) {
    double *memory[] = {qr->triangle, qr->damped, qr->tau, qr->vector, qr->work};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    marq_tsqr_destroy(&qr->rows);
    *qr = (marq_qr){0};
}

/* ---- The form ---- */

static int prepare(solver *s) {
    marq_workspace *w = s->work;
    size_t m = s->problem->rows, n = s->problem->parameters;
    int got = marq_gradient(s);
    if (got != MARQ_CALLBACK_OK) return got;
    if (w->side) marq_hold_parameters(s);
    marq_column_norms(m, n, w->jacobian, w->trial_work);
    for (size_t j = 0; j < n; j++) marq_update_scale(s, j, w->trial_work[j]);
    if (w->side) marq_drop_held_columns(s);
    MARQ_SCOPE(s->options->profile, "factor");
    s->factorisations++;
    marq_tsqr_factor(&w->qr.rows, w->jacobian, w->scale, w->qr.triangle);
    return MARQ_CALLBACK_OK;
}

/* (R; √μ I); the zero column of a parameter that is held gets 1. */
static void stack(const solver *s) {
    const marq_qr *qr = &s->work->qr;
    size_t n = qr->parameters;
    double root = sqrt(s->mu);
    for (size_t j = 0; j < n; j++) {
        double *column = qr->damped + 2 * n * j;
        memcpy(column, qr->triangle + n * j, n * sizeof *column);
        memset(column + n, 0, n * sizeof *column);
        column[n + j] = s->work->side && s->work->side[j] != 0 ? 1 : root;
    }
}

static bool damp(solver *s) {
    marq_qr *qr = &s->work->qr;
    int n = (int)qr->parameters, info = 0;
    s->factorisations++;
    stack(s);
#pragma omp parallel
#pragma omp single
    info =
        LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, 2 * n, n, qr->damped, 2 * n, qr->tau, qr->work, qr->work_size);
    for (size_t j = 0; j < qr->parameters; j++) {
        double pivot = fabs(qr->damped[2 * qr->parameters * j + j]);
        if (!(pivot > 0 && isfinite(pivot))) return false;
    }
    return info == 0;
}

/* vector ← (R; √μ I)⁺ (b; 0) */
static void solve_small(marq_qr *qr) {
    int n = (int)qr->parameters;
    memset(qr->vector + n, 0, qr->parameters * sizeof *qr->vector);
#pragma omp parallel
#pragma omp single
    {
        LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', 'T', 2 * n, 1, n, qr->damped, 2 * n, qr->tau, qr->vector,
                            2 * n, qr->work, qr->work_size);
        cblas_dtrsv(CblasColMajor, CblasUpper, CblasNoTrans, CblasNonUnit, n, qr->damped, 2 * n, qr->vector,
                    1);
    }
}

/* J is held here, so w is always known. */
static int solve(solver *s, const double *w, const double *jtw, double *out) {
    (void)jtw;
    marq_qr *qr = &s->work->qr;
    marq_tsqr_apply(&qr->rows, w, qr->vector);
    solve_small(qr);
    for (size_t j = 0; j < qr->parameters; j++) out[j] = -qr->vector[j] / s->work->scale[j];
    marq_drop_held(s, out);
    return MARQ_CALLBACK_OK;
}

static int image(solver *s) {
    return s->products.apply(s->products_user, s->work->step, s->work->rows_work);
}

const marq_system marq_qr_system = {prepare, damp, solve, image};

/* ---- From Cholesky's method to QR ---- */

/* ‖H⁻¹‖ from below: the growth of a vector under H⁻¹ = E(LLᵀ)⁻¹E, where E² is the diagonal of LLᵀ. */
static double inverse_norm(const solver *s) {
    enum { STEPS = 3 };
    const marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    double *e = w->trial_work, *v = w->acceleration, growth = 0;
    for (size_t j = 0; j < n; j++) {
        e[j] = sqrt(w->matrix[j * n + j] + s->mu * w->scale[j] * w->scale[j]);
        v[j] = (j % 2 ? -1 : 1) * (1 + (double)j / (double)n);
    }
    for (int k = 0; k < STEPS; k++) {
        double before = marq_norm(n, v);
        for (size_t j = 0; j < n; j++) v[j] *= e[j] / before;
        marq_cholesky_solve(n, w->factor, v);
        for (size_t j = 0; j < n; j++) v[j] *= e[j];
        growth = fmax(growth, marq_norm(n, v));
        if (!isfinite(growth)) return HUGE_VAL;
    }
    return growth;
}

/* μ raised at one point only makes H better: asked once a point. */
bool marq_loses_digits(const solver *s, bool factored) {
    if (!s->work->has_qr || s->by_rows || s->work->form == MARQ_FORM_QR) return false;
    if (!factored) return true;
    return s->rejected_now == 0 && inverse_norm(s) > MOST;
}
