/* Inside of the solver: the state of one solve and the stages that work on it, one idea a file. */
#ifndef MARQ_LM_SOLVER_H
#define MARQ_LM_SOLVER_H

#include <base/team.h>
#include <base/scope.h>
#include <marq/lm.h>
#include <stdbool.h>

/* What became of a step. ABORTED: a callback gave up. */
typedef enum outcome { GOOD, REJECTED, ABORTED } outcome;

/* Where the derivatives come from. */
typedef enum derivative { DERIVATIVE_PRODUCTS, DERIVATIVE_ANALYTIC, DERIVATIVE_FORWARD, DERIVATIVE_CENTRAL } derivative;

/* Memory of a solve, sized by m rows, n parameters and the form. Allocated once. */
struct marq_workspace {
    size_t rows, parameters;
    size_t order; /* of the factored matrix: n (Gram) or m (kernel) */
    marq_form form; /* decided: never MARQ_FORM_AUTO */
    derivative derivative;
    int threads;
    double *theta_trial;                       /* n */
    double *residual, *residual_trial;         /* m */
    double *gradient, *step, *scale, *trial_work; /* n; scale is the diagonal of D */
    double *acceleration;                      /* n */
    double *rows_work, *rows_solution;         /* m: J s; α of the kernel form */
    double *matrix, *factor;                   /* order × order */
    double *jacobian;                          /* m × n, row-major; NULL if the problem has products in use */
    double *partial;                           /* partial sums of products over rows */
    double *difference;                        /* difference scratch of each thread */
    size_t difference_stride;                  /* doubles a thread */
};

typedef struct solver {
    const marq_problem *problem;
    const marq_options *options;
    marq_workspace *work;
    marq_products products; /* the problem's own, or those of the rows that we hold */
    void *products_user;
    double *theta; /* the caller's array: the best point */
    double mu, nu; /* damping; ν: growth of the next rejection (Nielsen) */
    double cost, cost_trial, predicted, gain_ratio;
    double gradient_norm;
    double step_norm;   /* ‖s‖ of the last accepted step */
    double scaled_norm; /* ‖Ds‖ of the step that is tried */
    double start; /* seconds on the monotonic clock */
    size_t iteration, rejected, rejected_now;
    size_t residual_evaluations, jacobian_evaluations, factorisations;
    size_t bad_row; /* the first row that was not finite at the start */
} solver;

/* problem.c: checks, and residual vectors. Returns a MARQ_CALLBACK_… value; NOT_COMPUTABLE also for NaN, Inf. */
marq_status marq_check_problem(const marq_problem *problem, const marq_options *options, marq_error *error);
int marq_evaluate(solver *s, const double *theta, double *residual, double *cost);
size_t marq_row_block(const marq_problem *problem);
int marq_worse(int a, int b); /* of two callback results: an abort, then not computable, then success */

/* choice.c: the form of the step and the source of the derivatives, by cost. */
void marq_choose(const marq_problem *problem, const marq_options *options, marq_form *form, derivative *source);

/* jacobian.c: rows of J by the chosen derivative into work->jacobian. */
int marq_build_jacobian(solver *s, const double *theta);

/* difference.c: J by finite differences, OpenMP over groups of parameters. */
int marq_difference_jacobian(solver *s, const double *theta, double *jacobian);
size_t marq_difference_memory(const marq_problem *problem); /* doubles a thread */

/* rows.c: products from the rows of J. The user pointer is the solver. */
extern const marq_products marq_rows_products;
size_t marq_rows_partial(size_t rows, size_t parameters, marq_form form);

/* step.c: the matrix at the current point, a step for a damping. */
int marq_prepare_step(solver *s);
outcome marq_compute_step(solver *s); /* REJECTED: the matrix is not positive definite, or the step not finite */

/* damping.c */
void marq_damping_start(solver *s);
void marq_damping_accept(solver *s);
void marq_damping_reject(solver *s);

/* stop.c: MARQ_OK means go on. */
marq_status marq_stop_by_cost(const solver *s);     /* zero, goal */
marq_status marq_stop_by_gradient(const solver *s); /* needs g and D at the point */
marq_status marq_stop_by_limit(const solver *s);    /* iterations, evaluations, time, damping */
marq_status marq_stop_after_step(const solver *s, double previous_cost); /* step, cost */
bool marq_step_is_tiny(const solver *s);

#endif
