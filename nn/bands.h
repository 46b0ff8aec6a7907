/* Inside of a net's bands: what creation fills, and a file keeps. */
#ifndef MARQ_NN_BANDS_H
#define MARQ_NN_BANDS_H

#include "pass.h"
#include <marq/bands.h>
#include <marq/laplace.h>

/* Of an output, in units of the data. */
typedef struct marq_band {
    double scale; /* standard error of a fitted value of leverage 1: σ/|factor| */
    double unit;  /* noise of a measurement with sigma 1 */
    double noise; /* the same with the mean weight of the output's training values */
    double dof, largest;
} marq_band;

struct marq_net_bands {
    marq_net *net; /* a copy */
    int threads;
    marq_laplace *laplace;
    marq_band *band; /* outputs */
    marq_pass_team passes;
    size_t block;          /* rows that a thread takes at once */
    double *gradients;     /* threads × block·outputs × parameters */
    double *leverages;     /* threads × block·outputs */
    double *probabilities; /* threads × classes */
};

/* Allocates everything, numbers unset. NULL on failure. */
marq_net_bands *marq_net_bands_allocate(const marq_net *net, int threads, marq_error *error);

/* Rows that a thread takes at once. */
size_t marq_band_rows(const marq_net *net);

/* The leverages of rows, at most b->block, whose normalised inputs are in the thread's pass: rows × outputs,
 * the thread's own. */
const double *marq_band_leverages(marq_net_bands *b, size_t rows);

#endif
