/* Monotonic time. */
#ifndef MARQ_BASE_CLOCK_H
#define MARQ_BASE_CLOCK_H

#include <stdint.h>

uint64_t marq_clock_ns(void);
double marq_clock_seconds(void);

#endif
