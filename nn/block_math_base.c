/* What every processor of the architecture has: two doubles or four floats at once on x86-64 and 64-bit Arm.
 */
#define DOUBLES            2
#define MARQ_PANEL_DOUBLES DOUBLES
#include "block_math_tables.h"

#include <math.h>

#define FLOATS 4
#define TABLE  marq_block_math_base
#include "block_math.inc"
