/* Colours for numbers, and the bar that explains them. */
#ifndef PLOTS_COLOUR_H
#define PLOTS_COLOUR_H

#include "sheet.h"

/* gnuplot commands. All can be told apart by colour-blind readers. */
extern const char plots_palette_even[];      /* dark blue to yellow, even steps to the eye, also in grey */
extern const char plots_palette_signed[];    /* blue below zero, white, red above */
extern const char plots_palette_from_zero[]; /* white to blue */

/* The colour bar with its axis, its left side and its ends in pixels. */
void plots_colour_bar(plots_sheet *sheet, const plots_axis *axis, double left, double bottom, double top);

/* What it and its labels take at the right of the page, in pixels. */
double plots_colour_bar_width(const plots_axis *axis);

#endif
