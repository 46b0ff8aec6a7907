/* What a classifier says of rows: predictions.csv, counts of classes, and their places in the reports. */
#ifndef FIT_NETS_CLASSES_H
#define FIT_NETS_CLASSES_H

#include "csv/columns.h"
#include "predictions.h"
#include <base/text.h>
#include <jansson.h>

/* Header and rows: inputs, measured (the class; only if data->Y), fitted (the likeliest class), a probability
 * a class, named p_CLASS, the set if with_set, and std_error_CLASS …, lower_CLASS …, upper_CLASS … of the
 * probabilities if they are there. predictions: rows × classes of the net. */
void fit_class_predictions(const fit_data *data, const marq_net *net, const fit_predictions *predictions,
                           marq_text *text);

/* counts[(set·classes + true)·classes + likeliest] of the rows whose class is known; free() it. P (rows ×
 * classes): their probabilities; NULL: they are found a block of rows at a time. NULL: no memory. */
size_t *fit_count_classes(const fit_data *data, const marq_net *net, const double *P, int threads);

/* Rows of one class that are given another (or the same), of the test set, or of all rows where that is
 * empty. confusion: as fit_count_classes gives it. */
size_t fit_judged_count(const size_t *confusion, size_t classes, bool tested, size_t of, size_t given);

/* A line for each class, if they are not too many: its rows, its recall and precision among those judged. */
void fit_classes_text(const marq_net *net, const size_t *confusion, bool tested, marq_text *text);

/* counts as an array of rows. */
json_t *fit_counts_json(size_t classes, const size_t *counts);

/* The names of the net's classes. */
json_t *fit_classes_json(const marq_net *net);

#endif
