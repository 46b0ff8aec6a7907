/* With the inverse of A = L Lᵀ, from the factor of cholesky.c, four columns at a time:
 *     tr A⁻¹ = ‖L⁻¹‖²_F,   xᵀ A⁻¹ x = ‖L⁻¹ x‖². */
#include "cholesky.h"

#include "factor.h"
#include "panel_math.h"
#include <omp.h>
#include <string.h>

/* ---- Trace of the inverse ---- */

/* Four columns of L⁻¹, and a sum for every four columns. */
static size_t inverse_sums(size_t n) {
    return (marq_padded(n) / MARQ_PANEL_COLUMNS + 7) / 8 * 8;
}

size_t marq_inverse_scratch(size_t n) {
    return marq_padded(n) * MARQ_PANEL_COLUMNS + inverse_sums(n);
}

/* Panel p of four columns x, row by row: x_p ← L_pp⁻¹ (x_p − Σ_k L_pk x_k) over panels k = begin … p − 1. */
static void substitute_panel(size_t n, const double *factor, size_t begin, size_t p, double *x) {
    _Alignas(64) double sum[MARQ_PANEL_COLUMNS * MARQ_PANEL_ROWS];
    size_t row = p * MARQ_PANEL_ROWS, top = begin * MARQ_PANEL_ROWS;
    const double *panel = factor + p * marq_padded(n) * MARQ_PANEL_ROWS;
    marq_panel_math_here()->products(row - top, panel + top * MARQ_PANEL_ROWS, x + top * MARQ_PANEL_COLUMNS,
                                     sum);
    for (size_t c = 0; c < MARQ_PANEL_COLUMNS; c++) {
        double *y = sum + c * MARQ_PANEL_ROWS;
        for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) y[r] = x[(row + r) * MARQ_PANEL_COLUMNS + c] - y[r];
        marq_solve_block(panel + row * MARQ_PANEL_ROWS, y);
        for (size_t r = 0; r < MARQ_PANEL_ROWS; r++) x[(row + r) * MARQ_PANEL_COLUMNS + c] = y[r];
    }
}

/* ‖L⁻¹ E‖² for the unit vectors E of columns q … q + 3; x: them, row by row. Rows above q are 0. */
static double inverse_columns_squares(size_t n, const double *factor, size_t q, double *x) {
    size_t begin = q / MARQ_PANEL_ROWS, top = begin * MARQ_PANEL_ROWS;
    double squares = 0;
    memset(x + top * MARQ_PANEL_COLUMNS, 0, (marq_padded(n) - top) * MARQ_PANEL_COLUMNS * sizeof *x);
    for (size_t c = 0; c < MARQ_PANEL_COLUMNS; c++) x[(q + c) * MARQ_PANEL_COLUMNS + c] = 1;
    for (size_t p = begin; p < marq_padded(n) / MARQ_PANEL_ROWS; p++) {
        substitute_panel(n, factor, begin, p, x);
        for (size_t c = 0; c < MARQ_PANEL_COLUMNS; c++)
            for (size_t i = p * MARQ_PANEL_ROWS; i < (p + 1) * MARQ_PANEL_ROWS; i++) {
                double y = x[i * MARQ_PANEL_COLUMNS + c];
                if (i < n && q + c < n) squares += y * y;
            }
    }
    return squares;
}

/* tr (LLᵀ)⁻¹ = ‖L⁻¹‖_F². The sums of the columns lie behind the first thread's columns. */
double marq_inverse_trace(size_t n, const double *factor, double *scratch) {
    size_t count = marq_padded(n) / MARQ_PANEL_COLUMNS, stride = marq_inverse_scratch(n);
    double *sums = scratch + marq_padded(n) * MARQ_PANEL_COLUMNS, trace = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t k = 0; k < count; k++)
        sums[k] = inverse_columns_squares(n, factor, k * MARQ_PANEL_COLUMNS,
                                          scratch + (size_t)omp_get_thread_num() * stride);
    for (size_t k = 0; k < count; k++) trace += sums[k];
    return trace;
}

/* ---- Quadratic forms of the inverse ---- */

/* So many columns pass through a panel of L while that is in the cache. */
enum { TOGETHER = 8 * MARQ_PANEL_COLUMNS };

size_t marq_forms_scratch(size_t n) {
    return marq_padded(n) * TOGETHER;
}

/* Of at most TOGETHER columns. x: groups of four of them, row by row. */
static void some_forms(size_t n, const double *factor, size_t count, const double *columns, double *x,
                       double *forms) {
    size_t group = marq_padded(n) * MARQ_PANEL_COLUMNS;
    size_t groups = (count + MARQ_PANEL_COLUMNS - 1) / MARQ_PANEL_COLUMNS;
    memset(x, 0, groups * group * sizeof *x);
    for (size_t c = 0; c < count; c++) {
        double *to = x + c / MARQ_PANEL_COLUMNS * group + c % MARQ_PANEL_COLUMNS;
        for (size_t i = 0; i < n; i++) to[i * MARQ_PANEL_COLUMNS] = columns[c * n + i];
    }
    for (size_t p = 0; p < marq_padded(n) / MARQ_PANEL_ROWS; p++)
        for (size_t g = 0; g < groups; g++) substitute_panel(n, factor, 0, p, x + g * group);
    for (size_t c = 0; c < count; c++) {
        const double *y = x + c / MARQ_PANEL_COLUMNS * group + c % MARQ_PANEL_COLUMNS;
        forms[c] = 0;
        for (size_t i = 0; i < n; i++) forms[c] += y[i * MARQ_PANEL_COLUMNS] * y[i * MARQ_PANEL_COLUMNS];
    }
}

/* xᵀ(LLᵀ)⁻¹x = ‖L⁻¹x‖² */
void marq_inverse_forms(size_t n, const double *factor, size_t count, const double *columns, double *scratch,
                        double *forms) {
    for (size_t c = 0; c < count; c += TOGETHER)
        some_forms(n, factor, count - c < TOGETHER ? count - c : TOGETHER, columns + c * n, scratch,
                   forms + c);
}

/* ---- The factor without its padding ---- */

static size_t place_of(size_t n, size_t i, size_t j) {
    return i / MARQ_PANEL_ROWS * marq_padded(n) * MARQ_PANEL_ROWS + j * MARQ_PANEL_ROWS + i % MARQ_PANEL_ROWS;
}

void marq_cholesky_pack(size_t n, const double *factor, double *packed) {
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) *packed++ = factor[place_of(n, i, j)];
}

void marq_cholesky_unpack(size_t n, const double *packed, double *factor) {
    memset(factor, 0, marq_padded(n) * marq_padded(n) * sizeof *factor);
    for (size_t i = 0; i < marq_padded(n); i++)
        for (size_t j = 0; j <= i; j++) factor[place_of(n, i, j)] = i < n ? *packed++ : (double)(i == j);
}
