/* The arithmetic of Cholesky's method on panels (base/panel.h): one set of functions an instruction set. L is
 * kept as panels of rows, `stride` doubles apart: panel p has rows p·MARQ_PANEL_ROWS …, line q column q. */
#ifndef MARQ_LM_PANEL_MATH_H
#define MARQ_LM_PANEL_MATH_H

#include <base/panel.h>

/* Columns first … end − 1 of a panel of L, both multiples of MARQ_PANEL_COLUMNS. The rows of L that these
 * columns are, are in L: the panel may be one of them. */
typedef struct marq_panel_part {
    double *panel;
    const double *L;
    size_t stride, first, end;
} marq_panel_part;

typedef struct marq_panel_math {
    /* Column q −= Σ_{from ≤ t < to} column t · L_qt. */
    void (*subtract)(const marq_panel_part *part, size_t from, size_t to);
    /* Columns of A − … become those of L: the sums over t from `first` on, and the division by the diagonal,
     * whose root is taken where it lies in the panel. 0: it is not positive. */
    int (*eliminate)(const marq_panel_part *part);
    /* out (4 columns of MARQ_PANEL_ROWS) ← Σ_q x_q y_qᵀ over lines of a panel and of four numbers each. */
    void (*products)(size_t lines, const double *x, const double *y, double *out);
    /* sum (MARQ_PANEL_ROWS) ← Σ_q x_q y_q */
    void (*combine)(size_t lines, const double *x, const double *y, double *sum);
    /* y_q −= x_q · z */
    void (*project)(size_t lines, const double *x, const double *z, double *y);
} marq_panel_math;

extern const marq_panel_math marq_panel_math_base, marq_panel_math_avx2;

/* The best set for this processor. */
const marq_panel_math *marq_panel_math_here(void);

#endif
