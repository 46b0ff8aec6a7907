/* A hash table over the nodes' contents finds equal ones. */
#include "graph.h"

#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NODES = 1 << 20 };

/* FNV-1a over the contents. */
static uint64_t hash_bytes(uint64_t hash, const void *bytes, size_t size) {
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < size; i++) hash = (hash ^ byte[i]) * UINT64_C(1099511628211);
    return hash;
}

static uint64_t hash_node(const marq_node *node) {
    uint64_t hash = UINT64_C(14695981039346656037);
    hash = hash_bytes(hash, &node->op, sizeof node->op);
    hash = hash_bytes(hash, node->argument, sizeof node->argument);
    hash = hash_bytes(hash, &node->index, sizeof node->index);
    return hash_bytes(hash, &node->constant, sizeof node->constant);
}

static int equal(const marq_node *a, const marq_node *b) {
    return a->op == b->op && memcmp(a->argument, b->argument, sizeof a->argument) == 0 &&
           a->index == b->index && memcmp(&a->constant, &b->constant, sizeof a->constant) == 0;
}

/* The entry of the table with the node, or the free one where it belongs. */
static int find(const marq_graph *graph, const marq_node *node) {
    int mask = graph->table_size - 1, at = (int)(hash_node(node) & (uint64_t)mask);
    while (graph->table[at] >= 0 && !equal(&graph->nodes[graph->table[at]], node)) at = (at + 1) & mask;
    return at;
}

static int *new_table(int size) {
    int *table = marq_alloc((size_t)size, sizeof *table);
    for (int i = 0; table && i < size; i++) table[i] = -1;
    return table;
}

/* Twice the room; the table stays at most half full. */
static int grow(marq_graph *graph) {
    int capacity = graph->capacity ? 2 * graph->capacity : 256;
    if (capacity > MOST_NODES) return 0;
    int *table = new_table(2 * capacity);
    if (!table) return 0;
    marq_node *nodes = realloc(graph->nodes, (size_t)capacity * sizeof *nodes);
    if (!nodes) {
        free(table);
        return 0;
    }
    free(graph->table);
    graph->nodes = nodes, graph->capacity = capacity;
    graph->table = table, graph->table_size = 2 * capacity;
    for (int i = 0; i < graph->count; i++) table[find(graph, &nodes[i])] = i;
    return 1;
}

int marq_graph_create(marq_graph *graph) {
    *graph = (marq_graph){0};
    if (!grow(graph)) return 0;
    marq_graph_node(graph, &(marq_node){.op = MARQ_OP_CONSTANT}); /* number 0 */
    return 1;
}

void marq_graph_destroy(marq_graph *graph) {
    free(graph->nodes);
    free(graph->table);
    *graph = (marq_graph){0};
}

marq_node_id marq_graph_find(const marq_graph *graph, const marq_node *node) {
    return graph->table[find(graph, node)];
}

marq_node_id marq_graph_node(marq_graph *graph, const marq_node *node) {
    int at = find(graph, node);
    if (graph->table[at] >= 0) return graph->table[at];
    if (graph->count == graph->capacity) {
        if (graph->failed || !grow(graph)) {
            graph->failed = 1;
            return 0;
        }
        at = find(graph, node);
    }
    graph->nodes[graph->count] = *node;
    graph->nodes[graph->count].place = graph->place;
    graph->table[at] = graph->count;
    return graph->count++;
}

void marq_graph_mark_varying(const marq_graph *graph, unsigned char *varies) {
    for (marq_node_id i = 0; i < graph->count; i++) {
        const marq_node *node = &graph->nodes[i];
        varies[i] = node->op == MARQ_OP_COLUMN || node->op == MARQ_OP_LEFT;
        for (int k = 0; k < marq_op_arguments(node->op); k++) varies[i] |= varies[node->argument[k]];
    }
}
