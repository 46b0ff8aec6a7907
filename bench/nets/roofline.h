/* What this machine can do at most, measured by small kernels (Williams, Waterman & Patterson 2009: an
 * operation with so many flops and bytes takes at least max(flops / peak, bytes / bandwidth)). */
#ifndef BENCH_ROOFLINE_H
#define BENCH_ROOFLINE_H

#include "../frame/bench.h"

typedef struct bench_roof {
    double multiply_add; /* flops a second: multiply-adds in registers */
    double dgemm;        /* flops a second: the BLAS's product of large matrices */
    double bandwidth;    /* bytes a second: a_i = b_i + s c_i on arrays beyond the caches, 24 bytes each */
} bench_roof;

bench_roof bench_measure_roof(const bench *b, int threads);

/* The least time of an operation under that roof, in seconds. */
double bench_least_seconds(const bench_roof *roof, double flops, double bytes);

#endif
