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
static bool is_formula(const json_t *root) {
    const char *kind = json_string_value(json_object_get(root, "kind"));
    return kind && strcmp(kind, "formula") == 0;
}

static marq_status take_from(fit_arguments *a, json_t *root, formula_saved *model, marq_error *error) {
    if (!is_formula(root) && a->formula)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--from %s is a net: a formula starts from a formula's model", a->from);
    if (!is_formula(root)) return MARQ_OK;
    marq_status status = formula_saved_read(root, a->from, model, error);
    return status == MARQ_OK ? formula_take_saved(model, a, error) : status;
}

marq_status fit_take_from(fit_arguments *a, formula_saved *model, marq_error *error) {
    json_t *root;
    if (a->action != FIT_TRAIN || !a->from) return MARQ_OK;
    marq_status status = fit_load_json(a->from, &root, error);
    if (status == MARQ_OK) status = take_from(a, root, model, error);
    json_decref(root);
    return status;
}

static marq_status predict(const fit_arguments *a, json_t *root, fit_streams streams, marq_error *error) {
    bool formula = is_formula(root);
    if (formula && a->bands)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--bands is for nets: %s is a formula", a->model);
    return formula ? fit_predict_formula(a, root, streams, error) : fit_predict_net(a, root, streams, error);
}

marq_status fit_predict(const fit_arguments *a, fit_streams streams, marq_error *error) {
    json_t *root;
    marq_status status = fit_load_json(a->model, &root, error);
    if (status == MARQ_OK) status = predict(a, root, streams, error);
    json_decref(root);
    return status;
}

marq_status fit_show(const fit_arguments *a, fit_streams streams, marq_error *error) {
    json_t *root;
    marq_status status = fit_load_json(a->model, &root, error);
    if (status == MARQ_OK)
        status = is_formula(root) ? fit_show_formula(a, root, streams, error)
                                  : fit_show_net(a, root, streams, error);
    json_decref(root);
    return status;
}

marq_status fit_export(const fit_arguments *a, fit_streams streams, marq_error *error) {
    json_t *root;
    marq_text text = {0};
    marq_status status = fit_load_json(a->model, &root, error);
    if (status == MARQ_OK)
        status = is_formula(root) ? fit_export_formula(a->model, root, &text, error)
                                  : fit_export_net(a->model, root, &text, error);
    json_decref(root);
    if (status == MARQ_OK && !a->quiet && text.data && strstr(text.data, "#include <cerf.h>"))
        fprintf(streams.err, "fit: warning: Voigt's profile needs libcerf: compile with -lcerf\n");
    if (status == MARQ_OK) return fit_put(&text, a->out, streams.out, error);
    marq_text_clear(&text);
    return status;
}
