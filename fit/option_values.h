/* Values of options: reading one, and refusing it in words. All fail with MARQ_ERROR_ARGUMENT. */
#ifndef FIT_OPTION_VALUES_H
#define FIT_OPTION_VALUES_H

#include "args.h"

/* Puts the value where the option's entry in the table says; value NULL: of a flag. */
marq_status fit_set_option(const fit_option *option, fit_arguments *arguments, const char *value,
                           marq_error *error);

/* "NAME VALUE: EXPECTED is expected" */
marq_status fit_wrong_value(marq_error *error, const char *name, const char *value, const char *expected);
/* A number, a whole number, from least to most. */
marq_status fit_number_value(const char *name, const char *value, double least, double most, double *out,
                             marq_error *error);
marq_status fit_whole_value(const char *name, const char *value, double least, double most, double *out,
                            marq_error *error);

#endif
