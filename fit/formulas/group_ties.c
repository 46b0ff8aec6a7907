/* --tie 'a[G]=…': a parameter of one data set that follows others, e.g. a[treated] = 2*a[untreated]. In the
 * text NAME is the parameter in the same data set, NAME[H] in H. The formula's language has no brackets: the
 * text is read with NAME__k for NAME[H], k the number of H. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One tie: θ_place = relation(θ at source[0], source[1], …). */
typedef struct relation {
    const char *text;
    marq_formula *formula;
    size_t place;
    size_t *source; /* of the relation's parameters: places in the fit */
} relation;

struct formula_ties {
    size_t count, parameters;
    relation *relation; /* in the order of their places */
    unsigned char *tied;
};

/* ---- Text ---- */

/* Which group the bracket at text names; *end ← behind it. NONE: none of them. */
static size_t read_group(const formula_groups *g, const char *text, const char **end) {
    const char *close = strchr(text, ']');
    if (!close) return MARQ_FORMULA_NONE;
    *end = close + 1;
    size_t length = (size_t)(close - text - 1);
    for (size_t k = 0; k < g->count; k++)
        if (strlen(g->names[k]) == length && strncmp(g->names[k], text + 1, length) == 0) return k;
    return MARQ_FORMULA_NONE;
}

static marq_status fail_group(const char *text, marq_error *error) {
    return marq_fail(error, MARQ_ERROR_ARGUMENT,
                     "--tie '%s': there is no such data set in the --group column", text);
}

/* The right side with NAME__k for NAME[H]. */
static marq_status plain_text(const formula_groups *g, const char *text, const char *right, marq_text *out,
                              marq_error *error) {
    marq_text_add(out, "tied = ");
    for (const char *at = right; *at;) {
        if (*at != '[') {
            marq_text_add_bytes(out, at++, 1);
            continue;
        }
        size_t group = read_group(g, at, &at);
        if (group == MARQ_FORMULA_NONE) return fail_group(text, error);
        marq_text_add(out, "__%zu", group);
    }
    return out->failed ? marq_fail_memory(error, "a tied parameter") : MARQ_OK;
}

/* The names that a relation in a group may use: the formula's, and those with __k. names: owned texts, count
 * (groups + 1) × local, with their places. */
static bool list_names(const formula_outcome *o, size_t group, char **names, size_t *place) {
    const formula_groups *g = &o->groups;
    size_t count = 0;
    for (size_t i = 0; i < g->local; i++) {
        const char *local = marq_formula_parameter_name(o->formula, i);
        names[count] = marq_copy_text(local);
        place[count++] = g->place[group * g->local + i];
        for (size_t k = 0; k < g->count; k++) {
            marq_text text = {0};
            marq_text_add(&text, "%s__%zu", local, k);
            names[count] = text.data;
            place[count++] = g->place[k * g->local + i];
        }
    }
    for (size_t k = 0; k < count; k++)
        if (!names[k]) return false;
    return true;
}

/* ---- Set-up ---- */

static marq_status parse(const formula_outcome *o, const char *text, const char *right, size_t group,
                         relation *r, marq_error *error) {
    size_t count = (o->groups.count + 1) * o->groups.local;
    char **names = marq_alloc(count, sizeof *names);
    marq_text plain = {0};
    r->source = marq_alloc(count, sizeof *r->source);
    marq_status status = names && r->source && list_names(o, group, names, r->source)
                             ? plain_text(&o->groups, text, right, &plain, error)
                             : marq_fail_memory(error, "a tied parameter");
    if (status == MARQ_OK) {
        marq_formula_options options = marq_formula_options_default();
        options.kind = MARQ_FORMULA_PARAMETERS;
        options.parameters = (const char *const *)names;
        options.parameter_count = count;
        marq_formula_place place;
        status = marq_formula_parse(plain.data, &options, &r->formula, &place, error);
        if (status == MARQ_ERROR_FORMAT) {
            char reason[sizeof error->message];
            memcpy(reason, error->message, sizeof reason);
            reason[strcspn(reason, ";")] = '\0'; /* behind it: the names with __k */
            status = marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie '%s': %s", text, reason);
        }
    }
    for (size_t k = 0; names && k < count; k++) free(names[k]);
    free(names);
    marq_text_clear(&plain);
    return status;
}

