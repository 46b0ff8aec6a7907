/* AVX2 and FMA, as the flags of this file in CMakeLists.txt say. */
#include "kernels.h"

#include "special.h"
#include <base/vector_math.h>
#include <math.h>

#define PACK  4
#define TABLE marq_kernels_avx2
#include "kernels.inc"
