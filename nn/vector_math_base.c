/* What every processor of the architecture has: two doubles at once on x86-64 and 64-bit Arm, else one. */
#include "vector_math.h"

#include <sleef.h>
#include <string.h>

#if defined(__x86_64__)
#include <emmintrin.h>
#define WIDTH 2
#define LOAD  _mm_loadu_pd
#define STORE _mm_storeu_pd
#define TANH  Sleef_tanhd2_u10sse2
#define EXP   Sleef_expd2_u10sse2
#elif defined(__aarch64__)
#include <arm_neon.h>
#define WIDTH 2
#define LOAD  vld1q_f64
#define STORE vst1q_f64
#define TANH  Sleef_tanhd2_u10advsimd
#define EXP   Sleef_expd2_u10advsimd
#else
#define WIDTH       1
#define LOAD(p)     (*(p))
#define STORE(p, v) (*(p) = (v))
#define TANH        Sleef_tanh_u10
#define EXP         Sleef_exp_u10
#endif
#define TANH_NAME marq_tanh_base
#define EXP_NAME  marq_exp_base
#include "vector_math.inc"