/* NAME[G] -> place and group. */
static marq_status find_left(const formula_outcome *o, const char *text, size_t *place, size_t *group,
                             marq_error *error) {
    const char *bracket = strchr(text, '['), *end = bracket;
    char name[256];
    *group = read_group(&o->groups, bracket, &end);
    if (*group == MARQ_FORMULA_NONE) return fail_group(text, error);
    marq_format(name, sizeof name, "%.*s", (int)(end - text - (text[0] == ' ')), text + (text[0] == ' '));
    *place = formula_named_place(o, name, *group);
    if (*place == MARQ_FORMULA_NONE)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is no parameter of its own in the fit", name);
    if (o->fixed[*place] || o->lower[*place] > -HUGE_VAL || o->upper[*place] < HUGE_VAL)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is tied: it can be neither fixed nor bounded",
                         name);
    return MARQ_OK;
}

static marq_status add_relation(formula_outcome *o, const char *text, marq_error *error) {
    formula_ties *t = o->ties;
    const char *right = strchr(text, '=');
    relation r = {.text = text};
    size_t group;
    marq_status status = find_left(o, text, &r.place, &group, error);
    if (status != MARQ_OK) return status;
    status = parse(o, text, right + 1, group, &r, error);
    size_t at = t->count++; /* by place, as marq_ties counts them */
    for (; at > 0 && t->relation[at - 1].place > r.place; at--) t->relation[at] = t->relation[at - 1];
    t->relation[at] = r;
    if (status == MARQ_OK && t->tied[r.place])
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s is tied twice", o->names[r.place]);
    t->tied[r.place] = 1;
    return status;
}

/* ---- While the solver runs ---- */

static void gather(const relation *r, const double *theta, double *values) {
    for (size_t k = 0; k < marq_formula_parameter_count(r->formula); k++) values[k] = theta[r->source[k]];
}

void formula_follow_ties(const formula_ties *t, double *theta) {
    double values[FORMULA_MOST_PARAMETERS];
    for (size_t k = 0; k < t->count; k++) {
        gather(&t->relation[k], theta, values);
        marq_formula_evaluate(t->relation[k].formula, NULL, values, 0, 1, &theta[t->relation[k].place]);
    }
}

void formula_differentiate_ties(const formula_ties *t, const double *theta, double *jacobian) {
    double values[FORMULA_MOST_PARAMETERS], gradient[FORMULA_MOST_PARAMETERS];
    for (size_t k = 0; k < t->count; k++) {
        const relation *r = &t->relation[k];
        gather(r, theta, values);
        marq_formula_gradient(r->formula, NULL, values, 0, 1, NULL, gradient, FORMULA_MOST_PARAMETERS);
        for (size_t i = 0; i < marq_formula_parameter_count(r->formula); i++)
            jacobian[k * t->parameters + r->source[i]] += gradient[i];
    }
}

/* A relation may not use a tied parameter: the order of their evaluation would matter. */
static marq_status check_sources(const formula_outcome *o, marq_error *error) {
    const formula_ties *t = o->ties;
    double ones[FORMULA_MOST_PARAMETERS], gradient[FORMULA_MOST_PARAMETERS];
    for (size_t i = 0; i < FORMULA_MOST_PARAMETERS; i++) ones[i] = 1.25;
    for (size_t k = 0; k < t->count; k++) {
        const relation *r = &t->relation[k];
        marq_formula_gradient(r->formula, NULL, ones, 0, 1, NULL, gradient, FORMULA_MOST_PARAMETERS);
        for (size_t i = 0; i < marq_formula_parameter_count(r->formula); i++)
            if (gradient[i] != 0 && t->tied[r->source[i]])
                return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie: %s follows %s, which is tied itself",
                                 o->names[r->place], o->names[r->source[i]]);
    }
    return MARQ_OK;
}

marq_status formula_read_ties(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    if (a->group_tie_count == 0) return MARQ_OK;
    if (o->groups.count < 2)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--tie '%s' needs several data sets: --group",
                         a->group_ties[0]);
    if ((o->groups.count + 1) * o->groups.local > FORMULA_MOST_PARAMETERS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--tie NAME[SET]: at most %d parameters of all data sets", FORMULA_MOST_PARAMETERS);
    formula_ties *t = o->ties = marq_alloc(1, sizeof *t);
    if (!t) return marq_fail_memory(error, "tied parameters");
    t->parameters = o->parameters;
    t->relation = marq_alloc(a->group_tie_count, sizeof *t->relation);
    t->tied = marq_alloc(o->parameters, 1);
    if (!t->relation || !t->tied) return marq_fail_memory(error, "tied parameters");
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < a->group_tie_count; k++)
        status = add_relation(o, a->group_ties[k], error);
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
        if (o->ties->relation[k].place == parameter) return o->ties->relation[k].text;
    return "";
}

void formula_ties_destroy(formula_ties *t) {
    if (!t) return;
    for (size_t k = 0; t->relation && k < t->count; k++) {
        marq_formula_destroy(t->relation[k].formula);
        free(t->relation[k].source);
    }
    free(t->relation);
    free(t->tied);
    free(t);
}
