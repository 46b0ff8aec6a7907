/* --from MODEL.json of a formula's fit: what the command line leaves out is the model's. The parameters'
 * values, bounds and what is fixed are read by params.c, as those of --params. */
#include "formulas/fit.h"
#include "formulas/saved_formula.h"

#include "json.h"
#include <base/error.h>
#include <string.h>

/* ---- Into the arguments ---- */

/* The parameters that all groups have in common: those without [GROUP]. */
static marq_status list_shared(formula_saved *s, marq_error *error) {
    marq_text text = {0};
    for (size_t j = 0; j < s->parameters; j++) {
        const char *name = marq_formula_parameter_name(s->formula, j);
        if (formula_saved_parameter(s, name)) marq_text_add(&text, text.length ? ",%s" : "%s", name);
    }
    s->shared = text.data;
    return text.failed ? marq_fail_memory(error, "the shared parameters") : MARQ_OK;
}

static marq_status add_tie(fit_arguments *a, const char *tie, marq_error *error) {
    bool of_group = strcspn(tie, "[") < strcspn(tie, "=");
    size_t *count = of_group ? &a->group_tie_count : &a->tie_count;
    if (*count == FIT_MOST_EXPRESSIONS)
        return marq_fail(error, MARQ_ERROR_FORMAT, "%s has more than %d ties", a->from, FIT_MOST_EXPRESSIONS);
    (of_group ? a->group_ties : a->ties)[(*count)++] = tie;
    return MARQ_OK;
}

static marq_status take_ties(const formula_saved *s, fit_arguments *a, marq_error *error) {
    const json_t *ties = json_object_get(s->root, "ties"), *list = json_object_get(s->root, "parameters");
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < json_array_size(ties); k++)
        status = add_tie(a, json_string_value(json_array_get(ties, k)), error);
    for (size_t j = 0; status == MARQ_OK && j < json_array_size(list); j++) {
        const char *tie = json_string_value(json_object_get(json_array_get(list, j), "tied"));
        if (tie && strchr(tie, '=')) status = add_tie(a, tie, error);
    }
    return status;
}

marq_status formula_take_saved(formula_saved *s, fit_arguments *a, marq_error *error) {
    marq_status status = MARQ_OK;
    formula_taken *taken = &s->taken;
    *taken = (formula_taken){.formula = !a->formula,
                             .group = s->group_column && !a->group,
                             .ties = a->tie_count + a->group_tie_count == 0};
    taken->shared =
        !a->shared && (taken->group || (s->group_column && strcmp(a->group, s->group_column) == 0));
    a->saved = s;
    if (taken->formula) a->formula = a->formulas[a->formula_count++] = s->text;
    if (taken->group) a->group = s->group_column;
    if (taken->shared) status = list_shared(s, error);
    if (taken->shared) a->shared = s->shared;
    if (status == MARQ_OK && taken->ties) status = take_ties(s, a, error);
    taken->ties = taken->ties && a->tie_count + a->group_tie_count > 0;
    taken->shared = taken->shared && s->shared;
    return status;
}

/* ---- Against the table ---- */

static bool uses(const formula_saved *s, size_t column) {
    for (size_t k = 0; k < marq_formula_column_count(s->formula); k++)
        if (marq_formula_column(s->formula, k) == column) return true;
    return column == marq_formula_response(s->formula) || marq_formula_is_on_left(s->formula, column);
}

static bool has_name(const csv_table *table, const char *name) {
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->names[c], name) == 0) return true;
    return false;
}

/* The names in the model's formula mean what they meant there: columns are columns, parameters parameters. */
marq_status formula_check_saved(const formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    const formula_saved *s = a->saved;
    if (!s) return MARQ_OK;
    if (s->taken.group && !o->table.labels.row)
        return marq_fail(error, MARQ_ERROR_DATA, "%s has no column %s, which names the groups of %s",
                         o->table.file, a->group, a->from);
    for (size_t c = 0; s->taken.formula && c < s->columns; c++)
        if (uses(s, c) && !has_name(&o->table, s->names[c]))
            return marq_fail(error, MARQ_ERROR_DATA, "%s has no column %s, which the formula of %s needs",
                             o->table.file, s->names[c], a->from);
    for (size_t j = 0; s->taken.formula && j < s->parameters; j++) {
        const char *name = marq_formula_parameter_name(s->formula, j);
        if (has_name(&o->table, name))
            return marq_fail(error, MARQ_ERROR_DATA,
                             "%s has a column %s, which is a parameter in %s: name the column otherwise",
                             o->table.file, name, a->from);
    }
    return MARQ_OK;
}

