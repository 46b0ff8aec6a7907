/* Exact derivatives. */
#ifndef MARQ_FORMULA_DERIVATIVE_H
#define MARQ_FORMULA_DERIVATIVE_H

#include "graph.h"

/* out[j] ← the derivative of root by leaf j of that kind (MARQ_OP_PARAMETER or MARQ_OP_COLUMN), j < count. 0
 * without memory; graph->failed says that there was no room for nodes. */
int marq_differentiate(marq_graph *graph, marq_node_id root, marq_op leaf, size_t count, marq_node_id *out);

#endif
