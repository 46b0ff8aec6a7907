/* What this machine can do at most, measured by small kernels (Williams, Waterman & Patterson 2009: an
 * operation with so many flops and bytes takes at least max(flops / peak, bytes / bandwidth)). Whatever else
 * a machine does only lowers a sample, so a roof is the best of many samples, spread over the run that it is
 * to cover. */
#ifndef BENCH_ROOFLINE_H
#define BENCH_ROOFLINE_H

#include "../frame/bench.h"

typedef struct bench_roof {
    double multiply_add; /* flops a second: multiply-adds in registers */
    double dgemm;        /* flops a second: the BLAS's product of large matrices */
    double bandwidth;    /* bytes a second: a_i = b_i + s c_i on arrays beyond the caches, 24 bytes each */
} bench_roof;

/* The kernels with their arrays, on so many threads. */
typedef struct bench_roofline bench_roofline;
bench_roofline *bench_roofline_create(const bench *b, int threads);
void bench_roofline_destroy(bench_roofline *roofline);

/* Takes some samples of each kernel (0.3 s; quick: 0.02 s). Returns the best so far, which stays owned. */
const bench_roof *bench_roofline_sample(bench_roofline *roofline);

/* The larger of the two rates of arithmetic. */
double bench_roof_peak(const bench_roof *roof);

/* The least time of an operation under that roof, in seconds. */
double bench_least_seconds(const bench_roof *roof, double flops, double bytes);

#endif
