/* Sums and norms in a fixed order, whatever the number of threads. (BLAS' dot products are not: their partial
 * sums follow the threads.) */
#ifndef MARQ_LM_VECTOR_H
#define MARQ_LM_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

double marq_dot(size_t n, const double *x, const double *y);

/* ‖x‖₂, without overflow or underflow on the way. */
double marq_norm(size_t n, const double *x);

/* ‖Dx‖₂ for the diagonal d; d NULL: D = I. */
double marq_scaled_norm(size_t n, const double *d, const double *x);

/* norms[j] ← the 2-norm of column j of a row-major matrix. */
void marq_column_norms(size_t rows, size_t columns, const double *matrix, double *norms);

double marq_max_abs(size_t n, const double *x);
bool marq_all_finite(size_t n, const double *x);

#endif
