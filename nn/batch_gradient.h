/* The gradient of a batch's error E = 1/(B·m) Σ_i Σ_o (ŷ_io − y_io)², over B rows and m outputs, all
 * normalised: what PyTorch and Keras call the mean squared error. */
#ifndef MARQ_NN_BATCH_GRADIENT_H
#define MARQ_NN_BATCH_GRADIENT_H

#include "block.h"

typedef struct marq_batch_gradient {
    const marq_net *net;
    const double *X, *Y; /* all rows, normalised; borrowed */
    marq_block *blocks;  /* one a thread */
    int threads;
    double *partial; /* most_chunks × parameters; NULL where batches are one chunk */
} marq_batch_gradient;

/* batch: the most rows of a batch. 0 without memory. */
int marq_batch_gradient_create(marq_batch_gradient *own, const marq_net *net, const double *X,
                               const double *Y, size_t batch, int threads);
void marq_batch_gradient_destroy(marq_batch_gradient *own);

/* g ← ∂E/∂θ of the listed rows. The same bits for every number of threads. */
void marq_batch_gradient_at(const marq_batch_gradient *own, const double *theta, const size_t *rows,
                            size_t count, double *g);

#endif
