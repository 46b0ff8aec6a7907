#include "panel_math.h"

#include <base/vector_math.h>

const marq_panel_math *marq_panel_math_here(void) {
#ifdef MARQ_HAVE_AVX2
    if (marq_processor_has_avx2()) return &marq_panel_math_avx2;
#endif
    return &marq_panel_math_base;
}
