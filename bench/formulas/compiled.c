/* The expressions as a C compiler sees them: a loop over rows. Compiled with -O3 and no other flag, and once
 * more (BENCH_NATIVE) with -O3 -march=native. */
#define POWER(u, v) pow(u, v)
#include "expressions.h"

#include <math.h>

#ifdef BENCH_NATIVE
#define NAME(name) bench_native_##name
#else
#define NAME(name) bench_##name
#endif

#define DEFINE(name, expression)                                                                             \
    void NAME(name)(size_t rows, const double *p, const double *restrict column_x,                           \
                    const double *restrict column_z, double *restrict out) {                                 \
        double a = p[0], b = p[1], c = p[2], d = p[3];                                                       \
        for (size_t i = 0; i < rows; i++) {                                                                  \
            double x = column_x[i], z = column_z[i];                                                         \
            out[i] = (expression);                                                                           \
        }                                                                                                    \
    }
EXPRESSIONS(DEFINE)
