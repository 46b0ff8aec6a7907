/* Cholesky factorisation of a symmetric positive definite matrix, by tiles. */
#ifndef MARQ_LM_CHOLESKY_H
#define MARQ_LM_CHOLESKY_H

#include <stddef.h>

/* A = L Lᵀ in place; A n × n, column-major, lower triangle, leading dimension n. Returns 0, or 1 if A is not
 * positive definite (a NaN in A may pass: check the solution). The upper triangle is not touched outside of
 * the diagonal tiles. */
int marq_cholesky_factor(size_t n, double *a);

/* x ← A⁻¹ x with the factor. */
void marq_cholesky_solve(size_t n, const double *factor, double *x);

#endif
