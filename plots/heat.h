/* Tables as pictures: square cells with a colour and a number each, names at the sides. */
#ifndef PLOTS_HEAT_H
#define PLOTS_HEAT_H

#include "sheet.h"

typedef struct plots_heat {
    size_t rows, columns;
    const char *const *row_names, *const *column_names;
    const double *value; /* rows × columns: the colours; a cell without a plottable value is left out */
    const double *extra; /* rows × columns; NULL: none */

    const char *palette;
    double low, high;  /* the palette's ends */
    double white_from; /* values of at least this size have white numbers */

    const char *text;  /* what stands in the cells: a gnuplot expression of $3 (value) and $4 (extra) */
    double text_width; /* of the longest one, in units of the font's size */
    size_t text_lines;

    const char *bar_label, *row_label, *column_label; /* ours; NULL: none */
} plots_heat;

/* The side of a cell in pixels. */
double plots_heat_side(const plots_sheet *sheet, const plots_heat *heat, const char *note);

/* Writes the block "cells" (column, row, value, extra) and the script. note: as in plots_title_lines. */
void plots_heat_draw(plots_sheet *sheet, const plots_heat *heat, const char *note);

#endif
