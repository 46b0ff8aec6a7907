/* A sum, difference or product may compute those of its arguments that are sums, differences or products
 * themselves in its own call (kernels.h: pairs). Which of them is chosen by dynamic programming, arguments
 * first: the least cost of a node with all below it that is used once. A call costs about as much as four
 * loads (measured, blocks of 200 rows: its store, the indirect call, the loop's end). Nodes that are used
 * several times are computed several times, if every user can. */
#include "tiles.h"

#include "kernels.h"

enum { CALL = 4, LOAD = 1, MOST_COPIES = 4 };

static int is_arithmetic(marq_op op) {
    return op == MARQ_OP_ADD || op == MARQ_OP_SUBTRACT || op == MARQ_OP_MULTIPLY;
}

/* ---- The choice ---- */

/* Of an argument that is loaded: the load, and what it costs to have it. */
static int price(const marq_marks *marks, const int *uses, const int *cost, marq_node_id id) {
    if (!marks->varies[id]) return 0;
    return LOAD + (uses[id] == 1 ? cost[id] : 0);
}

/* Of an argument that is computed in the same call. */
static int price_inside(const marq_graph *graph, const marq_marks *marks, const int *uses, const int *cost,
                        marq_node_id id) {
    const marq_node_id *argument = graph->nodes[id].argument;
    return price(marks, uses, cost, argument[0]) + price(marks, uses, cost, argument[1]);
}

static int may_be_inside(const marq_graph *graph, const marq_marks *marks, const int *uses, marq_node_id id) {
    return marks->varies[id] && uses[id] == 1 && is_arithmetic(graph->nodes[id].op);
}

/* cost[i] ← the least cost of node i. Bit k of inside[i] ← argument k is computed in its call. */
static void find_costs(const marq_graph *graph, const marq_marks *marks, const int *uses, int *cost,
                       int *inside) {
    for (marq_node_id i = 0; i < graph->count; i++) {
        const marq_node *node = &graph->nodes[i];
        if (!marks->needed[i] || !marks->varies[i]) continue;
        cost[i] = CALL;
        for (int k = 0; k < marq_op_arguments(node->op); k++) {
            marq_node_id a = node->argument[k];
            int stored = price(marks, uses, cost, a), within = stored;
            if (is_arithmetic(node->op) && may_be_inside(graph, marks, uses, a))
                within = price_inside(graph, marks, uses, cost, a);
            if (within < stored) inside[i] |= 1 << k;
            cost[i] += within < stored ? within : stored;
        }
    }
}

/* Descending, all users of a node come before it: takers[i] is then how many of its uses can compute it. */
static void share(const marq_graph *graph, const marq_marks *marks, const int *uses, const int *inside,
                  int *takers) {
    for (marq_node_id i = graph->count - 1; i >= 0; i--) {
        const marq_node *node = &graph->nodes[i];
        if (!marks->needed[i] || !marks->varies[i] || !is_arithmetic(node->op)) continue;
        if (uses[i] > 1 && uses[i] <= MOST_COPIES && takers[i] == uses[i] && !inside[i]) marks->inner[i] = 1;
        for (int k = 0; k < 2 && !marks->inner[i]; k++) takers[node->argument[k]]++;
    }
}

void marq_tiles_choose(const marq_graph *graph, const marq_marks *marks, const int *uses, int *work) {
    int *cost = work, *inside = work + graph->count, *takers = work + 2 * graph->count;
    find_costs(graph, marks, uses, cost, inside);
    for (marq_node_id i = graph->count - 1; i >= 0; i--) {
        if (marks->inner[i]) inside[i] = 0;
        for (int k = 0; k < 2; k++)
            if (inside[i] >> k & 1) marks->inner[graph->nodes[i].argument[k]] = 1;
    }
    share(graph, marks, uses, inside, takers);
}

static void add(const marq_marks *marks, marq_tile *tile, marq_node_id argument, int place,
                int may_be_scalar) {
    int k = tile->count++;
    tile->argument[k] = argument;
    tile->place[k] = place;
    tile->as_scalar[k] = may_be_scalar && !marks->varies[argument];
}

/* ---- Pairs ---- */

/* An inner node's two arguments in the order of the kernels, which have a scalar second in sums and products.
 */
static marq_pair_side inner_side(const marq_marks *marks, const marq_node *node, marq_node_id argument[2]) {
    argument[0] = node->argument[0], argument[1] = node->argument[1];
    int first = !marks->varies[argument[0]], second = !marks->varies[argument[1]];
    if (node->op == MARQ_OP_SUBTRACT)
        return first ? MARQ_PAIR_SUBTRACT_SV : second ? MARQ_PAIR_SUBTRACT_VS : MARQ_PAIR_SUBTRACT_VV;
    if (first) argument[0] = node->argument[1], argument[1] = node->argument[0];
    if (node->op == MARQ_OP_ADD) return first || second ? MARQ_PAIR_ADD_VS : MARQ_PAIR_ADD_VV;
    return first || second ? MARQ_PAIR_MULTIPLY_VS : MARQ_PAIR_MULTIPLY_VV;
}

/* One side of a pair, whose arguments go to places from `place` on. */
static marq_pair_side add_side(const marq_graph *graph, const marq_marks *marks, marq_node_id id, int place,
                               marq_tile *tile) {
    if (!marks->inner[id]) {
        add(marks, tile, id, place, 1);
        return marks->varies[id] ? MARQ_PAIR_V : MARQ_PAIR_S;
    }
    marq_node_id argument[2];
    marq_pair_side side = inner_side(marks, &graph->nodes[id], argument);
    add(marks, tile, argument[0], place, 1);
    add(marks, tile, argument[1], place + 1, 1);
    return side;
}

static void make_pair(const marq_graph *graph, const marq_marks *marks, const marq_node *node,
                      marq_tile *tile) {
    marq_pair_join join = node->op == MARQ_OP_ADD        ? MARQ_JOIN_ADD
                          : node->op == MARQ_OP_SUBTRACT ? MARQ_JOIN_SUBTRACT
                                                         : MARQ_JOIN_MULTIPLY;
    marq_pair_side left = add_side(graph, marks, node->argument[0], 0, tile);
    marq_pair_side right = add_side(graph, marks, node->argument[1], 2, tile);
    tile->kernel = marq_kernel_pair(left, join, right);
}

/* ---- Others ---- */

marq_tile marq_tile_of(const marq_graph *graph, const marq_marks *marks, marq_node_id id) {
    const marq_node *node = &graph->nodes[id];
    marq_tile tile = {.kernel = (int)node->op};
    if (is_arithmetic(node->op)) {
        make_pair(graph, marks, node, &tile);
        return tile;
    }
    int is_quotient = node->op == MARQ_OP_DIVIDE;
    for (int k = 0; k < marq_op_arguments(node->op); k++)
        add(marks, &tile, node->argument[k], k, is_quotient);
    if (is_quotient && tile.as_scalar[0]) tile.kernel = MARQ_KERNEL_SCALAR_DIVIDE;
    if (is_quotient && tile.as_scalar[1]) tile.kernel = MARQ_KERNEL_DIVIDE_SCALAR;
    return tile;
}
