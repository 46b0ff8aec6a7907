/* What every processor of the architecture has. */
#include "kernels.h"

#include "special.h"
#include <base/vector_math.h>
#include <math.h>

#define PACK  2
#define TABLE marq_kernels_base
#include "kernels.inc"
