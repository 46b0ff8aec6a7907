/* What every processor of the architecture has. */
#define MARQ_PANEL_DOUBLES 2
#define TABLE              marq_panel_math_base
#include "panel_math.inc"
