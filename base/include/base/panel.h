/* Panels: rows of a matrix side by side, for products that stay in registers. Value q of row r of a panel is
 * at q·MARQ_PANEL_ROWS + r, on cache lines: a line a column of the matrix.
 *
 * The functions are for files that are compiled for one instruction set, once each, with MARQ_PANEL_DOUBLES
 * (numbers in a vector: 2 or 4) defined before this header; without it there is the shape alone. */
#ifndef MARQ_BASE_PANEL_H
#define MARQ_BASE_PANEL_H

#include <stddef.h>

/* A multiple of what the vectors of every instruction set hold, and of MARQ_PANEL_COLUMNS. */
enum { MARQ_PANEL_ROWS = 12, MARQ_PANEL_COLUMNS = 4 };

#ifdef MARQ_PANEL_DOUBLES

typedef double marq_lanes __attribute__((vector_size(MARQ_PANEL_DOUBLES * sizeof(double)), may_alias));

/* So many rows of a panel by MARQ_PANEL_COLUMNS columns are summed at once: twelve sums under way, which with
 * a line and a factor fill sixteen registers. */
enum { MARQ_STRIP_VECTORS = 3, MARQ_STRIP_ROWS = MARQ_STRIP_VECTORS * MARQ_PANEL_DOUBLES };

typedef struct marq_strip {
    marq_lanes at[MARQ_STRIP_VECTORS][MARQ_PANEL_COLUMNS];
} marq_strip;

/* sum ← Σ_q x_q y_qᵀ: x_q are rows of line q of a panel, y_q four numbers, y_stride apart from the next. */
static inline __attribute__((always_inline)) void
marq_strip_products(size_t lines, const double *x, const double *y, size_t y_stride, marq_strip *sum) {
    marq_lanes s[MARQ_STRIP_VECTORS][MARQ_PANEL_COLUMNS];
    for (int v = 0; v < MARQ_STRIP_VECTORS; v++)
        for (int c = 0; c < MARQ_PANEL_COLUMNS; c++) s[v][c] = (marq_lanes){0};
    for (size_t q = 0; q < lines; q++, x += MARQ_PANEL_ROWS, y += y_stride) {
        marq_lanes line[MARQ_STRIP_VECTORS];
        for (int v = 0; v < MARQ_STRIP_VECTORS; v++) line[v] = ((const marq_lanes *)x)[v];
        for (int c = 0; c < MARQ_PANEL_COLUMNS; c++)
            for (int v = 0; v < MARQ_STRIP_VECTORS; v++) s[v][c] += line[v] * y[c];
    }
    for (int v = 0; v < MARQ_STRIP_VECTORS; v++)
        for (int c = 0; c < MARQ_PANEL_COLUMNS; c++) sum->at[v][c] = s[v][c];
}

#endif
#endif