/* ---- What was taken ---- */

/* The model's own of that name; a model without groups has those of all of them. */
static const json_t *find_own(const formula_saved *s, const char *name) {
    char local[256];
    const json_t *found = formula_saved_parameter(s, name);
    if (found || s->group_column) return found;
    marq_format(local, sizeof local, "%.*s", (int)strcspn(name, "["), name);
    return formula_saved_parameter(s, local);
}

/* Parameters of the fit that the model has; bounded, fixed: of those. */
static size_t count_parameters(const formula_outcome *o, size_t *fixed, size_t *bounded) {
    size_t count = 0;
    *fixed = *bounded = 0;
    for (size_t j = 0; j < o->parameters; j++) {
        const json_t *p = find_own(o->arguments->saved, o->names[j]);
        count += p != NULL;
        *fixed += json_is_true(json_object_get(p, "fixed"));
        *bounded +=
            json_is_number(json_object_get(p, "lower")) || json_is_number(json_object_get(p, "upper"));
    }
    return count;
}

/* What the former fit was given and this one was not. */
static void add_missing(const fit_arguments *a, marq_text *text) {
    const json_t *fit = json_object_get(a->saved->root, "fit");
    const char *sigma = json_string_value(json_object_get(fit, "sigma")),
               *loss = json_string_value(json_object_get(fit, "loss"));
    const char *sigma_x = json_string_value(json_object_get(fit, "sigma_x"));
    bool no_sigma = sigma && !a->sigma, no_loss = loss && strcmp(loss, "linear") != 0 && !a->loss_name,
         no_sigma_x = sigma_x && !a->sigma_x;
    if (!no_sigma && !no_sigma_x && !no_loss) return;
    marq_text_add(text, "          not taken:");
    if (no_sigma) marq_text_add(text, " --sigma %s", sigma);
    if (no_sigma_x) marq_text_add(text, " --sigma-x %s", sigma_x);
    if (no_loss) marq_text_add(text, " --loss %s", loss);
    marq_text_add(text, "\n");
}

void formula_saved_report(const formula_outcome *o, marq_text *text) {
    const fit_arguments *a = o->arguments;
    const formula_saved *s = a->saved;
    size_t fixed, bounded;
    if (!s) return;
    const formula_taken *taken = &s->taken;
    size_t found = count_parameters(o, &fixed, &bounded);
    marq_text_add(text, "from      %s: %s", a->from, taken->formula ? "formula, " : "");
    if (taken->group) marq_text_add(text, "groups by %s, ", a->group);
    if (taken->shared) marq_text_add(text, "shared %s, ", a->shared);
    if (taken->ties) marq_text_add(text, "%zu tied, ", a->tie_count + a->group_tie_count);
    marq_text_add(text, "starts of %zu parameter%s", found, found == 1 ? "" : "s");
    if (found < o->parameters) marq_text_add(text, " of %zu", o->parameters);
    if (bounded) marq_text_add(text, ", %zu with bounds", bounded);
    if (fixed) marq_text_add(text, ", %zu fixed", fixed);
    marq_text_add(text, "\n");
    add_missing(a, text);
}

json_t *formula_saved_report_json(const formula_outcome *o) {
    const formula_taken *taken = &o->arguments->saved->taken;
    const struct {
        bool is;
        const char *word;
    } list[] = {{taken->formula, "formula"},
                {taken->group, "group"},
                {taken->shared, "shared"},
                {taken->ties, "ties"}};
    json_t *root = json_object(), *words = json_array();
    size_t fixed, bounded;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (list[i].is) json_array_append_new(words, json_string(list[i].word));
    json_object_set_new(root, "model", json_string(o->arguments->from));
    json_object_set_new(root, "taken", words);
    json_object_set_new(root, "parameters", fit_json_size(count_parameters(o, &fixed, &bounded)));
    json_object_set_new(root, "bounded", fit_json_size(bounded));
    json_object_set_new(root, "fixed", fit_json_size(fixed));
    return root;
}
