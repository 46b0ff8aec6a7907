/* From the root of the left side down to the response, each op on the way is undone on the other side:
 * log(y)/x = v gives y = exp(v·x). Of two branches (squares, cosh) it is the positive one. */
#include "invert.h"

#include "simplify.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* has[i] ← how often the response stands in node i (at most 2). */
static void count_response(const marq_graph *g, marq_node_id root, size_t response, unsigned char *has) {
    for (marq_node_id i = 0; i <= root; i++) {
        const marq_node *node = &g->nodes[i];
        int sum = node->op == MARQ_OP_COLUMN && node->index == response;
        for (int k = 0; k < marq_op_arguments(node->op); k++) sum += has[node->argument[k]];
        has[i] = (unsigned char)(sum > 2 ? 2 : sum);
    }
}

static marq_node_id number(marq_graph *g, double value) {
    return marq_constant(g, value);
}

/* f(u) = v gives u. −1: f has no inverse. */
static marq_node_id undo_function(marq_graph *g, marq_op op, marq_node_id v) {
    switch (op) {
    case MARQ_OP_NEGATE:
        return marq_negate(g, v);
    case MARQ_OP_EXP:
        return marq_call(g, MARQ_OP_LOG, v);
    case MARQ_OP_LOG:
        return marq_call(g, MARQ_OP_EXP, v);
    case MARQ_OP_LOG10:
        return marq_power(g, number(g, 10), v);
    case MARQ_OP_SQRT:
        return marq_power(g, v, number(g, 2));
    case MARQ_OP_ASIN:
        return marq_call(g, MARQ_OP_SIN, v);
    case MARQ_OP_ACOS:
        return marq_call(g, MARQ_OP_COS, v);
    case MARQ_OP_ATAN:
        return marq_call(g, MARQ_OP_TAN, v);
    case MARQ_OP_SINH: /* asinh v = log(v + √(v² + 1)), for v < 0 by symmetry */ {
        marq_node_id size = marq_call(g, MARQ_OP_ABS, v), one = number(g, 1);
        marq_node_id root = marq_call(g, MARQ_OP_SQRT, marq_add(g, marq_power(g, v, number(g, 2)), one));
        marq_node_id value = marq_call(g, MARQ_OP_LOG, marq_add(g, size, root));
        return marq_select(g, marq_apply(g, MARQ_OP_LESS, v, 0, 0), marq_negate(g, value), value);
    }
    case MARQ_OP_TANH: /* atanh v = ½ log((1 + v)/(1 − v)) */ {
        marq_node_id above = marq_add(g, number(g, 1), v), below = marq_subtract(g, number(g, 1), v);
        return marq_scale(g, 0.5, marq_call(g, MARQ_OP_LOG, marq_divide(g, above, below)));
    }
    default:
        return -1;
    }
}

/* op(u, w) = v, or op(w, u) = v where the response is second, gives u. */
static marq_node_id undo_operator(marq_graph *g, marq_op op, marq_node_id w, int second, marq_node_id v) {
    switch (op) {
    case MARQ_OP_ADD:
        return marq_subtract(g, v, w);
    case MARQ_OP_SUBTRACT:
        return second ? marq_subtract(g, w, v) : marq_add(g, v, w);
    case MARQ_OP_MULTIPLY:
        return marq_divide(g, v, w);
    case MARQ_OP_DIVIDE:
        return second ? marq_divide(g, w, v) : marq_multiply(g, v, w);
    case MARQ_OP_POWER:
        return second ? marq_divide(g, marq_call(g, MARQ_OP_LOG, v), marq_call(g, MARQ_OP_LOG, w))
                      : marq_power(g, v, marq_divide(g, number(g, 1), w));
    default:
        return -1;
    }
}

static marq_node_id walk(marq_graph *g, marq_node_id at, const unsigned char *has) {
    marq_node_id v = marq_leaf(g, MARQ_OP_LEFT, 0);
    while (v >= 0 && g->nodes[at].op != MARQ_OP_COLUMN) {
        marq_node node = g->nodes[at];
        int second = marq_op_arguments(node.op) == 2 && has[node.argument[1]];
        v = marq_op_arguments(node.op) == 1 ? undo_function(g, node.op, v)
                                            : undo_operator(g, node.op, node.argument[!second], second, v);
        at = node.argument[second];
    }
    return v;
}

int marq_invert(marq_graph *graph, marq_node_id left, size_t response, marq_node_id *back) {
    unsigned char *has = marq_alloc((size_t)left + 1, 1);
    if (!has) {
        graph->failed = 1;
        return 0;
    }
    graph->place = (marq_formula_place){.tie = MARQ_FORMULA_NONE};
    count_response(graph, left, response, has);
    *back = has[left] == 1 ? walk(graph, left, has) : -1;
    free(has);
    return *back >= 0 && !graph->failed;
}
