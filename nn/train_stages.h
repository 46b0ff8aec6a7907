/* The stages of a Levenberg–Marquardt training. */
#ifndef MARQ_NN_TRAIN_STAGES_H
#define MARQ_NN_TRAIN_STAGES_H

#include "trainer.h"

typedef struct marq_full_batch {
    double decay;      /* α, 0: none; where evidence begins */
    size_t evidence;   /* steps between estimates of α, 0: never */
    double least_gain; /* ends where a step lowers the cost by less, relatively, as it was to; 0: never */
    double most_mu;    /* the damping begins with the trainer's or with this, if it is less; 0: no limit */
} marq_full_batch;

/* train_lm.c: all rows in every step. */
marq_status marq_train_full(marq_trainer *t, const marq_full_batch *full, marq_error *error);

typedef struct marq_row_batches {
    size_t rows;  /* of a batch */
    int momentum; /* the second stage too (marq/batches.h) */
    double decay; /* of that stage */
} marq_row_batches;

/* train_batches.c: batches of rows. Classifiers have the second stage alone: a batch of few rows can be
 * fitted at will, and the net is then surer of itself than it should be. */
marq_status marq_train_batches(marq_trainer *t, const marq_row_batches *batches, marq_error *error);

#endif
