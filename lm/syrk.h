/* Symmetric products of a matrix with itself, by tiles. */
#ifndef MARQ_LM_SYRK_H
#define MARQ_LM_SYRK_H

#include <stddef.h>

/* C (n × n, column-major, lower triangle, leading dimension n) = X Xᵀ, or with add C + X Xᵀ, for X n × k,
 * column-major with leading dimension ldx; with transposed set X is stored k × n and C = Xᵀ X. partial:
 * memory of marq_syrk_partial(n, k) doubles, may be NULL when that is 0. */
void marq_syrk(int transposed, size_t n, size_t k, const double *x, size_t ldx, int add, double *c,
               double *partial);

/* Doubles needed for partial sums over k. */
size_t marq_syrk_partial(size_t n, size_t k);

#endif
