/* Trainers of nets that live in Python (peers/net_training.py): same rows, same start, same scaling; their
 * parameters come back, and their errors are evaluated here. */
#ifndef BENCH_NET_PEERS_H
#define BENCH_NET_PEERS_H

#include "trial.h"

typedef struct bench_peer_task {
    const char *trainers; /* keys of peers/net_training.py, parted by commas */
    size_t epochs;        /* at most */
    double seconds;       /* at most, each; the first-order methods have no limit but epochs where 0 */
    size_t batch;         /* rows a step of the first-order methods */
    double rate;          /* their learning rate */
    double density;       /* records: every epoch at first, then each so much later than the last (1: all) */
    size_t threads;
    int peaks; /* also the most memory of two epochs more */
} bench_peer_task;

enum { BENCH_MOST_TRIALS = 16 };

/* Fills trials (room for BENCH_MOST_TRIALS) and returns how many there are; absentees are in the report.
 * start: with scaling; unchanged. */
size_t bench_train_peers(bench *b, const bench_peer_task *task, const marq_net *start,
                         const bench_samples *samples, bench_trial *trials);

#endif
