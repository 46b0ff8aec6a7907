/* The data file of plots_fit. */
#include "fit.h"
#include "line.h"

#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

static double sigma_of(const double *sigma, size_t row) {
    return sigma && sigma[row] > 0 ? sigma[row] : (double)NAN;
}

void plots_fit_bar_ends(const fit_plot *f, size_t row, double ends[4]) {
    const plots_points *p = f->points;
    double sx = sigma_of(p->x_sigma, row), sy = sigma_of(p->y_sigma, row);
    ends[0] = p->x[row] - sx;
    ends[1] = p->x[row] + sx;
    ends[2] = p->y_low ? p->y_low[row] : p->y[row] - sy;
    ends[3] = p->y_low ? p->y_high[row] : p->y[row] + sy;
}

/* ---- Points ---- */

static void name_columns(plots_sheet *sheet, const fit_plot *f) {
    const plots_points *p = f->points;
    const char *columns[] = {p->x_name, p->y_name, "x_low", "x_high",
                             "y_low",   "y_high",  "sigma", "residuals"};
    plots_data_columns(sheet, columns, f->models->residuals ? 8 : 7);
}

static size_t columns_of(const fit_plot *f) {
    return FIT_SIGMA_COLUMN + (f->models->residuals ? f->models->models : 0);
}

/* One row of the data file; false: nothing of it has a place. */
static bool fill_row(const fit_plot *f, size_t i, double *row) {
    const plots_points *p = f->points;
    row[0] = plots_axis_value(&f->axes[0], p->x[i]);
    row[1] = plots_axis_value(&f->axes[1], p->y[i]);
    plots_fit_bar_ends(f, i, row + 2);
    row[FIT_SIGMA_COLUMN - 1] = sigma_of(p->y_sigma, i);
    bool any = plots_plottable(row[1]);
    for (size_t k = FIT_SIGMA_COLUMN; k < columns_of(f); k++) {
        row[k] = f->models->residuals[k - FIT_SIGMA_COLUMN][i];
        any = any || plots_plottable(row[k]);
    }
    return any && plots_plottable(row[0]);
}

/* Every k-th row of each group. */
static size_t write_group(plots_sheet *sheet, const fit_plot *f, size_t group, double *row) {
    char block[PLOTS_BLOCK_SIZE];
    size_t written = 0, seen = 0;
    for (size_t i = 0; i < f->points->rows; i++) {
        if (f->groups > 1 && f->points->group[i] != group) continue;
        if (seen++ % f->thinning.every != 0 || !fill_row(f, i, row)) continue;
        if (written++ == 0) plots_data_block(sheet, plots_block_name(block, "points", group));
        plots_data_row(sheet, row, columns_of(f));
    }
    return written;
}

/* ---- Curves ---- */

static size_t write_line(plots_sheet *sheet, const fit_plot *f, const char *what, size_t k,
                         const double *first, const double *second) {
    char block[PLOTS_BLOCK_SIZE];
    const plots_curve *c = &f->models->curve[k];
    return first ? plots_data_line(sheet, plots_block_name(block, what, k), c->points, c->x,
                                   (const double *[]){first, second}, f->axes)
                 : 0;
}

static void write_curve(plots_sheet *sheet, fit_plot *f, size_t k) {
    const plots_curve *c = &f->models->curve[k];
    f->drawn[k].curve = write_line(sheet, f, "curve", k, c->y, NULL);
    f->drawn[k].confidence = write_line(sheet, f, "confidence", k, c->low, c->high);
    f->drawn[k].prediction = write_line(sheet, f, "prediction", k, c->prediction_low, c->prediction_high);
}

void plots_fit_write(plots_sheet *sheet, fit_plot *f) {
    double *row = marq_alloc_doubles(columns_of(f), 1);
    if (!row) {
        sheet->data.failed = 1;
        return;
    }
    name_columns(sheet, f);
    for (size_t group = 0; group < f->groups; group++) {
        f->points_in[group] = write_group(sheet, f, group, row);
        f->shown += f->points_in[group];
    }
    for (size_t k = 0; k < f->models->curves; k++) write_curve(sheet, f, k);
    free(row);
}
