/* The momentum step of batches (SPRING). */
#ifndef MARQ_LM_MOMENTUM_H
#define MARQ_LM_MOMENTUM_H

#include "strategy.h"

typedef struct marq_momentum {
    double *velocity; /* φ, n */
    double *image;    /* J φ, m */
    size_t parameters;
    size_t steps; /* since the stage began */
} marq_momentum;

bool marq_momentum_create(marq_momentum *momentum, const marq_problem *problem);
void marq_momentum_destroy(marq_momentum *momentum);
void marq_momentum_stop(marq_momentum *momentum); /* φ ← 0 */

/* θ ← θ + length·φ from the prepared point, with s->mu as λ. REJECTED: the matrix could not be factored, λ
 * has grown. */
outcome marq_momentum_step(marq_momentum *momentum, solver *s, double beta, double length);

#endif
