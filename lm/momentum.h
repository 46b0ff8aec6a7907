/* The momentum step of batches (SPRING). */
#ifndef MARQ_LM_MOMENTUM_H
#define MARQ_LM_MOMENTUM_H

#include "strategy.h"

typedef struct marq_momentum {
    double *velocity; /* φ, n */
    double *image;    /* J φ, m */
    double *mean;     /* of θ over the last steps, n */
    double seen;      /* the weight of the steps in it, from 0 to 1 */
    size_t parameters;
    size_t steps; /* since the stage began */
} marq_momentum;

typedef struct marq_momentum_terms {
    double beta, length;
    double decay; /* a, of this batch; λ at most */
    double share; /* of this step in the mean, 0 to 1; 0: no mean is kept */
} marq_momentum_terms;

bool marq_momentum_create(marq_momentum *momentum, const marq_problem *problem);
void marq_momentum_destroy(marq_momentum *momentum);
void marq_momentum_stop(marq_momentum *momentum); /* φ ← 0, and the mean begins anew */

/* θ ← θ + length·φ from the prepared point, with s->mu as λ. REJECTED: the matrix could not be factored, λ
 * has grown. */
outcome marq_momentum_step(marq_momentum *momentum, solver *s, const marq_momentum_terms *terms);

#endif
