/* Rows gathered by set and normalised, once, before training. */
#ifndef MARQ_NN_DATASET_H
#define MARQ_NN_DATASET_H

#include "net.h"
#include "targets.h"
#include <base/spill.h>

typedef struct marq_dataset {
    size_t rows[MARQ_SETS];
    double *X[MARQ_SETS];    /* rows × inputs, normalised; NULL for an empty set */
    double *Y[MARQ_SETS];    /* rows × outputs, normalised; 0 where missing */
    double *root[MARQ_SETS]; /* rows × outputs: √weight; NULL: all 1 */
    double *threshold;       /* outputs: of Huber's loss; NULL: another loss */
    marq_spill spill;        /* holds X, Y and root, if a folder is given for it */
    marq_net_loss loss;
    double weight[MARQ_SETS]; /* sum over rows and outputs */
    double common;            /* √c: √weight of a value with the deviation 1 and the output weight 1 */
    double variance;          /* the loss of the best constant: the mean over outputs of the training outputs'
                                 variance,          units of the data squared; the entropy of the classes */
} marq_dataset;

/* Checks the data, fits the net's scaling to the training rows unless keep_scaling, and gathers. */
marq_status marq_dataset_create(marq_dataset *set, marq_net *net, const marq_data *data,
                                const marq_train_options *options, marq_error *error);
void marq_dataset_destroy(marq_dataset *set);

/* Where rows are in a file: those that were used may leave memory. To be called every MARQ_RELEASE_ROWS rows.
 */
enum { MARQ_RELEASE_ROWS = 4096 };
void marq_dataset_release(const marq_dataset *set);

/* marq_net_normalise by the training rows. */
void marq_net_normalise_by(marq_net *net, marq_normalisation normalisation, const marq_dataset *set);

/* The targets of a set. */
marq_targets marq_dataset_targets(const marq_dataset *data, const marq_net *net, int set);

#endif
