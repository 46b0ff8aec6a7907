/* One table of functions an instruction set. */
#ifndef MARQ_BASE_VECTOR_TABLE_H
#define MARQ_BASE_VECTOR_TABLE_H

#include <base/vector_math.h>

typedef struct marq_vector_table {
#define MEMBER(name, sleef, accuracy) void (*name)(size_t n, const double *x, double *out);
    MARQ_VECTOR_UNARY(MEMBER)
#undef MEMBER
#define MEMBER(name, sleef, accuracy) void (*name)(size_t n, const double *x, const double *y, double *out);
    MARQ_VECTOR_BINARY(MEMBER)
#undef MEMBER
#define MEMBER(name, sleef, accuracy) void (*name##_float)(size_t n, const float *x, float *out);
    MARQ_VECTOR_FLOAT(MEMBER)
#undef MEMBER
} marq_vector_table;

extern const marq_vector_table marq_vector_base;
#ifdef MARQ_HAVE_AVX2
extern const marq_vector_table marq_vector_avx2;
#endif

#endif
