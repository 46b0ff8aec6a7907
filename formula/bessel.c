/* j0, j1, y0, y1 are POSIX' XSI functions, which C11 alone does not declare. */
#define _XOPEN_SOURCE 700
#include "special.h"

#include <math.h>

double marq_special_j0(double x) {
    return j0(x);
}

double marq_special_j1(double x) {
    return j1(x);
}

double marq_special_y0(double x) {
    return y0(x);
}

double marq_special_y1(double x) {
    return y1(x);
}
