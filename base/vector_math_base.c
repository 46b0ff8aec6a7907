/* What every processor of the architecture has: two doubles or four floats at once on x86-64 and 64-bit
 * Arm, else one. */
#include "vector_table.h"

#include <sleef.h>
#include <string.h>

#define TABLE marq_vector_base
#if defined(__x86_64__)
#include <emmintrin.h>
#define WIDTH                       2
#define LOAD                        _mm_loadu_pd
#define STORE                       _mm_storeu_pd
#define CALL(sleef, accuracy)       Sleef_##sleef##d2_##accuracy##sse2
#define FLOAT_WIDTH                 4
#define FLOAT_LOAD                  _mm_loadu_ps
#define FLOAT_STORE                 _mm_storeu_ps
#define FLOAT_CALL(sleef, accuracy) Sleef_##sleef##f4_##accuracy##sse2
#elif defined(__aarch64__)
#include <arm_neon.h>
#define WIDTH                       2
#define LOAD                        vld1q_f64
#define STORE                       vst1q_f64
#define CALL(sleef, accuracy)       Sleef_##sleef##d2_##accuracy##advsimd
#define FLOAT_WIDTH                 4
#define FLOAT_LOAD                  vld1q_f32
#define FLOAT_STORE                 vst1q_f32
#define FLOAT_CALL(sleef, accuracy) Sleef_##sleef##f4_##accuracy##advsimd
#else
#define WIDTH                       1
#define LOAD(p)                     (*(p))
#define STORE(p, v)                 (*(p) = (v))
#define CALL(sleef, accuracy)       Sleef_##sleef##_##accuracy
#define FLOAT_WIDTH                 1
#define FLOAT_LOAD                  LOAD
#define FLOAT_STORE                 STORE
#define FLOAT_CALL(sleef, accuracy) Sleef_##sleef##f_##accuracy
#endif
#include "vector_math.inc"
