/* A saved formula in words. */
#include "formulas/saved_formula.h"

#include <math.h>
#include <string.h>

static double number_at(const json_t *object, const char *key) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : (double)NAN;
}

static void add_columns(const formula_saved *s, marq_text *text) {
    marq_text_add(text, "inputs      ");
    for (size_t k = 0; k < marq_formula_column_count(s->formula); k++)
        marq_text_add(text, "%s%s", k ? ", " : "", s->names[marq_formula_column(s->formula, k)]);
    marq_text_add(text, "\nresponse    %s", s->names[marq_formula_response(s->formula)]);
    if (marq_formula_is_transformed(s->formula))
        marq_text_add(text, ", fitted as %s", marq_formula_left_text(s->formula));
    marq_text_add(text, "\n");
    if (!s->group_column) return;
    marq_text_add(text, "groups      of column %s:", s->group_column);
    for (size_t g = 0; g < s->groups; g++)
        marq_text_add(text, "%s %s", g ? "," : "", formula_saved_group(s, g));
    marq_text_add(text, "\n");
}

static void add_parameter(const json_t *p, marq_text *text) {
    const char *name = json_string_value(json_object_get(p, "name"));
    marq_text_add(text, "  %-24s %18.10g", name ? name : "?", number_at(p, "value"));
    if (json_is_true(json_object_get(p, "fixed")))
        marq_text_add(text, "  fixed");
    else if (json_is_true(json_object_get(p, "at_bound")))
        marq_text_add(text, "  at a bound");
    else if (json_is_number(json_object_get(p, "stderr")))
        marq_text_add(text, "  +- %.5g", number_at(p, "stderr"));
    marq_text_add(text, "\n");
}

static void add_fit(const json_t *fit, marq_text *text) {
    const char *status = json_string_value(json_object_get(fit, "status"));
    marq_text_add(text, "fitted      %s, %.0f rows, chi2 %.7g, R2 %.9g\n", status ? status : "?",
                  number_at(fit, "rows"), number_at(fit, "chi2"), number_at(fit, "r2"));
}

marq_status fit_show_formula(const fit_arguments *a, json_t *root, fit_streams streams, marq_error *error) {
    formula_saved s;
    marq_status status = formula_saved_read(root, a->model, &s, error);
    if (status != MARQ_OK) return status;
    const json_t *ties = json_object_get(s.root, "ties"), *list = json_object_get(s.root, "parameters");
    marq_text text = {0};
    marq_text_add(&text, "formula     %s\n", s.text);
    for (size_t k = 0; k < json_array_size(ties); k++)
        marq_text_add(&text, "tied        %s\n", json_string_value(json_array_get(ties, k)));
    add_columns(&s, &text);
    add_fit(json_object_get(s.root, "fit"), &text);
    marq_text_add(&text, "parameters\n");
    for (size_t j = 0; j < json_array_size(list); j++) add_parameter(json_array_get(list, j), &text);
    formula_saved_clear(&s);
    return fit_put(&text, NULL, streams.out, error);
}
