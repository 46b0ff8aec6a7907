/* Training of the net of --vs. */
#ifndef FIT_FORMULAS_VERSUS_TRAIN_H
#define FIT_FORMULAS_VERSUS_TRAIN_H

#include "formulas/compare.h"

typedef struct formula_net_rows {
    size_t rows;
    const double *x;       /* rows × the net's inputs */
    const double *y;       /* rows */
    const double *weights; /* rows; NULL: all 1 */
} formula_net_rows;

/* From the net's parameters on; fills them, n->effective and n->status. */
marq_status formula_train_net(const formula_run *run, const formula_net_rows *rows, formula_net *n,
                              marq_error *error);

#endif
