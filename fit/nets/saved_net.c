/* A saved net on new data, and in words. */
#include "nets/saved_net.h"

#include "json.h"
#include "nets/bands.h"
#include "nets/classes.h"
#include "predictions.h"
#include "rows.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

static marq_status read_data(const fit_arguments *a, const marq_net *net, fit_data *data, FILE *err,
                             marq_error *error) {
    csv_table table = {0};
    fit_warnings warnings = {0};
    const char *output = marq_net_output_name(net, 0), *classes = output ? output : "";
    marq_status status = fit_read_rows(a, marq_net_classes(net) ? classes : NULL, &table, error);
    if (status == MARQ_OK) status = fit_select_for_net(a, net, &table, data, error);
    if (status == MARQ_OK && !a->quiet) {
        fit_warn_of_table(&warnings, &table, data->dropped);
        fit_warnings_print(&warnings, err);
    }
    fit_warnings_clear(&warnings);
    csv_clear(&table);
    return status;
}

/* Rows as CSV, unless --json without --out asks for the errors only. */
static marq_status write_rows(const fit_arguments *a, const marq_net *net, const fit_data *data,
                              fit_predictions *predictions, FILE *out, marq_error *error) {
    if (a->json && !a->out) return MARQ_OK;
    size_t outputs = marq_net_outputs(net);
    const char **names = marq_alloc(outputs, sizeof *names);
    if (!names) return marq_fail_memory(error, "column names");
    for (size_t o = 0; o < outputs; o++)
        names[o] = marq_net_output_name(net, o) ? marq_net_output_name(net, o) : "y";
    predictions->output_names = names;
    marq_file file;
    marq_status status = fit_open(&file, a->out, out, error);
    if (status == MARQ_OK) {
        if (marq_net_classes(net))
            fit_class_predictions(data, net, predictions, &file.text);
        else
            fit_predictions_text(data, predictions, &file.text);
        status = marq_file_close(&file, error);
    }
    free(names);
    return status;
}

static marq_status put_json(json_t *root, FILE *out, marq_error *error) {
    marq_text text = {0};
    fit_json_add(&text, root);
    return fit_put(&text, NULL, out, error);
}

static marq_status report_classes(const fit_arguments *a, const marq_net *net, const fit_data *data,
                                  fit_streams streams, marq_error *error) {
    double loss = (double)NAN, accuracy = (double)NAN;
    size_t classes = marq_net_classes(net), *counts = marq_alloc(classes * classes, sizeof *counts);
    marq_status status = counts ? MARQ_OK : MARQ_ERROR_MEMORY;
    if (status == MARQ_OK && data->Y)
        status = marq_net_evaluate_classes(net, data->rows, data->X, data->Y, &loss, &accuracy, counts,
                                           a->threads);
    if (status != MARQ_OK) {
        free(counts);
        return marq_fail_memory(error, "the evaluation");
    }
    if (a->json) {
        json_t *root = json_object();
        json_object_set_new(root, "version", json_string(MARQ_VERSION));
        json_object_set_new(root, "rows", fit_json_size(data->rows));
        json_object_set_new(root, "cross_entropy", fit_json_number(loss));
        json_object_set_new(root, "accuracy", fit_json_number(accuracy));
        json_object_set_new(root, "classes", fit_classes_json(net));
        json_object_set_new(root, "confusion", data->Y ? fit_counts_json(classes, counts) : json_null());
        status = put_json(root, streams.out, error);
    } else if (data->Y && !a->quiet) {
        fprintf(streams.err, "%zu rows: accuracy %.6g, cross-entropy %.6g\n", data->rows, accuracy, loss);
    }
    free(counts);
    return status;
}

static marq_status report(const fit_arguments *a, const marq_net *net, const fit_data *data,
                          fit_streams streams, marq_error *error) {
    double mse = (double)NAN, r2 = (double)NAN;
    if (data->Y && marq_net_evaluate(net, data->rows, data->X, data->Y, &mse, &r2, a->threads) != MARQ_OK)
        return marq_fail_memory(error, "the evaluation");
    return fit_report_errors(a, data->rows, data->Y != NULL, mse, r2, streams, error);
}

/* The rows' bands, and a warning of those that are far from the training rows. */
static marq_status find_bands(const fit_arguments *a, const marq_net *net, const fit_data *data,
                              const double *fitted, fit_bands *bands, FILE *err, marq_error *error) {
    if (!a->bands) return MARQ_OK;
    marq_status status = fit_load_bands(a, net, data, fitted, bands, error);
    if (status != MARQ_OK || a->quiet) return status;
    fit_warnings warnings = {0};
    fit_warn_of_leverage(bands, data->rows, &warnings);
    fit_warnings_print(&warnings, err);
    fit_warnings_clear(&warnings);
    return MARQ_OK;
}

static marq_status check_sigma(const fit_arguments *a, const marq_net *net, marq_error *error) {
    if (a->sigma && marq_net_classes(net))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--sigma is not for classifiers: leave it out");
    if (a->sigma && !a->bands)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--sigma of predict says how wide the limits of measurements are: add --bands");
    return MARQ_OK;
}

marq_status fit_predict_net(const fit_arguments *a, const json_t *root, fit_streams streams,
                            marq_error *error) {
    marq_net *net = marq_net_from_json(root, a->model, error);
    if (!net) return error->status;
    fit_data data = {0};
    marq_status status = check_sigma(a, net, error);
    if (status == MARQ_OK) status = read_data(a, net, &data, streams.err, error);
    double *fitted = NULL;
    if (status == MARQ_OK) {
        fitted = marq_alloc_doubles(data.rows, marq_net_predicted(net));
        if (!fitted || marq_net_predict(net, data.rows, data.X, fitted, a->threads) != MARQ_OK)
            status = marq_fail_memory(error, "the fitted values");
    }
    fit_bands bands = {0};
    if (status == MARQ_OK) status = find_bands(a, net, &data, fitted, &bands, streams.err, error);
    fit_predictions predictions = {.outputs = marq_net_outputs(net),
                                   .fitted = fitted,
                                   .std_error = bands.std_error,
                                   .lower = bands.lower,
                                   .upper = bands.upper};
    if (status == MARQ_OK) status = write_rows(a, net, &data, &predictions, streams.out, error);
    if (status == MARQ_OK)
        status = marq_net_classes(net) ? report_classes(a, net, &data, streams, error)
                                       : report(a, net, &data, streams, error);
    fit_clear_bands(&bands);
    free(fitted);
    fit_data_clear(&data);
    marq_net_destroy(net);
    return status;
}

marq_status fit_show_net(const fit_arguments *a, const json_t *root, fit_streams streams, marq_error *error) {
    marq_net *net = marq_net_from_json(root, a->model, error);
    if (!net) return error->status;
    size_t size = marq_net_summary(net, NULL, 0) + 1;
    char *words = malloc(size);
    marq_status status = MARQ_OK;
    if (!words) {
        status = marq_fail_memory(error, "the summary");
    } else {
        marq_net_summary(net, words, size);
        if (fputs(words, streams.out) < 0 || fflush(streams.out) != 0)
            status = marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written");
    }
    free(words);
    marq_net_destroy(net);
    return status;
}
