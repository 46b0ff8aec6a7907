/* The error of parameters on one set of a dataset. */
#ifndef MARQ_NN_SET_ERROR_H
#define MARQ_NN_SET_ERROR_H

#include "dataset.h"
#include "pass.h"

/* Σ over rows and outputs of (residual_o / factor_o)²: squares in units of the data from normalised
 * residuals. */
double marq_data_squares(const marq_net *net, size_t rows, const double *residual);

/* Mean squared error in units of the data squared; NaN for an empty set. block_sums: memory for one double
 * per MARQ_PASS_ROWS rows. The same bits for every number of threads. */
double marq_set_mse(const marq_net *net, const double *theta, const marq_dataset *data, int set,
                    const marq_pass_team *passes, double *block_sums);

/* Σ(y − ŷ)²/Σ(y − ȳ)² for a known mean squared error; NaN for an empty or constant set. */
double marq_set_unexplained(const marq_net *net, const marq_dataset *data, int set, double mse);

#endif
