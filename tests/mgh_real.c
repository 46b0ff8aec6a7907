#include "mgh_table.h"
#define REAL  double
#define TABLE mgh_real
#include "mgh_functions.inc"
