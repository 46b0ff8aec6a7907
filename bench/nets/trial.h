/* One training from its start, with what its errors were on the way. */
#ifndef BENCH_NET_TRIAL_H
#define BENCH_NET_TRIAL_H

#include "samples.h"

/* After an epoch (the records of peers may skip epochs). */
typedef struct bench_point {
    size_t epoch;
    double seconds;      /* of training, from the first epoch; evaluations left out */
    bench_errors errors; /* truth and largest NaN where they were not evaluated */
    int best;            /* the best validation error so far */
} bench_point;

/* Most bytes in use: of Python's own allocations, and of the process that runs it. */
typedef struct bench_peaks {
    double python, process;
} bench_peaks;

typedef struct bench_trial {
    char trainer[32], settings[128];
    size_t points, room;
    bench_point *point;
    double seconds;    /* in all */
    bench_peaks peaks; /* of peers, where they were asked for */
    bench_errors kept; /* of the parameters that the trainer hands over: those of the best validation error */
} bench_trial;

/* Trains net (its parameters are the start, its scaling is kept) on the samples with marq; the net is then
 * the trained one. The options' progress and keep_scaling are set here. */
bench_trial bench_trial_train(const char *trainer, marq_net *net, const bench_samples *samples,
                              const marq_train_options *options);

/* Adds a point with the errors of this net, and keeps it if it is the best (trainers outside of marq). */
void bench_trial_add(bench_trial *trial, const bench_samples *samples, const marq_net *net, size_t epoch,
                     double seconds);

/* The next point whose epoch is so many times that of point i, or the last one; then the number of points:
 * what a picture needs of a long training. */
size_t bench_trial_later(const bench_trial *trial, size_t i, double factor);

void bench_trial_destroy(bench_trial *trial);

/* Seconds until the error of the set was first at most this; NaN: never. */
double bench_trial_time_to(const bench_trial *trial, int set, double mse);

/* The set's error at the best validation error that was known after so many seconds; NaN: before the first
 * epoch. */
double bench_trial_at(const bench_trial *trial, int set, double seconds);

/* The least value over all epochs: a choice by test rows, which no trainer may make; for comparison. */
double bench_trial_least(const bench_trial *trial, int set);
double bench_trial_least_truth(const bench_trial *trial);

#endif
