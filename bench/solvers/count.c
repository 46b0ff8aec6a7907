#include "solver.h"

#include <math.h>

static int all_finite(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) return 0;
    return 1;
}

int bench_residual(bench_problem *p, const double *x, double *r) {
    p->residual_calls++;
    p->residual(p->data, x, r);
    return all_finite(r, p->rows);
}

int bench_jacobian(bench_problem *p, const double *x, double *J) {
    p->jacobian_calls++;
    p->jacobian(p->data, x, J);
    return all_finite(J, p->rows * p->parameters);
}
