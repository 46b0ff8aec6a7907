/* A least-squares problem of any size: r(θ) = A sin θ − y, J = A diag(cos θ), with A and y from random
 * numbers. */
#ifndef MARQ_TESTS_SINE_PROBLEM_H
#define MARQ_TESTS_SINE_PROBLEM_H

#include <base/memory.h>
#include <base/random.h>
#include <marq/lm.h>
#include <math.h>
#include <stdlib.h>

enum { SINES_MOST = 512 };

typedef struct sines {
    size_t m, n; /* n ≤ SINES_MOST */
    double *A, *y;
    double *J; /* of the products: A diag(cos θ) */
} sines;

/* noise: of y about A sin θ* with θ*_j in ±1. */
static inline sines sines_create(size_t m, size_t n, double noise) {
    sines s = {m, n, marq_alloc_doubles(m, n), marq_alloc_doubles(m, 1), marq_alloc_doubles(m, n)};
    marq_random random = {.seed = m * 10007 + n};
    double *truth = marq_alloc_doubles(n, 1);
    for (size_t j = 0; j < n; j++) truth[j] = sin(2 * marq_random_uniform(&random) - 1);
    for (size_t i = 0; i < m; i++) {
        s.y[i] = noise * (2 * marq_random_uniform(&random) - 1);
        for (size_t j = 0; j < n; j++) {
            s.A[i * n + j] = 2 * marq_random_uniform(&random) - 1;
            s.y[i] += s.A[i * n + j] * truth[j];
        }
    }
    free(truth);
    return s;
}

static inline void sines_destroy(sines *s) {
    free(s->A);
    free(s->y);
    free(s->J);
}

static inline int sines_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const sines *s = user;
    double sine[SINES_MOST];
    for (size_t j = 0; j < s->n; j++) sine[j] = sin(theta[j]);
    for (size_t i = 0; i < count; i++) {
        r[i] = -s->y[first + i];
        for (size_t j = 0; j < s->n; j++) r[i] += s->A[(first + i) * s->n + j] * sine[j];
    }
    return MARQ_CALLBACK_OK;
}

static inline int sines_jacobian(void *user, const double *theta, size_t first, size_t count,
                                 double *jacobian, size_t stride) {
    const sines *s = user;
    double cosine[SINES_MOST];
    for (size_t j = 0; j < s->n; j++) cosine[j] = cos(theta[j]);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < s->n; j++) jacobian[i * stride + j] = s->A[(first + i) * s->n + j] * cosine[j];
    return MARQ_CALLBACK_OK;
}

static inline int sines_linearise(void *user, const double *theta) {
    sines *s = user;
    return sines_jacobian(s, theta, 0, s->m, s->J, s->n);
}

static inline int sines_kernel(void *user, double *jjt) {
    const sines *s = user;
    for (size_t k = 0; k < s->m; k++)
        for (size_t i = k; i < s->m; i++) {
            double sum = 0;
            for (size_t j = 0; j < s->n; j++) sum += s->J[i * s->n + j] * s->J[k * s->n + j];
            jjt[k * s->m + i] = sum;
        }
    return MARQ_CALLBACK_OK;
}

static inline int sines_apply(void *user, const double *v, double *jv) {
    const sines *s = user;
    for (size_t i = 0; i < s->m; i++) {
        jv[i] = 0;
        for (size_t j = 0; j < s->n; j++) jv[i] += s->J[i * s->n + j] * v[j];
    }
    return MARQ_CALLBACK_OK;
}

static inline int sines_apply_transposed(void *user, const double *w, double *jtw) {
    const sines *s = user;
    for (size_t j = 0; j < s->n; j++) {
        jtw[j] = 0;
        for (size_t i = 0; i < s->m; i++) jtw[j] += s->J[i * s->n + j] * w[i];
    }
    return MARQ_CALLBACK_OK;
}

static inline int sines_gram(void *user, const double *w, double *jtj, double *jtw) {
    const sines *s = user;
    for (size_t k = 0; k < s->n; k++)
        for (size_t j = k; j < s->n; j++) {
            double sum = 0;
            for (size_t i = 0; i < s->m; i++) sum += s->J[i * s->n + j] * s->J[i * s->n + k];
            jtj[k * s->n + j] = sum;
        }
    return sines_apply_transposed(user, w, jtw);
}

/* By rows; set .products for the others. */
static inline marq_problem sines_problem(sines *s) {
    return (marq_problem){.rows = s->m,
                          .parameters = s->n,
                          .user = s,
                          .residual = sines_residual,
                          .jacobian = sines_jacobian,
                          .concurrent = 1};
}

#endif
