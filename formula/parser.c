/* A parser by recursive descent, one function a level of precedence. */
#include "parser.h"

#include "shapes.h"
#include "simplify.h"
#include <base/text.h>
#include <stdarg.h>
#include <string.h>

/* ---- Tokens and failures ---- */

void marq_parse_fail(marq_parser *p, size_t position, size_t length, const char *format, ...) {
    if (p->status != MARQ_OK) return;
    p->status = MARQ_ERROR_FORMAT;
    p->place = (marq_formula_place){.tie = p->tie, .position = position, .length = length};
    va_list arguments;
    va_start(arguments, format);
    marq_format_list(p->message, sizeof p->message, format, arguments);
    va_end(arguments);
}

void marq_parse_fail_memory(marq_parser *p) {
    if (p->status == MARQ_OK) p->status = MARQ_ERROR_MEMORY;
}

/* A token that cannot stand where it does. */
static void unexpected(marq_parser *p, const char *wanted) {
    const marq_token *t = &p->token;
    if (t->kind == MARQ_TOKEN_END)
        marq_parse_fail(p, t->position, 0, "the formula ends where %s should stand", wanted);
    else
        marq_parse_fail(p, t->position, t->length, "'%.*s' stands where %s should",
                        (int)(t->length < 40 ? t->length : 40), p->text + t->position, wanted);
}

void marq_parse_move(marq_parser *p, size_t position) {
    p->token = marq_token_at(p->text, position);
    if (p->token.kind == MARQ_TOKEN_WRONG)
        marq_parse_fail(p, p->token.position, p->token.length, "%s", p->token.message);
}

void marq_parse_advance(marq_parser *p) {
    p->end = p->token.position + p->token.length;
    marq_parse_move(p, p->end);
}

int marq_parse_is_sign(const marq_parser *p, const char *sign) {
    return p->token.kind == MARQ_TOKEN_SIGN && strcmp(p->token.sign, sign) == 0;
}

/* One more level of nesting; 0 after a failure. Every recursion passes here. */
static int descend(marq_parser *p) {
    if (p->depth >= MARQ_FORMULA_DEPTH)
        marq_parse_fail(p, p->token.position, 1, "more than %d levels of nesting", MARQ_FORMULA_DEPTH);
    if (p->status != MARQ_OK) return 0;
    p->depth++;
    return 1;
}

void marq_parse_set_place(marq_parser *p, size_t start, size_t end) {
    p->formula->graph.place = (marq_formula_place){.tie = p->tie, .position = start, .length = end - start};
}

/* ---- Operators ---- */

static marq_piece join(marq_parser *p, marq_op op, marq_piece a, marq_piece b) {
    marq_parse_set_place(p, a.start, b.end);
    return (marq_piece){marq_apply(&p->formula->graph, op, a.node, b.node, 0), a.start, b.end};
}

static marq_piece parse_unary(marq_parser *p);

static marq_piece parse_parenthesis(marq_parser *p) {
    size_t open = p->token.position;
    marq_parse_advance(p);
    marq_piece inside = marq_parse_conditional(p);
    if (p->status == MARQ_OK && !marq_parse_is_sign(p, ")")) {
        if (p->token.kind == MARQ_TOKEN_END)
            marq_parse_fail(p, open, 1, "this parenthesis is never closed");
        else
            unexpected(p, "an operator or ')'");
    }
    marq_parse_advance(p);
    return (marq_piece){inside.node, open, p->end};
}

static marq_piece parse_name(marq_parser *p) {
    marq_token name = p->token;
    marq_lineshape shape;
    marq_parse_advance(p);
    int is_column = marq_resolve_column(p, name.name, name.name_length) != MARQ_FORMULA_NONE;
    size_t length = name.kind == MARQ_TOKEN_NAME && p->side != MARQ_SIDE_LEFT &&
                            p->formula->kind == MARQ_FORMULA_MODEL && !is_column
                        ? marq_lineshape_find(name.name, &shape)
                        : 0;
    marq_node_id node = 0;
    if (length && p->side == MARQ_SIDE_TIE)
        marq_parse_fail(p, name.position, length,
                        "'%.*s' is a lineshape; a tie is an expression of parameters", (int)length,
                        name.name);
    else if (length)
        node = marq_parse_lineshape(p, &name, shape, length);
    else if (name.kind == MARQ_TOKEN_NAME && marq_parse_is_sign(p, "("))
        node = marq_parse_call(p, &name);
    else
        node = marq_resolve_name(p, &name);
    return (marq_piece){node, name.position, p->end};
}

static marq_piece parse_primary(marq_parser *p) {
    marq_token token = p->token;
    if (token.kind == MARQ_TOKEN_NUMBER) {
        marq_parse_advance(p);
        return (marq_piece){marq_constant(&p->formula->graph, token.number), token.position, p->end};
    }
    if (token.kind == MARQ_TOKEN_NAME || token.kind == MARQ_TOKEN_QUOTED) return parse_name(p);
    if (marq_parse_is_sign(p, "(")) return parse_parenthesis(p);
    unexpected(p, "a number, a name or '('");
    return (marq_piece){0, token.position, token.position};
}

/* The exponent may have a sign: 2^-x. */
static marq_piece parse_power(marq_parser *p) {
    marq_piece base = parse_primary(p);
    if (p->status != MARQ_OK || !marq_parse_is_sign(p, "^")) return base;
    marq_parse_advance(p);
    return join(p, MARQ_OP_POWER, base, parse_unary(p));
}

