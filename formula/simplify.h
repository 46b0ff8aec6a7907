/* Makes nodes, simplified on the way: constants are computed, neutral elements fall away, signs move
 * outwards. Every rewriting is exact, or off by a rounding, wherever the expression is finite. */
#ifndef MARQ_FORMULA_SIMPLIFY_H
#define MARQ_FORMULA_SIMPLIFY_H

#include "graph.h"

marq_node_id marq_constant(marq_graph *graph, double value);
marq_node_id marq_leaf(marq_graph *graph, marq_op op, size_t index);

/* An op of one, two or three arguments; the rest are 0. */
marq_node_id marq_apply(marq_graph *graph, marq_op op, marq_node_id a, marq_node_id b, marq_node_id c);

marq_node_id marq_negate(marq_graph *graph, marq_node_id a);
marq_node_id marq_add(marq_graph *graph, marq_node_id a, marq_node_id b);
marq_node_id marq_subtract(marq_graph *graph, marq_node_id a, marq_node_id b);
marq_node_id marq_multiply(marq_graph *graph, marq_node_id a, marq_node_id b);
marq_node_id marq_divide(marq_graph *graph, marq_node_id a, marq_node_id b);
marq_node_id marq_power(marq_graph *graph, marq_node_id a, marq_node_id b);
marq_node_id marq_select(marq_graph *graph, marq_node_id condition, marq_node_id yes, marq_node_id no);
/* A function of one argument. */
marq_node_id marq_call(marq_graph *graph, marq_op op, marq_node_id a);
/* factor · a. */
marq_node_id marq_scale(marq_graph *graph, double factor, marq_node_id a);

#endif
