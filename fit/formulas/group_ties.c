/* --tie 'a[G]=…': a parameter of one data set that follows others, e.g. a[treated] = 2*a[untreated]. On the
 * right NAME is the parameter in the same data set, NAME[H] in H (relations.c). */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One tie: θ_place = right side, in the group. */
typedef struct tie {
    const char *text;
    formula_relation right;
    size_t place, group;
} tie;

struct formula_ties {
    const formula_outcome *outcome;
    size_t count;
    tie *tie; /* in the order of their places */
    unsigned char *tied;
};

/* ---- Set-up ---- */

/* NAME[G] -> place and group. */
static marq_status find_left(const formula_outcome *o, const char *text, size_t *place, size_t *group,
                             marq_error *error) {
    const char *bracket = strchr(text, '['), *end = bracket;
    char name[256];
    *group = formula_find_group(&o->groups, bracket, &end);
    if (*group == MARQ_FORMULA_NONE) return formula_fail_group("--tie", text, error);
    marq_format(name, sizeof name, "%.*s", (int)(end - text - (text[0] == ' ')), text + (text[0] == ' '));
    *place = formula_named_place(o, name, *group);
    if (*place == MARQ_FORMULA_NONE)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is no parameter of its own in the fit", name);
    if (o->fixed[*place] || o->lower[*place] > -HUGE_VAL || o->upper[*place] < HUGE_VAL)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is tied: it can be neither fixed nor bounded",
                         name);
    return MARQ_OK;
}

static marq_status add_tie(formula_outcome *o, const char *text, marq_error *error) {
    formula_ties *t = o->ties;
    tie one = {.text = text};
    marq_status status = find_left(o, text, &one.place, &one.group, error);
    if (status != MARQ_OK) return status;
    status = formula_read_relation(o, "--tie", text, strcspn(text, "=") + 1, &one.right, error);
    size_t at = t->count++; /* by place, as marq_ties counts them */
    for (; at > 0 && t->tie[at - 1].place > one.place; at--) t->tie[at] = t->tie[at - 1];
    t->tie[at] = one;
    if (status == MARQ_OK && t->tied[one.place])
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is tied twice", o->names[one.place]);
    t->tied[one.place] = 1;
    return status;
}

/* ---- While the solver runs ---- */

void formula_follow_ties(const formula_ties *t, double *theta) {
    for (size_t k = 0; k < t->count; k++)
        theta[t->tie[k].place] =
            formula_relation_value(t->outcome, &t->tie[k].right, t->tie[k].group, theta, NULL);
}

void formula_differentiate_ties(const formula_ties *t, const double *theta, double *jacobian) {
    double gradient[FORMULA_MOST_PARAMETERS];
    for (size_t k = 0; k < t->count; k++) {
        const tie *one = &t->tie[k];
        formula_relation_value(t->outcome, &one->right, one->group, theta, gradient);
        for (size_t i = 0; i < marq_formula_parameter_count(one->right.formula); i++)
            jacobian[k * t->outcome->parameters +
                     formula_relation_source(t->outcome, &one->right, one->group, i)] += gradient[i];
    }
}

/* A tie may not use a tied parameter: the order of their evaluation would matter. */
static marq_status check_sources(const formula_outcome *o, marq_error *error) {
    const formula_ties *t = o->ties;
    double ones[FORMULA_MOST_PARAMETERS], gradient[FORMULA_MOST_PARAMETERS];
    for (size_t i = 0; i < FORMULA_MOST_PARAMETERS; i++) ones[i] = 1.25;
    for (size_t k = 0; k < t->count; k++) {
        const formula_relation *r = &t->tie[k].right;
        marq_formula_gradient(r->formula, NULL, ones, 0, 1, NULL, gradient, FORMULA_MOST_PARAMETERS);
        for (size_t i = 0; i < marq_formula_parameter_count(r->formula); i++) {
            size_t source = formula_relation_source(o, r, t->tie[k].group, i);
            if (gradient[i] != 0 && t->tied[source])
                return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s follows %s, which is tied itself",
                                 o->names[t->tie[k].place], o->names[source]);
        }
    }
    return MARQ_OK;
}

marq_status formula_read_ties(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    if (a->group_tie_count == 0) return MARQ_OK;
    if (o->groups.count < 2)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie '%s' needs several data sets: --group",
                         a->group_ties[0]);
    formula_ties *t = o->ties = marq_alloc(1, sizeof *t);
    if (!t) return marq_fail_memory(error, "tied parameters");
    t->outcome = o;
    t->tie = marq_alloc(a->group_tie_count, sizeof *t->tie);
    t->tied = marq_alloc(o->parameters, 1);
    if (!t->tie || !t->tied) return marq_fail_memory(error, "tied parameters");
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < a->group_tie_count; k++)
        status = add_tie(o, a->group_ties[k], error);
    return status == MARQ_OK ? check_sources(o, error) : status;
}

const unsigned char *formula_tied(const formula_ties *t) {
    return t->tied;
}

bool formula_is_tied(const formula_outcome *o, size_t parameter) {
    return o->ties && o->ties->tied[parameter];
}

const char *formula_tie_text(const formula_outcome *o, size_t parameter) {
    for (size_t k = 0; o->ties && k < o->ties->count; k++)
        if (o->ties->tie[k].place == parameter) return o->ties->tie[k].text;
    return "";
}

void formula_ties_destroy(formula_ties *t) {
    if (!t) return;
    for (size_t k = 0; t->tie && k < t->count; k++) formula_relation_clear(&t->tie[k].right);
    free(t->tie);
    free(t->tied);
    free(t);
}
