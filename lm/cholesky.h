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

/* inverse.c: tr A⁻¹ from the factor. scratch: marq_inverse_scratch(n) doubles for each OpenMP thread. The
 * same bits for every number of threads. */
double marq_inverse_trace(size_t n, const double *factor, double *scratch);
size_t marq_inverse_scratch(size_t n);

/* forms[c] ← x_cᵀ (A + μD²)⁻¹ x_c for count columns x_c of n values, one after another. scratch:
 * marq_forms_scratch(n) doubles. On one thread; a form does not depend on the columns beside its own. */
void marq_inverse_forms(size_t n, const double *factor, size_t count, const double *columns, double *scratch,
                        double *forms);
size_t marq_forms_scratch(size_t n);

/* L as n(n + 1)/2 numbers, row by row, and back: all but marq_cholesky_factor then takes the factor. */
void marq_cholesky_pack(size_t n, const double *factor, double *packed);
void marq_cholesky_unpack(size_t n, const double *packed, double *factor);

#endif
