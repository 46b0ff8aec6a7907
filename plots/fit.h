/* Inside plots_fit: what is to be drawn, its data, its panels. */
#ifndef PLOTS_FIT_H
#define PLOTS_FIT_H

#include "rows.h"
#include <plots/inference.h>

enum { FIT_FEW = 2000 }; /* points with error bars */

/* Rows of the data file. */
typedef struct fit_curve_rows {
    size_t curve, confidence, prediction;
} fit_curve_rows;

typedef struct fit_plot {
    const plots_points *points;
    const plots_models *models;
    size_t groups; /* at least 1 */
    plots_axis axes[2], residual_axis;
    plots_thinning thinning;
    bool bars, residual_bars; /* of the errors, above and below */
    bool bars_left_out;       /* there are too many */
    size_t shown;             /* points in the data file */
    size_t *points_in;        /* groups: of each; owned */
    fit_curve_rows *drawn;    /* curves; owned */
} fit_plot;

/* Blocks of the data file: "points 001" of a group; "curve 001", "confidence 001", "prediction 001" of a
 * curve. Columns of the points: x, y, the ends of the bars (plots_fit_bar_ends), sigma, then a residual a
 * model. */
enum { FIT_SIGMA_COLUMN = 7, FIT_RESIDUAL_COLUMN = 8 };

/* x low and high, y low and high; NaN where there is no bar. */
void plots_fit_bar_ends(const fit_plot *f, size_t row, double ends[4]);

/* Writes the data; sets shown, points_in, drawn. */
void plots_fit_write(plots_sheet *sheet, fit_plot *f);

/* Writes the script. */
void plots_fit_draw(plots_sheet *sheet, const fit_plot *f);

#endif
