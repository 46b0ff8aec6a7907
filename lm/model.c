/* In singular coordinates everything is a sum over σ:
 *     ‖Ds(μ)‖²               = Σ (σ z / (σ² + μ))²
 *     ½‖r‖² − ½‖r + Js(μ)‖²  = ½ Σ z² (1 − (μ / (σ² + μ))²)
 * Singular values below CUTOFF·σ_1 are rounding: they take no part for μ = 0. */
#include "model.h"

#include "secular.h"
#include <base/memory.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double CUTOFF = 1e-15;

static size_t svd_work(size_t n) {
    return 4 * n * n + 64 * n + 64;
}

double marq_model_doubles(size_t rows, size_t parameters, int threads) {
    double n = (double)parameters;
    return 3 * n * n + 8 * n + (double)svd_work(parameters) + marq_tsqr_doubles(rows, parameters, threads);
}

int marq_model_create(marq_model *m, size_t rows, size_t n, int threads) {
    *m = (marq_model){.rows = rows, .parameters = n, .cutoff = CUTOFF, .work_size = svd_work(n)};
    m->scale = marq_alloc_doubles(n, 1);
    m->triangle = marq_alloc_doubles(n, n);
    m->u = marq_alloc_doubles(n, n);
    m->vt = marq_alloc_doubles(n, n);
    m->sigma = marq_alloc_doubles(n, 1);
    m->z = marq_alloc_doubles(n, 1);
    m->other = marq_alloc_doubles(n, 1);
    m->work = marq_alloc_doubles(m->work_size, 1);
    m->integers = marq_alloc(8 * n, sizeof *m->integers);
    return m->scale && m->triangle && m->u && m->vt && m->sigma && m->z && m->other && m->work &&
           m->integers && marq_tsqr_create(&m->qr, rows, n, threads);
}

void marq_model_destroy(marq_model *m) {
    double *memory[] = {m->scale, m->triangle, m->u, m->vt, m->sigma, m->z, m->other, m->work};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(m->integers);
    marq_tsqr_destroy(&m->qr);
    *m = (marq_model){0};
}

static bool decompose(marq_model *m) {
    int n = (int)m->parameters, info = 0;
#pragma omp parallel
#pragma omp single
    info = LAPACKE_dgesdd_work(LAPACK_COL_MAJOR, 'A', n, n, m->triangle, n, m->sigma, m->u, n, m->vt, n,
                               m->work, (int)m->work_size, m->integers);
    for (size_t i = 0; i < m->parameters; i++)
        if (!isfinite(m->sigma[i])) return false;
    return info == 0;
}

/* out ← UᵀQᵀw */
static void transform(marq_model *m, const double *w, double *out) {
    size_t n = m->parameters;
    marq_tsqr_apply(&m->qr, w, m->work);
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) sum += m->u[k + i * n] * m->work[k];
        out[i] = sum;
    }
}

bool marq_model_factor(marq_model *m, const double *J, const double *scale, const double *r) {
    memcpy(m->scale, scale, m->parameters * sizeof *scale);
    marq_tsqr_factor(&m->qr, J, scale, m->triangle);
    if (!decompose(m)) return false;
    transform(m, r, m->z);
    return true;
}

size_t marq_model_rank(const marq_model *m, double tolerance) {
    size_t rank = 0;
    while (rank < m->parameters && m->sigma[rank] > tolerance * m->sigma[0]) rank++;
    return rank;
}

/* The i-th coordinate of −Ds(μ) for the transformed right-hand side z. */
static double coordinate(const marq_model *m, double mu, const double *z, size_t i) {
    double sigma = m->sigma[i];
    if (sigma <= m->cutoff * m->sigma[0]) return 0;
    return z[i] / (sigma + mu / sigma);
}

static double step_for(const marq_model *m, double mu, const double *z, double *step) {
    size_t n = m->parameters;
    double squares = 0;
    memset(step, 0, n * sizeof *step);
    for (size_t i = 0; i < n; i++) {
        double c = coordinate(m, mu, z, i);
        squares += c * c;
        for (size_t j = 0; j < n; j++) step[j] -= c * m->vt[i + j * n];
    }
    for (size_t j = 0; j < n; j++) step[j] /= m->scale[j];
    return sqrt(squares);
}

double marq_model_step(const marq_model *m, double mu, double *step) {
    return step_for(m, mu, m->z, step);
}

double marq_model_solve(marq_model *m, double mu, const double *w, double *step) {
    transform(m, w, m->other);
    return step_for(m, mu, m->other, step);
}

/* ‖Ds(μ)‖ and its derivative in μ. */
static double length_at(const void *model, double mu, double *derivative) {
    const marq_model *m = model;
    double squares = 0, slope = 0;
    for (size_t i = 0; i < m->parameters; i++) {
        double c = coordinate(m, mu, m->z, i), sigma = m->sigma[i];
        squares += c * c;
        if (c != 0) slope -= c * c / (sigma * sigma + mu);
    }
    double length = sqrt(squares);
    *derivative = length > 0 ? slope / length : 0;
    return length;
}

double marq_model_damping(const marq_model *m, double radius) {
    double gradient = 0;
    for (size_t i = 0; i < m->parameters; i++) gradient += m->sigma[i] * m->z[i] * m->sigma[i] * m->z[i];
    return marq_secular_damping(length_at, m, 0, sqrt(gradient), radius);
}

double marq_model_curvature(const marq_model *m, const double *step) {
    size_t n = m->parameters;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double t = 0;
        for (size_t j = 0; j < n; j++) t += m->vt[i + j * n] * m->scale[j] * step[j];
        sum += m->sigma[i] * t * m->sigma[i] * t;
    }
    return sum;
}

double marq_model_decrease(const marq_model *m, double mu) {
    double sum = 0;
    for (size_t i = 0; i < m->parameters; i++) {
        double sigma = m->sigma[i];
        if (sigma <= m->cutoff * m->sigma[0]) continue;
        double left = mu / (sigma * sigma + mu);
        sum += m->z[i] * m->z[i] * (1 - left * left);
    }
    return 0.5 * sum;
}
