/* The three forms of the comparison plot; arguments are checked already. */
#ifndef PLOTS_COMPARISON_H
#define PLOTS_COMPARISON_H

#include "rows.h"

/* One input: points over x, the fit as a line. */
marq_status plots_draw_curve(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, plots_list *list, marq_error *error);

/* Two inputs: two maps on one colour scale. */
marq_status plots_draw_surface(const plots_style *style, const char *name, const plots_rows *rows,
                               const plots_surface *surface, plots_list *list, marq_error *error);

/* Any number of inputs: fitted over measured. */
marq_status plots_draw_pairs(const plots_style *style, const char *name, const plots_rows *rows,
                             plots_list *list, marq_error *error);

#endif
