/* A saved net: on new data, in words, as C source. */
#ifndef FIT_NETS_SAVED_H
#define FIT_NETS_SAVED_H

#include "saved.h"

marq_status fit_predict_net(const fit_arguments *arguments, fit_streams streams, marq_error *error);
marq_status fit_show_net(const fit_arguments *arguments, fit_streams streams, marq_error *error);

/* export.c: 'void model(const double *x, double *y)'. */
marq_status fit_export_net(const char *path, marq_text *text, marq_error *error);

#endif
