/* The arithmetic of blocks of rows that lie side by side: products of small matrices, and the steps of
 * first-order methods. One set of functions an instruction set. At these sizes a BLAS call costs as much as
 * its product: for a layer 20 × 20 and 32 rows 1.2 µs by OpenBLAS 0.3.21, 0.8 µs here; 10 × 1: 0.18 and 0.04
 * µs; 512 × 512 no slower (AVX2). */
#ifndef MARQ_NN_BLOCK_MATH_H
#define MARQ_NN_BLOCK_MATH_H

#include <base/panel.h>
#include <stddef.h>

/* Rows of a block: at most ROWS, a fixed number, so that bits don't depend on threads; rounded up to LANES.
 */
enum { MARQ_BLOCK_ROWS = 32, MARQ_BLOCK_LANES = 8 };

static inline size_t marq_block_lanes(size_t rows) {
    return (rows + MARQ_BLOCK_LANES - 1) / MARQ_BLOCK_LANES * MARQ_BLOCK_LANES;
}

/* C ← A B + b 1ᵀ: A is m × k with A_ij = a[i·a_row + j·a_column]; B is k × n and C m × n, row-major and on
 * cache lines; n is a multiple of MARQ_BLOCK_LANES. b: m values; NULL: 0. */
typedef struct marq_block_product {
    size_t m, n, k;
    const double *a;
    size_t a_row, a_column;
    const double *B, *b;
    double *C;
} marq_block_product;

typedef struct marq_block_product_float {
    size_t m, n, k;
    const float *a;
    size_t a_row, a_column;
    const float *B, *b;
    float *C;
} marq_block_product_float;

/* K_(i,o),(j,p) ← Σ_l (A_lᵀ A'_l + 1)_ij (D_loᵀ D'_lp)_ij: a piece of the kernel matrix, column-major, row
 * i·outputs + o. Each panel (base/panel.h) holds the lines of A of all layers, then, output by output, those
 * of D of all layers. */
typedef struct marq_block_kernel {
    size_t layers, outputs;
    const size_t *widths;           /* lines of A and of D, of each layer */
    const double *rows, *columns;   /* panels */
    size_t row_count, column_count; /* of the panels that count: at most MARQ_PANEL_ROWS */
    double *K;
    size_t order;  /* leading dimension */
    void *scratch; /* marq_block_kernel_scratch(layers) doubles, on a cache line */
} marq_block_kernel;

/* Sums of a strip for every layer, in the widest vectors. */
static inline size_t marq_block_kernel_scratch(size_t layers) {
    return layers * MARQ_PANEL_ROWS * MARQ_PANEL_COLUMNS;
}

/* The constants of one step: the rules are in update.h. */
typedef struct marq_step_rule {
    double rate, first, second, epsilon;
    double first_correction, second_correction;
    int nesterov;
} marq_step_rule;

/* θ, the two running means and the gradient g, n values each. */
typedef void (*marq_step_function)(const marq_step_rule *rule, size_t n, const double *g, double *first,
                                   double *second, double *theta);

typedef struct marq_block_math {
    void (*product)(const marq_block_product *p);
    void (*product_float)(const marq_block_product_float *p);
    /* G (m × k) += D Bᵀ, with D m × n and B k × n as above. b (m) += the sums of D's rows. */
    void (*gradient)(size_t m, size_t k, size_t n, const double *D, const double *B, double *G, double *b);
    void (*kernel)(const marq_block_kernel *k);
    marq_step_function sgd, adam, rmsprop;
} marq_block_math;

/* The best set for this processor. */
const marq_block_math *marq_block_math_here(void);

#endif
