#include "block_math_tables.h"

#include <base/vector_math.h>

const marq_block_math *marq_block_math_here(void) {
#ifdef MARQ_HAVE_AVX2
    if (marq_processor_has_avx2()) return &marq_block_math_avx2;
#endif
    return &marq_block_math_base;
}
