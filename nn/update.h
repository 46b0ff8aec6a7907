/* First-order steps, for a gradient g of the batch's objective. Each rule is PyTorch's, constants and all.
 *     sgd      u ← μ u + g;  θ ← θ − η u, or with Nesterov's momentum θ − η (g + μ u)
 *              (Sutskever, Martens, Dahl, Hinton 2013)
 *     adam     u ← β1 u + (1 − β1) g;  v ← β2 v + (1 − β2) g²;
 *              θ ← θ − η u/(1 − β1^t) / (√(v/(1 − β2^t)) + ε)      (Kingma & Ba 2015)
 *              β1 = 0.9, β2 = 0.999, ε = 1e-8
 *     rmsprop  v ← α v + (1 − α) g²;  u ← μ u + g / (√v + ε);  θ ← θ − η u      (Hinton 2012)
 *              α = 0.99, ε = 1e-8 */
#ifndef MARQ_NN_UPDATE_H
#define MARQ_NN_UPDATE_H

#include "block_math.h"
#include <marq/nn.h>

typedef struct marq_update {
    marq_step_rule rule;
    marq_step_function step;
    size_t count, steps;
    double *first, *second; /* u, v */
} marq_update;

/* The optimizer's own rate: 0.01 for sgd, else 0.001. */
double marq_usual_learning_rate(marq_optimizer optimizer);

/* 0 without memory. */
int marq_update_create(marq_update *update, marq_optimizer optimizer, const marq_first_order *settings,
                       size_t parameters);
void marq_update_destroy(marq_update *update);
void marq_update_step(marq_update *update, const double *g, double *theta);

#endif
