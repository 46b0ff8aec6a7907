/* Turning a left side around. */
#ifndef MARQ_FORMULA_INVERT_H
#define MARQ_FORMULA_INVERT_H

#include "graph.h"

/* *back ← the expression for column `response` of MARQ_OP_LEFT, at which left has that value. 0 if there is
 * none: the response stands in left more than once, or in a function that has no inverse. */
int marq_invert(marq_graph *graph, marq_node_id left, size_t response, marq_node_id *back);

#endif
