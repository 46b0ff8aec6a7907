/* AVX2 and FMA: four doubles at once. */
#define MARQ_PANEL_DOUBLES 4
#define TABLE              marq_panel_math_avx2
#include "panel_math.inc"
