/* Rows with fitted values as CSV. */
#ifndef FIT_PREDICTIONS_H
#define FIT_PREDICTIONS_H

#include "csv/columns.h"
#include <base/text.h>

/* Header and rows: inputs, measured, fitted, residual (measured − fitted), and the set if with_set. With
 * several outputs the three columns come once an output, named measured_NAME …; without measured outputs only
 * fitted. fitted: rows × outputs of the net; output_names: of the net. */
void fit_predictions_text(const fit_data *data, const double *fitted, size_t outputs,
                          const char *const *output_names, bool with_set, marq_text *text);

/* prefix and name as one cell, in quotes if CSV needs them. */
void fit_add_cell(marq_text *text, const char *prefix, const char *name);

#endif
