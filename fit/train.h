/* fit DATA: the stages of a training in order, and what they pass on. */
#ifndef FIT_TRAIN_H
#define FIT_TRAIN_H

#include "columns.h"
#include "history.h"
#include <stdio.h>

/* What a training produced, for the report, the pictures and the files. */
typedef struct fit_outcome {
    const fit_arguments *arguments;
    fit_data data;
    fit_warnings warnings;
    marq_net *net;
    marq_train_options options;
    marq_training training;
    fit_history history;
    double *fitted; /* rows × outputs */
    char *folder;
    marq_profile *profile; /* NULL without --profile */
    plots_list plots;
    int threads;
    bool interrupted;
} fit_outcome;

/* Streams of the command. */
typedef struct fit_streams {
    FILE *out, *err;
} fit_streams;

/* How a training ended whose results were all written. */
typedef enum fit_end { FIT_END_DONE, FIT_END_INTERRUPTED, FIT_END_NOT_CONVERGED } fit_end;

/* Runs the command. */
marq_status fit_train(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error);

#endif
