/* The fitted function of one predictor on a fine grid, a curve a group, with its bands: with C the covariance
 * and g the gradient of the model at x,
 *     confidence ± t √(gᵀCg),   prediction ± t √(gᵀCg + s²),
 * s² the variance of a measurement; only the former where rows have standard deviations of their own, or
 * the inputs have errors. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { POINTS = 500, LINES = 6 }; /* x, y, low, high, prediction low and high */

/* Room for one evaluation on a grid. */
typedef struct grid {
    double *gradient, *undefined;
    const double **columns;
} grid;

static bool make_grid(const formula_outcome *o, grid *g) {
    *g = (grid){.gradient = marq_alloc_doubles(POINTS, o->groups.local),
                .undefined = marq_alloc_doubles(POINTS, 1),
                .columns = marq_alloc(o->table.columns, sizeof *g->columns)};
    for (size_t k = 0; g->undefined && k < POINTS; k++) g->undefined[k] = (double)NAN;
    return g->gradient && g->undefined && g->columns;
}

static void clear_grid(grid *g) {
    free(g->gradient);
    free(g->undefined);
    free(g->columns);
}

static void fill_x(const formula_outcome *o, size_t group, int logarithmic, double *x) {
    size_t column = marq_formula_column(o->formula, 0);
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = o->groups.first[group]; i < o->groups.first[group + 1]; i++) {
        double v = o->columns[column][i * o->table.columns];
        if (logarithmic && v <= 0) continue;
        low = fmin(low, v);
        high = fmax(high, v);
    }
    for (size_t k = 0; k < POINTS; k++) {
        double share = (double)k / (POINTS - 1);
        x[k] = logarithmic ? low * pow(high / low, share) : low + (high - low) * share;
    }
}

/* Whether all measurements have one deviation, of the response alone. */
static bool has_noise(const formula_outcome *o) {
    return !o->weights && !o->odr;
}

static void fill_bands(const formula_outcome *o, size_t group, const marq_formula_data *data,
                       double *gradient, double *const line[LINES]) {
    double t = o->statistics.factor, noise = has_noise(o) ? o->uncertainty.variance : (double)NAN;
    double local[FORMULA_MOST_PARAMETERS];
    formula_local(o, group, o->theta, local);
    marq_formula_gradient(o->formula, data, local, 0, POINTS, line[1], gradient, o->groups.local);
    for (size_t k = 0; k < POINTS; k++) {
        double variance = formula_variance(o, group, gradient + k * o->groups.local), mean = line[1][k];
        line[2][k] = mean - t * sqrt(variance);
        line[3][k] = mean + t * sqrt(variance);
        line[4][k] = mean - t * sqrt(variance + noise);
        line[5][k] = mean + t * sqrt(variance + noise);
    }
}

/* The table's columns: the predictor's at x, all others not a number (a left side may read them). */
static marq_formula_data at_grid(const formula_outcome *o, grid *g, const double *x, size_t points) {
    for (size_t c = 0; c < o->table.columns; c++) g->columns[c] = g->undefined;
    g->columns[marq_formula_column(o->formula, 0)] = x;
    return (marq_formula_data){g->columns, 1, points};
}

marq_status formula_back_on_grid(const formula_outcome *o, const double *x, size_t count, double *values,
                                 marq_error *error) {
    grid g = {0};
    marq_status status = count <= POINTS && make_grid(o, &g) ? MARQ_OK : marq_fail_memory(error, "a plot");
    if (status == MARQ_OK) {
        marq_formula_data data = at_grid(o, &g, x, count);
        status = marq_formula_back(o->formula, &data, 0, count, values, values, error);
    }
    clear_grid(&g);
    return status;
}

static marq_status make_curve(const formula_outcome *o, size_t group, int logarithmic, grid *g,
                              double *memory, plots_curve *curve, marq_error *error) {
    double *line[LINES];
    for (size_t k = 0; k < LINES; k++) line[k] = memory + k * POINTS;
    fill_x(o, group, logarithmic, line[0]);
    marq_formula_data data = at_grid(o, g, line[0], POINTS);
    fill_bands(o, group, &data, g->gradient, line);
    marq_status status = MARQ_OK;
    for (size_t k = 1; status == MARQ_OK && k < LINES && marq_formula_is_transformed(o->formula); k++)
        status = marq_formula_back(o->formula, &data, 0, POINTS, line[k], line[k], error);
    *curve = (plots_curve){.points = POINTS,
                           .x = line[0],
                           .y = line[1],
                           .low = line[2],
                           .high = line[3],
                           .prediction_low = has_noise(o) ? line[4] : NULL,
                           .prediction_high = has_noise(o) ? line[5] : NULL,
                           .level = o->arguments->confidence,
                           .group = group};
    return status;
}

marq_status formula_make_curves(const formula_outcome *o, int logarithmic, formula_curves *curves,
                                marq_error *error) {
    size_t count = curves->count = o->groups.count;
    curves->curve = marq_alloc(count, sizeof *curves->curve);
    curves->memory = marq_alloc_doubles(count, (size_t)LINES * POINTS);
    grid g = {0};
    marq_status status =
        curves->curve && curves->memory && make_grid(o, &g) ? MARQ_OK : marq_fail_memory(error, "a plot");
    for (size_t k = 0; status == MARQ_OK && k < count; k++)
        status =
            make_curve(o, k, logarithmic, &g, curves->memory + k * LINES * POINTS, &curves->curve[k], error);
    clear_grid(&g);
    return status;
}

void formula_curves_clear(formula_curves *curves) {
    free(curves->curve);
    free(curves->memory);
    *curves = (formula_curves){0};
}
