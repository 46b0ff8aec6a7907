/* Ties 'b = 2*a': read when the parameter is first met, so that they may use each other in any order. */
#include "parser.h"

#include <string.h>

/* The text of tie k becomes the one that is read; returns what was before. */
static marq_parser enter(marq_parser *p, size_t k, size_t position) {
    marq_parser before = *p;
    p->text = p->formula->ties.items[k];
    p->tie = k;
    p->side = MARQ_SIDE_TIE;
    marq_parse_move(p, position);
    return before;
}

static void leave(marq_parser *p, const marq_parser *before) {
    p->text = before->text;
    p->tie = before->tie;
    p->side = before->side;
    p->token = before->token;
    p->end = before->end;
    p->depth = before->depth;
}

static void begin(marq_parser *p, size_t k) {
    marq_parser before = enter(p, k, 0);
    marq_token name = p->token;
    if (p->status == MARQ_OK) marq_parse_advance(p);
    if (p->status == MARQ_OK && (name.kind != MARQ_TOKEN_NAME || !marq_parse_is_sign(p, "=")))
        marq_parse_fail(p, name.position, name.length, "a tie is written name = expression");
    if (p->status == MARQ_OK && marq_tie_find(p, name.name, name.name_length) != MARQ_FORMULA_NONE)
        marq_parse_fail(p, name.position, name.length, "'%.*s' is tied twice", (int)name.length, name.name);
    if (p->status == MARQ_OK && marq_resolve_column(p, name.name, name.name_length) != MARQ_FORMULA_NONE)
        marq_parse_fail(p, name.position, name.length, "'%.*s' is a column, not a parameter",
                        (int)name.length, name.name);
    double value;
    if (p->status == MARQ_OK && marq_resolve_constant(&name, &value))
        marq_parse_fail(p, name.position, name.length, "'%.*s' is the number %.10g, not a parameter",
                        (int)name.length, name.name, value);
    if (p->status == MARQ_OK) {
        p->ties[k].name = name.position;
        p->ties[k].name_length = name.name_length;
        p->ties[k].expression = p->token.position + p->token.length;
    }
    leave(p, &before);
}

void marq_ties_begin(marq_parser *p) {
    for (size_t k = 0; k < p->formula->ties.count && p->status == MARQ_OK; k++) begin(p, k);
}

size_t marq_tie_find(const marq_parser *p, const char *name, size_t length) {
    for (size_t k = 0; k < p->formula->ties.count; k++)
        if (p->ties[k].name_length == length &&
            memcmp(p->formula->ties.items[k] + p->ties[k].name, name, length) == 0)
            return k;
    return MARQ_FORMULA_NONE;
}

marq_node_id marq_tie_expression(marq_parser *p, const marq_token *at, size_t k) {
    marq_tie *tie = &p->ties[k];
    if (tie->state == MARQ_TIE_DONE) return tie->node;
    if (tie->state == MARQ_TIE_BEGUN) {
        marq_parse_fail(p, at->position, at->length, "this tie leads back to itself");
        return 0;
    }
    tie->state = MARQ_TIE_BEGUN;
    marq_parser before = enter(p, k, tie->expression);
    p->depth++; /* a chain of ties is nested, too */
    tie->node = p->status == MARQ_OK ? marq_parse_expression(p, tie->expression) : 0;
    leave(p, &before);
    tie->state = MARQ_TIE_DONE;
    return tie->node;
}

void marq_ties_end(marq_parser *p) {
    for (size_t k = 0; k < p->formula->ties.count && p->status == MARQ_OK; k++) {
        if (p->ties[k].state != MARQ_TIE_NEW || p->formula->kind == MARQ_FORMULA_PARAMETERS) continue;
        p->tie = k;
        const char *name = p->formula->ties.items[k] + p->ties[k].name;
        marq_parse_fail(p, p->ties[k].name, p->ties[k].name_length, "'%.*s' is no parameter of the formula",
                        (int)(p->ties[k].name_length < 60 ? p->ties[k].name_length : 60), name);
    }
}
