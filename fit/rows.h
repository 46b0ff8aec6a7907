/* The rows of a data file that a fit uses. */
#ifndef FIT_ROWS_H
#define FIT_ROWS_H

#include "args.h"

/* Reads the data file, with the labels of a column (csv_options.labels), and keeps the rows that --where
 * chooses. Its columns count as in use: a missing cell in one is treated as --missing says.
 * MARQ_ERROR_ARGUMENT: the expression is wrong; MARQ_ERROR_DATA: the file, or no row is left. Owned by the
 * caller: csv_clear, also after a failure. */
marq_status fit_read_rows(const fit_arguments *arguments, const char *labels, csv_table *table,
                          marq_error *error);

/* Keeps the rows of a table, or of a part of one, that --where chooses: all without it. Maybe none is left.
 */
marq_status fit_choose_rows(const fit_arguments *arguments, csv_table *table, marq_error *error);

#endif
