/* marq with default options and the analytic Jacobian. */
#include "solver.h"

#include <marq/lm.h>
#include <string.h>

static int residual(void *user, const double *x, size_t first, size_t count, double *r) {
    double all[BENCH_MOST_ROWS];
    bench_residual(user, x, all);
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *x, size_t first, size_t count, double *J, size_t stride) {
    const bench_problem *p = user;
    double all[BENCH_MOST_ROWS * BENCH_MOST_PARAMETERS];
    bench_jacobian(user, x, all);
    for (size_t i = 0; i < count; i++)
        memcpy(J + i * stride, all + (first + i) * p->parameters, p->parameters * sizeof *J);
    return MARQ_CALLBACK_OK;
}

static marq_problem problem_of(bench_problem *p) {
    return (marq_problem){
        .rows = p->rows, .parameters = p->parameters, .user = p, .residual = residual, .jacobian = jacobian};
}

void bench_marq(bench_problem *p, double *x) {
    marq_problem problem = problem_of(p);
    marq_solve(&problem, NULL, x, NULL);
}

void bench_marq_deviations(bench_problem *p, const double *x, double *deviations) {
    marq_problem problem = problem_of(p);
    marq_covariance_at(&problem, NULL, x, 0, NULL, NULL, deviations, NULL, NULL);
}
