/* Lines and bands with gaps in the data file. */
#ifndef PLOTS_LINE_H
#define PLOTS_LINE_H

#include "key.h"

/* Writes a block with x and one y (a line) or two (the ends of a band; y[1] is NULL for a line). A value that
 * is missing, or that has no place on the x axis, or for a line on the y axis, interrupts it: gnuplot breaks
 * lines and bands at an empty line. Of very many points every k-th and the last. Gives the number of rows. */
size_t plots_data_line(plots_sheet *sheet, const char *block, size_t points, const double *x,
                       const double *const y[2], const plots_axis axes[2]);

/* Defines near_x(v) or near_y(v) in the script: v, but of what is far off that axis only a value that is off
 * it, because gnuplot cannot clip huge ones. On a log axis what is not positive is far below. */
void plots_near_define(plots_sheet *sheet, const char *letter, const plots_axis *axis);

/* The plot entry of a band: a transparent area (share: of the colour, 0 … 1). Needs near_y. */
void plots_band_entry(plots_sheet *sheet, const char *block, const char *colour, double share);

/* The same area in the key: "95 % confidence", or "confidence" if the level is 0. */
void plots_key_add_band(plots_key *key, double level, const char *what, double share);

/* The plot entry of error bars from column low to the next one, upright at x = place, or lying at y = place:
 * gnuplot's words for a column. Needs near_y or near_x. style: gnuplot's words for the line. */
void plots_error_bars_entry(plots_sheet *sheet, const char *block, const char *place, int low, bool upright,
                            const char *style);

#endif
