/* Bands in the command: made, loaded, laid out for predictions.csv, put into words. */
#include "nets/bands.h"

#include "json.h"
#include "nets/train.h"
#include <base/error.h>
#include <base/memory.h>
#include <float.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A row with so many times the largest leverage of the training rows is told. */
static const double FAR = 3;

void fit_clear_bands(fit_bands *b) {
    marq_net_bands_destroy(b->net);
    free(b->std_error);
    free(b->lower);
    free(b->upper);
    free(b->leverage);
    *b = (fit_bands){0};
}

double fit_band_factor(const fit_bands *b, size_t output) {
    return marq_t_quantile((1 + b->level) / 2, marq_net_bands_facts(b->net, output).dof);
}

/* 1/(1 + e^−(ln(p/(1 − p)) + shift)) */
static double shift_logit(double p, double shift) {
    return p > 0 && p < 1 ? 1 / (1 + (1 - p) / p * exp(-shift)) : p;
}

/* Of probabilities p with standard errors s, that of ln(p/(1 − p)) is s/(p(1 − p)): limits between 0 and 1. A
 * number between 0 and 1 with the mean p is never farther off than √(p(1 − p)): where the net extrapolates s,
 * which is linear, would be. */
static void limit_probabilities(fit_bands *b, size_t count, const double *p) {
    double factor = fit_band_factor(b, 0);
    for (size_t k = 0; k < count; k++) {
        double half = factor * b->std_error[k] / fmax(p[k] * (1 - p[k]), DBL_MIN);
        b->lower[k] = shift_logit(p[k], -half);
        b->upper[k] = shift_logit(p[k], half);
        b->std_error[k] = fmin(b->std_error[k], sqrt(p[k] * (1 - p[k])));
    }
}

/* The arrays of these rows. */
static marq_status fill(fit_bands *b, const fit_data *data, const double *fitted, marq_error *error) {
    size_t rows = data->rows, outputs = b->outputs, columns = b->classes ? b->classes : outputs;
    b->std_error = marq_alloc_doubles(rows, columns);
    b->lower = marq_alloc_doubles(rows, columns);
    b->upper = marq_alloc_doubles(rows, columns);
    b->leverage = marq_alloc_doubles(rows, outputs);
    if (!b->std_error || !b->lower || !b->upper || !b->leverage) return marq_fail_memory(error, "the bands");
    marq_net_bands_at(b->net, rows, data->X, data->sigma, b->std_error, b->upper, b->leverage);
    if (b->classes) limit_probabilities(b, rows * columns, fitted);
    for (size_t o = 0; o < outputs && !b->classes; o++) {
        double factor = fit_band_factor(b, o);
        for (size_t k = o; k < rows * outputs; k += outputs) {
            double half = factor * b->upper[k];
            b->lower[k] = fitted[k] - half;
            b->upper[k] = fitted[k] + half;
        }
    }
    return MARQ_OK;
}

/* ---- After a training ---- */

/* Of the epoch whose parameters the net has. */
static double decay_in_force(const fit_outcome *o) {
    for (size_t k = 0; k < o->history.count; k++)
        if (o->history.epochs[k].epoch == o->training.best_epoch) return o->history.epochs[k].decay;
    return 0;
}

marq_status fit_make_bands(fit_outcome *o, const marq_data *data, marq_error *error) {
    const fit_arguments *a = o->arguments;
    if (!a->bands) return MARQ_OK;
    marq_bands_options options = marq_bands_options_default();
    options.decay = decay_in_force(o);
    options.evidence = !(options.decay > 0) && marq_net_layers(o->net) > 1;
    options.threads = o->threads;
    options.spill_folder = o->options.spill_folder;
    if (a->memory.given) options.max_memory = a->memory.value;
    o->bands = (fit_bands){.net = marq_net_bands_create(o->net, data, &options, error),
                           .outputs = marq_net_outputs(o->net),
                           .classes = marq_net_classes(o->net),
                           .level = a->confidence};
    if (o->bands.net) return o->fitted ? fill(&o->bands, &o->data, o->fitted, error) : MARQ_OK;
    fit_warn(&o->warnings, "%s%s", error->message,
             error->status == MARQ_ERROR_MEMORY ? ": no bands, raise --memory" : "");
    return MARQ_OK;
}

