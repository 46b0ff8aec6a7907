/* marq_formula_parse: both sides of the text, the rules about columns, derivatives, programs. */
#include "derivative.h"
#include "invert.h"
#include "linear.h"
#include "parser.h"

#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

marq_formula_options marq_formula_options_default(void) {
    return (marq_formula_options){
        .kind = MARQ_FORMULA_MODEL, .response = MARQ_FORMULA_NONE, .predictor = MARQ_FORMULA_NONE};
}

/* ---- Set-up ---- */

static int copy_names(marq_names *names, const char *const *from, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!marq_names_add(names, from[i], strlen(from[i]))) return 0;
    return 1;
}

static int set_up(marq_formula *f, const char *text, const marq_formula_options *o) {
    f->kind = o->kind;
    f->response = f->kind == MARQ_FORMULA_MODEL ? o->response : MARQ_FORMULA_NONE;
    f->text = marq_copy_text(text);
    f->uses = marq_alloc(o->column_count + 1, sizeof *f->uses);
    f->on_left = marq_alloc(o->column_count + 1, 1);
    int columns = f->kind != MARQ_FORMULA_PARAMETERS;
    return f->text && f->uses && f->on_left && marq_graph_create(&f->graph) &&
           copy_names(&f->ties, o->ties, o->tie_count) &&
           copy_names(&f->table, o->columns, columns ? o->column_count : 0) &&
           copy_names(&f->parameters, o->parameters, columns ? 0 : o->parameter_count);
}

/* ---- The left side ---- */

/* Where '=' stands, or NONE. */
static size_t find_equals(const char *text) {
    for (size_t position = 0;;) {
        marq_token token = marq_token_at(text, position);
        if (token.kind == MARQ_TOKEN_END || token.kind == MARQ_TOKEN_WRONG) return MARQ_FORMULA_NONE;
        if (token.kind == MARQ_TOKEN_SIGN && strcmp(token.sign, "=") == 0) return token.position;
        position = token.position + token.length;
    }
}

static void keep_left_text(marq_parser *p, size_t equals) {
    const char *text = p->formula->text;
    size_t start = strspn(text, " \t\r\n"), end = equals;
    while (end > start && strchr(" \t\r\n", text[end - 1])) end--;
    p->formula->left_text = marq_alloc(end - start + 1, 1);
    if (!p->formula->left_text)
        marq_parse_fail_memory(p);
    else
        memcpy(p->formula->left_text, text + start, end - start);
}

/* 'half = …': a name only. */
static void read_quantity(marq_parser *p, size_t equals) {
    marq_parse_move(p, 0);
    marq_token name = p->token;
    if (name.kind != MARQ_TOKEN_NAME ||
        marq_token_at(p->text, name.position + name.length).position != equals)
        marq_parse_fail(p, 0, equals, "left of '=' stands one name");
}

static void read_response(marq_parser *p) {
    marq_formula *f = p->formula;
    p->side = MARQ_SIDE_LEFT;
    f->response = MARQ_FORMULA_NONE;
    f->left = marq_parse_expression(p, 0);
    for (marq_node_id i = 0; i < f->graph.count; i++)
        if (f->graph.nodes[i].op == MARQ_OP_COLUMN) f->on_left[f->graph.nodes[i].index] = 1;
    size_t columns = 0;
    for (size_t j = 0; j < f->table.count; j++)
        if (f->on_left[j]) columns++, f->response = j;
    if (columns != 1) f->response = MARQ_FORMULA_NONE; /* decided when the right side is known */
    if (columns == 0) marq_parse_fail(p, 0, p->token.position, "there is no column left of '='");
}

/* Of several columns on the left, the response is the one that the right side does not have. */
static void decide_response(marq_parser *p, size_t equals) {
    marq_formula *f = p->formula;
    size_t found = 0;
    if (f->left == 0 || f->response != MARQ_FORMULA_NONE || p->status != MARQ_OK) return;
    for (size_t j = 0; j < f->table.count; j++) {
        size_t k = 0;
        while (k < f->use_count && f->uses[k].column != j) k++;
        if (f->on_left[j] && k == f->use_count) found++, f->response = j;
    }
    if (found != 1)
        marq_parse_fail(p, 0, equals,
                        "one column left of '=' must be missing on the right: it is the response");
}

