/* Pictures of a formula's fit: with one predictor data, curve, confidence and prediction bands above the
 * residuals; else fitted against measured; the residuals as histogram, over the fitted values and over normal
 * quantiles; the correlations. With C the covariance and g the
 * gradient of the model at x:  confidence ± t √(gᵀCg),  prediction ± t √(gᵀCg + s²), s² the variance of a
 * measurement; only the former where rows have standard deviations of their own. */
#include "formulas/fit.h"

#include "drawn.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/inference.h>
#include <plots/training.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS = 500, BANDS = 5 }; /* y, low, high, prediction low and high */

typedef struct grid {
    double *x, *y[BANDS];
    double *memory; /* x, and all of y */
    double *gradient;
    const double **columns;
} grid;

static void clear_grid(grid *g) {
    free(g->memory);
    free(g->gradient);
    free(g->columns);
}

static bool make_grid(const formula_outcome *o, grid *g) {
    *g = (grid){.memory = marq_alloc_doubles(1 + BANDS, POINTS),
                .gradient = marq_alloc_doubles(POINTS, o->parameters),
                .columns = marq_alloc(o->table.columns, sizeof *g->columns)};
    if (!g->memory || !g->gradient || !g->columns) return false;
    g->x = g->memory;
    for (size_t b = 0; b < BANDS; b++) g->y[b] = g->memory + (b + 1) * POINTS;
    return true;
}

