/* Powers. pow takes about ten times as long as a product or a quotient.
 *
 *     x^n, x^(n + ½)  by squaring: x^n = (x^(n/2))² · x^(n mod 2), at most 2 log₂ n products, and a square
 *                     root; up to |n| = 16 the error stays below 10 ulp
 *     x^(v − 1)       x^v/x, where x^v is there anyhow and v is the same in all rows: what derivatives bring.
 *                     At x = 0 it is 0^(v − 1), as it was. */
#include "lower.h"

#include "simplify.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_POWER = 16 };

static marq_node_id plain(marq_graph *g, marq_op op, marq_node_id a, marq_node_id b) {
    return marq_graph_node(g, &(marq_node){.op = op, .argument = {a, b}});
}

/* ---- Constant exponents ---- */

static marq_node_id integer_power(marq_graph *g, marq_node_id a, int n) {
    if (n == 1) return a;
    marq_node_id half = integer_power(g, a, n / 2), even = plain(g, MARQ_OP_MULTIPLY, half, half);
    return n % 2 ? plain(g, MARQ_OP_MULTIPLY, even, a) : even;
}

/* a^|exponent| for whole and half exponents. */
static marq_node_id half_integer_power(marq_graph *g, marq_node_id a, double exponent) {
    int n = (int)fabs(exponent);
    if (n == fabs(exponent)) return integer_power(g, a, n);
    marq_node_id root = plain(g, MARQ_OP_SQRT, a, 0);
    return n == 0 ? root : plain(g, MARQ_OP_MULTIPLY, integer_power(g, a, n), root);
}

static int is_short(double exponent) {
    return exponent != 0 && fabs(exponent) <= MOST_POWER && 2 * exponent == rint(2 * exponent);
}

/* ---- Slopes ---- */

/* Whether u^(exponent + 1) is among the nodes: the exponent is v − 1, or a number. */
static int has_power_above(marq_graph *g, const marq_node *power, marq_node *above) {
    marq_node_id one = marq_constant(g, 1);
    marq_node exponent = g->nodes[power->argument[1]];
    *above = (marq_node){.op = MARQ_OP_POWER, .argument = {power->argument[0], exponent.argument[0]}};
    if (exponent.op == MARQ_OP_CONSTANT)
        above->argument[1] = marq_constant(g, exponent.constant + 1);
    else if (exponent.op != MARQ_OP_SUBTRACT || exponent.argument[1] != one)
        return 0;
    return marq_graph_find(g, above) >= 0;
}

static marq_node_id slope(marq_graph *g, const marq_node *power, const marq_node *above) {
    marq_node_id base = power->argument[0];
    marq_node_id quotient = plain(g, MARQ_OP_DIVIDE, marq_graph_node(g, above), base);
    marq_node_id at_zero = plain(g, MARQ_OP_POWER, 0, power->argument[1]); /* node 0 is the constant 0 */
    marq_node_id is_zero = plain(g, MARQ_OP_EQUAL, base, 0);
    return marq_graph_node(g, &(marq_node){.op = MARQ_OP_SELECT, .argument = {is_zero, at_zero, quotient}});
}

/* ---- All nodes ---- */

static marq_node_id lower(marq_graph *g, marq_node_id id, const unsigned char *varies,
                          const marq_node_id *map) {
    marq_node node = g->nodes[id], above;
    int exponent_varies = marq_op_arguments(node.op) > 1 && varies[node.argument[1]];
    for (int k = 0; k < marq_op_arguments(node.op); k++) node.argument[k] = map[node.argument[k]];
    if (node.op != MARQ_OP_POWER) return marq_graph_node(g, &node);
    marq_node exponent = g->nodes[node.argument[1]];
    if (exponent.op == MARQ_OP_CONSTANT && is_short(exponent.constant)) {
        marq_node_id power = half_integer_power(g, node.argument[0], exponent.constant);
        return exponent.constant < 0 ? plain(g, MARQ_OP_DIVIDE, marq_constant(g, 1), power) : power;
    }
    if (!exponent_varies && has_power_above(g, &node, &above)) return slope(g, &node, &above);
    return marq_graph_node(g, &node);
}

int marq_lower_powers(marq_graph *graph, int count, marq_node_id *map) {
    unsigned char *varies = marq_alloc((size_t)count, 1);
    if (!varies) return 0;
    marq_graph_mark_varying(graph, varies);
    for (marq_node_id i = 0; i < count; i++) map[i] = lower(graph, i, varies, map);
    free(varies);
    return 1;
}
