/* Cholesky factorisation of a symmetric positive definite matrix, by tiles of panels. */
#ifndef MARQ_LM_CHOLESKY_H
#define MARQ_LM_CHOLESKY_H

#include <stddef.h>

/* Doubles of a factor of order n: its rows lie in panels (panel_math.h), with room for what threads tell each
 * other. */
size_t marq_cholesky_doubles(size_t n);

/* factor ← L with A + μD² = L Lᵀ. A: n × n, column-major, lower triangle, leading dimension n; scale: D's
 * diagonal, n values, NULL: D = I. Returns 0, or 1 if the matrix is not positive definite or has a NaN where
 * that shows on the diagonal. Called by one thread, with the team of omp_get_max_threads() inside; the same
 * bits for every number of threads. */
int marq_cholesky_factor(size_t n, const double *a, double mu, const double *scale, double *factor);

/* x ← (A + μD²)⁻¹ x with the factor. */
void marq_cholesky_solve(size_t n, const double *factor, double *x);

/* tr A⁻¹ from the factor. scratch: marq_inverse_scratch(n) doubles for each OpenMP thread. The same bits for
 * every number of threads. */
double marq_inverse_trace(size_t n, const double *factor, double *scratch);
size_t marq_inverse_scratch(size_t n);

#endif
