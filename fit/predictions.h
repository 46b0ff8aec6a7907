/* Rows with fitted values as CSV. */
#ifndef FIT_PREDICTIONS_H
#define FIT_PREDICTIONS_H

#include "csv/columns.h"
#include <base/text.h>

/* What a model gives for rows of data. */
typedef struct fit_predictions {
    size_t outputs;
    const double *fitted;            /* rows × outputs */
    const char *const *output_names; /* outputs */
    bool with_set;
    const double *std_error, *lower, *upper; /* rows × outputs; NULL: no such columns */
} fit_predictions;

/* Header and rows: inputs, measured, fitted, residual (measured − fitted), the set if with_set, and
 * std_error, lower, upper if they are there. With several outputs these columns come once an output, named
 * measured_NAME …; without measured outputs there is no measured and no residual. */
void fit_predictions_text(const fit_data *data, const fit_predictions *predictions, marq_text *text);

/* prefix and name as one cell, in quotes if CSV needs them. */
void fit_add_cell(marq_text *text, const char *prefix, const char *name);

#endif
