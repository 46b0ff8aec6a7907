#include "predictions.h"

#include <math.h>
#include <string.h>

void fit_add_cell(marq_text *text, const char *prefix, const char *name) {
    bool quote = strpbrk(name, ",;\"\t\n") != NULL;
    if (quote) marq_text_add(text, "\"");
    marq_text_add(text, "%s", prefix);
    for (const char *c = name; *c; c++) marq_text_add(text, *c == '"' ? "\"\"" : "%c", *c);
    if (quote) marq_text_add(text, "\"");
}

static void add_output_names(marq_text *text, size_t outputs, const char *const *names, const char *what) {
    if (outputs == 1) {
        marq_text_add(text, ",%s", what);
        return;
    }
    char prefix[32];
    marq_format(prefix, sizeof prefix, "%s_", what);
    for (size_t o = 0; o < outputs; o++) {
        marq_text_add(text, ",");
        fit_add_cell(text, prefix, names[o]);
    }
}

static void add_numbers(marq_text *text, size_t count, const double *values, bool first) {
    for (size_t j = 0; j < count; j++) {
        if (!first || j > 0) marq_text_add_bytes(text, ",", 1);
        if (!isnan(values[j])) marq_text_add_number(text, values[j]); /* else missing: an empty cell */
    }
}

static void add_header(const fit_data *data, const fit_predictions *p, marq_text *text) {
    if (data->label_of) fit_add_cell(text, "", data->label_name);
    for (size_t j = 0; j < data->inputs; j++) {
        if (j > 0 || data->label_of) marq_text_add(text, ",");
        fit_add_cell(text, "", data->input_names[j]);
    }
    if (data->Y) add_output_names(text, p->outputs, p->output_names, "measured");
    add_output_names(text, p->outputs, p->output_names, "fitted");
    if (data->Y) add_output_names(text, p->outputs, p->output_names, "residual");
    if (p->with_set) marq_text_add(text, ",set");
    if (p->std_error) {
        add_output_names(text, p->outputs, p->output_names, "std_error");
        add_output_names(text, p->outputs, p->output_names, "lower");
        add_output_names(text, p->outputs, p->output_names, "upper");
    }
    marq_text_add_bytes(text, "\n", 1);
}

void fit_predictions_text(const fit_data *data, const fit_predictions *p, marq_text *text) {
    static const char *const sets[] = {"train", "validation", "test"};
    size_t outputs = p->outputs;
    add_header(data, p, text);
    for (size_t i = 0; i < data->rows; i++) {
        size_t at = i * outputs;
        if (data->label_of) fit_add_cell(text, "", data->label_of->texts[data->label_of->row[i]]);
        add_numbers(text, data->inputs, data->X + i * data->inputs, !data->label_of);
        if (data->Y) add_numbers(text, outputs, data->Y + at, false);
        add_numbers(text, outputs, p->fitted + at, false);
        for (size_t o = 0; data->Y && o < outputs; o++) {
            double residual = data->Y[at + o] - p->fitted[at + o];
            add_numbers(text, 1, &residual, false);
        }
        if (p->with_set) marq_text_add(text, ",%s", sets[data->set[i]]);
        if (p->std_error) {
            add_numbers(text, outputs, p->std_error + at, false);
            add_numbers(text, outputs, p->lower + at, false);
            add_numbers(text, outputs, p->upper + at, false);
        }
        marq_text_add_bytes(text, "\n", 1);
    }
}
