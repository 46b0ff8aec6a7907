/* The gradient of a batch's error E = 1/(B·m) Σ_i Σ_o (ŷ_io − y_io)², over B rows and m outputs, all
 * normalised: what PyTorch and Keras call the mean squared error. With weights Σ w_io (ŷ_io − y_io)², with
 * Huber's loss 2ρ in place of squares (targets.h); of a classifier the mean cross-entropy of its rows. */
#ifndef MARQ_NN_BATCH_GRADIENT_H
#define MARQ_NN_BATCH_GRADIENT_H

#include "block.h"

typedef struct marq_batch_gradient {
    /* Set by the caller; borrowed. */
    const marq_net *net;
    const double *X; /* all rows, normalised */
    marq_targets targets;
    int threads;
    marq_profile *profile;
    /* Our own. */
    marq_block *blocks; /* one a thread */
    double *partial;    /* chunks × parameters; NULL where batches are one chunk */
} marq_batch_gradient;

/* batch: the most rows of a batch. 0 without memory. */
int marq_batch_gradient_create(marq_batch_gradient *own, size_t batch);
void marq_batch_gradient_destroy(marq_batch_gradient *own);

/* g ← ∂E/∂θ of these rows. The same bits for every number of threads. */
void marq_batch_gradient_at(const marq_batch_gradient *own, const double *theta, marq_row_list rows,
                            double *g);

#endif
