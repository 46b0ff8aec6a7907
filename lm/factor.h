/* The shape of a Cholesky factor L in panels (panel_math.h), for the files that compute with it. */
#ifndef MARQ_LM_FACTOR_H
#define MARQ_LM_FACTOR_H

#include <base/panel.h>

/* Rows and columns of L: those beyond n are the identity's. A panel has so many lines. */
static inline size_t marq_padded(size_t n) {
    return (n + MARQ_PANEL_ROWS - 1) / MARQ_PANEL_ROWS * MARQ_PANEL_ROWS;
}

/* y ← L_pp⁻¹ y for the panel's own rows. block: its diagonal lines. */
static inline void marq_solve_block(const double *block, double *y) {
    for (size_t q = 0; q < MARQ_PANEL_ROWS; q++) {
        y[q] /= block[q * MARQ_PANEL_ROWS + q];
        for (size_t r = q + 1; r < MARQ_PANEL_ROWS; r++) y[r] -= block[q * MARQ_PANEL_ROWS + r] * y[q];
    }
}

#endif
