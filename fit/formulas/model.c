/* model.json of a formula's fit:
 *     format, format_version, kind: what this is
 *     formula, ties
 *     columns: the table's, among which names are looked up
 *     response, predictor (of lineshapes; null: there are none)
 *     group: null, or {column, names}; each has its own parameters NAME[GROUP], but for shared ones
 *     parameters: [{name, value, stderr, fixed, …}], as in params.json
 *     fit: {status, rows, sigma, sigma_x, loss, chi2, reduced_chi2, r2}
 *     seed */
#include "formulas/fit.h"

#include "json.h"

static json_t *text_or_null(const char *text) {
    return text ? json_string(text) : json_null();
}

static json_t *predictor(const formula_outcome *o) {
    for (size_t k = 0; k < marq_formula_shape_count(o->formula); k++) {
        size_t column = marq_formula_shape_at(o->formula, k)->predictor;
        if (column != MARQ_FORMULA_NONE) return json_string(o->table.names[column]);
    }
    return json_null();
}

static json_t *group(const formula_outcome *o) {
    if (!o->groups.names) return json_null();
    json_t *object = json_object(), *names = json_array();
    for (size_t g = 0; g < o->groups.count; g++)
        json_array_append_new(names, json_string(o->groups.names[g]));
    json_object_set_new(object, "column", json_string(o->table.names[o->table.labels.column]));
    json_object_set_new(object, "names", names);
    return object;
}

static json_t *fit_of(const formula_outcome *o) {
    static const char *const losses[] = {"linear", "soft_l1", "huber", "cauchy", "arctan", "tukey"};
    json_t *object = json_object();
    json_object_set_new(object, "status", json_string(formula_status_word(o)));
    json_object_set_new(object, "rows", fit_json_size(o->rows));
    json_object_set_new(object, "sigma", text_or_null(o->arguments->sigma));
    json_object_set_new(object, "sigma_x", text_or_null(o->arguments->sigma_x));
    json_object_set_new(object, "loss", json_string(losses[o->arguments->loss]));
    json_object_set_new(object, "chi2", fit_json_number(o->statistics.chi2));
    json_object_set_new(object, "reduced_chi2", fit_json_number(o->statistics.reduced));
    json_object_set_new(object, "r2", fit_json_number(o->statistics.r2));
    return object;
}

void formula_model_json(const formula_outcome *o, marq_text *text) {
    const fit_arguments *a = o->arguments;
    json_t *root = json_object(), *ties = json_array();
    for (size_t k = 0; k < a->tie_count; k++) json_array_append_new(ties, json_string(a->ties[k]));
    json_object_set_new(root, "format", json_string("marq-model"));
    json_object_set_new(root, "format_version", json_integer(1));
    json_object_set_new(root, "kind", json_string("formula"));
    json_object_set_new(root, "formula", json_string(a->formula));
    json_object_set_new(root, "ties", ties);
    json_object_set_new(root, "columns", fit_json_strings(o->table.names, o->table.columns));
    json_object_set_new(root, "response", json_string(o->table.names[o->response]));
    json_object_set_new(root, "predictor", predictor(o));
    json_object_set_new(root, "group", group(o));
    json_object_set_new(root, "parameters", formula_parameter_list(o));
    json_object_set_new(root, "fit", fit_of(o));
    json_object_set_new(root, "seed", json_integer((json_int_t)a->seed));
    fit_json_add(text, root);
}
