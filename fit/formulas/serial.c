/* Do residuals follow each other? In the order of the predictor if there is one, else of the rows, a group
 * after the other, with weighted residuals f_i, R runs of one sign, and n₊, n₋ residuals of either sign:
 *     Durbin & Watson 1950:     d = Σ (f_i − f_{i−1})² / Σ f_i²,   near 2 without serial correlation,
 *     Wald & Wolfowitz 1940:    μ = 1 + 2 n₊n₋/n,  σ² = (μ − 1)(μ − 2)/(n − 1),  p = Φ((R − μ)/σ),
 * p the chance of so few runs (normal approximation, n = n₊ + n₋). */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>

typedef struct place {
    double x;
    size_t row;
} place;

static int compare(const void *a, const void *b) {
    const place *p = a, *q = b;
    if (p->x != q->x) return p->x < q->x ? -1 : 1;
    return p->row < q->row ? -1 : p->row > q->row;
}

static void sort_rows(const formula_outcome *o, place *order) {
    bool one = marq_formula_column_count(o->formula) == 1;
    const double *x = one ? o->columns[marq_formula_column(o->formula, 0)] : NULL;
    for (size_t i = 0; i < o->rows; i++) order[i] = (place){one ? x[i * o->table.columns] : 0, i};
    for (size_t g = 0; one && g < o->groups.count; g++)
        qsort(order + o->groups.first[g], formula_group_size(o, g), sizeof *order, compare);
}

static void count_runs(formula_statistics *s, size_t runs, double above, double below) {
    double n = above + below, mean = 1 + 2 * above * below / n;
    double variance = (mean - 1) * (mean - 2) / (n - 1);
    s->runs = runs;
    s->runs_p = variance > 0 ? marq_normal_cdf(((double)runs - mean) / sqrt(variance)) : (double)NAN;
}

marq_status formula_judge_order(formula_outcome *o, marq_error *error) {
    place *order = marq_alloc(o->rows, sizeof *order);
    if (!order) return marq_fail_memory(error, "the order of rows");
    sort_rows(o, order);
    double steps = 0, squares = 0, above = 0, below = 0, last = 0;
    size_t runs = 0;
    for (size_t i = 0; i < o->rows; i++) {
        double f = formula_weighted_residual(o, order[i].row);
        if (i > 0) steps += (f - last) * (f - last);
        runs += i == 0 || (f > 0) != (last > 0);
        above += f > 0;
        below += f <= 0;
        squares += f * f;
        last = f;
    }
    free(order);
    o->statistics.durbin_watson = squares > 0 ? steps / squares : (double)NAN;
    count_runs(&o->statistics, runs, above, below);
    return MARQ_OK;
}
