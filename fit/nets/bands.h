/* --bands: how sure the predictions of a net are, after a training or of a saved net. The net's numbers for
 * that lie in bands.bin beside model.json. */
#ifndef FIT_NETS_BANDS_H
#define FIT_NETS_BANDS_H

#include "csv/columns.h"
#include "predictions.h"
#include <base/text.h>
#include <jansson.h>
#include <marq/bands.h>

#define FIT_BANDS_FILE "bands.bin"

typedef struct fit_bands {
    marq_net_bands *net;     /* NULL: there are none */
    size_t outputs, classes; /* classes 0: no classifier */
    double level;            /* of the limits: --confidence */
    double *std_error;       /* rows × outputs, or × classes: of the fitted values */
    double *lower, *upper;   /* the same: limits of a measurement, or of a probability */
    double *leverage;        /* rows × outputs */
} fit_bands;

struct fit_outcome;

/* After a training: bands of the net and of all rows. Where the net has none that is a warning. */
marq_status fit_make_bands(struct fit_outcome *outcome, const marq_data *data, marq_error *error);

/* Of a saved net, from the file beside its model, for these rows with their fitted values. */
marq_status fit_load_bands(const fit_arguments *arguments, const marq_net *net, const fit_data *data,
                           const double *fitted, fit_bands *bands, marq_error *error);
void fit_clear_bands(fit_bands *bands);

/* Half the width of an output's limits, in standard deviations: Student's t. */
double fit_band_factor(const fit_bands *bands, size_t output);

/* Warns of rows whose leverage is far above that of all training rows. */
void fit_warn_of_leverage(const fit_bands *bands, size_t rows, fit_warnings *warnings);

/* For the reports; nothing, NULL, where there are none. */
void fit_bands_text(const fit_bands *bands, marq_text *text);
json_t *fit_bands_json(const fit_bands *bands);

#endif
