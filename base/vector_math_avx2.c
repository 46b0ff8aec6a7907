/* AVX2 and FMA: four doubles or eight floats at once. */
#include "tanh_avx2.h"
#include "vector_table.h"

#include <immintrin.h>
#include <sleef.h>
#include <string.h>

#define WIDTH                       4
#define LOAD                        _mm256_loadu_pd
#define STORE                       _mm256_storeu_pd
#define CALL(sleef, accuracy)       Sleef_##sleef##d4_##accuracy##avx2
#define FLOAT_WIDTH                 8
#define FLOAT_LOAD                  _mm256_loadu_ps
#define FLOAT_STORE                 _mm256_storeu_ps
#define FLOAT_CALL(sleef, accuracy) Sleef_##sleef##f8_##accuracy##avx2
#define TABLE                       marq_vector_avx2
/* Nets spend much of their time in tanh: ours is as accurate as SLEEF's, and faster. */
#define Sleef_tanhd4_u10avx2 marq_tanh4
#define Sleef_tanhf8_u10avx2 marq_tanh8
#include "vector_math.inc"
