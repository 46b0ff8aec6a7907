/* What a program's own code allocates: marq's and the study's, not that of shared libraries. Link with the
 * options of CMakeLists.txt (bench_heap), which send malloc and its kin here. */
#ifndef BENCH_HEAP_H
#define BENCH_HEAP_H

#include <stddef.h>

/* Bytes in use now, and the most since the last reset. */
size_t bench_heap_now(void);
size_t bench_heap_peak(void);
void bench_heap_reset(void);

#endif
