/* Counter-based random numbers: Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers:
 * as easy as 1, 2, 3"). The k-th number of a stream is a pure function of (seed, stream, k), so results do
 * not depend on threads or on the order of use. */
#ifndef MARQ_BASE_RANDOM_H
#define MARQ_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Streams in use: one constant a purpose, so that no two purposes share numbers. */
enum {
    MARQ_STREAM_SPLIT = 1,
    MARQ_STREAM_INITIALISE = 2,
    MARQ_STREAM_STARTS = 3,
    MARQ_STREAM_BATCHES = 4,
    MARQ_STREAM_BOOTSTRAP = 5
};

typedef struct marq_random {
    uint64_t seed, stream, index; /* index: how many numbers were drawn */
} marq_random;

/* The raw block function: key 64 bits, counter 128 bits. */
void marq_philox(const uint32_t counter[4], const uint32_t key[2], uint32_t out[4]);

/* The next number, uniform in [0, 1), 53 bits. */
double marq_random_uniform(marq_random *random);

/* The next number, uniform in 0 … bound−1 without bias (bound ≥ 1). */
uint64_t marq_random_below(marq_random *random, uint64_t bound);

/* Fisher–Yates shuffle. */
void marq_random_shuffle(marq_random *random, size_t *items, size_t count);

#endif
