/* MINPACK's lmder (cminpack). */
#include "net_solvers.h"

#include "../frame/bench.h"
#include <cminpack.h>
#include <limits.h>
#include <stdlib.h>

typedef struct work {
    bench_net_fit *fit;
    double *rows; /* J, row-major */
} work;

static int callback(void *user, int m, int n, const double *x, double *r, double *J, int ld, int flag) {
    work *w = user;
    if (flag == 1) return bench_net_residual(w->fit, x, r) ? 0 : -1;
    if (flag != 2) return 0;
    int go_on = bench_net_jacobian(w->fit, x, w->rows);
    for (int j = 0; j < n; j++)
        for (int i = 0; i < m; i++)
            J[i + (size_t)j * (size_t)ld] = w->rows[(size_t)i * (size_t)n + (size_t)j];
    return go_on ? 0 : -1;
}

void bench_net_minpack(bench_net_fit *fit, double *theta) {
    size_t m = fit->rows, n = fit->parameters;
    work w = {fit, bench_doubles(m, n)};
    double *J = bench_doubles(m, n), *r = bench_doubles(2, m), *v = bench_doubles(5, n);
    int *pivot = calloc(n, sizeof *pivot), calls = 0, jacobians = 0;
    if (!pivot) bench_fail("out of memory for MINPACK");
    lmder(callback, &w, (int)m, (int)n, theta, r, J, (int)m, 0, 0, 0, INT_MAX, v, 1, 100, 0, &calls,
          &jacobians, pivot, v + n, v + 2 * n, v + 3 * n, v + 4 * n, r + m);
    free(w.rows);
    free(J);
    free(r);
    free(v);
    free(pivot);
}
