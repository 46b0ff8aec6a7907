/* Expressions of the fit's parameters, of --tie and --derive. In a global fit NAME is the parameter in the
 * group that the expression is evaluated for, NAME[H] that in H. The formula's language has no brackets: such
 * a text is read with NAME__k for NAME[H], k the number of H, and the names it may use are, for each
 * parameter of the formula, NAME and NAME__0 … NAME__(groups − 1). */
#include "formulas/fit.h"

#include "expression.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

/* ---- Text ---- */

size_t formula_find_group(const formula_groups *g, const char *bracket, const char **end) {
    const char *close = strchr(bracket, ']');
    if (!close) return MARQ_FORMULA_NONE;
    *end = close + 1;
    size_t length = (size_t)(close - bracket - 1);
    for (size_t k = 0; g->names && k < g->count; k++)
        if (strlen(g->names[k]) == length && strncmp(g->names[k], bracket + 1, length) == 0) return k;
    return MARQ_FORMULA_NONE;
}

marq_status formula_fail_group(const char *option, const char *text, marq_error *error) {
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s '%s': there is no such data set in the --group column",
                     option, text);
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           (unsigned char)c >= 0x80;
}

/* The name in front of the bracket is a parameter of the formula. */
static marq_status check_name(const formula_outcome *o, const char *text, const char *bracket,
                              marq_error *error) {
    char name[256];
    const char *start = bracket;
    while (start > text && is_letter(start[-1])) start--;
    marq_format(name, sizeof name, "%.*s", (int)(bracket - start), start);
    if (marq_formula_find_parameter(o->formula, name) != MARQ_FORMULA_NONE) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "'%s' is no parameter of the formula", name);
}

/* The text with NAME__k for NAME[H]. */
static marq_status plain_text(const formula_outcome *o, const char *option, const char *text, marq_text *out,
                              marq_error *error) {
    for (const char *at = text; *at;) {
        if (*at != '[') {
            marq_text_add_bytes(out, at++, 1);
            continue;
        }
        marq_status status = check_name(o, text, at, error);
        if (status != MARQ_OK) return status;
        size_t group = formula_find_group(&o->groups, at, &at);
        if (group == MARQ_FORMULA_NONE) return formula_fail_group(option, text, error);
        marq_text_add(out, "__%zu", group);
    }
    return out->failed ? marq_fail_memory(error, option) : MARQ_OK;
}

/* ---- Reading ---- */

static size_t names_each(const formula_outcome *o, bool across) {
    return across ? o->groups.count + 1 : 1;
}

/* Owned texts, names_each() of each parameter of the formula. */
static bool list_names(const formula_outcome *o, bool across, char **names) {
    size_t each = names_each(o, across);
    for (size_t i = 0; i < o->groups.local * each; i++) {
        marq_text text = {0};
        marq_text_add(&text, "%s", marq_formula_parameter_name(o->formula, i / each));
        if (i % each) marq_text_add(&text, "__%zu", i % each - 1);
        names[i] = text.data;
        if (text.failed || !names[i]) return false;
    }
    return true;
}

/* The expression is text from `begin` on. */
static marq_status parse(const formula_outcome *o, const char *option, const char *text, size_t begin,
                         char *const *names, formula_relation *r, marq_error *error) {
    marq_text plain = {0};
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_PARAMETERS;
    options.parameters = (const char *const *)names;
    options.parameter_count = o->groups.local * names_each(o, r->across);
    options.ties = o->arguments->ties;
    options.tie_count = o->arguments->tie_count;
    marq_formula_place place = {.tie = MARQ_FORMULA_NONE};
    marq_status status = plain_text(o, option, text + begin, &plain, error);
    if (status == MARQ_OK) status = marq_formula_parse(plain.data, &options, &r->formula, &place, error);
    marq_text_clear(&plain);
    if (status != MARQ_ERROR_FORMAT) return status;
    if (place.tie != MARQ_FORMULA_NONE) /* it was read after the expression was: a tie that it uses */
        return fit_fail_expression(option, o->arguments->ties[place.tie], &place, error);
    place.position += begin;
    if (!r->across) return fit_fail_expression(option, text, &place, error);
    char reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    reason[strcspn(reason, ";")] = '\0'; /* behind it: the names with __k */
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s '%s': %s", option, text, reason);
}

marq_status formula_read_relation(const formula_outcome *o, const char *option, const char *text,
                                  size_t begin, formula_relation *r, marq_error *error) {
    *r = (formula_relation){.across = strchr(text + begin, '[') != NULL};
    size_t count = o->groups.local * names_each(o, r->across);
    if (r->across && !o->groups.names)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s '%s' needs several data sets: --group", option,
                         text);
    if (count > FORMULA_MOST_PARAMETERS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s NAME[SET]: at most %d parameters of all data sets",
                         option, FORMULA_MOST_PARAMETERS);
    char **names = marq_alloc(count + 1, sizeof *names);
    marq_status status = names && list_names(o, r->across, names)
                             ? parse(o, option, text, begin, names, r, error)
                             : marq_fail_memory(error, option);
    for (size_t k = 0; names && k < count; k++) free(names[k]);
    free(names);
    return status;
}

void formula_relation_clear(formula_relation *r) {
    marq_formula_destroy(r->formula);
    *r = (formula_relation){0};
}

/* ---- Values ---- */

size_t formula_relation_source(const formula_outcome *o, const formula_relation *r, size_t group, size_t k) {
    size_t each = names_each(o, r->across), in = k % each ? k % each - 1 : group;
    return o->groups.place[in * o->groups.local + k / each];
}

double formula_relation_value(const formula_outcome *o, const formula_relation *r, size_t group,
                              const double *theta, double *gradient) {
    double own[FORMULA_MOST_PARAMETERS], value;
    for (size_t k = 0; k < marq_formula_parameter_count(r->formula); k++)
        own[k] = theta[formula_relation_source(o, r, group, k)];
    if (gradient)
        marq_formula_gradient(r->formula, NULL, own, 0, 1, &value, gradient, FORMULA_MOST_PARAMETERS);
    else
        marq_formula_evaluate(r->formula, NULL, own, 0, 1, &value);
    return value;
}
