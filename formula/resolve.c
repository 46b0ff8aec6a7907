/* Names: a column if there is one, else a constant, else a parameter. */
#include "parser.h"

#include "simplify.h"
#include <base/text.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

size_t marq_resolve_column(const marq_parser *p, const char *name, size_t length) {
    return marq_names_find(&p->formula->table, name, length);
}

/* ---- Messages ---- */

/* The name in the list that looks most like it, or NULL. */
static const char *look_alike(const marq_names *names, const char *name) {
    for (size_t i = 0; i < names->count; i++)
        if (marq_names_are_similar(names->items[i], name)) return names->items[i];
    return NULL;
}

static void fail_unknown(marq_parser *p, const marq_token *at, const char *what, const marq_names *names) {
    char name[64];
    marq_format(name, sizeof name, "%.*s", (int)(at->name_length < 60 ? at->name_length : 60), at->name);
    const char *near = look_alike(names, name);
    marq_text list = {0};
    marq_names_list(&list, (const char *const *)names->items, names->count);
    if (near)
        marq_parse_fail(p, at->position, at->length, "'%s' is no %s; did you mean '%.60s'?", name, what,
                        near);
    else if (names->count == 0)
        marq_parse_fail(p, at->position, at->length, "'%s' is no %s; there are none", name, what);
    else
        marq_parse_fail(p, at->position, at->length, "'%s' is no %s; there are %s", name, what,
                        list.data ? list.data : "");
    marq_text_clear(&list);
}

/* A line that is there already is not added again. */
static void add_warning(marq_parser *p, marq_text *text) {
    marq_names *warnings = &p->formula->warnings;
    int is_new = !text->failed && marq_names_find(warnings, text->data, text->length) == MARQ_FORMULA_NONE;
    if (text->failed || (is_new && !marq_names_add(warnings, text->data, text->length)))
        marq_parse_fail_memory(p);
    marq_text_clear(text);
}

static void warn_of_column(marq_parser *p, const char *name) {
    const char *near = look_alike(&p->formula->table, name);
    marq_text text = {0};
    if (!near) return;
    marq_text_add(&text, "'%.60s' is taken as a parameter, but there is a column '%.60s'", name, near);
    add_warning(p, &text);
}

/* y = a*exp(-b*x) + e: e is meant as one more parameter. As the base of a power it is not. */
static void warn_of_constant(marq_parser *p, const char *name, double value) {
    marq_text text = {0};
    if (p->formula->kind != MARQ_FORMULA_MODEL || strcmp(name, "e") != 0 || marq_parse_is_sign(p, "^"))
        return;
    marq_text_add(
        &text,
        "'e' is the number %.10g, not a parameter: name a parameter otherwise, write exp(1) for the number",
        value);
    add_warning(p, &text);
}

/* ---- Columns ---- */

marq_node_id marq_resolve_use(marq_parser *p, const marq_token *at, size_t column) {
    marq_formula *f = p->formula;
    if (p->side == MARQ_SIDE_TIE)
        marq_parse_fail(p, at->position, at->length,
                        "'%.60s' is a column; a tie is an expression of parameters", f->table.items[column]);
    else if (p->side == MARQ_SIDE_RIGHT && column == f->response)
        marq_parse_fail(p, at->position, at->length,
                        "'%.60s' is the response, which cannot stand on the right", f->table.items[column]);
    if (p->status != MARQ_OK) return 0;
    size_t k = 0;
    while (k < f->use_count && f->uses[k].column != column) k++;
    if (p->side == MARQ_SIDE_RIGHT && k == f->use_count) {
        marq_formula_place place = {.tie = p->tie, .position = at->position, .length = at->length};
        f->uses[f->use_count++] = (marq_use){column, place};
    }
    marq_parse_set_place(p, at->position, at->position + at->length);
    return marq_leaf(&f->graph, MARQ_OP_COLUMN, column);
}

/* ---- Parameters ---- */

static size_t add_parameter(marq_parser *p, const marq_token *at, const char *name, size_t length) {
    marq_formula *f = p->formula;
    if (f->parameters.count == MARQ_FORMULA_MOST) {
        marq_parse_fail(p, at->position, at->length, "more than %d parameters", MARQ_FORMULA_MOST);
        return 0;
    }
    if (!marq_names_add(&f->parameters, name, length)) {
        marq_parse_fail_memory(p);
        return 0;
    }
    warn_of_column(p, f->parameters.items[f->parameters.count - 1]);
    return f->parameters.count - 1;
}

marq_node_id marq_resolve_parameter(marq_parser *p, const marq_token *at, const char *name, size_t length,
                                    size_t *index) {
    marq_formula *f = p->formula;
    size_t tie = marq_tie_find(p, name, length);
    *index = MARQ_FORMULA_NONE;
    if (tie != MARQ_FORMULA_NONE) return marq_tie_expression(p, at, tie);
    *index = marq_names_find(&f->parameters, name, length);
    if (*index == MARQ_FORMULA_NONE && f->kind == MARQ_FORMULA_PARAMETERS) {
        fail_unknown(p, at, "parameter", &f->parameters);
        return 0;
    }
    if (*index == MARQ_FORMULA_NONE) *index = add_parameter(p, at, name, length);
    marq_parse_set_place(p, at->position, at->position + at->length);
    return p->status == MARQ_OK ? marq_leaf(&f->graph, MARQ_OP_PARAMETER, *index) : 0;
}

/* ---- Any name ---- */

int marq_formula_constant(const char *name, double *value) {
    int is_pi = strcmp(name, "pi") == 0, is_e = strcmp(name, "e") == 0;
    if (is_pi || is_e) *value = is_pi ? acos(-1.0) : exp(1.0);
    return is_pi || is_e;
}

int marq_resolve_constant(const marq_token *name, double *value) {
    char word[4];
    if (name->kind != MARQ_TOKEN_NAME || name->name_length >= sizeof word) return 0;
    marq_format(word, sizeof word, "%.*s", (int)name->name_length, name->name);
    return marq_formula_constant(word, value);
}

marq_node_id marq_resolve_name(marq_parser *p, const marq_token *name) {
    marq_formula *f = p->formula;
    size_t column = marq_resolve_column(p, name->name, name->name_length), index;
    if (p->status != MARQ_OK) return 0;
    /* A parameter that was given by name is meant, not a constant: half = log(2)/e with a parameter e. */
    int is_given = f->kind == MARQ_FORMULA_PARAMETERS &&
                   marq_names_find(&f->parameters, name->name, name->name_length) != MARQ_FORMULA_NONE;
    if (column != MARQ_FORMULA_NONE) return marq_resolve_use(p, name, column);
    double value;
    if (!is_given && marq_resolve_constant(name, &value)) {
        warn_of_constant(p, name->name_length == 1 ? "e" : "pi", value);
        return marq_constant(&f->graph, value);
    }
    if (name->kind == MARQ_TOKEN_QUOTED || f->kind == MARQ_FORMULA_COLUMNS || p->side == MARQ_SIDE_LEFT) {
        fail_unknown(p, name, "column", &f->table);
        return 0;
    }
    return marq_resolve_parameter(p, name, name->name, name->name_length, &index);
}
