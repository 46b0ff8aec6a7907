/* Solvers of small dense least-squares problems behind one interface: marq and its peers, on the same
 * residuals and Jacobians. Calls are counted here, in the problem, whatever a solver says of itself. */
#ifndef BENCH_SOLVER_H
#define BENCH_SOLVER_H

#include <stddef.h>

enum { BENCH_MOST_ROWS = 256, BENCH_MOST_PARAMETERS = 40 };

/* Tolerances under tight settings, where a solver takes any. */
#define BENCH_TIGHT_TOLERANCE 1e-15

typedef struct bench_problem {
    char name[64];
    const void *data;
    size_t rows, parameters;
    double start[BENCH_MOST_PARAMETERS];
    size_t tight_limit; /* under tight settings: the most iterations or evaluations */
    void (*residual)(const void *data, const double *x, double *r);
    void (*jacobian)(const void *data, const double *x, double *J); /* rows × parameters, row-major */
    size_t residual_calls, jacobian_calls;
} bench_problem;

/* Evaluates and counts. Returns 1 if every value is finite, else 0. */
int bench_residual(bench_problem *problem, const double *x, double *r);
int bench_jacobian(bench_problem *problem, const double *x, double *J);

/* x: the start on entry, the solution at return. */
typedef void (*bench_solve)(bench_problem *problem, double *x);

/* deviations (parameters values) ← the standard errors at x, by the solver's own means; NaN where it has
 * none.
 */
typedef void (*bench_deviations)(bench_problem *problem, const double *x, double *deviations);

typedef struct bench_solver {
    const char *name, *settings;
    bench_solve solve; /* NULL: not built in */
    bench_deviations deviations;
    const char *package; /* the Debian package that would build it in */
} bench_solver;

/* All of them; marq's come first. */
extern const bench_solver bench_solvers[];
extern const size_t bench_solver_count;

void bench_marq(bench_problem *problem, double *x);
void bench_marq_deviations(bench_problem *problem, const double *x, double *deviations);
void bench_minpack_default(bench_problem *problem, double *x);
void bench_minpack_tight(bench_problem *problem, double *x);
void bench_minpack_deviations(bench_problem *problem, const double *x, double *deviations);
void bench_gsl_default(bench_problem *problem, double *x);
void bench_gsl_tight(bench_problem *problem, double *x);
void bench_gsl_accelerated(bench_problem *problem, double *x);
void bench_gsl_deviations(bench_problem *problem, const double *x, double *deviations);
void bench_ceres_default(bench_problem *problem, double *x);
void bench_ceres_tight(bench_problem *problem, double *x);
void bench_ceres_deviations(bench_problem *problem, const double *x, double *deviations);

#endif
