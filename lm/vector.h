/* Sums and norms in a fixed order, whatever the number of threads. (BLAS' dot products are not: their partial
 * sums follow the threads.) */
#ifndef MARQ_LM_VECTOR_H
#define MARQ_LM_VECTOR_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

double marq_dot(size_t n, const double *x, const double *y);

/* A sum whose rounding errors are summed beside it (Knuth's two-sum; Ogita, Rump & Oishi 2005,
 * algorithm 4.4): sum + rest is right to about one rounding however many terms there are. */
typedef struct marq_sum {
    double sum, rest;
} marq_sum;

static inline void marq_sum_add(marq_sum *s, double term) {
    double sum = s->sum + term, of_term = sum - s->sum, of_sum = sum - of_term;
    s->rest += (s->sum - of_sum) + (term - of_term);
    s->sum = sum;
}

static inline double marq_sum_value(const marq_sum *s) {
    return isfinite(s->sum) ? s->sum + s->rest : s->sum;
}

/* Σ x², compensated. */
double marq_sum_of_squares(size_t n, const double *x);

/* ‖x‖₂, without overflow or underflow on the way. */
double marq_norm(size_t n, const double *x);

/* ‖Dx‖₂ for the diagonal d; d NULL: D = I. */
double marq_scaled_norm(size_t n, const double *d, const double *x);

/* norms[j] ← the 2-norm of column j of a row-major matrix. */
void marq_column_norms(size_t rows, size_t columns, const double *matrix, double *norms);

double marq_max_abs(size_t n, const double *x);
bool marq_all_finite(size_t n, const double *x);

#endif
