/* What the plots over epochs share. */
#ifndef PLOTS_HISTORY_H
#define PLOTS_HISTORY_H

#include "sheet.h"

marq_status plots_history_check(const plots_history *history, marq_error *error);

/* The epochs' axis. */
plots_axis plots_epoch_axis(const plots_history *history);

/* An axis for values over epochs (NULL: none). shown: how many have a place on it. */
plots_axis plots_value_axis(const plots_history *history, const double *const *values, size_t series,
                            plots_scale scale, size_t most);

/* Writes a series as a block without the epochs that have no place on the axis; of very many every k-th,
 * the best and the last. Gives the number of rows. */
size_t plots_data_series(plots_sheet *sheet, const plots_history *history, const char *name,
                         const double *values, const plots_axis *axis);

/* A dashed line at the best epoch, across the panel. */
void plots_best_line(plots_sheet *sheet, const plots_history *history);

/* "best: epoch 35" above the panel at that line. */
void plots_best_label(plots_sheet *sheet, const plots_history *history, const plots_axis *epochs);

/* How a series of so many values is drawn: few ones with points. */
const char *plots_series_style(size_t count);

#endif
