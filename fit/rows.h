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

#endif
