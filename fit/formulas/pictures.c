/* Pictures of a formula's fit: with one predictor data, curves and bands above the residuals; with two a map;
 * with several fitted against measured and the residuals over each; the residuals as histogram, over the
 * fitted values and over normal quantiles; the correlations. */
#include "formulas/compare.h"

#include "drawn.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <math.h>
#include <plots/inference.h>
#include <plots/training.h>
#include <stdlib.h>
#include <string.h>

bool formula_bars(const formula_outcome *o) {
    return o->weights && !marq_formula_is_transformed(o->formula);
}

static const char *residual_name(const formula_outcome *o) {
    return o->odr ? "distance / σ" : formula_bars(o) ? "residual / σ" : NULL;
}

void formula_points_clear(formula_points *p) {
    for (size_t g = 0; p->names && g < p->view.groups; g++) free(p->names[g]);
    free(p->names);
    free(p->x);
    free(p->sigma);
    free(p->x_sigma);
    free(p->group);
}

/* A number alone would say little in a key. */
static bool name_groups(const formula_outcome *o, formula_points *p) {
    if (!o->groups.names) return true;
    p->names = marq_alloc(o->groups.count, sizeof *p->names);
    bool complete = p->names != NULL;
    for (size_t g = 0; complete && g < o->groups.count; g++) {
        marq_text text = {0};
        double number;
        bool plain = !marq_number_parse(o->groups.names[g], &number);
        marq_text_add(&text, plain ? "%s" : "%s = %s",
                      plain ? o->groups.names[g] : o->table.names[o->table.labels.column],
                      o->groups.names[g]);
        p->names[g] = text.data;
        complete = text.data != NULL;
    }
    return complete;
}

bool formula_make_points(const formula_outcome *o, formula_points *p) {
    size_t column = marq_formula_column(o->formula, 0);
    *p = (formula_points){.x = marq_alloc_doubles(o->rows, 1),
                          .sigma = marq_alloc_doubles(o->rows, 1),
                          .group = marq_alloc(o->rows, sizeof *p->group)};
    long errors = formula_errors_of(o, column);
    if (errors >= 0) p->x_sigma = marq_alloc_doubles(o->rows, 1);
    if (!p->x || !p->sigma || !p->group || (errors >= 0 && !p->x_sigma)) return false;
    p->view.groups = o->groups.count; /* for the end, also after a failure */
    if (!name_groups(o, p)) return false;
    for (size_t g = 0; g < o->groups.count; g++)
        for (size_t i = o->groups.first[g]; i < o->groups.first[g + 1]; i++) p->group[i] = g;
    for (size_t i = 0; i < o->rows; i++) {
        p->x[i] = o->columns[column][i * o->table.columns];
        p->sigma[i] = o->weights ? 1 / o->weights[i] : 0;
        if (p->x_sigma) p->x_sigma[i] = o->columns[errors][i * o->table.columns];
    }
    p->view = (plots_points){.rows = o->rows,
                             .x = p->x,
                             .y = o->measured,
                             .x_sigma = p->x_sigma,
                             .y_sigma = formula_bars(o) ? p->sigma : NULL,
                             .groups = o->groups.count,
                             .group = p->group,
                             .group_names = (const char *const *)p->names,
                             .x_name = o->table.names[column],
                             .y_name = o->table.names[o->response]};
    return true;
}

static marq_status draw_one(formula_outcome *o, plots_style *style, const double *residual,
                            marq_error *error) {
    formula_points points = {0};
    formula_curves curves = {0};
    marq_status status = formula_make_points(o, &points) ? MARQ_OK : marq_fail_memory(error, "a plot");
    if (status == MARQ_OK) {
        if (!style->logx) style->logx = plots_wants_log(points.x, o->rows);
        if (!style->logy) style->logy = plots_wants_log(o->measured, o->rows);
        status = formula_make_curves(o, style->logx, &curves, error);
    }
    if (status == MARQ_OK) {
        plots_models models = {.models = 1,
                               .curves = curves.count,
                               .curve = curves.curve,
                               .residuals = &residual,
                               .weighted = formula_bars(o),
                               .residual_name = residual_name(o)};
        status = plots_fit(style, "fit", &points.view, &models, &o->plots, error);
    }
    formula_curves_clear(&curves);
    formula_points_clear(&points);
    return status;
}

