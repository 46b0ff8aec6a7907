/* --params FILE: the parameters of a former fit, from its params.json (or model.json); --from MODEL.json. */
#include "formulas/fit.h"
#include "formulas/saved_formula.h"

#include <base/error.h>
#include <math.h>

static double number_or(const json_t *object, const char *key, double otherwise) {
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

/* In all groups that have it: NAME; in one: NAME[GROUP]. Parameters of other formulas are passed over. */
static bool take(formula_outcome *o, const char *name, const json_t *entry) {
    bool found = false;
    for (size_t g = 0; g < o->groups.count; g++) {
        size_t j = formula_named_place(o, name, g);
        if (j == MARQ_FORMULA_NONE) continue;
        found = true;
        o->start[j] = number_or(entry, "value", o->start[j]);
        o->given[j] = START_GIVEN;
        o->fixed[j] = json_is_true(json_object_get(entry, "fixed"));
        o->lower[j] = number_or(entry, "lower", -HUGE_VAL);
        o->upper[j] = number_or(entry, "upper", HUGE_VAL);
    }
    return found;
}

static marq_status take_all(formula_outcome *o, const char *path, const json_t *list, marq_error *error) {
    if (!json_is_array(list))
        return marq_fail(error, MARQ_ERROR_FORMAT,
                         "%s: no params.json of a formula's fit: it has no parameters", path);
    for (size_t k = 0; k < json_array_size(list); k++) {
        const json_t *entry = json_array_get(list, k);
        const char *name = json_string_value(json_object_get(entry, "name"));
        if (!name || !json_is_number(json_object_get(entry, "value")))
            return marq_fail(error, MARQ_ERROR_FORMAT, "%s: parameter %zu has no name or no value", path,
                             k + 1);
        if (!take(o, name, entry) && !formula_any_has(o, name))
            fit_warn(&o->warnings, "%s: the formula has no free parameter %s: it is left out", path, name);
    }
    return MARQ_OK;
}

marq_status formula_read_parameters(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    marq_status status = MARQ_OK;
    if (a->saved) status = take_all(o, a->from, json_object_get(a->saved->root, "parameters"), error);
    if (status != MARQ_OK || !a->params) return status;
    json_t *root;
    status = fit_load_json(a->params, &root, error);
    if (status != MARQ_OK) return status;
    status = take_all(o, a->params, json_object_get(root, "parameters"), error);
    json_decref(root);
    return status;
}
