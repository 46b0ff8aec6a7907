#include "kernels.h"

#include <base/vector_math.h>

marq_kernel_table *marq_kernels(void) {
#ifdef MARQ_HAVE_AVX2
    if (marq_processor_has_avx2()) return &marq_kernels_avx2;
#endif
    return &marq_kernels_base;
}

double marq_compute(marq_op op, double a, double b, double c) {
    double out;
    (*marq_kernels())[op](1, &out, &a, &b, &c, &c);
    return out;
}
