/* The operations of formulas over arrays of rows. */
#ifndef MARQ_FORMULA_KERNELS_H
#define MARQ_FORMULA_KERNELS_H

#include "ops.h"
#include <stddef.h>

/* out[i] ← … of a[i], b[i], c[i], d[i], n values; out may be one of the arguments. All pointers are valid,
 * also those that the kernel does not read. */
typedef void marq_kernel(size_t n, double *out, const double *a, const double *b, const double *c,
                         const double *d);

/* Sums, differences and products are done two or three at a time, which saves the way through memory between
 * them: left op right,   left: a, a + b, a − b or a·b,   right: c, c + d, c − d or c·d. X(NAME, value): a
 * side of first argument p, second q; in each row anew (V) or the same in all rows (S). */
#define MARQ_SIDE_LIST(X)                                                                                    \
    X(V, V(p))                                                                                               \
    X(S, S(p))                                                                                               \
    X(ADD_VV, V(p) + V(q))                                                                                   \
    X(ADD_VS, V(p) + S(q))                                                                                   \
    X(SUBTRACT_VV, V(p) - V(q))                                                                              \
    X(SUBTRACT_VS, V(p) - S(q))                                                                              \
    X(SUBTRACT_SV, S(p) - V(q))                                                                              \
    X(MULTIPLY_VV, V(p) * V(q))                                                                              \
    X(MULTIPLY_VS, V(p) * S(q))

typedef enum marq_pair_side {
#define MARQ_SIDE_ENUM(name, value) MARQ_PAIR_##name,
    MARQ_SIDE_LIST(MARQ_SIDE_ENUM)
#undef MARQ_SIDE_ENUM
        MARQ_PAIR_SIDES
} marq_pair_side;

/* X(NAME, sign): what joins the sides. */
#define MARQ_JOIN_LIST(X)                                                                                    \
    X(ADD, +)                                                                                                \
    X(SUBTRACT, -)                                                                                           \
    X(MULTIPLY, *)

typedef enum marq_pair_join {
#define MARQ_JOIN_ENUM(name, sign) MARQ_JOIN_##name,
    MARQ_JOIN_LIST(MARQ_JOIN_ENUM)
#undef MARQ_JOIN_ENUM
        MARQ_PAIR_JOINS
} marq_pair_join;

/* A kernel for each op, of arrays; quotients with one value for all rows; all of Voigt's profile; pairs, from
 * MARQ_KERNEL_PAIRS on.
 */
enum {
    MARQ_KERNEL_DIVIDE_SCALAR = MARQ_OP_COMPUTED, /* a[i]/b[0] */
    MARQ_KERNEL_SCALAR_DIVIDE,                    /* a[0]/b[i] */
    MARQ_KERNEL_VOIGT_ALL, /* the profile and its slopes by a, b, c, to four arrays: out, d, and on by d − out
                            */
    MARQ_KERNEL_PAIRS,
    MARQ_KERNELS = MARQ_KERNEL_PAIRS + MARQ_PAIR_SIDES * MARQ_PAIR_JOINS * MARQ_PAIR_SIDES
};

static inline int marq_kernel_pair(marq_pair_side left, marq_pair_join join, marq_pair_side right) {
    return MARQ_KERNEL_PAIRS + ((int)left * MARQ_PAIR_JOINS + (int)join) * MARQ_PAIR_SIDES + (int)right;
}

/* Pairs take blocks of so many rows; the others any number. */
enum { MARQ_KERNEL_ROWS = 16 };

typedef marq_kernel *const marq_kernel_table[MARQ_KERNELS];

/* The table for this processor. */
marq_kernel_table *marq_kernels(void);

/* One value by the op's kernel. */
double marq_compute(marq_op op, double a, double b, double c);

extern marq_kernel_table marq_kernels_base;
#ifdef MARQ_HAVE_AVX2
extern marq_kernel_table marq_kernels_avx2;
#endif

#endif
