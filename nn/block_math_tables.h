/* The sets of functions that were built. */
#ifndef MARQ_NN_BLOCK_MATH_TABLES_H
#define MARQ_NN_BLOCK_MATH_TABLES_H

#include "block_math.h"

extern const marq_block_math marq_block_math_base, marq_block_math_avx2;

#endif