static void fill_x(const formula_outcome *o, size_t column, int logarithmic, double *x) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = 0; i < o->rows; i++) {
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

static double band(const formula_outcome *o, const double *g) {
    double sum = 0;
    for (size_t i = 0; i < o->parameters; i++)
        for (size_t j = 0; j < o->parameters; j++)
            if (g[i] != 0 && g[j] != 0) sum += g[i] * o->covariance[i * o->parameters + j] * g[j];
    return sum;
}

static marq_status fill_bands(const formula_outcome *o, size_t column, grid *g, marq_error *error) {
    for (size_t c = 0; c < o->table.columns; c++) g->columns[c] = NULL;
    g->columns[column] = g->x;
    marq_formula_data data = {g->columns, 1, POINTS};
    marq_formula_gradient(o->formula, &data, o->theta, 0, POINTS, g->y[0], g->gradient, o->parameters);
    double t = o->statistics.factor, noise = o->weights ? (double)NAN : o->uncertainty.variance;
    for (size_t k = 0; k < POINTS; k++) {
        double variance = band(o, g->gradient + k * o->parameters), mean = g->y[0][k];
        g->y[1][k] = mean - t * sqrt(variance);
        g->y[2][k] = mean + t * sqrt(variance);
        g->y[3][k] = mean - t * sqrt(variance + noise);
        g->y[4][k] = mean + t * sqrt(variance + noise);
    }
    marq_status status = MARQ_OK;
    for (size_t b = 0; status == MARQ_OK && b < BANDS && marq_formula_is_transformed(o->formula); b++)
        status = marq_formula_back(o->formula, &data, 0, POINTS, g->y[b], g->y[b], error);
    return status;
}

static marq_status draw_one(formula_outcome *o, plots_style *style, const double *residual,
                            marq_error *error) {
    size_t column = marq_formula_column(o->formula, 0);
    double *x = marq_alloc_doubles(o->rows, 1), *sigma = marq_alloc_doubles(o->rows, 1);
    grid g = {0};
    marq_status status = x && sigma && make_grid(o, &g) ? MARQ_OK : marq_fail_memory(error, "a plot");
    for (size_t i = 0; status == MARQ_OK && i < o->rows; i++) {
        x[i] = o->columns[column][i * o->table.columns];
        sigma[i] = o->weights ? 1 / o->weights[i] : 0;
    }
    if (status == MARQ_OK) {
        if (!style->logx) style->logx = plots_wants_log(x, o->rows);
        if (!style->logy) style->logy = plots_wants_log(o->measured, o->rows);
        fill_x(o, column, style->logx, g.x);
        status = fill_bands(o, column, &g, error);
    }
    if (status == MARQ_OK) {
        bool known = o->weights && !marq_formula_is_transformed(o->formula);
        plots_points points = {.rows = o->rows,
                               .x = x,
                               .y = o->measured,
                               .y_sigma = known ? sigma : NULL,
                               .x_name = o->table.names[column],
                               .y_name = o->table.names[o->response]};
        plots_curve curve = {.points = POINTS,
                             .x = g.x,
                             .y = g.y[0],
                             .low = g.y[1],
                             .high = g.y[2],
                             .prediction_low = o->weights ? NULL : g.y[3],
                             .prediction_high = o->weights ? NULL : g.y[4],
                             .level = o->arguments->confidence};
        plots_models models = {
            .models = 1, .curves = 1, .curve = &curve, .residuals = &residual, .weighted = known};
        status = plots_fit(style, "fit", &points, &models, &o->plots, error);
    }
    free(x);
    free(sigma);
    clear_grid(&g);
    return status;
}

/* The residuals' own pictures; standardised by the deviation of a measurement, √(reduced χ²). */
static marq_status draw_residuals(formula_outcome *o, const plots_style *style, const double *residual,
                                  marq_error *error) {
    double *standard = marq_alloc_doubles(o->rows, 1);
    if (!standard) return marq_fail_memory(error, "a plot");
    double unit = sqrt(o->statistics.reduced);
    for (size_t i = 0; i < o->rows; i++)
        standard[i] = (o->left[i] - o->model[i]) * (o->weights ? o->weights[i] : 1) / unit;
    plots_residual_rows rows = {.rows = o->rows, .residual = residual, .fitted = o->fitted};
    marq_status status = plots_residuals_fitted(style, "residuals-fitted", &rows, &o->plots, error);
    rows.residual = standard;
    if (status == MARQ_OK && unit > 0 && o->rows >= 3)
        status = plots_qq(style, "qq", &rows, &o->plots, error);
    free(standard);
    return status;
}

/* Of the parameters that are free and determined. */
static marq_status draw_correlation(formula_outcome *o, const plots_style *style, marq_error *error) {
    enum { MOST = 30 };
    size_t free_ones[MOST], count = 0, n = o->parameters;
    for (size_t j = 0; j < n && count < MOST; j++)
        if (o->deviation[j] > 0 && isfinite(o->deviation[j])) free_ones[count++] = j;
    if (count < 2) return MARQ_OK;
    double correlation[MOST * MOST];
    const char *names[MOST];
    for (size_t a = 0; a < count; a++) {
        size_t i = free_ones[a];
        names[a] = o->names[i];
        for (size_t b = 0; b < count; b++) {
            size_t j = free_ones[b];
            correlation[a * count + b] = o->covariance[i * n + j] / (o->deviation[i] * o->deviation[j]);
        }
    }
    return plots_correlation(style, "correlation", count, names, correlation, &o->plots, error);
}

static marq_status add_plots(formula_outcome *o, plots_style *style, marq_error *error) {
    double *residual = marq_alloc_doubles(o->rows, 1);
    if (!residual) return marq_fail_memory(error, "a plot");
    bool known = o->weights && !marq_formula_is_transformed(o->formula);
    for (size_t i = 0; i < o->rows; i++)
        residual[i] = (o->measured[i] - o->fitted[i]) * (known ? o->weights[i] : 1);
    plots_rows rows = {.rows = o->rows,
                       .measured = o->measured,
                       .fitted = o->fitted,
                       .out_name = o->table.names[o->response]};
    plots_style plain = *style;
    marq_status status = marq_formula_column_count(o->formula) == 1
                             ? draw_one(o, style, residual, error)
                             : plots_regression(style, "regression", &rows, &o->plots, error);
    if (status == MARQ_OK) status = plots_residuals(&plain, "residuals", &rows, &o->plots, error);
    if (status == MARQ_OK) status = draw_residuals(o, &plain, residual, error);
    if (status == MARQ_OK) status = draw_correlation(o, &plain, error);
    if (status == MARQ_OK && o->intervals) status = formula_draw_profiles(o, &plain, error);
    free(residual);
    return status;
}

marq_status formula_draw(formula_outcome *o, marq_error *error) {
    plots_style style = fit_plot_style(o->arguments, o->folder);
    marq_status status = add_plots(o, &style, error);
    if (status == MARQ_OK) fit_render(&style, &o->plots, &o->warnings);
    return status;
}
