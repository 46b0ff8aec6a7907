#include "saved.h"

#include "formulas/saved_formula.h"
#include "json.h"
#include "nets/saved_net.h"
#include <base/error.h>
#include <base/file.h>
#include <string.h>

marq_status fit_load_json(const char *path, json_t **root, marq_error *error) {
    marq_text text = {0};
    json_error_t where;
    *root = NULL;
    marq_status status = marq_file_read(path, &text, error);
    if (status == MARQ_OK) {
        *root = json_loadb(text.data ? text.data : "", text.length, 0, &where);
        if (!*root)
            status = marq_fail(error, MARQ_ERROR_FORMAT, "%s:%d: not a JSON file: %s", path, where.line,
                               where.text);
    }
    marq_text_clear(&text);
    return status;
}

marq_status fit_open(marq_file *file, const char *path, FILE *out, marq_error *error) {
    if (path) return marq_file_open(file, path, error);
    marq_file_onto(file, out, "standard output");
    return MARQ_OK;
}

marq_status fit_put(marq_text *text, const char *path, FILE *out, marq_error *error) {
    marq_file file;
    marq_status status = fit_open(&file, path, out, error);
    if (status == MARQ_OK) {
        marq_text_add_bytes(&file.text, text->data, text->length);
        file.text.failed |= text->failed;
        status = marq_file_close(&file, error);
    }
    marq_text_clear(text);
    return status;
}

marq_status fit_report_errors(const fit_arguments *a, size_t rows, bool measured, double mse, double r2,
                              fit_streams streams, marq_error *error) {
    if (!a->json) {
        if (measured && !a->quiet) fprintf(streams.err, "%zu rows: MSE %.6g, R2 %.12g\n", rows, mse, r2);
        return MARQ_OK;
    }
    json_t *root = json_object();
    json_object_set_new(root, "version", json_string(MARQ_VERSION));
    json_object_set_new(root, "rows", fit_json_size(rows));
    json_object_set_new(root, "mse", fit_json_number(mse));
    json_object_set_new(root, "r2", fit_json_number(r2));
    marq_text text = {0};
    fit_json_add(&text, root);
    return fit_put(&text, NULL, streams.out, error);
}

/* Files that are no models at all are the nets' to refuse. */
static marq_status is_formula(const char *path, bool *formula, marq_error *error) {
    json_t *root;
    marq_status status = fit_load_json(path, &root, error);
    const char *kind = json_string_value(json_object_get(root, "kind"));
    *formula = kind && strcmp(kind, "formula") == 0;
    json_decref(root);
    return status;
}

marq_status fit_take_from(fit_arguments *a, formula_saved *model, marq_error *error) {
    bool formula;
    if (a->action != FIT_TRAIN || !a->from) return MARQ_OK;
    marq_status status = is_formula(a->from, &formula, error);
    if (status != MARQ_OK) return status;
    if (!formula && a->formula)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--from %s is a net: a formula starts from a formula's model", a->from);
    if (!formula) return MARQ_OK;
    status = formula_saved_load(a->from, model, error);
    return status == MARQ_OK ? formula_take_saved(model, a, error) : status;
}

marq_status fit_predict(const fit_arguments *a, fit_streams streams, marq_error *error) {
    bool formula;
    marq_status status = is_formula(a->model, &formula, error);
    if (status != MARQ_OK) return status;
    if (formula && a->bands)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--bands is for nets: %s is a formula", a->model);
    return formula ? fit_predict_formula(a, streams, error) : fit_predict_net(a, streams, error);
}

marq_status fit_show(const fit_arguments *a, fit_streams streams, marq_error *error) {
    bool formula;
    marq_status status = is_formula(a->model, &formula, error);
    if (status != MARQ_OK) return status;
    return formula ? fit_show_formula(a, streams, error) : fit_show_net(a, streams, error);
}

marq_status fit_export(const fit_arguments *a, fit_streams streams, marq_error *error) {
    bool formula;
    marq_text text = {0};
    marq_status status = is_formula(a->model, &formula, error);
    if (status == MARQ_OK)
        status =
            formula ? fit_export_formula(a->model, &text, error) : fit_export_net(a->model, &text, error);
    if (status == MARQ_OK && !a->quiet && text.data && strstr(text.data, "#include <cerf.h>"))
        fprintf(streams.err, "fit: warning: Voigt's profile needs libcerf: compile with -lcerf\n");
    if (status == MARQ_OK) return fit_put(&text, a->out, streams.out, error);
    marq_text_clear(&text);
    return status;
}
