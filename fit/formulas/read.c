/* Reads model.json of a formula's fit (model.c). */
#include "formulas/saved_formula.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>

static const char *text_at(const json_t *object, const char *key) {
    return json_string_value(json_object_get(object, key));
}

/* The strings of an array: *list is owned, they are not. NULL without memory, or if one is no string. */
static const char **read_strings(const json_t *array, size_t *count) {
    *count = json_array_size(array);
    const char **list = json_is_array(array) ? marq_alloc(*count + 1, sizeof *list) : NULL;
    for (size_t i = 0; list && i < *count; i++) {
        list[i] = json_string_value(json_array_get(array, i));
        if (list[i]) continue;
        free(list);
        return NULL;
    }
    return list;
}

static size_t find(const formula_saved *s, const char *name) {
    for (size_t c = 0; name && c < s->columns; c++)
        if (strcmp(s->names[c], name) == 0) return c;
    return MARQ_FORMULA_NONE;
}

/* ---- The formula ---- */

static marq_status parse(const char *path, formula_saved *s, const char *const *ties, size_t tie_count,
                         marq_error *error) {
    marq_formula_options options = marq_formula_options_default();
    options.columns = s->names, options.column_count = s->columns;
    options.response = find(s, text_at(s->root, "response"));
    options.predictor = find(s, text_at(s->root, "predictor"));
    options.ties = ties, options.tie_count = tie_count;
    marq_error reason = {0};
    marq_status status = marq_formula_parse(s->text, &options, &s->formula, NULL, &reason);
    if (status == MARQ_ERROR_MEMORY) return marq_fail_memory(error, "the formula");
    if (status != MARQ_OK || marq_formula_response(s->formula) == MARQ_FORMULA_NONE)
        return marq_fail_model(error, path, MARQ_VERSION,
                               status != MARQ_OK ? reason.message : "its formula has no response");
    s->parameters = marq_formula_parameter_count(s->formula);
    return MARQ_OK;
}

static marq_status read_formula(const char *path, formula_saved *s, marq_error *error) {
    size_t tie_count;
    s->text = text_at(s->root, "formula");
    s->names = read_strings(json_object_get(s->root, "columns"), &s->columns);
    const char **ties = read_strings(json_object_get(s->root, "ties"), &tie_count);
    marq_status status =
        s->text && s->names && ties
            ? parse(path, s, ties, tie_count, error)
            : marq_fail_model(error, path, MARQ_VERSION, "its formula, columns or ties are incomplete");
    free(ties);
    return status;
}

/* ---- Parameters ---- */

const char *formula_saved_group(const formula_saved *s, size_t group) {
    return json_string_value(
        json_array_get(json_object_get(json_object_get(s->root, "group"), "names"), group));
}

const json_t *formula_saved_parameter(const formula_saved *s, const char *name) {
    const json_t *list = json_object_get(s->root, "parameters");
    for (size_t j = 0; j < json_array_size(list); j++) {
        const char *is = text_at(json_array_get(list, j), "name");
        if (is && strcmp(is, name) == 0) return json_array_get(list, j);
    }
    return NULL;
}

/* The group's own, or the one that all groups share. */
static const json_t *find_parameter(const formula_saved *s, const char *name, const char *group) {
    char own[600];
    marq_format(own, sizeof own, "%s[%s]", name, group ? group : "");
    const json_t *found = group ? formula_saved_parameter(s, own) : NULL;
    return found ? found : formula_saved_parameter(s, name);
}

static marq_status read_parameters(const char *path, formula_saved *s, marq_error *error) {
    const json_t *group = json_object_get(s->root, "group");
    s->group_column = text_at(group, "column");
    s->groups = s->group_column ? json_array_size(json_object_get(group, "names")) : 1;
    s->theta = marq_alloc_doubles(s->groups, s->parameters);
    if (!s->theta) return marq_fail_memory(error, "the parameters");
    for (size_t g = 0; g < s->groups; g++) {
        const char *name = s->group_column ? formula_saved_group(s, g) : NULL;
        if (s->group_column && !name)
            return marq_fail_model(error, path, MARQ_VERSION, "a group has no name");
        for (size_t j = 0; j < s->parameters; j++) {
            const json_t *p = find_parameter(s, marq_formula_parameter_name(s->formula, j), name);
            if (!json_is_number(json_object_get(p, "value")))
                return marq_fail_model(error, path, MARQ_VERSION, "a parameter of its formula has no value");
            s->theta[g * s->parameters + j] = json_number_value(json_object_get(p, "value"));
        }
    }
    return s->groups ? MARQ_OK : marq_fail_model(error, path, MARQ_VERSION, "it has no groups");
}

marq_status formula_saved_read(json_t *root, const char *path, formula_saved *s, marq_error *error) {
    *s = (formula_saved){.root = json_incref(root)};
    marq_status status = MARQ_OK;
    if (json_integer_value(json_object_get(s->root, "format_version")) != 1)
        status = marq_fail_model(error, path, MARQ_VERSION, "its format_version is another one");
    if (status == MARQ_OK) status = read_formula(path, s, error);
    if (status == MARQ_OK) status = read_parameters(path, s, error);
    if (status != MARQ_OK) formula_saved_clear(s);
    return status;
}

void formula_saved_clear(formula_saved *s) {
    marq_formula_destroy(s->formula);
    free(s->names);
    free(s->theta);
    free(s->shared);
    json_decref(s->root);
    *s = (formula_saved){0};
}
