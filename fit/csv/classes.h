/* Classes of rows: the labels of a column, sorted. */
#ifndef FIT_CSV_CLASSES_H
#define FIT_CSV_CLASSES_H

#include "csv/columns.h"

/* data->Y (rows) ← the class of each row, NaN where it is missing, and data->class_names: the labels that
 * occur, by value where all are numbers, else by their bytes. MARQ_ERROR_DATA: fewer than two classes, or
 * nearly as many as rows. */
marq_status fit_take_classes(const csv_table *table, fit_data *data, marq_error *error);

/* The same for a saved classifier's own classes: another label is MARQ_ERROR_DATA. */
marq_status fit_take_classes_of_net(const csv_table *table, const marq_net *net, fit_data *data,
                                    marq_error *error);

#endif
