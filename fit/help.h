/* --help and --version. */
#ifndef FIT_HELP_H
#define FIT_HELP_H

#include <marq/status.h>
#include <stdio.h>

marq_status fit_help(FILE *out, marq_error *error);
marq_status fit_version(FILE *out, marq_error *error);

#endif
