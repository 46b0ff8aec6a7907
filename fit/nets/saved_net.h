/* A saved net: on new data, in words, as C source. */
#ifndef FIT_NETS_SAVED_H
#define FIT_NETS_SAVED_H

#include "saved.h"

/* root: the model's file, borrowed. */
marq_status fit_predict_net(const fit_arguments *arguments, const json_t *root, fit_streams streams,
                            marq_error *error);
marq_status fit_show_net(const fit_arguments *arguments, const json_t *root, fit_streams streams,
                         marq_error *error);

/* export.c: 'void model(const double *x, double *y)'. */
marq_status fit_export_net(const char *path, const json_t *root, marq_text *text, marq_error *error);

#endif
