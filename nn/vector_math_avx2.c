/* AVX2 and FMA: four doubles at once. */
#include "vector_math.h"

#include <immintrin.h>
#include <sleef.h>
#include <string.h>

#define WIDTH     4
#define LOAD      _mm256_loadu_pd
#define STORE     _mm256_storeu_pd
#define TANH      Sleef_tanhd4_u10avx2
#define EXP       Sleef_expd4_u10avx2
#define TANH_NAME marq_tanh_avx2
#define EXP_NAME  marq_exp_avx2
#include "vector_math.inc"
