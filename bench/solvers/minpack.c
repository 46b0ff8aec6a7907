/* MINPACK's lmder (cminpack). */
#include "solver.h"

#include <cminpack.h>
#include <math.h>
#include <string.h>

static int callback(void *user, int m, int n, const double *x, double *r, double *J, int ld, int flag) {
    if (flag == 1) bench_residual(user, x, r);
    if (flag != 2) return 0;
    double rows[BENCH_MOST_ROWS * BENCH_MOST_PARAMETERS];
    bench_jacobian(user, x, rows);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) J[i + j * ld] = rows[i * n + j];
    return 0;
}

typedef struct work {
    int pivot[BENCH_MOST_PARAMETERS];
    double r[BENCH_MOST_ROWS], J[BENCH_MOST_ROWS * BENCH_MOST_PARAMETERS];
} work;

static void solve(bench_problem *p, double *x, double tolerance, int most, work *w) {
    int m = (int)p->rows, n = (int)p->parameters, calls = 0, jacobians = 0;
    double rows[BENCH_MOST_ROWS], v[5][BENCH_MOST_PARAMETERS];
    lmder(callback, p, m, n, x, w->r, w->J, m, tolerance, tolerance, 0, most, v[0], 1, 100, 0, &calls,
          &jacobians, w->pivot, v[1], v[2], v[3], v[4], rows);
}

/* As lmder1 and its test driver: √ε and 100 (n + 1) evaluations. */
void bench_minpack_default(bench_problem *p, double *x) {
    work w;
    solve(p, x, sqrt(dpmpar(1)), 100 * ((int)p->parameters + 1), &w);
}

void bench_minpack_tight(bench_problem *p, double *x) {
    work w;
    solve(p, x, BENCH_TIGHT_TOLERANCE, (int)p->tight_limit, &w);
}

/* One iteration of lmder leaves R of J at x in w.J, which covar1 turns into the covariance. */
void bench_minpack_deviations(bench_problem *p, const double *x, double *deviations) {
    int m = (int)p->rows, n = (int)p->parameters;
    double moved[BENCH_MOST_PARAMETERS], r[BENCH_MOST_ROWS], v[BENCH_MOST_PARAMETERS];
    work w;
    memcpy(moved, x, p->parameters * sizeof *x);
    solve(p, moved, BENCH_TIGHT_TOLERANCE, 1, &w);
    bench_residual(p, x, r);
    double norm = enorm(m, r);
    covar1(m, n, norm * norm, w.J, m, w.pivot, dpmpar(1), v);
    for (int j = 0; j < n; j++) deviations[j] = sqrt(w.J[j + j * m]);
}
