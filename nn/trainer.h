/* Inside of training: what the trainer holds, and the interface of the methods that carry out its epochs.
 *
 * The trainer (train.c) has the data, the record after every epoch, the best parameters and the stop tests
 * that all methods share. A method has the loop, over parameters in t->theta:
 *
 *     marq_status status = marq_after_epoch(t, &start);                     // epoch 0
 *     while (status == MARQ_OK && (status = marq_epoch_limit(t)) == MARQ_OK) {
 *         …  one epoch: a pass over as many rows as the training set has …
 *         status = marq_after_epoch(t, &end);
 *     }
 *
 * A new method is an entry in MARQ_OPTIMIZER_LIST, a row of the table in train.c, and a file. */
#ifndef MARQ_NN_TRAINER_H
#define MARQ_NN_TRAINER_H

#include "dataset.h"
#include "pass.h"

/* What the trainer has to know at the end of an epoch. */
typedef struct marq_epoch_end {
    const double *theta;
    const double *residual; /* of all training rows at theta, normalised; NULL: the trainer evaluates them */
    double mu, gradient_norm;  /* NaN: the method has none */
    double decay;              /* α; 0: none */
    double effective, beta;    /* γ, β; NaN: not estimated */
    size_t accepted, rejected; /* steps of this epoch */
} marq_epoch_end;

typedef struct marq_trainer {
    marq_net *net;
    const marq_train_options *options;
    marq_dataset data; /* normalised */
    int threads;
    double *theta; /* the method's point; begins as the net's parameters */
    /* Filled by the method, for marq_training and the provenance. */
    double residual_evaluations, jacobian_evaluations; /* of all training rows; a batch counts as its share */
    size_t factorisations;
    marq_first_order first_order;
    size_t batch;
    char plan[600];

    /* The trainer's own. */
    marq_pass_team passes;
    double *block_sums;
    double *best_theta; /* what the net gets */
    double best_error;
    double stage_best; /* the best error of this stage: failures are counted against it */
    double best_mse[MARQ_SETS], best_loss[MARQ_SETS], best_accuracy[MARQ_SETS];
    size_t best_epoch;
    marq_epoch epoch;
    int begun;       /* epoch 0 was measured */
    double start;    /* of the clock */
    double excluded; /* seconds of evaluations that only serve the record */
} marq_trainer;

/* At the start (epoch 0: mu … rejected don't matter) and after every epoch: measures, keeps the best, tells
 * the user. MARQ_OK to go on, or the status > 0 that ends the training. */
marq_status marq_after_epoch(marq_trainer *t, const marq_epoch_end *end);

/* Another stage of the training begins, from parameters that may be worse than the best so far: the count of
 * validation failures begins anew. */
void marq_begin_stage(marq_trainer *t);
const double *marq_best_theta(const marq_trainer *t);

/* How the steps of a stage are computed, for marq_training. */
void marq_note_plan(marq_trainer *trainer, const marq_plan *plan);

size_t marq_epochs_left(const marq_trainer *t);
double marq_seconds_left(const marq_trainer *t); /* 0: no limit */

/* Before an epoch: MARQ_OK, or the limit on epochs or time that is reached. */
marq_status marq_epoch_limit(const marq_trainer *t);

/* Between the steps of an epoch: MARQ_OK, or MARQ_STOP_TIME, or MARQ_STOP_CALLER. */
marq_status marq_step_limit(const marq_trainer *t);

/* Runs to the end, of which it returns the status > 0; or fails with a status < 0 and the reason in *error.
 * What it allocates it frees. */
typedef marq_status (*marq_train_method)(marq_trainer *t, marq_error *error);

marq_status marq_train_lm(marq_trainer *t, marq_error *error);       /* train_stages.c */
marq_status marq_train_gradient(marq_trainer *t, marq_error *error); /* train_gradient.c */

#endif
