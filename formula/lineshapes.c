/* Lineshapes in a formula's text. */
#include "parser.h"

#include "shapes.h"
#include "simplify.h"
#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>

void marq_lineshapes_count(marq_parser *p, const char *text, size_t position) {
    for (;;) {
        marq_token token = marq_token_at(text, position);
        if (token.kind == MARQ_TOKEN_END || token.kind == MARQ_TOKEN_WRONG) return;
        marq_lineshape shape;
        if (token.kind == MARQ_TOKEN_NAME && marq_lineshape_find(token.name, &shape) &&
            marq_resolve_column(p, token.name, token.name_length) == MARQ_FORMULA_NONE)
            p->shapes_seen[shape]++;
        position = token.position + token.length;
    }
}

/* ---- Arguments ---- */

/* The column that lineshapes are functions of. */
static marq_node_id main_predictor(marq_parser *p, const marq_token *name) {
    const marq_formula *f = p->formula;
    size_t column = p->options->predictor;
    if (column == MARQ_FORMULA_NONE)
        for (column = 0; column < f->table.count && (column == f->response || f->on_left[column]);) column++;
    if (column < f->table.count) return marq_resolve_use(p, name, column);
    marq_parse_fail(p, name->position, name->length, "there is no column for this lineshape");
    return 0;
}

static int is_degree(const marq_token *token) {
    return token->kind == MARQ_TOKEN_NUMBER && token->number >= 0 &&
           token->number <= MARQ_POLYNOMIAL_DEGREE && token->number == (double)(int)token->number;
}

/* Reads '(u)', '(n)', '(n, u)'. The token is '('. */
static void parse_arguments(marq_parser *p, marq_lineshape shape, size_t *degree, marq_node_id *x) {
    size_t open = p->token.position;
    marq_parse_advance(p);
    int more = 1;
    if (shape == MARQ_LINESHAPE_POLYNOMIAL) {
        if (!is_degree(&p->token))
            marq_parse_fail(p, p->token.position, p->token.length,
                            "the degree of a polynomial is a whole number from 0 to %d",
                            MARQ_POLYNOMIAL_DEGREE);
        *degree = p->status == MARQ_OK ? (size_t)p->token.number : 0;
        marq_parse_advance(p);
        more = marq_parse_is_sign(p, ",");
        if (more) marq_parse_advance(p);
    }
    if (p->status == MARQ_OK && more) *x = marq_parse_conditional(p).node;
    if (p->status == MARQ_OK && !marq_parse_is_sign(p, ")")) {
        size_t at = p->token.kind == MARQ_TOKEN_END ? open : p->token.position;
        marq_parse_fail(p, at, 1, "%s takes %s", marq_lineshape_name(shape),
                        shape == MARQ_LINESHAPE_POLYNOMIAL ? "its degree, or (degree, expression)"
                                                           : "one expression, or none");
    }
    marq_parse_advance(p);
}

/* ---- One shape ---- */

static marq_shape_use *add_shape(marq_parser *p) {
    marq_formula *f = p->formula;
    if (f->shape_count == f->shape_capacity) {
        size_t capacity = f->shape_capacity ? 2 * f->shape_capacity : 8;
        marq_shape_use *shapes = realloc(f->shapes, capacity * sizeof *shapes);
        if (!shapes) {
            marq_parse_fail_memory(p);
            return NULL;
        }
        f->shapes = shapes;
        f->shape_capacity = capacity;
    }
    return &f->shapes[f->shape_count++];
}

/* gauss_area, or gauss2_area if there are several. */
static marq_node_id shape_parameter(marq_parser *p, const marq_token *name, marq_lineshape shape,
                                    size_t number, size_t *index) {
    char part[16], text[64];
    marq_lineshape_parameter(shape, number, part, sizeof part);
    int length = p->shapes_seen[shape] > 1
                     ? marq_format(text, sizeof text, "%s%zu_%s", marq_lineshape_name(shape),
                                   p->shapes_named[shape], part)
                     : marq_format(text, sizeof text, "%s_%s", marq_lineshape_name(shape), part);
    return marq_resolve_parameter(p, name, text, (size_t)length, index);
}

marq_node_id marq_parse_lineshape(marq_parser *p, const marq_token *name, marq_lineshape shape,
                                  size_t length) {
    marq_graph *graph = &p->formula->graph;
    marq_token word = *name; /* pseudo-voigt is three tokens */
    word.length = length;
    if (length != name->length) marq_parse_move(p, name->position + length);
    p->end = name->position + length;
    size_t degree = 0;
    marq_node_id x = -1;
    if (marq_parse_is_sign(p, "("))
        parse_arguments(p, shape, &degree, &x);
    else if (shape == MARQ_LINESHAPE_POLYNOMIAL)
        marq_parse_fail(p, word.position, word.length,
                        "the degree of the polynomial is missing: polynomial(2)");
    if (p->status == MARQ_OK && x < 0) x = main_predictor(p, &word);
    marq_shape_use *use = p->status == MARQ_OK ? add_shape(p) : NULL;
    if (!use) return 0;
    int is_column = graph->nodes[x].op == MARQ_OP_COLUMN;
    use->shape = (marq_formula_shape){.shape = shape,
                                      .predictor = is_column ? graph->nodes[x].index : MARQ_FORMULA_NONE,
                                      .parameter_count = marq_lineshape_parameters(shape, degree),
                                      .place = {p->tie, word.position, p->end - word.position}};
    marq_node_id parameters[MARQ_LINESHAPE_PARAMETERS] = {0};
    p->shapes_named[shape]++;
    for (size_t k = 0; k < use->shape.parameter_count; k++)
        parameters[k] = shape_parameter(p, &word, shape, k, &use->shape.parameters[k]);
    marq_parse_set_place(p, word.position, p->end);
    return use->node = marq_lineshape_build(graph, shape, x, parameters, degree);
}

/* ---- Signs ---- */

/* From the root down through sums, differences and negations. */
static void spread_signs(const marq_graph *graph, marq_node_id root, signed char *sign) {
    sign[root] = 1;
    for (marq_node_id i = root; i > 0; i--) {
        const marq_node *node = &graph->nodes[i];
        if (sign[i] == 0) continue;
        if (node->op == MARQ_OP_ADD || node->op == MARQ_OP_SUBTRACT) {
            sign[node->argument[0]] = sign[i];
            sign[node->argument[1]] = node->op == MARQ_OP_ADD ? sign[i] : (signed char)-sign[i];
        } else if (node->op == MARQ_OP_NEGATE) {
            sign[node->argument[0]] = (signed char)-sign[i];
        }
    }
}

int marq_lineshapes_set_signs(marq_formula *formula) {
    signed char *sign = marq_alloc((size_t)formula->right + 1, 1);
    if (!sign) return 0;
    spread_signs(&formula->graph, formula->right, sign);
    for (size_t k = 0; k < formula->shape_count; k++) {
        marq_shape_use *use = &formula->shapes[k];
        use->shape.sign = use->node <= formula->right ? sign[use->node] : 0;
    }
    free(sign);
    return 1;
}