/* Returns where the right side begins. */
static size_t read_left(marq_parser *p) {
    size_t equals = find_equals(p->text);
    if (equals == MARQ_FORMULA_NONE) return 0;
    if (p->formula->kind == MARQ_FORMULA_COLUMNS) {
        marq_parse_fail(p, equals, 1, "equality is written ==");
        return 0;
    }
    keep_left_text(p, equals);
    if (p->status == MARQ_OK && p->formula->kind == MARQ_FORMULA_PARAMETERS) read_quantity(p, equals);
    if (p->status == MARQ_OK && p->formula->kind == MARQ_FORMULA_MODEL) read_response(p);
    return equals + 1;
}

/* ---- Both sides ---- */

static void require_column(marq_parser *p, size_t right) {
    const marq_formula *f = p->formula;
    if (p->status != MARQ_OK || f->kind == MARQ_FORMULA_PARAMETERS || f->use_count > 0) return;
    marq_text list = {0};
    marq_names_list(&list, (const char *const *)f->table.items, f->table.count);
    right += strspn(p->text + right, " \t\r\n");
    marq_parse_fail(p, right, strlen(p->text) - right, "there is no column on the right side; there are %s",
                    list.data ? list.data : "none");
    marq_text_clear(&list);
}

static void read_text(marq_parser *p) {
    marq_formula *f = p->formula;
    if (strlen(p->text) > MARQ_FORMULA_BYTES)
        marq_parse_fail(p, MARQ_FORMULA_BYTES, 1, "the formula is longer than %d bytes", MARQ_FORMULA_BYTES);
    for (size_t k = 0; k < f->ties.count; k++)
        if (strlen(f->ties.items[k]) > MARQ_FORMULA_BYTES)
            marq_parse_fail(p, 0, 1, "tie %zu is longer than %d bytes", k + 1, MARQ_FORMULA_BYTES);
    if (p->status == MARQ_OK) marq_ties_begin(p);
    size_t right = p->status == MARQ_OK ? read_left(p) : 0;
    if (p->status != MARQ_OK) return;
    p->side = MARQ_SIDE_RIGHT;
    marq_lineshapes_count(p, p->text, right);
    f->right = marq_parse_expression(p, right);
    require_column(p, right);
    decide_response(p, right ? right - 1 : 0);
    if (p->status == MARQ_OK) marq_ties_end(p);
    f->transformed = f->left != 0 && f->graph.nodes[f->left].op != MARQ_OP_COLUMN;
    if (p->status == MARQ_OK && (!marq_lineshapes_set_signs(f) || !marq_linear_find(f)))
        marq_parse_fail_memory(p);
}

/* ---- Programs ---- */

/* Outputs: the right side, and its derivatives by the leaves of one kind. */
static marq_status compile_derivatives(marq_formula *f, const marq_node_id *derivatives, size_t count,
                                       marq_program *program) {
    marq_node_id *outputs = marq_alloc(count + 1, sizeof *outputs);
    if (!outputs) return MARQ_ERROR_MEMORY;
    outputs[0] = f->right;
    for (size_t k = 0; k < count; k++) outputs[k + 1] = derivatives[k];
    marq_status status = marq_program_compile(&f->graph, outputs, count + 1, program);
    free(outputs);
    return status;
}

static marq_status compile_gradient(marq_formula *f) {
    size_t count = f->parameters.count;
    f->gradient = marq_alloc(count + 1, sizeof *f->gradient);
    if (!f->gradient || !marq_differentiate(&f->graph, f->right, MARQ_OP_PARAMETER, count, f->gradient))
        return MARQ_ERROR_MEMORY;
    return compile_derivatives(f, f->gradient, count, &f->gradient_program);
}

