/* Quantities derived from the parameters, with the error √(gᵀ C g), g the gradient of the quantity and C the
 * covariance. In a global fit each group has its own, unless it is made of shared parameters only. */
#include "formulas/fit.h"

#include "expression.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* ---- Set-up ---- */

static marq_status parse(const formula_outcome *o, const char *text, marq_formula **formula,
                         marq_error *error) {
    const char *names[FORMULA_MOST_PARAMETERS];
    for (size_t i = 0; i < o->groups.local; i++) names[i] = marq_formula_parameter_name(o->formula, i);
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_PARAMETERS;
    options.parameters = names;
    options.parameter_count = o->groups.local;
    options.ties = o->arguments->ties;
    options.tie_count = o->arguments->tie_count;
    marq_formula_place place = {.tie = MARQ_FORMULA_NONE};
    marq_status status = marq_formula_parse(text, &options, formula, &place, error);
    if (status != MARQ_ERROR_FORMAT) return status;
    const char *wrong = place.tie == MARQ_FORMULA_NONE ? text : o->arguments->ties[place.tie];
    return fit_fail_expression("--derive", wrong, &place, error);
}

/* A tied parameter is a quantity too; one that the formula lacks is left out. Of several formulas each has
 * the quantities that it has the parameters for. */
marq_status formula_parse_derived(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    for (size_t k = 0; k < a->tie_count; k++) {
        marq_error ignored = {0};
        if (parse(o, a->ties[k], &o->quantities[k], &ignored) == MARQ_ERROR_MEMORY)
            return marq_fail_memory(error, "a tied parameter");
    }
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < a->derived_count; k++) {
        status = parse(o, a->derived[k], &o->quantities[a->tie_count + k], error);
        if (status != MARQ_ERROR_ARGUMENT || o->run->count == 1) continue;
        fit_warn(&o->warnings, "--derive '%s' is not of this formula", a->derived[k]);
        status = MARQ_OK;
    }
    return status;
}

/* ---- After the solve ---- */

static void evaluate(formula_outcome *o, const marq_formula *formula, size_t group, formula_derived *d) {
    double local[FORMULA_MOST_PARAMETERS], gradient[FORMULA_MOST_PARAMETERS];
    formula_local(o, group, o->theta, local);
    marq_formula_gradient(formula, NULL, local, 0, 1, &d->value, gradient, o->groups.local);
    d->error = sqrt(formula_variance(o, group, gradient));
}

/* Whether a parameter that it depends on differs between groups. */
static bool is_of_groups(const formula_outcome *o, const marq_formula *formula) {
    double local[FORMULA_MOST_PARAMETERS], gradient[FORMULA_MOST_PARAMETERS], value;
    formula_local(o, 0, o->theta, local);
    marq_formula_gradient(formula, NULL, local, 0, 1, &value, gradient, o->groups.local);
    for (size_t i = 0; o->groups.count > 1 && i < o->groups.local; i++)
        if (gradient[i] != 0 && o->groups.place[i] != o->groups.place[o->groups.local + i]) return true;
    return false;
}

static void derive(formula_outcome *o, const marq_formula *formula, const char *text, const char *tie) {
    if (!formula) return;
    const char *left = marq_formula_left_text(formula), *name = *left ? left : text;
    bool each = is_of_groups(o, formula);
    for (size_t g = 0; g < (each ? o->groups.count : 1); g++) {
        formula_derived *d = &o->derived[o->derived_count++];
        marq_format(d->name, sizeof d->name, each ? "%s[%s]" : "%s", name, each ? o->groups.names[g] : "");
        d->tie = tie;
        evaluate(o, formula, g, d);
        if (!isfinite(d->value))
            fit_warn(&o->warnings, "--derive: %s is not a finite number at the solution", d->name);
    }
}

marq_status formula_derive(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    o->derived = marq_alloc((a->tie_count + a->derived_count) * o->groups.count, sizeof *o->derived);
    if (!o->derived) return marq_fail_memory(error, "derived quantities");
    for (size_t k = 0; k < a->derived_count; k++)
        derive(o, o->quantities[a->tie_count + k], a->derived[k], NULL);
    for (size_t k = 0; k < a->tie_count; k++) derive(o, o->quantities[k], a->ties[k], a->ties[k]);
    return MARQ_OK;
}