static marq_piece parse_unary(marq_parser *p) {
    marq_piece piece = {0};
    if (!descend(p)) return piece;
    size_t start = p->token.position;
    int minus = marq_parse_is_sign(p, "-"), not = marq_parse_is_sign(p, "!");
    if (minus || not || marq_parse_is_sign(p, "+")) {
        marq_parse_advance(p);
        piece = parse_unary(p);
        marq_parse_set_place(p, start, piece.end);
        if (minus) piece.node = marq_negate(&p->formula->graph, piece.node);
        if (not ) piece.node = marq_call(&p->formula->graph, MARQ_OP_NOT, piece.node);
        piece.start = start;
    } else {
        piece = parse_power(p);
    }
    p->depth--;
    return piece;
}

static marq_piece parse_product(marq_parser *p) {
    marq_piece piece = parse_unary(p);
    while (p->status == MARQ_OK && (marq_parse_is_sign(p, "*") || marq_parse_is_sign(p, "/"))) {
        marq_op op = marq_parse_is_sign(p, "*") ? MARQ_OP_MULTIPLY : MARQ_OP_DIVIDE;
        marq_parse_advance(p);
        piece = join(p, op, piece, parse_unary(p));
    }
    return piece;
}

static marq_piece parse_sum(marq_parser *p) {
    marq_piece piece = parse_product(p);
    while (p->status == MARQ_OK && (marq_parse_is_sign(p, "+") || marq_parse_is_sign(p, "-"))) {
        marq_op op = marq_parse_is_sign(p, "+") ? MARQ_OP_ADD : MARQ_OP_SUBTRACT;
        marq_parse_advance(p);
        piece = join(p, op, piece, parse_product(p));
    }
    return piece;
}

/* a > b is b < a. */
static const struct comparison {
    const char *sign;
    marq_op op;
    int swapped;
} comparisons[] = {{"<", MARQ_OP_LESS, 0},   {"<=", MARQ_OP_LESS_EQUAL, 0},
                   {">", MARQ_OP_LESS, 1},   {">=", MARQ_OP_LESS_EQUAL, 1},
                   {"==", MARQ_OP_EQUAL, 0}, {"!=", MARQ_OP_NOT_EQUAL, 0}};

static const struct comparison *comparison_here(const marq_parser *p) {
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (marq_parse_is_sign(p, comparisons[i].sign)) return &comparisons[i];
    return NULL;
}

static marq_piece parse_comparison(marq_parser *p) {
    marq_piece a = parse_sum(p);
    const struct comparison *found = comparison_here(p);
    if (p->status != MARQ_OK || !found) return a;
    marq_parse_advance(p);
    marq_piece b = parse_sum(p);
    if (p->status == MARQ_OK && comparison_here(p))
        marq_parse_fail(p, p->token.position, p->token.length,
                        "comparisons are not chained: write a < b && b < c");
    marq_parse_set_place(p, a.start, b.end);
    marq_node_id u = found->swapped ? b.node : a.node, v = found->swapped ? a.node : b.node;
    return (marq_piece){marq_apply(&p->formula->graph, found->op, u, v, 0), a.start, b.end};
}

static marq_piece parse_and(marq_parser *p) {
    marq_piece piece = parse_comparison(p);
    while (p->status == MARQ_OK && marq_parse_is_sign(p, "&&")) {
        marq_parse_advance(p);
        piece = join(p, MARQ_OP_AND, piece, parse_comparison(p));
    }
    return piece;
}

static marq_piece parse_or(marq_parser *p) {
    marq_piece piece = parse_and(p);
    while (p->status == MARQ_OK && marq_parse_is_sign(p, "||")) {
        marq_parse_advance(p);
        piece = join(p, MARQ_OP_OR, piece, parse_and(p));
    }
    return piece;
}

marq_piece marq_parse_conditional(marq_parser *p) {
    marq_piece piece = {0};
    if (!descend(p)) return piece;
    piece = parse_or(p);
    if (p->status == MARQ_OK && marq_parse_is_sign(p, "?")) {
        marq_parse_advance(p);
        marq_piece yes = marq_parse_conditional(p), no = {0};
        if (p->status == MARQ_OK && !marq_parse_is_sign(p, ":"))
            unexpected(p, "the ':' of a choice c ? u : v");
        if (p->status == MARQ_OK) {
            marq_parse_advance(p);
            no = marq_parse_conditional(p);
        }
        marq_parse_set_place(p, piece.start, no.end);
        piece.node = marq_select(&p->formula->graph, piece.node, yes.node, no.node);
        piece.end = no.end;
    }
    p->depth--;
    return piece;
}

/* ---- A whole expression ---- */

/* What stands behind a complete expression and does not belong to it. */
static void trailing(marq_parser *p) {
    const marq_token *t = &p->token;
    const char *text = p->text + t->position;
    int length = (int)(t->length < 40 ? t->length : 40);
    if (t->kind != MARQ_TOKEN_SIGN || t->sign[0] == '(')
        marq_parse_fail(p, t->position, t->length, "an operator is missing before '%.*s'", length, text);
    else if (t->sign[0] == ')')
        marq_parse_fail(p, t->position, 1, "this ')' closes nothing");
    else if (t->sign[0] == ',')
        marq_parse_fail(p, t->position, 1, "a comma only parts arguments; decimals have a point");
    else if (t->sign[0] == '=')
        marq_parse_fail(p, t->position, 1, "equality is written ==");
    else
        unexpected(p, "an operator");
}

marq_node_id marq_parse_expression(marq_parser *p, size_t position) {
    marq_parse_move(p, position);
    marq_piece piece = {0};
    if (p->status == MARQ_OK) piece = marq_parse_conditional(p);
    int ends = p->token.kind == MARQ_TOKEN_END || (p->side == MARQ_SIDE_LEFT && marq_parse_is_sign(p, "="));
    if (p->status == MARQ_OK && !ends) trailing(p);
    if (p->formula->graph.failed) marq_parse_fail_memory(p);
    return piece.node;
}
