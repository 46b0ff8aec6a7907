/* Rewriting for machines, which the text of a formula need not show. */
#ifndef MARQ_FORMULA_LOWER_H
#define MARQ_FORMULA_LOWER_H

#include "graph.h"

/* map[i] ← the node that stands for node i, for all `count` nodes of the graph. 0 without memory. */
int marq_lower_powers(marq_graph *graph, int count, marq_node_id *map);

#endif
