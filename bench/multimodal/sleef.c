/* SLEEF's tanh over an array, compiled for AVX2 where that is known. */
#include "tanhs.h"

#include <base/vector_math.h>
#include <sleef.h>

void bench_tanh_sleef(size_t n, double *z) {
    size_t i = 0;
#ifdef __AVX2__
    for (; i + 4 <= n; i += 4) _mm256_storeu_pd(z + i, Sleef_tanhd4_u10avx2(_mm256_loadu_pd(z + i)));
#endif
    for (; i < n; i++) z[i] = Sleef_tanh_u10(z[i]);
}
