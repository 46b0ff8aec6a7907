/* Pictures of fits with several predictors: of two, the fitted surface as a map beside the measured points, a
 * picture a group; of any number, the residuals over each predictor. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <ctype.h>
#include <math.h>
#include <plots/training.h>
#include <stdlib.h>

enum { POINTS = 81, MOST_MAPS = 4, MOST_PREDICTORS = 6 };

static void take_column(const formula_outcome *o, size_t column, size_t first, size_t rows, size_t stride,
                        double *out) {
    for (size_t i = 0; i < rows; i++) out[i * stride] = o->columns[column][(first + i) * o->table.columns];
}

static void fill_grid(const double *x, size_t rows, size_t stride, int logarithmic, double *grid) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t i = 0; i < rows; i++) {
        double v = x[i * stride];
        if (logarithmic && v <= 0) continue;
        low = fmin(low, v);
        high = fmax(high, v);
    }
    for (size_t k = 0; k < POINTS; k++) {
        double share = (double)k / (POINTS - 1);
        grid[k] = logarithmic ? low * pow(high / low, share) : low + (high - low) * share;
    }
}

/* ---- A map ---- */

/* One group's rows, and the surface over them. */
typedef struct map {
    double *rows;                                    /* rows × 2 */
    double *x, *y, *grid_x, *grid_y, *z, *undefined; /* POINTS; POINTS² */
    const double **columns;
} map;

static bool make_map(const formula_outcome *o, size_t rows, map *m) {
    size_t cells = (size_t)POINTS * POINTS;
    *m = (map){.rows = marq_alloc_doubles(rows, 2),
               .x = marq_alloc_doubles(POINTS, 2),
               .grid_x = marq_alloc_doubles(cells, 4),
               .columns = marq_alloc(o->table.columns, sizeof *m->columns)};
    if (!m->rows || !m->x || !m->grid_x || !m->columns) return false;
    m->y = m->x + POINTS;
    m->grid_y = m->grid_x + cells;
    m->z = m->grid_y + cells;
    m->undefined = m->z + cells;
    return true;
}

static void clear_map(map *m) {
    free(m->rows);
    free(m->x);
    free(m->grid_x);
    free(m->columns);
}

static marq_status fill_map(const formula_outcome *o, size_t group, map *m, marq_error *error) {
    size_t cells = (size_t)POINTS * POINTS;
    double local[FORMULA_MOST_PARAMETERS];
    for (size_t k = 0; k < cells; k++) {
        m->grid_x[k] = m->x[k % POINTS];
        m->grid_y[k] = m->y[k / POINTS];
        m->undefined[k] = (double)NAN;
    }
    for (size_t c = 0; c < o->table.columns; c++) m->columns[c] = m->undefined; /* a left side may read it */
    m->columns[marq_formula_column(o->formula, 0)] = m->grid_x;
    m->columns[marq_formula_column(o->formula, 1)] = m->grid_y;
    marq_formula_data data = {m->columns, 1, cells};
    formula_local(o, group, o->theta, local);
    marq_formula_evaluate(o->formula, &data, local, 0, cells, m->z);
    if (!marq_formula_is_transformed(o->formula)) return MARQ_OK;
    return marq_formula_back(o->formula, &data, 0, cells, m->z, m->z, error);
}

static marq_status draw_map(formula_outcome *o, plots_style style, size_t group, marq_error *error) {
    size_t first = o->groups.first[group], rows = formula_group_size(o, group);
    size_t columns[2] = {marq_formula_column(o->formula, 0), marq_formula_column(o->formula, 1)};
    const char *names[2] = {o->table.names[columns[0]], o->table.names[columns[1]]};
    char name[24] = "fit", title[128];
    map m;
    marq_status status = make_map(o, rows, &m) ? MARQ_OK : marq_fail_memory(error, "a plot");
    if (status == MARQ_OK) {
        for (size_t k = 0; k < 2; k++) take_column(o, columns[k], first, rows, 2, m.rows + k);
        fill_grid(m.rows, rows, 2, style.logx, m.x);
        fill_grid(m.rows + 1, rows, 2, style.logy, m.y);
        status = fill_map(o, group, &m, error);
    }
    if (status == MARQ_OK) {
        plots_rows data = {.rows = rows,
                           .inputs = 2,
                           .x = m.rows,
                           .measured = o->measured + first,
                           .fitted = o->fitted + first,
                           .in_names = names,
                           .out_name = o->table.names[o->response]};
        plots_surface surface = {POINTS, POINTS, m.x, m.y, m.z};
        if (o->groups.count > 1) {
            marq_format(name, sizeof name, "fit-%zu", group + 1);
            marq_format(title, sizeof title, "%s: %s", o->table.names[o->table.labels.column],
                        o->groups.names[group]);
            if (!style.title) style.title = title;
        }
        status = plots_comparison(&style, name, &data, NULL, &surface, &o->plots, error);
    }
    clear_map(&m);
    return status;
}

/* A map needs an area. */
static bool varies(const formula_outcome *o, size_t column, size_t group) {
    const double *x = o->columns[column];
    for (size_t i = o->groups.first[group]; i < o->groups.first[group + 1]; i++)
        if (x[i * o->table.columns] != x[o->groups.first[group] * o->table.columns]) return true;
    return false;
}

marq_status formula_draw_maps(formula_outcome *o, const plots_style *style, marq_error *error) {
    size_t columns[2] = {marq_formula_column(o->formula, 0), marq_formula_column(o->formula, 1)};
    plots_style own = *style;
    double *x = marq_alloc_doubles(o->rows, 1);
    if (!x) return marq_fail_memory(error, "a plot");
    take_column(o, columns[0], 0, o->rows, 1, x);
    if (!own.logx) own.logx = plots_wants_log(x, o->rows);
    take_column(o, columns[1], 0, o->rows, 1, x);
    if (!own.logy) own.logy = plots_wants_log(x, o->rows);
    free(x);
    marq_status status = MARQ_OK;
    for (size_t g = 0; status == MARQ_OK && g < o->groups.count && g < MOST_MAPS; g++)
        if (varies(o, columns[0], g) && varies(o, columns[1], g)) status = draw_map(o, own, g, error);
    return status;
}

/* ---- Residuals over a predictor ---- */

static void plot_name(const char *column, size_t number, char *out, size_t size) {
    marq_format(out, size, "residuals-%zu-%s", number, column);
    for (char *c = out; *c; c++)
        if (!isalnum((unsigned char)*c) && *c != '-' && *c != '_') *c = '_';
}

marq_status formula_draw_residuals_over(formula_outcome *o, const plots_style *style,
                                        const plots_residual_rows *residuals, marq_error *error) {
    size_t count = marq_formula_column_count(o->formula);
    double *x = marq_alloc_doubles(o->rows, 1);
    marq_status status = x ? MARQ_OK : marq_fail_memory(error, "a plot");
    plots_style own = *style;
    plots_residual_rows rows = *residuals;
    rows.fitted = x;
    for (size_t k = 0; status == MARQ_OK && count > 1 && k < count && k < MOST_PREDICTORS; k++) {
        size_t column = marq_formula_column(o->formula, k);
        char name[64];
        plot_name(o->table.names[column], k + 1, name, sizeof name);
        take_column(o, column, 0, o->rows, 1, x);
        own.logy = plots_wants_log(x, o->rows); /* of what the residuals are drawn over */
        rows.fitted_name = o->table.names[column];
        status = plots_residuals_fitted(&own, name, &rows, &o->plots, error);
    }
    free(x);
    return status;
}
