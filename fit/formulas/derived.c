/* Quantities derived from the parameters (relations.c), with the error √(gᵀ C g), g the gradient of the
 * quantity and C the covariance. In a global fit each group has its own, unless all that it is made of is the
 * same in all groups. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* ---- Set-up ---- */

/* A tied parameter is a quantity too; one that the formula lacks is left out. Of several formulas each has
 * the quantities that it has the parameters for. */
marq_status formula_parse_derived(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    for (size_t k = 0; k < a->tie_count; k++) {
        marq_error ignored = {0};
        if (formula_read_relation(o, "--tie", a->ties[k], 0, &o->quantities[k], &ignored) ==
            MARQ_ERROR_MEMORY)
            return marq_fail_memory(error, "a tied parameter");
    }
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < a->derived_count; k++) {
        status =
            formula_read_relation(o, "--derive", a->derived[k], 0, &o->quantities[a->tie_count + k], error);
        if (status != MARQ_ERROR_ARGUMENT || o->run->count == 1) continue;
        fit_warn(&o->warnings, "--derive '%s' is not of this formula", a->derived[k]);
        status = MARQ_OK;
    }
    return status;
}

/* ---- After the solve ---- */

static void evaluate(const formula_outcome *o, formula_derived *d) {
    double gradient[FORMULA_MOST_PARAMETERS], variance = 0;
    size_t count = marq_formula_parameter_count(d->relation->formula);
    d->value = formula_relation_value(o, d->relation, d->group, o->theta, gradient);
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++) {
            if (gradient[i] == 0 || gradient[j] == 0) continue;
            size_t row = formula_relation_source(o, d->relation, d->group, i),
                   column = formula_relation_source(o, d->relation, d->group, j);
            variance += gradient[i] * o->covariance[row * o->parameters + column] * gradient[j];
        }
    d->error = sqrt(variance);
}

/* Whether a parameter that it depends on differs between groups. */
static bool is_of_groups(const formula_outcome *o, const formula_relation *r) {
    double gradient[FORMULA_MOST_PARAMETERS];
    if (o->groups.count == 1) return false;
    formula_relation_value(o, r, 0, o->theta, gradient);
    for (size_t i = 0; i < marq_formula_parameter_count(r->formula); i++)
        if (gradient[i] != 0 && formula_relation_source(o, r, 0, i) != formula_relation_source(o, r, 1, i))
            return true;
    return false;
}

static void derive(formula_outcome *o, const formula_relation *r, const char *text, const char *tie) {
    if (!r->formula) return;
    const char *left = marq_formula_left_text(r->formula), *name = *left ? left : text;
    bool each = is_of_groups(o, r);
    for (size_t g = 0; g < (each ? o->groups.count : 1); g++) {
        formula_derived *d = &o->derived[o->derived_count++];
        *d = (formula_derived){.tie = tie, .relation = r, .group = g};
        marq_format(d->name, sizeof d->name, each ? "%s[%s]" : "%s", name, each ? o->groups.names[g] : "");
        evaluate(o, d);
        if (!isfinite(d->value))
            fit_warn(&o->warnings, "--derive: %s is not a finite number at the solution", d->name);
    }
}

marq_status formula_derive(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    o->derived = marq_alloc((a->tie_count + a->derived_count) * o->groups.count, sizeof *o->derived);
    if (!o->derived) return marq_fail_memory(error, "derived quantities");
    for (size_t k = 0; k < a->derived_count; k++)
        derive(o, &o->quantities[a->tie_count + k], a->derived[k], NULL);
    for (size_t k = 0; k < a->tie_count; k++) derive(o, &o->quantities[k], a->ties[k], a->ties[k]);
    return MARQ_OK;
}
