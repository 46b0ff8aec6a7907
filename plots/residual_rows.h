/* What the plots of residuals share: checks, points, marks on outliers. */
#ifndef PLOTS_RESIDUAL_ROWS_H
#define PLOTS_RESIDUAL_ROWS_H

#include "key.h"
#include <plots/inference.h>

marq_status plots_residual_rows_check(const plots_residual_rows *rows, marq_error *error);

bool plots_is_outlier(const plots_residual_rows *rows, size_t i);

/* Points of rows: row i is at (x[i], residual[i]); NaN: it has no place. */
typedef struct plots_residual_points {
    const plots_residual_rows *rows;
    const double *x; /* rows */
    const plots_axis *x_axis, *y_axis;
    size_t points, outliers, right, left; /* what was written: rows of the blocks */
} plots_residual_points;

/* Writes the outliers: block "outliers" with x, residual, number; up to twelve of the largest again
 * in the blocks "right" and "left", by the side of the point on which their numbers stand. */
void plots_data_outliers(plots_sheet *sheet, plots_residual_points *points);

void plots_residual_keys(plots_key *key, const plots_residual_points *points);

/* The plot entries of the block "points" (x, residual) and of the outliers. size: of a point. */
void plots_residual_entries(plots_sheet *sheet, const plots_residual_points *points);

#endif
