/* The least and the largest of two sizes. */
#ifndef MARQ_BASE_LEAST_H
#define MARQ_BASE_LEAST_H

#include <stddef.h>

static inline size_t marq_least(size_t a, size_t b) {
    return a < b ? a : b;
}

static inline size_t marq_largest(size_t a, size_t b) {
    return a > b ? a : b;
}

#endif
