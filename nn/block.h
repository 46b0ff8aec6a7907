/* A block of up to MARQ_BLOCK_ROWS rows on its way through a net, with its rows side by side: neuron k has
 * its values for all rows at k·lanes. So every product has the net's own W as its left factor, and
 * the rows as vector lanes.
 *
 *     forward    A_l = φ_l(W_l A_{l−1} + b_l 1ᵀ)
 *     reverse    D_L = E ⊙ φ_L',  D_{l−1} = (W_lᵀ D_l) ⊙ φ_{l−1}'      E: ∂ error / ∂ A_L
 *     gradient   ∂ error / ∂ W_l = D_l A_{l−1}ᵀ,  ∂ error / ∂ b_l = D_l 1 */
#ifndef MARQ_NN_BLOCK_H
#define MARQ_NN_BLOCK_H

#include "batches.h"
#include "block_math.h"
#include "net.h"
#include "targets.h"
#include <base/scope.h>

typedef struct marq_block {
    size_t rows, lanes; /* lanes: rows rounded up to whole vectors; those beyond rows hold no data */
    double **a;         /* layers + 1: width(l) × lanes */
    double **delta;     /* layers: width(l + 1) × lanes */
    double *row;        /* 2 × outputs: the outputs of a row, and the slope of its cost */
    double *memory;
    marq_profile *profile; /* NULL: none. Scopes: gather, forward, reverse, gradient; in these the layers */
} marq_block;

/* 0 without memory. */
int marq_block_create(marq_block *block, const marq_net *net, marq_profile *profile);
void marq_block_destroy(marq_block *block);

/* a[0] ← these rows of X (normalised, rows × inputs). */
void marq_block_load(marq_block *block, const marq_net *net, const double *X, marq_row_list rows);
void marq_block_forward(marq_block *block, const marq_net *net, const double *theta);

/* delta[L−1] ← factor · ∂cost/∂a[L] for these rows of the targets, a[L] − Y for squared errors: begins the
 * reverse pass. */
void marq_block_errors(marq_block *block, const marq_net *net, const marq_targets *targets,
                       marq_row_list rows, double factor);
void marq_block_reverse(marq_block *block, const marq_net *net, const double *theta);

/* g (one value a parameter) += the block's part. */
void marq_block_gradient(const marq_block *block, const marq_net *net, double *g);

#endif
