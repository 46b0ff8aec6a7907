/* What the plots of rows share: checks, sets, thinning, R². */
#ifndef PLOTS_ROWS_H
#define PLOTS_ROWS_H

#include "sheet.h"
#include <plots/plots.h>
#include <stdbool.h>

enum { PLOTS_ALL = PLOTS_SETS, PLOTS_NOTE_SIZE = 256 };

extern const char *const plots_set_names[PLOTS_SETS + 1]; /* "train", "validation", "test", "all" */

/* The set's name; "measured" if the rows are not split into sets. */
const char *plots_set_name(const plots_rows *rows, size_t set);

marq_status plots_rows_check(const plots_rows *rows, marq_error *error);

/* The set of row i. */
size_t plots_set_of(const plots_rows *rows, size_t i);
bool plots_in_set(const plots_rows *rows, size_t i, size_t set);

/* Points are drawn of every k-th row of each set, so that pictures of millions of rows stay small; in SVG and
 * PDF, where each point is an object, fewer. */
typedef struct plots_thinning {
    size_t every;
    size_t seen[PLOTS_SETS];
} plots_thinning;

plots_thinning plots_thin(const plots_style *style, size_t rows);
bool plots_thin_takes(plots_thinning *thinning, size_t set);

/* "every 5th row is shown", or "" if all are. Returns out. */
const char *plots_thin_note(char out[PLOTS_NOTE_SIZE], const plots_thinning *thinning, const char *of_what);

/* The size of a point when so many are drawn on an area (1: the whole page). */
double plots_point_size(size_t points, double area);

/* Writes block `name` with measured and fitted of a set, thinned; gives the number of rows written. */
size_t plots_data_pairs(plots_sheet *sheet, const plots_rows *rows, size_t set, const plots_axis *axis);

/* "R² = 0.987"; from 0.999 on "1 − R² = 3.2×10⁻⁹"; "R² undefined" if the measured values are all equal.
 * Over the finite rows of the set. Returns out. */
const char *plots_r_squared(char out[PLOTS_NOTE_SIZE], const plots_rows *rows, size_t set);

#endif
