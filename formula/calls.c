/* Calls of functions. */
#include "parser.h"

#include "simplify.h"
#include <base/text.h>
#include <string.h>

/* What others call functions, and what they are called here. */
static const struct other_name {
    const char *name, *message;
} others[] = {
    {"ln", "the natural logarithm is log(u)"},   {"lg", "the logarithm to base 10 is log10(u)"},
    {"pow", "a power is written u^v"},           {"sqr", "a square is written u^2"},
    {"arcsin", "this function is called asin"},  {"arccos", "this function is called acos"},
    {"arctan", "this function is called atan"},  {"fabs", "this function is called abs"},
    {"tgamma", "this function is called gamma"}, {"exp2", "write 2^u"},
};

static void fail_unknown(marq_parser *p, const marq_token *name) {
    int length = (int)(name->length < 60 ? name->length : 60);
    char word[64];
    marq_format(word, sizeof word, "%.*s", length, name->name);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(word, others[i].name) == 0)
            marq_parse_fail(p, name->position, name->length, "%s", others[i].message);
    for (marq_op op = MARQ_OP_FIRST_FUNCTION; op <= MARQ_OP_LAST_FUNCTION; op++)
        if (marq_names_are_similar(word, marq_op_text(op)))
            marq_parse_fail(p, name->position, name->length, "'%s' is no function; did you mean '%s'?", word,
                            marq_op_text(op));
    marq_parse_fail(p, name->position, name->length, "'%s' is no function; a product is written %s*(…)", word,
                    word);
}

enum { MOST_ARGUMENTS = 100 };

/* The arguments up to ')'. Returns how many there are. */
static int parse_arguments(marq_parser *p, size_t open, marq_node_id *arguments) {
    int count = 0;
    do {
        marq_parse_advance(p);
        marq_node_id node = p->status == MARQ_OK ? marq_parse_conditional(p).node : 0;
        if (count == MOST_ARGUMENTS) marq_parse_fail(p, open, 1, "more than %d arguments", MOST_ARGUMENTS);
        if (p->status != MARQ_OK) return 0;
        arguments[count++] = node;
    } while (marq_parse_is_sign(p, ","));
    if (p->token.kind == MARQ_TOKEN_END)
        marq_parse_fail(p, open, 1, "this parenthesis is never closed");
    else if (!marq_parse_is_sign(p, ")"))
        marq_parse_fail(p, p->token.position, p->token.length,
                        "'%.*s' stands where an operator, ',' or ')' should",
                        (int)(p->token.length < 40 ? p->token.length : 40), p->text + p->token.position);
    marq_parse_advance(p);
    return count;
}

marq_node_id marq_parse_call(marq_parser *p, const marq_token *name) {
    marq_op op = marq_function_find(name->name, (unsigned)name->length);
    if (op == MARQ_OP_COMPUTED) {
        fail_unknown(p, name);
        return 0;
    }
    marq_node_id arguments[MOST_ARGUMENTS] = {0};
    int count = parse_arguments(p, p->token.position, arguments), wanted = marq_op_arguments(op);
    int is_open = op == MARQ_OP_MIN || op == MARQ_OP_MAX;
    if (p->status == MARQ_OK && (count < wanted || (count > wanted && !is_open)))
        marq_parse_fail(p, name->position, p->end - name->position, "%s takes %d argument%s%s, not %d",
                        marq_op_text(op), wanted, wanted == 1 ? "" : "s", is_open ? " or more" : "", count);
    if (p->status != MARQ_OK) return 0;
    marq_parse_set_place(p, name->position, p->end);
    marq_graph *graph = &p->formula->graph;
    marq_node_id node = marq_apply(graph, op, arguments[0], arguments[1], wanted > 2 ? arguments[2] : 0);
    for (int k = wanted; k < count; k++) node = marq_apply(graph, op, node, arguments[k], 0);
    return node;
}
