/* The choice of the instruction set at run time. */
#include "vector_table.h"

int marq_processor_has_avx2(void) {
#ifdef MARQ_HAVE_AVX2
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
    return 0;
#endif
}

static const marq_vector_table *table(void) {
#ifdef MARQ_HAVE_AVX2
    if (marq_processor_has_avx2()) return &marq_vector_avx2;
#endif
    return &marq_vector_base;
}

#define DEFINE(name, sleef, accuracy)                                                                        \
    void marq_vector_##name(size_t n, const double *x, double *out) {                                        \
        table()->name(n, x, out);                                                                            \
    }
MARQ_VECTOR_UNARY(DEFINE)
#undef DEFINE

#define DEFINE(name, sleef, accuracy)                                                                        \
    void marq_vector_##name(size_t n, const double *x, const double *y, double *out) {                       \
        table()->name(n, x, y, out);                                                                         \
    }
MARQ_VECTOR_BINARY(DEFINE)
#undef DEFINE

#define DEFINE(name, sleef, accuracy)                                                                        \
    void marq_vector_##name##_float(size_t n, const float *x, float *out) {                                  \
        table()->name##_float(n, x, out);                                                                    \
    }
MARQ_VECTOR_FLOAT(DEFINE)
#undef DEFINE
