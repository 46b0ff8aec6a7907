/* A saved formula on new data, and in words. Columns are matched by name. */
#include "formulas/saved_formula.h"

#include "predictions.h"
#include "rows.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct prediction {
    const fit_arguments *arguments;
    formula_saved model;
    csv_table table;
    size_t *place;          /* of the model's columns in the table; MARQ_FORMULA_NONE: not there */
    const double **columns; /* of the model, in the table */
    double *fitted, *measured;
    fit_data data; /* for the CSV: X and Y owned, names borrowed */
    fit_warnings warnings;
} prediction;

/* ---- Columns ---- */

static void place_columns(prediction *p) {
    for (size_t c = 0; c < p->model.columns; c++) {
        p->place[c] = MARQ_FORMULA_NONE;
        for (size_t t = 0; t < p->table.columns; t++)
            if (strcmp(p->table.names[t], p->model.names[c]) == 0) p->place[c] = t;
        p->columns[c] = p->place[c] == MARQ_FORMULA_NONE ? NULL : p->table.values + p->place[c];
    }
}

static marq_status require(const prediction *p, size_t column, size_t *used, size_t *count,
                           marq_error *error) {
    if (p->place[column] == MARQ_FORMULA_NONE)
        return marq_fail(error, MARQ_ERROR_DATA, "%s has no column for the model's input %s", p->table.file,
                         p->model.names[column]);
    used[(*count)++] = p->place[column];
    return MARQ_OK;
}

/* The inputs; of a transformed response the other columns of the left side; the response if it is there. */
static marq_status check_columns(prediction *p, marq_error *error) {
    const marq_formula *f = p->model.formula;
    size_t response = marq_formula_response(f), count = 0, dropped = 0;
    size_t *used = marq_alloc(2 * p->model.columns + 1, sizeof *used);
    marq_status status = used ? MARQ_OK : marq_fail_memory(error, "column numbers");
    for (size_t k = 0; status == MARQ_OK && k < marq_formula_column_count(f); k++)
        status = require(p, marq_formula_column(f, k), used, &count, error);
    for (size_t c = 0; status == MARQ_OK && c < p->model.columns; c++)
        if (c != response && marq_formula_is_on_left(f, c)) status = require(p, c, used, &count, error);
    if (status == MARQ_OK && p->place[response] != MARQ_FORMULA_NONE) used[count++] = p->place[response];
    if (status == MARQ_OK)
        status = csv_check(&p->table, used, count, p->arguments->csv.missing, &dropped, error);
    if (status == MARQ_OK) fit_warn_of_table(&p->warnings, &p->table, dropped);
    free(used);
    return status;
}

static marq_status read_data(prediction *p, marq_error *error) {
    marq_status status = fit_read_rows(p->arguments, p->model.group_column, &p->table, error);
    if (status != MARQ_OK) return status;
    if (p->model.group_column && !p->table.labels.row)
        return marq_fail(error, MARQ_ERROR_DATA, "%s has no column for the model's groups, %s", p->table.file,
                         p->model.group_column);
    p->place = marq_alloc(p->model.columns + 1, sizeof *p->place);
    p->columns = marq_alloc(p->model.columns + 1, sizeof *p->columns);
    if (!p->place || !p->columns) return marq_fail_memory(error, "the columns");
    place_columns(p);
    return check_columns(p, error);
}

/* ---- Values ---- */

/* The group of a row; model.groups if the model does not know it. */
static size_t group_of(const prediction *p, size_t row) {
    size_t label = p->model.group_column ? p->table.labels.row[row] : 0, g = 0;
    if (!p->model.group_column) return 0;
    if (label == CSV_NO_LABEL) return p->model.groups;
    while (g < p->model.groups &&
           strcmp(formula_saved_group(&p->model, g), p->table.labels.texts[label]) != 0)
        g++;
    return g;
}

static marq_status fail_group(const prediction *p, size_t row, marq_error *error) {
    size_t label = p->table.labels.row[row];
    return marq_fail(error, MARQ_ERROR_DATA, "%s:%zu: the model has no group %s", p->table.file,
                     p->table.lines[row],
                     label == CSV_NO_LABEL ? "without a name" : p->table.labels.texts[label]);
}

