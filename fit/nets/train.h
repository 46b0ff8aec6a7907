/* fit DATA: the stages of a training in order, and what they pass on. */
#ifndef FIT_TRAIN_H
#define FIT_TRAIN_H

#include "csv/columns.h"
#include "nets/bands.h"
#include "nets/history.h"
#include "streams.h"

enum { FIT_TRIAL_LAYERS = 3 };

/* One of several nets that were tried. */
typedef struct fit_trial {
    size_t hidden[FIT_MOST_LAYERS], layers;
    uint64_t seed; /* of its start */
    size_t parameters, epochs;
    double train, validation, score; /* losses; what it was judged by */
    double seconds;
    bool chosen;
    char message[256]; /* why it ended */
} fit_trial;

/* What a training produced, for the report, the pictures and the files. */
typedef struct fit_outcome {
    const fit_arguments *arguments;
    fit_data data;
    fit_warnings warnings;
    marq_net *net;
    marq_train_options options;
    marq_training training;
    fit_history history;
    fit_trial *trials; /* trial_count; NULL: one net */
    size_t trial_count;
    double *fitted;    /* rows × outputs; NULL with --stream */
    size_t *confusion; /* sets × classes × classes (fit_count_classes); NULL: no classifier */
    fit_bands bands;
    char *folder;
    marq_profile *profile; /* NULL without --profile */
    plots_list plots;
    int threads;
    bool interrupted;
} fit_outcome;

/* Runs the command. */
marq_status fit_train(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error);

#endif
