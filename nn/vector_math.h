/* tanh and exp over arrays, in place; one set of functions an instruction set. */
#ifndef MARQ_NN_VECTOR_MATH_H
#define MARQ_NN_VECTOR_MATH_H

#include <stddef.h>

void marq_tanh_base(size_t n, double *x);
void marq_exp_base(size_t n, double *x);
void marq_tanh_avx2(size_t n, double *x);
void marq_exp_avx2(size_t n, double *x);

#endif