/* Neighbouring rows of one group at once. */
static marq_status evaluate(prediction *p, marq_error *error) {
    const marq_formula *f = p->model.formula;
    size_t rows = p->table.rows, wrong = 0;
    marq_formula_data data = {p->columns, p->table.columns, rows};
    p->fitted = marq_alloc_doubles(rows, 1);
    if (!p->fitted) return marq_fail_memory(error, "the fitted values");
    for (size_t first = 0, end; first < rows; first = end) {
        size_t g = group_of(p, first);
        if (g == p->model.groups) return fail_group(p, first, error);
        for (end = first + 1; end < rows && (!p->model.group_column || group_of(p, end) == g);) end++;
        marq_formula_evaluate(f, &data, p->model.theta + g * p->model.parameters, first, end - first,
                              p->fitted + first);
    }
    marq_status status = MARQ_OK;
    if (marq_formula_is_transformed(f))
        status = marq_formula_back(f, &data, 0, rows, p->fitted, p->fitted, error);
    for (size_t i = 0; i < rows; i++) wrong += !isfinite(p->fitted[i]);
    if (wrong) fit_warn(&p->warnings, "the formula has no finite value in %zu of %zu rows", wrong, rows);
    return status;
}

/* ---- Output ---- */

static marq_status gather(prediction *p, marq_error *error) {
    const marq_formula *f = p->model.formula;
    size_t inputs = marq_formula_column_count(f), response = marq_formula_response(f), rows = p->table.rows;
    bool measured = p->place[response] != MARQ_FORMULA_NONE;
    p->data = (fit_data){.rows = rows, .inputs = inputs, .outputs = measured};
    p->data.X = marq_alloc_doubles(rows, inputs);
    p->data.Y = measured ? marq_alloc_doubles(rows, 1) : NULL;
    p->data.input_names = marq_alloc(inputs, sizeof *p->data.input_names);
    if (!p->data.X || (measured && !p->data.Y) || !p->data.input_names)
        return marq_fail_memory(error, "the predictions");
    for (size_t k = 0; k < inputs; k++) {
        size_t column = marq_formula_column(f, k);
        p->data.input_names[k] = p->table.names[p->place[column]];
        for (size_t i = 0; i < rows; i++)
            p->data.X[i * inputs + k] = p->columns[column][i * p->table.columns];
    }
    for (size_t i = 0; measured && i < rows; i++) p->data.Y[i] = p->columns[response][i * p->table.columns];
    p->data.label_of = p->model.group_column ? &p->table.labels : NULL;
    p->data.label_name = p->model.group_column;
    return MARQ_OK;
}

/* MSE and R² on the data's scale. */
static marq_status report(const prediction *p, fit_streams streams, marq_error *error) {
    const double *y = p->data.Y;
    double squares = 0, mean = 0, total = 0, rows = (double)p->table.rows;
    for (size_t i = 0; y && i < p->table.rows; i++) {
        squares += (y[i] - p->fitted[i]) * (y[i] - p->fitted[i]);
        mean += y[i] / rows;
    }
    for (size_t i = 0; y && i < p->table.rows; i++) total += (y[i] - mean) * (y[i] - mean);
    double none = (double)NAN;
    return fit_report_errors(p->arguments, p->table.rows, y != NULL, y ? squares / rows : none,
                             total > 0 ? 1 - squares / total : none, streams, error);
}

static marq_status write(prediction *p, fit_streams streams, marq_error *error) {
    const fit_arguments *a = p->arguments;
    marq_status status = gather(p, error);
    if (status != MARQ_OK) return status;
    if (!a->quiet) fit_warnings_print(&p->warnings, streams.err);
    if (!a->json || a->out) {
        marq_file file;
        fit_predictions predictions = {.outputs = 1,
                                       .fitted = p->fitted,
                                       .output_names =
                                           &p->model.names[marq_formula_response(p->model.formula)]};
        status = fit_open(&file, a->out, streams.out, error);
        if (status == MARQ_OK) {
            fit_predictions_text(&p->data, &predictions, &file.text);
            status = marq_file_close(&file, error);
        }
    }
    return status == MARQ_OK ? report(p, streams, error) : status;
}

static void clear(prediction *p) {
    free(p->place);
    free(p->columns);
    free(p->fitted);
    free(p->data.X);
    free(p->data.Y);
    free(p->data.input_names);
    fit_warnings_clear(&p->warnings);
    csv_clear(&p->table);
    formula_saved_clear(&p->model);
}

marq_status fit_predict_formula(const fit_arguments *a, json_t *root, fit_streams streams,
                                marq_error *error) {
    prediction p = {.arguments = a};
    marq_status status = formula_saved_read(root, a->model, &p.model, error);
    if (status == MARQ_OK) status = read_data(&p, error);
    if (status == MARQ_OK) status = evaluate(&p, error);
    if (status == MARQ_OK) status = write(&p, streams, error);
    clear(&p);
    return status;
}
