/* The operations of formulas over arrays of rows. */
#ifndef MARQ_FORMULA_KERNELS_H
#define MARQ_FORMULA_KERNELS_H

#include "ops.h"
#include <stddef.h>

/* out[i] ← op(a[i], b[i], c[i]), n values; out may be one of the arguments; those that the op does not have
 * are not read. */
typedef void marq_kernel(size_t n, double *out, const double *a, const double *b, const double *c);

/* A kernel for each op, and more for arguments that are the same in all rows ("scalar": one value is read).
 */
enum {
    MARQ_KERNEL_ADD_SCALAR = MARQ_OP_COMPUTED, /* a[i] + b[0] */
    MARQ_KERNEL_SUBTRACT_SCALAR,               /* a[i] − b[0] */
    MARQ_KERNEL_SCALAR_SUBTRACT,               /* a[0] − b[i] */
    MARQ_KERNEL_MULTIPLY_SCALAR,
    MARQ_KERNEL_DIVIDE_SCALAR,
    MARQ_KERNEL_SCALAR_DIVIDE,
    MARQ_KERNELS
};

typedef marq_kernel *const marq_kernel_table[MARQ_KERNELS];

/* The table for this processor. */
marq_kernel_table *marq_kernels(void);

/* One value by the same kernel. */
double marq_compute(marq_op op, double a, double b, double c);

extern marq_kernel_table marq_kernels_base;
#ifdef MARQ_HAVE_AVX2
extern marq_kernel_table marq_kernels_avx2;
#endif

#endif
