/* The picture of a comparison. One predictor: the data with every model's curve, and all residuals below.
 * More: how much each model's AICc is above the least. */
#include "formulas/compare.h"

#include "drawn.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/inference.h>
#include <plots/study.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = 8, POINTS = 500, NAME = 48 }; /* models in a picture */

/* The right side alone: all models have the same left one. */
static void name_model(const formula_model *m, size_t number, char name[NAME]) {
    const char *right = strchr(m->text, '=');
    right = right && right[1] != '=' ? right + 1 + strspn(right + 1, " ") : m->text;
    bool cut = strlen(right) > NAME - 12;
    marq_format(name, NAME, "%zu: %.*s%s", number, cut ? NAME - 16 : NAME, right, cut ? " ..." : "");
}

/* ---- One predictor ---- */

/* The net's curve over a formula's grid; y: POINTS values. */
static marq_status net_curve(const formula_run *run, size_t group, plots_curve *curve, double *y,
                             marq_error *error) {
    const formula_outcome *o = &run->outcome[0];
    marq_status status = formula_versus_curve(run->net, group, curve->x, curve->points, y, error);
    if (status != MARQ_OK) return status;
    curve->y = y;
    if (!marq_formula_is_transformed(o->formula)) return MARQ_OK;
    return formula_back_on_grid(o, curve->x, curve->points, y, error);
}

typedef struct sheet {
    formula_curves curves[MOST];
    plots_curve *all;
    double *residual[MOST], *net;
    size_t count, lines;
} sheet;

static void clear(sheet *s) {
    for (size_t k = 0; k < MOST; k++) {
        formula_curves_clear(&s->curves[k]);
        free(s->residual[k]);
    }
    free(s->all);
    free(s->net);
}

/* Residuals on the data's scale, divided by the deviations where there are some. */
static bool fill_residuals(const formula_run *run, sheet *s, size_t k) {
    bool is_net = k >= run->count;
    const formula_outcome *o = &run->outcome[is_net ? 0 : k];
    double *r = s->residual[k] = marq_alloc_doubles(o->rows, 1);
    if (!r) return false;
    marq_formula_data data = formula_data(o);
    if (is_net) {
        memcpy(r, run->net->model, o->rows * sizeof *r);
        marq_error ignored = {0};
        if (marq_formula_is_transformed(o->formula))
            marq_formula_back(o->formula, &data, 0, o->rows, r, r, &ignored);
    }
    for (size_t i = 0; i < o->rows; i++) {
        double fitted = is_net ? r[i] : o->fitted[i];
        r[i] = (o->measured[i] - fitted) * (formula_bars(o) ? o->weights[i] : 1);
    }
    return true;
}

static marq_status add_model(const formula_run *run, sheet *s, size_t k, int logx, marq_error *error) {
    bool is_net = k >= run->count;
    marq_status status = formula_make_curves(&run->outcome[is_net ? 0 : k], logx, &s->curves[k], error);
    if (status == MARQ_OK && !fill_residuals(run, s, k)) status = marq_fail_memory(error, "a plot");
    for (size_t g = 0; status == MARQ_OK && g < s->curves[k].count; g++) {
        plots_curve curve = s->curves[k].curve[g];
        curve.low = curve.high = curve.prediction_low = curve.prediction_high = NULL;
        curve.model = k;
        if (is_net && g == 0) s->net = marq_alloc_doubles(s->curves[k].count, curve.points);
        if (is_net)
            status = s->net ? net_curve(run, g, &curve, s->net + g * curve.points, error)
                            : marq_fail_memory(error, "a plot");
        s->all[s->lines++] = curve;
    }
    return status;
}

static marq_status draw_curves(const formula_run *run, plots_style *style, plots_list *list,
                               marq_error *error) {
    const formula_outcome *first = &run->outcome[0];
    size_t models = run->comparison->count < MOST ? run->comparison->count : MOST;
    char text[MOST][NAME];
    const char *names[MOST];
    const double *residuals[MOST];
    sheet s = {.all = marq_alloc(MOST * first->groups.count, sizeof *s.all)};
    formula_points points = {0};
    marq_status status =
        s.all && formula_make_points(first, &points) ? MARQ_OK : marq_fail_memory(error, "a plot");
    if (status == MARQ_OK) {
        if (!style->logx) style->logx = plots_wants_log(points.x, first->rows);
        if (!style->logy) style->logy = plots_wants_log(first->measured, first->rows);
    }
    for (size_t k = 0; status == MARQ_OK && k < models; k++) {
        name_model(&run->comparison->model[k], k + 1, text[k]);
        names[k] = text[k];
        status = add_model(run, &s, k, style->logx, error);
        residuals[k] = s.residual[k];
    }
    if (status == MARQ_OK) {
        plots_models all = {.models = models,
                            .names = names,
                            .curves = s.lines,
                            .curve = s.all,
                            .residuals = residuals,
                            .weighted = formula_bars(first)};
        status = plots_fit(style, "comparison", &points.view, &all, list, error);
    }
    formula_points_clear(&points);
    clear(&s);
    return status;
}

/* ---- More predictors ---- */

static marq_status draw_bars(const formula_run *run, const plots_style *style, plots_list *list,
                             marq_error *error) {
    const formula_comparison *c = run->comparison;
    char text[MOST][NAME];
    const char *names[MOST];
    double delta[MOST];
    size_t models = c->count < MOST ? c->count : MOST;
    for (size_t k = 0; k < models; k++) {
        name_model(&c->model[k], k + 1, text[k]);
        names[k] = text[k];
        delta[k] = c->model[k].delta;
    }
    plots_style own = *style;
    own.xlabel = NULL;
    own.ylabel = "AICc above the best";
    own.logx = own.logy = 0;
    plots_bars_table table = {
        .categories = models, .series = 1, .category_names = names, .value = delta, .digits = 4};
    return plots_bars(&own, "comparison", &table, list, error);
}

static bool has_one_predictor(const formula_run *run) {
    for (size_t k = 0; k < run->count; k++)
        if (marq_formula_column_count(run->outcome[k].formula) != 1 ||
            marq_formula_column(run->outcome[k].formula, 0) !=
                marq_formula_column(run->outcome[0].formula, 0))
            return false;
    return true;
}

marq_status formula_add_comparison(const formula_run *run, plots_style style, plots_list *list,
                                   marq_error *error) {
    if (!run->comparison) return MARQ_OK;
    return has_one_predictor(run) ? draw_curves(run, &style, list, error)
                                  : draw_bars(run, &style, list, error);
}
