/* Which parameters enter linearly. */
#ifndef MARQ_FORMULA_LINEAR_H
#define MARQ_FORMULA_LINEAR_H

#include "inside.h"

/* Sets formula->meet. 0 without memory. */
int marq_linear_find(marq_formula *formula);

#endif