/* By the columns of the right side, in their order there. */
static marq_status compile_slopes(marq_formula *f) {
    size_t count = f->table.count;
    marq_node_id *all = marq_alloc(count + 1, sizeof *all), *used = marq_alloc(count + 1, sizeof *used);
    marq_status status = MARQ_ERROR_MEMORY;
    if (all && used && marq_differentiate(&f->graph, f->right, MARQ_OP_COLUMN, count, all)) {
        for (size_t k = 0; k < f->use_count; k++) used[k] = all[f->uses[k].column];
        status = compile_derivatives(f, used, f->use_count, &f->slope_program);
    }
    free(all);
    free(used);
    return status;
}

static marq_status compile_left(marq_formula *f) {
    if (f->response == MARQ_FORMULA_NONE) return MARQ_OK;
    if (f->left == 0)
        f->left = marq_graph_node(&f->graph, &(marq_node){.op = MARQ_OP_COLUMN, .index = f->response});
    marq_status status = marq_program_compile(&f->graph, &f->left, 1, &f->left_program);
    f->has_back = status == MARQ_OK && marq_invert(&f->graph, f->left, f->response, &f->back);
    if (f->has_back) status = marq_program_compile(&f->graph, &f->back, 1, &f->back_program);
    return status;
}

static marq_status compile(marq_formula *f) {
    marq_status status = marq_program_compile(&f->graph, &f->right, 1, &f->value_program);
    if (status == MARQ_OK && f->kind != MARQ_FORMULA_COLUMNS) status = compile_gradient(f);
    if (status == MARQ_OK && f->kind == MARQ_FORMULA_MODEL) status = compile_slopes(f);
    if (status == MARQ_OK) status = compile_left(f);
    return status;
}

/* ---- The public functions ---- */

static marq_status report(const marq_parser *p, marq_formula_place *place, marq_error *error) {
    if (place) *place = p->place;
    if (p->status == MARQ_ERROR_MEMORY) return marq_fail_memory(error, "the formula");
    return marq_fail(error, p->status, "%s", p->message);
}

marq_status marq_formula_parse(const char *text, const marq_formula_options *options, marq_formula **formula,
                               marq_formula_place *place, marq_error *error) {
    marq_formula_options defaults = marq_formula_options_default();
    if (!formula || !text)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "marq_formula_parse: formula and text must be given");
    *formula = NULL;
    if (!options) options = &defaults;
    marq_formula *f = marq_alloc(1, sizeof *f);
    marq_tie *ties = marq_alloc(options->tie_count + 1, sizeof *ties);
    marq_parser p = {
        .formula = f, .options = options, .ties = ties, .tie = MARQ_FORMULA_NONE, .side = MARQ_SIDE_RIGHT};
    p.place.tie = MARQ_FORMULA_NONE;
    if (f && ties && set_up(f, text, options)) {
        p.text = f->text;
        read_text(&p);
    } else {
        p.status = MARQ_ERROR_MEMORY;
    }
    if (p.status == MARQ_OK) p.status = compile(f);
    if (p.status == MARQ_ERROR_FORMAT && !p.message[0]) {
        p.status = MARQ_OK;
        p.tie = MARQ_FORMULA_NONE;
        marq_parse_fail(&p, 0, strlen(text), "the formula needs too many values at once: make it shorter");
    }
    free(ties);
    if (p.status == MARQ_OK) {
        *formula = f;
        return MARQ_OK;
    }
    marq_formula_destroy(f);
    return report(&p, place, error);
}

void marq_formula_destroy(marq_formula *f) {
    if (!f) return;
    marq_program *programs[] = {&f->value_program, &f->gradient_program, &f->slope_program, &f->left_program,
                                &f->back_program};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) marq_program_destroy(programs[i]);
    marq_names *names[] = {&f->ties, &f->table, &f->parameters, &f->warnings};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) marq_names_clear(names[i]);
    marq_graph_destroy(&f->graph);
    void *blocks[] = {f->text, f->left_text, f->uses, f->on_left, f->shapes, f->meet, f->gradient, f};
    for (size_t i = 0; i < sizeof blocks / sizeof *blocks; i++) free(blocks[i]);
}
