/* Classes of rows: the labels of a column, sorted. */
#ifndef FIT_CSV_CLASSES_H
#define FIT_CSV_CLASSES_H

#include "csv/columns.h"

/* The column whose labels are to be read (csv_options.labels); NULL: the output is no class. */
const char *fit_class_column(const fit_arguments *arguments);

/* data->Y (rows) ← the place of each row's label among the table's, NaN where it is missing. */
void fit_take_labels(const csv_table *table, fit_data *data);

/* The same becomes the class of each row, and data->class_names the labels that occur, by value where all are
 * numbers, else by their bytes. table: with those labels; of its rows nothing is needed. MARQ_ERROR_DATA:
 * fewer than two classes, or nearly as many as rows. */
marq_status fit_sort_classes(const csv_table *table, fit_data *data, marq_error *error);

/* A warning of classes that no row of the training set has. */
void fit_warn_of_classes(const fit_data *data, fit_warnings *warnings);

/* The classes of the data become those of a net that is trained on, which may have more; model: its file.
 * MARQ_ERROR_ARGUMENT: it lacks one. */
marq_status fit_adopt_classes(const marq_net *net, const char *model, fit_data *data, marq_error *error);

/* data->Y ← the class of each row among those of a saved classifier; another label is MARQ_ERROR_DATA. */
marq_status fit_take_classes_of_net(const csv_table *table, const marq_net *net, fit_data *data,
                                    marq_error *error);

#endif
