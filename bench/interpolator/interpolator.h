/* The net, the data and the trainers of the study of functions of five inputs. */
#ifndef BENCH_INTERPOLATOR_H
#define BENCH_INTERPOLATOR_H

#include "../nets/net_peers.h"

enum { BENCH_FIVE_SEED = 42, BENCH_FIVE_BATCH = 32, BENCH_FIVE_MOST_PEERS = 24 };
extern const double bench_five_rate; /* Adam's, as the batch is */

/* noise: in the target's units (recorded) or those of its standard deviation (smooth). */
typedef struct bench_case {
    bench_target target;
    size_t rows;
    double noise;
} bench_case;

typedef struct bench_five {
    bench *b;
    size_t epochs;     /* of Adam */
    double lm_seconds; /* at most, in the study of sizes */
    int absent;        /* PyTorch is not there, and that is in the report */
    size_t peers;      /* trials of Adam in PyTorch that were run */
    bench_case peer_case[BENCH_FIVE_MOST_PEERS];
    bench_trial peer[BENCH_FIVE_MOST_PEERS];
} bench_five;

bench_five bench_five_begin(bench *b);
void bench_five_end(bench_five *five);

bench_source bench_five_source(const bench_case *data, uint64_t seed);
bench_samples bench_five_samples(const bench_case *data, uint64_t seed);

/* marq with its defaults, for at most so many seconds. */
bench_trial bench_five_lm(const bench_samples *samples, uint64_t seed, double seconds, int threads);

/* marq's Adam on one thread. */
bench_trial bench_five_adam(const bench_five *five, const bench_samples *samples, uint64_t seed);

/* Adam in PyTorch on one thread with the seed 42; trained on the first call for these data. NULL: absent. */
const bench_trial *bench_five_peer(bench_five *five, const bench_case *data);

/* Of two epochs of Adam in PyTorch on the samples. 0: absent. */
int bench_five_peer_peaks(const bench_five *five, const bench_samples *samples, bench_peaks *peaks);

/* memory.c: what every phase of a training takes. */
void bench_five_memory(bench *b, const bench_five *five);

#endif
