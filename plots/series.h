/* How the members of a series of groups, models or methods are told apart: a colour, a shape and a dash each,
 * in an order that colour-blind readers and grey prints can follow (Okabe and Ito 2008). */
#ifndef PLOTS_SERIES_H
#define PLOTS_SERIES_H

#include "sheet.h"

enum { PLOTS_COLOURS = 7, PLOTS_SERIES = 14, PLOTS_SERIES_STYLE = 11 }; /* 14 look different */

/* "#0072B2" … */
const char *plots_colour(size_t k);

/* A point type of gnuplot: seven open ones, then seven filled ones. */
int plots_shape(size_t k);

/* A gnuplot dash: "1" is solid. */
const char *plots_dash(size_t k);

/* Defines the line styles 11, 12 … of so many members, at most PLOTS_SERIES: colour and shape, solid lines.
 */
void plots_series_styles(plots_sheet *sheet, size_t count);

#endif
