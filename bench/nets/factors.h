/* Cholesky's factor by marq's tiles beside OpenBLAS's dpotrf. */
#ifndef BENCH_NETS_FACTORS_H
#define BENCH_NETS_FACTORS_H

#include "../frame/bench.h"

/* The table, and a row of it: both factor the same matrix of this order in turn, on so many threads. */
json_t *bench_factors_table(bench *b);
void bench_add_factors(const bench *b, json_t *table, size_t order, size_t threads);

#endif
