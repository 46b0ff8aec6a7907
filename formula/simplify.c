#include "simplify.h"

#include "kernels.h"
#include <math.h>

/* ---- What a node is ---- */

static const marq_node *at(const marq_graph *graph, marq_node_id a) {
    return &graph->nodes[a];
}

static int is(const marq_graph *graph, marq_node_id a, marq_op op) {
    return at(graph, a)->op == op;
}

static int is_constant(const marq_graph *graph, marq_node_id a) {
    return is(graph, a, MARQ_OP_CONSTANT);
}

static int is_number(const marq_graph *graph, marq_node_id a, double value) {
    return is_constant(graph, a) && at(graph, a)->constant == value;
}

static int is_negated(const marq_graph *graph, marq_node_id a) {
    return is(graph, a, MARQ_OP_NEGATE);
}

static marq_node_id first(const marq_graph *graph, marq_node_id a) {
    return at(graph, a)->argument[0];
}

static marq_node_id second(const marq_graph *graph, marq_node_id a) {
    return at(graph, a)->argument[1];
}

/* ---- Leaves and plain nodes ---- */

marq_node_id marq_constant(marq_graph *graph, double value) {
    return marq_graph_node(graph, &(marq_node){.op = MARQ_OP_CONSTANT, .constant = value});
}

marq_node_id marq_leaf(marq_graph *graph, marq_op op, size_t index) {
    return marq_graph_node(graph, &(marq_node){.op = op, .index = index});
}

/* Computed if the arguments are constants and the value is finite, else as it is. */
static marq_node_id plain(marq_graph *graph, marq_op op, marq_node_id a, marq_node_id b, marq_node_id c) {
    int arguments = marq_op_arguments(op);
    if (is_constant(graph, a) && (arguments < 2 || is_constant(graph, b)) &&
        (arguments < 3 || is_constant(graph, c))) {
        double value =
            marq_compute(op, at(graph, a)->constant, at(graph, b)->constant, at(graph, c)->constant);
        if (isfinite(value)) return marq_constant(graph, value);
    }
    marq_node node = {.op = op, .argument = {a, b, c}};
    if (op == MARQ_OP_ADD || op == MARQ_OP_MULTIPLY) { /* commute: the way that is there */
        marq_node swapped = {.op = op, .argument = {b, a, 0}};
        marq_node_id there = marq_graph_find(graph, &swapped);
        if (there >= 0) return there;
    }
    return marq_graph_node(graph, &node);
}

/* ---- Sums ---- */

marq_node_id marq_negate(marq_graph *graph, marq_node_id a) {
    if (is_negated(graph, a)) return first(graph, a);
    if (is(graph, a, MARQ_OP_SUBTRACT)) return marq_subtract(graph, second(graph, a), first(graph, a));
    return plain(graph, MARQ_OP_NEGATE, a, 0, 0);
}

marq_node_id marq_add(marq_graph *graph, marq_node_id a, marq_node_id b) {
    if (is_number(graph, a, 0)) return b;
    if (is_number(graph, b, 0)) return a;
    if (is_negated(graph, b)) return marq_subtract(graph, a, first(graph, b));
    if (is_negated(graph, a)) return marq_subtract(graph, b, first(graph, a));
    if (a == b) return marq_scale(graph, 2, a);
    return plain(graph, MARQ_OP_ADD, a, b, 0);
}

marq_node_id marq_subtract(marq_graph *graph, marq_node_id a, marq_node_id b) {
    if (is_number(graph, b, 0)) return a;
    if (is_number(graph, a, 0)) return marq_negate(graph, b);
    if (a == b) return marq_constant(graph, 0);
    if (is_negated(graph, b)) return marq_add(graph, a, first(graph, b));
    if (is_negated(graph, a)) return marq_negate(graph, marq_add(graph, first(graph, a), b));
    return plain(graph, MARQ_OP_SUBTRACT, a, b, 0);
}

/* ---- Products ---- */

static int is_constant_times(const marq_graph *graph, marq_node_id a) {
    return is(graph, a, MARQ_OP_MULTIPLY) && is_constant(graph, first(graph, a));
}

/* constant · a, the constant in front: c·(d·u) = (cd)·u, c·(d/u) = (cd)/u. */
marq_node_id marq_scale(marq_graph *graph, double factor, marq_node_id a) {
    if (factor == 0) return 0;
    if (factor == 1) return a;
    if (factor == -1) return marq_negate(graph, a);
    if (is_negated(graph, a)) return marq_scale(graph, -factor, first(graph, a));
    if (is_constant_times(graph, a)) {
        double product = factor * at(graph, first(graph, a))->constant;
        if (isfinite(product) && product != 0) return marq_scale(graph, product, second(graph, a));
    }
    if (is(graph, a, MARQ_OP_DIVIDE) && is_constant(graph, first(graph, a))) {
        double product = factor * at(graph, first(graph, a))->constant;
        if (isfinite(product) && product != 0)
            return marq_divide(graph, marq_constant(graph, product), second(graph, a));
    }
    return plain(graph, MARQ_OP_MULTIPLY, marq_constant(graph, factor), a, 0);
}

