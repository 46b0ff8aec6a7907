/* The lineshapes: their names, parameters and expressions. */
#ifndef MARQ_FORMULA_SHAPES_H
#define MARQ_FORMULA_SHAPES_H

#include "graph.h"

enum {
    MARQ_LINESHAPES = MARQ_LINESHAPE_POLYNOMIAL + 1,
    MARQ_POLYNOMIAL_DEGREE = MARQ_LINESHAPE_PARAMETERS - 1
};

/* Whether text begins with the name of a lineshape (a '-' in place of its '_' is fine) that ends there: its
 * bytes, else 0. */
size_t marq_lineshape_find(const char *text, marq_lineshape *shape);

/* How many parameters it has; a polynomial, of its degree. */
size_t marq_lineshape_parameters(marq_lineshape shape, size_t degree);

/* "area", "center", …; "c3" for the third power of a polynomial (number: 3). out: 8 bytes or more. */
void marq_lineshape_parameter(marq_lineshape shape, size_t number, char *out, size_t size);

/* The shape's value at x with its parameters p. */
marq_node_id marq_lineshape_build(marq_graph *graph, marq_lineshape shape, marq_node_id x,
                                  const marq_node_id *p, size_t degree);

#endif