enum { FAR = 4 }; /* standard deviations: outliers */

/* The residuals' own pictures; standardised by the deviation of a measurement, √(reduced χ²). Rows far off
 * are marked with their lines in the file. */
static marq_status draw_residuals(formula_outcome *o, const plots_style *style, const double *residual,
                                  marq_error *error) {
    double *standard = marq_alloc_doubles(o->rows, 1);
    unsigned char *outlier = marq_alloc(o->rows, 1);
    formula_points points = {0}; /* whose are the rows? */
    bool complete = standard && outlier && formula_make_points(o, &points);
    marq_status status = complete ? MARQ_OK : marq_fail_memory(error, "a plot");
    double unit = sqrt(o->statistics.reduced);
    for (size_t i = 0; status == MARQ_OK && i < o->rows; i++) {
        standard[i] = -formula_weighted_residual(o, i) / unit;
        outlier[i] = fabs(standard[i]) > FAR;
    }
    plots_residual_rows rows = {.rows = o->rows,
                                .residual = residual,
                                .fitted = o->fitted,
                                .outlier = outlier,
                                .number = o->table.lines,
                                .residual_name = residual_name(o),
                                .groups = points.view.groups,
                                .group = points.view.group,
                                .group_names = points.view.group_names};
    if (status == MARQ_OK)
        status = plots_residuals_fitted(style, "residuals-fitted", &rows, &o->plots, error);
    if (status == MARQ_OK) status = formula_draw_residuals_over(o, style, &rows, error);
    rows.residual = standard;
    rows.residual_name = NULL;
    rows.groups = 0; /* one sample of them all */
    if (status == MARQ_OK && unit > 0 && o->rows >= 3)
        status = plots_qq(style, "qq", &rows, &o->plots, error);
    formula_points_clear(&points);
    free(standard);
    free(outlier);
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
    bool known = formula_bars(o);
    for (size_t i = 0; i < o->rows; i++)
        residual[i] = o->odr  ? -formula_weighted_residual(o, i)
                      : known ? (o->measured[i] - o->fitted[i]) * o->weights[i]
                              : o->measured[i] - o->fitted[i];
    plots_rows rows = {.rows = o->rows,
                       .measured = o->measured,
                       .fitted = o->fitted,
                       .out_name = o->table.names[o->response]};
    plots_style plain = *style;
    size_t predictors = marq_formula_column_count(o->formula);
    marq_status status = MARQ_OK;
    if (predictors == 1) status = draw_one(o, style, residual, error);
    if (predictors == 2) status = formula_draw_maps(o, style, error);
    if (status == MARQ_OK && predictors > 1)
        status = plots_regression(&plain, "regression", &rows, &o->plots, error);
    if (status == MARQ_OK) status = plots_residuals(&plain, "residuals", &rows, &o->plots, error);
    if (status == MARQ_OK) status = draw_residuals(o, &plain, residual, error);
    if (status == MARQ_OK) status = draw_correlation(o, &plain, error);
    if (status == MARQ_OK && o->intervals) status = formula_draw_profiles(o, &plain, error);
    free(residual);
    return status;
}

marq_status formula_draw(formula_outcome *o, marq_error *error) {
    plots_style style = fit_plot_style(o->arguments, o->folder);
    plots_style of_all = style;
    marq_status status = add_plots(o, &style, error);
    if (status == MARQ_OK && o == &o->run->outcome[o->run->best])
        status = formula_add_comparison(o->run, of_all, &o->plots, error);
    if (status == MARQ_OK) fit_render(&style, &o->plots, &o->warnings);
    return status;
}
