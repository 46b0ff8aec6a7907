/* Parts of the study of scaling over threads. */
#ifndef BENCH_THREADS_H
#define BENCH_THREADS_H

#include "../frame/bench.h"

/* peers.c: epochs of torch-levenberg-marquardt on each number of threads. */
void bench_threads_peers(bench *b, const bench_list *threads);

#endif