/* ---- Of a saved net ---- */

/* The file beside the model; NULL without memory. */
static char *path_beside(const char *model) {
    const char *slash = strrchr(model, '/');
    size_t folder = slash ? (size_t)(slash - model) + 1 : 0, size = folder + sizeof FIT_BANDS_FILE;
    char *path = malloc(size);
    if (path) marq_format(path, size, "%.*s%s", (int)folder, model, FIT_BANDS_FILE);
    return path;
}

static marq_status advise_file(marq_error *error) {
    char reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    return marq_fail(error, MARQ_ERROR_READ, "%s: fit DATA --bands writes this file beside the model",
                     reason);
}

marq_status fit_load_bands(const fit_arguments *a, const marq_net *net, const fit_data *data,
                           const double *fitted, fit_bands *b, marq_error *error) {
    *b = (fit_bands){
        .outputs = marq_net_outputs(net), .classes = marq_net_classes(net), .level = a->confidence};
    char *path = path_beside(a->model);
    if (!path) return marq_fail_memory(error, "a file's name");
    b->net = marq_net_bands_load(path, net, a->threads, error);
    free(path);
    if (b->net) return fill(b, data, fitted, error);
    return error->status == MARQ_ERROR_READ ? advise_file(error) : error->status;
}

/* ---- Words ---- */

/* Of the output where it is farthest above the training rows'. */
static double relative_leverage(const fit_bands *b, size_t row) {
    double most = 0;
    for (size_t o = 0; o < b->outputs; o++) {
        double largest = marq_net_bands_facts(b->net, o).largest;
        if (largest > 0) most = fmax(most, b->leverage[row * b->outputs + o] / largest); /* else: no weight */
    }
    return most;
}

void fit_warn_of_leverage(const fit_bands *b, size_t rows, fit_warnings *warnings) {
    size_t count = 0, farthest = 0;
    double most = 0;
    for (size_t i = 0; i < rows; i++) {
        double here = relative_leverage(b, i);
        count += here > FAR;
        if (here > most) {
            most = here;
            farthest = i;
        }
    }
    if (count == 1)
        fit_warn(warnings,
                 "row %zu extrapolates: its leverage is %.3g times the largest of the training rows",
                 farthest + 1, most);
    if (count > 1)
        fit_warn(warnings,
                 "%zu rows extrapolate, row %zu most: its leverage is %.3g times the largest of the training "
                 "rows",
                 count, farthest + 1, most);
}

void fit_bands_text(const fit_bands *b, marq_text *text) {
    if (!b->net) return;
    marq_bands_facts facts = marq_net_bands_facts(b->net, 0);
    marq_text_add(text, "bands     %.4g effective parameters, weight decay %.4g", facts.effective,
                  facts.decay);
    if (!b->classes) marq_text_add(text, ", noise");
    for (size_t o = 0; o < b->outputs && !b->classes; o++)
        marq_text_add(text, " %.4g", marq_net_bands_facts(b->net, o).noise);
    marq_text_add(text, ": standard errors and %g %% limits%s %s\n", 100 * b->level,
                  b->classes ? " of the probabilities" : "",
                  b->std_error ? "in predictions.csv" : "by fit predict --bands");
}

json_t *fit_bands_json(const fit_bands *b) {
    if (!b->net) return NULL;
    json_t *root = json_object(), *noise = json_array(), *dof = json_array();
    marq_bands_facts facts = marq_net_bands_facts(b->net, 0);
    json_object_set_new(root, "file", json_string(FIT_BANDS_FILE));
    json_object_set_new(root, "confidence", fit_json_number(b->level));
    json_object_set_new(root, "decay", fit_json_number(facts.decay));
    json_object_set_new(root, "effective_parameters", fit_json_number(facts.effective));
    for (size_t o = 0; o < b->outputs && !b->classes; o++) {
        facts = marq_net_bands_facts(b->net, o);
        json_array_append_new(noise, fit_json_number(facts.noise));
        json_array_append_new(dof, fit_json_number(facts.dof));
    }
    json_object_set_new(root, "noise", noise);
    json_object_set_new(root, "dof", dof);
    return root;
}
