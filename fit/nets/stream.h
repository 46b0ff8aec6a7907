/* --stream: data that may be larger than memory. */
#ifndef FIT_STREAM_H
#define FIT_STREAM_H

#include "csv/columns.h"

/* Values of a class column, at most: all are in memory, also those of rows that --where leaves out. */
enum { FIT_MOST_STREAM_CLASSES = 100000 };

/* Reads the data file part by part into temporary files in the folder, and maps those: *data as fit_select's.
 * One byte a row is in memory. */
marq_status fit_read_stream(const fit_arguments *arguments, const char *folder, fit_data *data,
                            fit_warnings *warnings, marq_error *error);

#endif
