/* Trains a net by every solver of net_solvers.h that is built in. */
#ifndef BENCH_NET_SOLVERS_TRAIN_H
#define BENCH_NET_SOLVERS_TRAIN_H

#include "../nets/trial.h"

/* Calls add(user, trial) with each; absentees go into the report. An epoch is an improvement. One thread. */
void bench_train_solvers(bench *b, double seconds, const marq_net *start, const bench_samples *samples,
                         void (*add)(void *user, const bench_trial *trial), void *user);

#endif
