/* Rows of the Jacobian of the net's outputs from a pass. */
#ifndef MARQ_NN_JACOBIAN_H
#define MARQ_NN_JACOBIAN_H

#include "pass.h"

/* Writes ∂(normalised output o of row i)/∂θ of rows 0 … rows−1 of the pass to
 * jacobian[(i·outputs + o)·stride + j]. After marq_reverse. */
void marq_jacobian_rows(const marq_net *net, const marq_pass *pass, size_t rows, double *jacobian,
                        size_t stride);

#endif
