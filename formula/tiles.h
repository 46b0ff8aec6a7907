/* Which kernel computes a node, together with which of its arguments. */
#ifndef MARQ_FORMULA_TILES_H
#define MARQ_FORMULA_TILES_H

#include "graph.h"

/* One kernel call: out ← kernel(argument[0], …). */
typedef struct marq_tile {
    int kernel, count;
    marq_node_id argument[4];
    int place[4];               /* where each argument goes: a, b, c or d as 0 … 3 */
    unsigned char as_scalar[4]; /* the kernel reads one value of it */
} marq_tile;

/* What is known of the nodes of a graph: flags, one a node. */
typedef struct marq_marks {
    unsigned char *needed; /* for the outputs */
    unsigned char *varies; /* from row to row */
    unsigned char *inner;  /* computed within the call of the node above, never stored */
} marq_marks;

/* Chooses the inner nodes. uses: how often each node is an argument of needed nodes that vary, or an output.
 * work: three zeros a node. */
void marq_tiles_choose(const marq_graph *graph, const marq_marks *marks, const int *uses, int *work);

/* The call that computes node id, which is needed, varies, and is no leaf and not inner. */
marq_tile marq_tile_of(const marq_graph *graph, const marq_marks *marks, marq_node_id id);

#endif
