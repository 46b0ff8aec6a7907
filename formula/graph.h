/* Expressions as one graph: equal subexpressions are one node, and a node's arguments have lower numbers, so
 * that a loop over the numbers visits arguments first. Nodes are made by the functions of simplify.h. */
#ifndef MARQ_FORMULA_GRAPH_H
#define MARQ_FORMULA_GRAPH_H

#include "ops.h"
#include <marq/formula.h>
#include <stdint.h>

typedef int marq_node_id; /* ≥ 0; 0 is the constant 0, and what every function gives after a failure */

typedef struct marq_node {
    marq_op op;
    marq_node_id argument[3]; /* 0 where there is none */
    size_t index;             /* of the parameter or column */
    double constant;
    marq_formula_place place; /* where it was first written; length 0: nowhere */
} marq_node;

typedef struct marq_graph {
    marq_node *nodes;
    int count, capacity;
    int *table; /* open addressing: node numbers, −1 free; a power of two entries */
    int table_size;
    int failed; /* out of memory, or too many nodes */
    /* Place of the nodes that are made now. */
    marq_formula_place place;
} marq_graph;

/* 0 without memory. */
int marq_graph_create(marq_graph *graph);
void marq_graph_destroy(marq_graph *graph);

/* The node with these contents, made if there is none. */
marq_node_id marq_graph_node(marq_graph *graph, const marq_node *node);
/* The same if there is one, else −1. */
marq_node_id marq_graph_find(const marq_graph *graph, const marq_node *node);

/* varies[i] ← whether node i's value changes from row to row, for all nodes. */
void marq_graph_mark_varying(const marq_graph *graph, unsigned char *varies);

#endif
