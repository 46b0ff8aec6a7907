/* Checks of the values of a fit's data. */
#ifndef FIT_CONTENT_H
#define FIT_CONTENT_H

#include "csv/columns.h"

/* MARQ_ERROR_DATA, with what to do, where they cannot be fitted; an input that is constant is warned of.
 * file: for the messages. */
marq_status fit_check_content(const char *file, const fit_data *data, fit_warnings *warnings,
                              marq_error *error);

#endif
