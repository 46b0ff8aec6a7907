/* Data, fitted curves and bands; the residuals below on the same x axis. */
#include "fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* ---- Arguments ---- */

static marq_status check_points(const plots_points *p, marq_error *error) {
    if (!p || p->rows == 0 || !p->x || !p->y || !p->x_name || !p->y_name)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "a plot of a fit needs rows with x and y, and their names");
    if (!p->y_low != !p->y_high)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "error bars need both of their ends");
    if (p->groups > 1 && (!p->group || !p->group_names))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%zu groups need the rows' groups and their names",
                         p->groups);
    for (size_t i = 0; p->groups > 1 && i < p->rows; i++)
        if (p->group[i] >= p->groups)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "row %zu is in group %zu of 0 … %zu", i + 1,
                             p->group[i], p->groups - 1);
    return MARQ_OK;
}

static marq_status check_curve(const plots_curve *c, size_t groups, size_t models, marq_error *error) {
    if (c->points == 0 || !c->x || !c->y)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a fitted curve needs points with x and y");
    if (!c->low != !c->high || !c->prediction_low != !c->prediction_high)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a band needs both of its ends");
    if (c->group >= groups || c->model >= models)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a curve of group %zu of %zu, model %zu of %zu",
                         c->group, groups, c->model, models);
    return MARQ_OK;
}

static marq_status check(const plots_points *points, const plots_models *m, marq_error *error) {
    marq_status status = check_points(points, error);
    if (status != MARQ_OK) return status;
    if (!m || m->models == 0 || (m->models > 1 && !m->names) || (m->curves > 0 && !m->curve))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a plot of a fit needs a model, several their names");
    for (size_t k = 0; m->residuals && k < m->models; k++)
        if (!m->residuals[k])
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "model %zu of %zu has no residuals", k + 1,
                             m->models);
    for (size_t k = 0; status == MARQ_OK && k < m->curves; k++)
        status = check_curve(&m->curve[k], points->groups > 1 ? points->groups : 1, m->models, error);
    return status;
}

/* ---- Axes ---- */

static void measured_ranges(const fit_plot *f, plots_range *x, plots_range *y) {
    for (size_t i = 0; i < f->points->rows; i++) {
        if (!plots_plottable(f->points->x[i]) || !plots_plottable(f->points->y[i])) continue;
        plots_range_add(x, f->points->x[i]);
        plots_range_add(y, f->points->y[i]);
    }
}

static void follow_bars(const fit_plot *f, plots_range ranges[2], const plots_range measured[2],
                        const bool log[2]) {
    for (size_t i = 0; f->bars && i < f->points->rows; i++) {
        double ends[4];
        plots_fit_bar_ends(f, i, ends);
        plots_range_follow(&ranges[0], &measured[0], log[0], ends, 2);
        plots_range_follow(&ranges[1], &measured[1], log[1], ends + 2, 2);
    }
}

static void find_axes(fit_plot *f, const plots_style *style) {
    plots_range measured[2] = {plots_range_empty, plots_range_empty}, ranges[2];
    const bool log[2] = {style->logx, style->logy};
    measured_ranges(f, &measured[0], &measured[1]);
    for (size_t k = 0; k < 2; k++) ranges[k] = measured[k];
    follow_bars(f, ranges, measured, log);
    for (size_t k = 0; k < f->models->curves; k++) {
        const plots_curve *c = &f->models->curve[k];
        const double *const lines[] = {c->y, c->low, c->high, c->prediction_low, c->prediction_high};
        plots_range_follow(&ranges[0], &measured[0], log[0], c->x, c->points);
        for (size_t l = 0; l < sizeof lines / sizeof *lines; l++)
            plots_range_follow(&ranges[1], &measured[1], log[1], lines[l], c->points);
    }
    f->axes[0] = plots_axis_make(&ranges[0], log[0] ? PLOTS_LOG : PLOTS_LINEAR, 0.03, 8, 80);
    f->axes[1] = plots_axis_make(&ranges[1], log[1] ? PLOTS_LOG : PLOTS_LINEAR, 0.06, 6, 0);
}

/* Zero is on it. */
static void find_residual_axis(fit_plot *f) {
    const plots_points *p = f->points;
    plots_range measured = {0, 0, HUGE_VAL};
    for (size_t k = 0; f->models->residuals && k < f->models->models; k++)
        plots_range_add_all(&measured, f->models->residuals[k], p->rows);
    plots_range range = measured;
    for (size_t i = 0; f->residual_bars && i < p->rows; i++) {
        if (!(p->y_sigma[i] > 0)) continue;
        double r = f->models->residuals[0][i], ends[2] = {r - p->y_sigma[i], r + p->y_sigma[i]};
        plots_range_follow(&range, &measured, false, ends, 2);
    }
    f->residual_axis = plots_axis_make(&range, PLOTS_LINEAR, 0.1, 5, 0);
}

/* ---- The plot ---- */

static fit_plot describe(const plots_style *style, const plots_points *points, const plots_models *models) {
    fit_plot f = {.points = points, .models = models, .groups = points->groups > 1 ? points->groups : 1};
    f.thinning = plots_thin(style, points->rows);
    size_t shown = points->rows / f.thinning.every;
    bool any = points->x_sigma || points->y_sigma || points->y_low;
    f.bars = any && shown <= FIT_FEW;
    f.bars_left_out = any && !f.bars;
    f.residual_bars =
        f.bars && points->y_sigma && models->residuals && models->models == 1 && !models->weighted;
    find_axes(&f, style);
    find_residual_axis(&f);
    return f;
}

static void draw(plots_sheet *sheet, fit_plot *f) {
    plots_fit_write(sheet, f);
    plots_fit_draw(sheet, f);
}

marq_status plots_fit(const plots_style *style, const char *name, const plots_points *points,
                      const plots_models *models, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = check(points, models, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(
            &sheet, style, name, models->residuals ? "data and fit, and the residuals below" : "data and fit",
            list, error);
    if (status != MARQ_OK) return status;
    fit_plot f = describe(style, points, models);
    f.points_in = marq_alloc(f.groups, sizeof *f.points_in);
    f.drawn = marq_alloc(models->curves, sizeof *f.drawn);
    if (!f.points_in || !f.drawn)
        sheet.data.failed = 1;
    else
        draw(&sheet, &f);
    free(f.points_in);
    free(f.drawn);
    return plots_sheet_close(&sheet, list, error);
}
