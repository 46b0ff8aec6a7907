/* The errors of parameters on one set of a dataset. */
#ifndef MARQ_NN_SET_ERROR_H
#define MARQ_NN_SET_ERROR_H

#include "dataset.h"
#include "pass.h"

/* Weighted means over rows and outputs, in units of the data squared; NaN for an empty set. */
typedef struct marq_set_error {
    double mse;      /* of squared errors */
    double loss;     /* of what the training minimises: of squares, of 2ρ; the mean cross-entropy of a row */
    double accuracy; /* of a classifier; else NaN */
} marq_set_error;

enum { MARQ_SET_SUMS = 3 }; /* doubles of block_sums for every MARQ_PASS_ROWS rows */

/* The same bits for every number of threads. */
marq_set_error marq_set_error_at(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                                 const marq_pass_team *passes, double *block_sums);

/* The training set's from the residuals of its targets, where the loss is that of squares. */
marq_set_error marq_set_error_of(const marq_net *net, const marq_dataset *data, const double *residual);

/* Σ w (y − ŷ)²/Σ w (y − ȳ)² for a known mean squared error; NaN for an empty or constant set. */
double marq_set_unexplained(const marq_net *net, const marq_dataset *data, int set, double mse);

#endif
