/* AVX2 and FMA: four doubles or eight floats at once. */
#define DOUBLES            4
#define MARQ_PANEL_DOUBLES DOUBLES
#include "block_math_tables.h"

#include <immintrin.h>
#include <math.h>

#define FLOATS 8
#define TABLE  marq_block_math_avx2

/* (Σa, Σb, Σc, Σd) */
static inline __attribute__((always_inline)) __m256d sum4(__m256d a, __m256d b, __m256d c, __m256d d) {
    __m256d ab = _mm256_hadd_pd(a, b), cd = _mm256_hadd_pd(c, d); /* a01 b01 a23 b23, the same of c and d */
    return _mm256_add_pd(_mm256_permute2f128_pd(ab, cd, 0x21), _mm256_blend_pd(ab, cd, 0xC));
}
#define SUM4 sum4
#include "block_math.inc"
