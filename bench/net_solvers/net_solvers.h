/* Least-squares solvers in C and C++ as trainers of a net: MINPACK, GSL, Ceres, on marq's own residuals and
 * rows of the Jacobian. */
#ifndef BENCH_NET_SOLVERS_H
#define BENCH_NET_SOLVERS_H

#include <stddef.h>

/* A training that is under way. */
typedef struct bench_net_fit {
    size_t rows, parameters;
    double seconds; /* at most */
    void *own;
} bench_net_fit;

/* r: rows; J: rows × parameters, row-major. A residual that is the best so far is recorded with its time.
 * Returns 0 when the time is over. */
int bench_net_residual(bench_net_fit *fit, const double *theta, double *r);
int bench_net_jacobian(bench_net_fit *fit, const double *theta, double *J);

/* theta: the start on entry. */
void bench_net_minpack(bench_net_fit *fit, double *theta);
void bench_net_gsl(bench_net_fit *fit, double *theta);
void bench_net_ceres(bench_net_fit *fit, double *theta);

#endif
