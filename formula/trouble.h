/* Words for a value that is not finite. */
#ifndef MARQ_FORMULA_TROUBLE_H
#define MARQ_FORMULA_TROUBLE_H

#include "inside.h"

/* Fills place and message of *trouble, whose other members are set: node root is not finite in trouble->row.
 * theta may be NULL for the left side. */
void marq_trouble_describe(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                           marq_node_id root, marq_formula_trouble *trouble);

#endif
