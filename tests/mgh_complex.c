#include "mgh_table.h"
#define REAL  double complex
#define TABLE mgh_complex
#include "mgh_functions.inc"
