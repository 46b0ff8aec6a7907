/* What is done with a saved fit, whether a net or a formula: fit predict, show, export. */
#ifndef FIT_SAVED_H
#define FIT_SAVED_H

#include "args.h"
#include "streams.h"
#include <base/file.h>
#include <jansson.h>

marq_status fit_predict(const fit_arguments *arguments, fit_streams streams, marq_error *error);
marq_status fit_show(const fit_arguments *arguments, fit_streams streams, marq_error *error);
marq_status fit_export(const fit_arguments *arguments, fit_streams streams, marq_error *error);

/* The file as JSON, owned by the caller: json_decref. MARQ_ERROR_READ; MARQ_ERROR_FORMAT: no JSON. */
marq_status fit_load_json(const char *path, json_t **root, marq_error *error);

/* Begins what goes into the file, or without path to out: marq_file_close ends it. */
marq_status fit_open(marq_file *file, const char *path, FILE *out, marq_error *error);

/* Writes text to the file, or without path to out, and clears it. */
marq_status fit_put(marq_text *text, const char *path, FILE *out, marq_error *error);

/* Reports the errors of predicted rows: as JSON on out with --json, else a line on err. measured: whether
 * there was anything to compare with; without, mse and r2 are NaN. */
marq_status fit_report_errors(const fit_arguments *arguments, size_t rows, bool measured, double mse,
                              double r2, fit_streams streams, marq_error *error);

#endif
