/* In the coordinates of W everything is a sum:
 *     ‖Ds(μ)‖²                 = Σ u²,   u = −c / (λ + μ)
 *     −gᵀs − ½ sᵀ(JᵀJ + S)s    = ½ Σ u² (λ + 2μ)
 * Where Λ has negative entries, μ is above −λ_1. (A step that is then shorter than the radius is not
 * lengthened along the first eigenvector, the "hard case" of Moré & Sorensen 1983: it goes down all the
 * same.) */
#include "quadratic.h"

#include "secular.h"
#include <base/memory.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double LEAST = 1e-12; /* λ + μ over the largest |λ| */

enum { LAPACK_WORK = 66 }; /* doubles a parameter */

double marq_quadratic_doubles(size_t parameters) {
    double n = (double)parameters;
    return 2 * n * n + (3 + LAPACK_WORK) * n;
}

int marq_quadratic_create(marq_quadratic *q, size_t n) {
    *q = (marq_quadratic){.parameters = n, .work_size = (int)(LAPACK_WORK * n)};
    q->vectors = marq_alloc_doubles(n, n);
    q->lambda = marq_alloc_doubles(n, 1);
    q->c = marq_alloc_doubles(n, 1);
    q->u = marq_alloc_doubles(n, 1);
    q->product = marq_alloc_doubles(n, n);
    q->work = marq_alloc_doubles((size_t)q->work_size, 1);
    return q->vectors && q->lambda && q->c && q->u && q->product && q->work;
}

void marq_quadratic_destroy(marq_quadratic *q) {
    double *memory[] = {q->vectors, q->lambda, q->c, q->u, q->product, q->work};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    *q = (marq_quadratic){0};
}

/* vectors ← Σ² + VᵀD⁻¹SD⁻¹V. Row i of vt is column i of V. */
static void assemble(marq_quadratic *q, const marq_model *m, const double *S) {
    size_t n = q->parameters;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) { /* (VᵀD⁻¹SD⁻¹)_ik */
            double sum = 0;
            for (size_t j = 0; j < n; j++) sum += m->vt[i + j * n] / m->scale[j] * S[j + k * n];
            q->product[i * n + k] = sum / m->scale[k];
        }
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            double sum = i == k ? m->sigma[i] * m->sigma[i] : 0;
            for (size_t j = 0; j < n; j++) sum += q->product[i * n + j] * m->vt[k + j * n];
            q->vectors[i + k * n] = sum;
        }
}

static bool diagonalise(marq_quadratic *q) {
    int n = (int)q->parameters, info = 0;
#pragma omp parallel
#pragma omp single
    info = LAPACKE_dsyev_work(LAPACK_COL_MAJOR, 'V', 'L', n, q->vectors, n, q->lambda, q->work, q->work_size);
    for (size_t i = 0; i < q->parameters; i++)
        if (!isfinite(q->lambda[i])) return false;
    return info == 0;
}

bool marq_quadratic_factor(marq_quadratic *q, const marq_model *m, const double *S) {
    size_t n = q->parameters;
    assemble(q, m, S);
    if (!diagonalise(q)) return false;
    for (size_t i = 0; i < n; i++) {
        q->c[i] = 0;
        for (size_t k = 0; k < n; k++) q->c[i] += q->vectors[k + i * n] * m->sigma[k] * m->z[k];
    }
    return true;
}

static double coordinate(const marq_quadratic *q, double mu, size_t i) {
    return q->c[i] == 0 ? 0 : -q->c[i] / (q->lambda[i] + mu);
}

static double length_at(const void *model, double mu, double *derivative) {
    const marq_quadratic *q = model;
    double squares = 0, slope = 0;
    for (size_t i = 0; i < q->parameters; i++) {
        double u = coordinate(q, mu, i);
        squares += u * u;
        if (u != 0) slope -= u * u / (q->lambda[i] + mu);
    }
    double length = sqrt(squares);
    *derivative = length > 0 ? slope / length : 0;
    return length;
}

double marq_quadratic_damping(const marq_quadratic *q, double radius) {
    size_t n = q->parameters;
    double most = fmax(fabs(q->lambda[0]), fabs(q->lambda[n - 1])), squares = 0;
    for (size_t i = 0; i < n; i++) squares += q->c[i] * q->c[i];
    double floor = fmax(LEAST * most - q->lambda[0], 0);
    return marq_secular_damping(length_at, q, floor, sqrt(squares), radius);
}

double marq_quadratic_step(marq_quadratic *q, const marq_model *m, double mu, double *step) {
    size_t n = q->parameters;
    double squares = 0;
    for (size_t i = 0; i < n; i++) {
        q->u[i] = coordinate(q, mu, i);
        squares += q->u[i] * q->u[i];
    }
    memset(step, 0, n * sizeof *step);
    for (size_t k = 0; k < n; k++) {
        double t = 0;
        for (size_t i = 0; i < n; i++) t += q->vectors[k + i * n] * q->u[i];
        for (size_t j = 0; j < n; j++) step[j] += t * m->vt[k + j * n];
    }
    for (size_t j = 0; j < n; j++) step[j] /= m->scale[j];
    return sqrt(squares);
}

double marq_quadratic_decrease(const marq_quadratic *q, double mu) {
    double sum = 0;
    for (size_t i = 0; i < q->parameters; i++) sum += q->u[i] * q->u[i] * (q->lambda[i] + 2 * mu);
    return 0.5 * sum;
}
