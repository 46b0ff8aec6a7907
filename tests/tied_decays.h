/* Tied parameters: y = a1 exp(-k1 x) + a2 exp(-k2 x) + c at x = 0.1 i, i = 0 … 39, with a2 and k2 tied to a1
 * and k1. Expected values: Newton's method on the gradient in (a1, k1, c) and T' (JᵀJ)⁻¹ T'ᵀ RSS/37, both in
 * 40 digits by mpmath, on these data in double precision. */
#ifndef MARQ_TESTS_TIED_DECAYS_H
#define MARQ_TESTS_TIED_DECAYS_H

#include <marq/lm.h>
#include <math.h>
#include <stdbool.h>

enum { ROWS = 40, N = 5, A1 = 0, K1, A2, K2, C };

typedef struct decays {
    double x[ROWS], y[ROWS];
    size_t residual_rows;
    bool filled[N]; /* columns that the callback fills; all where none is */
    double wall;    /* k2 above it: the tie is not computable; 0: no wall */
    double wrong;   /* added to the derivative of the tie */
    size_t derivatives, functions;
    int answer; /* of the tie's function, if it isn't MARQ_CALLBACK_OK */
} decays;

static inline decays make_decays(void) {
    decays d = {0};
    for (int i = 0; i < ROWS; i++) {
        d.x[i] = 0.1 * i;
        d.y[i] = 1.2 * exp(-0.5 * d.x[i]) + 0.8 * exp(-d.x[i]) + 0.3 + 0.01 * sin(37.0 * i);
    }
    return d;
}

static inline int residual(void *user, const double *t, size_t first, size_t count, double *r) {
    decays *d = user;
#pragma omp atomic
    d->residual_rows += count;
    for (size_t i = 0; i < count; i++) {
        double x = d->x[first + i];
        r[i] = t[A1] * exp(-t[K1] * x) + t[A2] * exp(-t[K2] * x) + t[C] - d->y[first + i];
    }
    return MARQ_CALLBACK_OK;
}

static inline int jacobian(void *user, const double *t, size_t first, size_t count, double *J,
                           size_t stride) {
    const decays *d = user;
    bool any = false;
    for (int j = 0; j < N; j++) any = any || d->filled[j];
    for (size_t i = 0; i < count; i++) {
        double x = d->x[first + i], e = exp(-t[K1] * x), f = exp(-t[K2] * x);
        double row[] = {e, -t[A1] * x * e, f, -t[A2] * x * f, 1};
        for (int j = 0; j < N; j++) J[i * stride + j] = !any || d->filled[j] ? row[j] : (double)NAN;
    }
    return MARQ_CALLBACK_OK;
}

/* ---- The two sets of ties ---- */

static const size_t from_a1[] = {A1}, from_k1[] = {K1};
static const double minus_one[] = {-1}, two[] = {2};
static const marq_linear_tie a2_and_k2[] = {{A2, 2, 1, from_a1, minus_one}, {K2, 0, 1, from_k1, two}};
static const marq_ties linear_ties = {.linear = a2_and_k2, .count = 2}; /* a2 = 2 − a1, k2 = 2 k1 */

/* k2 = 1/k1 − 1, and a2 = 2 − a1 as above. */
static inline int set_k2(void *user, double *t) {
    decays *d = user;
#pragma omp atomic
    d->functions++;
    if (d->answer != MARQ_CALLBACK_OK) return d->answer;
    if (d->wall > 0 && 1 / t[K1] - 1 > d->wall) return MARQ_CALLBACK_NOT_COMPUTABLE;
    t[K2] = 1 / t[K1] - 1;
    return MARQ_CALLBACK_OK;
}

static inline int slope_of_k2(void *user, const double *t, double *jacobian_of_k2) {
    decays *d = user;
#pragma omp atomic
    d->derivatives++;
    jacobian_of_k2[K1] = -1 / (t[K1] * t[K1]) + d->wrong;
    return MARQ_CALLBACK_OK;
}

static const unsigned char marks_k2[] = {0, 0, 0, 1, 0};
static const marq_ties function_ties = {a2_and_k2, 1, marks_k2, set_k2, slope_of_k2};
static const marq_ties differenced_ties = {a2_and_k2, 1, marks_k2, set_k2, NULL};

static const struct {
    double theta[N], cost, deviation[N], a1_a2, k1_k2, k2_c; /* the last three: covariances */
} known[2] = {
    {{1.205597671898378, 0.49663502641830589, 0.79440232810162201, 0.99327005283661179, 0.29472628738300202},
     0.00096080974364712644,
     {0.147593989173156, 0.0272957988337453, 0.147593989173156, 0.0545915976674906, 0.00441852301825915},
     -0.0217839856400455,
     0.00149012126794458,
     0.000119707839140356},
    {{1.2240672410266617, 0.49963834079479531, 0.77593275897333827, 1.0014476839572775, 0.29490170993029075},
     0.00096097863976048168,
     {0.0203432333741359, 0.00361678225666957, 0.0203432333741359, 0.0144880804372899, 0.00396649435799899},
     -0.000413847144114555,
     -5.24002322587917e-5,
     -1.53372018940339e-5}};

static const struct {
    const char *name;
    const marq_ties *ties;
    int expected;
} cases[] = {{"linear ties", &linear_ties, 0},
             {"a function and its derivative", &function_ties, 1},
             {"a function alone", &differenced_ties, 1}};

static inline marq_problem problem_of(decays *d, const marq_ties *ties) {
    return (marq_problem){.rows = ROWS,
                          .parameters = N,
                          .user = d,
                          .residual = residual,
                          .jacobian = jacobian,
                          .concurrent = 1,
                          .ties = ties};
}

static const double start[N] = {1, 0.52, 99, -99, 0.1}; /* those of a2 and k2 are not read */

#endif