/* a·(1/u) = a/u: what derivatives bring. */
static int is_reciprocal(const marq_graph *graph, marq_node_id a) {
    return is(graph, a, MARQ_OP_DIVIDE) && is_number(graph, first(graph, a), 1);
}

marq_node_id marq_multiply(marq_graph *graph, marq_node_id a, marq_node_id b) {
    if (is_constant(graph, a) && isfinite(at(graph, a)->constant) && !is_constant(graph, b))
        return marq_scale(graph, at(graph, a)->constant, b);
    if (is_constant(graph, b) && isfinite(at(graph, b)->constant) && !is_constant(graph, a))
        return marq_scale(graph, at(graph, b)->constant, a);
    if (is_negated(graph, a)) return marq_negate(graph, marq_multiply(graph, first(graph, a), b));
    if (is_negated(graph, b)) return marq_negate(graph, marq_multiply(graph, a, first(graph, b)));
    if (is_reciprocal(graph, b)) return marq_divide(graph, a, second(graph, b));
    if (is_reciprocal(graph, a)) return marq_divide(graph, b, second(graph, a));
    if (a == b) return marq_power(graph, a, marq_constant(graph, 2));
    if (is_constant_times(graph, a))
        return marq_scale(graph, at(graph, first(graph, a))->constant,
                          marq_multiply(graph, second(graph, a), b));
    if (is_constant_times(graph, b))
        return marq_scale(graph, at(graph, first(graph, b))->constant,
                          marq_multiply(graph, a, second(graph, b)));
    return plain(graph, MARQ_OP_MULTIPLY, a, b, 0);
}

static int is_power_of_two(double value) {
    int exponent;
    return fabs(frexp(value, &exponent)) == 0.5 && isfinite(1 / value);
}

marq_node_id marq_divide(marq_graph *graph, marq_node_id a, marq_node_id b) {
    if (is_number(graph, b, 1)) return a;
    if (is_number(graph, a, 0) && !is_number(graph, b, 0)) return a;
    if (is_negated(graph, a)) return marq_negate(graph, marq_divide(graph, first(graph, a), b));
    if (is_negated(graph, b)) return marq_negate(graph, marq_divide(graph, a, first(graph, b)));
    if (is_constant(graph, b) && !is_constant(graph, a) && is_power_of_two(at(graph, b)->constant))
        return marq_scale(graph, 1 / at(graph, b)->constant, a);
    if (a == b && !is_constant(graph, a)) return marq_constant(graph, 1);
    return plain(graph, MARQ_OP_DIVIDE, a, b, 0);
}

/* ---- Powers, choices, functions ---- */

marq_node_id marq_power(marq_graph *graph, marq_node_id a, marq_node_id b) {
    if (is_number(graph, b, 0) || is_number(graph, a, 1)) return marq_constant(graph, 1);
    if (is_number(graph, b, 1)) return a;
    if (is_number(graph, b, -1)) return marq_divide(graph, marq_constant(graph, 1), a);
    if (is_number(graph, b, 0.5)) return marq_call(graph, MARQ_OP_SQRT, a);
    if (is_number(graph, b, 2) && is_negated(graph, a)) return marq_power(graph, first(graph, a), b);
    if (is_number(graph, a, exp(1.0))) return marq_call(graph, MARQ_OP_EXP, b);
    return plain(graph, MARQ_OP_POWER, a, b, 0);
}

marq_node_id marq_select(marq_graph *graph, marq_node_id condition, marq_node_id yes, marq_node_id no) {
    if (is_constant(graph, condition)) return at(graph, condition)->constant != 0 ? yes : no;
    if (yes == no) return yes;
    return plain(graph, MARQ_OP_SELECT, condition, yes, no);
}

marq_node_id marq_call(marq_graph *graph, marq_op op, marq_node_id a) {
    return plain(graph, op, a, 0, 0);
}

marq_node_id marq_apply(marq_graph *graph, marq_op op, marq_node_id a, marq_node_id b, marq_node_id c) {
    switch (op) {
    case MARQ_OP_NEGATE:
        return marq_negate(graph, a);
    case MARQ_OP_ADD:
        return marq_add(graph, a, b);
    case MARQ_OP_SUBTRACT:
        return marq_subtract(graph, a, b);
    case MARQ_OP_MULTIPLY:
        return marq_multiply(graph, a, b);
    case MARQ_OP_DIVIDE:
        return marq_divide(graph, a, b);
    case MARQ_OP_POWER:
        return marq_power(graph, a, b);
    case MARQ_OP_SELECT:
        return marq_select(graph, a, b, c);
    default:
        return plain(graph, op, a, b, c);
    }
}
