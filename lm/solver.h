/* Inside of the solver: the state of one solve and the stages that work on it, one idea a file. */
#ifndef MARQ_LM_SOLVER_H
#define MARQ_LM_SOLVER_H

#include "curvature.h"
#include "model.h"
#include "qr.h"
#include <base/scope.h>
#include <base/team.h>
#include <marq/lm.h>
#include <stdbool.h>

/* What became of a step. ABORTED: a callback gave up. */
typedef enum outcome { GOOD, REJECTED, ABORTED } outcome;

/* Where the derivatives come from. */
typedef enum derivative {
    DERIVATIVE_PRODUCTS,
    DERIVATIVE_ANALYTIC,
    DERIVATIVE_FORWARD,
    DERIVATIVE_CENTRAL,
    DERIVATIVE_MIXED /* by the problem's column_jacobian */
} derivative;

typedef struct marq_reduction marq_reduction;
typedef struct marq_projection marq_projection;

/* Memory of a solve, sized by m rows, n parameters and the form. Allocated once. */
struct marq_workspace {
    marq_reduction
        *reduction; /* of a problem with ties; all else is then for its free parameters; else NULL */
    marq_projection *projection; /* of a problem whose linear parameters are eliminated first; else NULL */
    size_t rows, parameters;
    size_t order;       /* of the factored matrix: n (Gram) or m (kernel) */
    marq_method method; /* this and the next two are decided: never AUTO */
    marq_form form;
    derivative derivative;
    int threads;
    double *theta_trial;                          /* n */
    double *residual, *residual_trial;            /* m */
    double *gradient, *step, *scale, *trial_work; /* n; scale is the diagonal of D */
    double *acceleration;                         /* n */
    double *rows_work, *rows_solution;            /* m: J s; α of the kernel form */
    double *decay_image;                          /* m: J θ, kernel form; NULL: no weight decay */
    double *inverse;                              /* evidence: columns of the factor's inverse, a thread */
    double *matrix, *factor;                      /* order × order */
    double *direction, *direction_image;          /* iterative form: p, n; Jp, m */
    double *system_gradient, *diagonal;           /* iterative form, n: g of the system; of JᵀJ */
    double *jacobian;         /* rows of J, row-major: all, or a tile of them; NULL: products are in use */
    size_t jacobian_rows;     /* that it holds */
    marq_model model;         /* trust region */
    marq_curvature curvature; /* trust region */
    bool has_qr;              /* the QR form, or it may take over from the Gram form */
    marq_qr qr;
    double *history, *mixing;            /* polish: points and steps; a basis of their differences */
    double *best_theta, *best_residual;  /* polish: n, m */
    double *partial;                     /* partial sums of products over rows */
    double *largest;                     /* n: |θ_j| so far; trust region */
    double *norms;                       /* n: of J's columns here and now; stop tests go by them */
    double *row_factor, *model_residual; /* m: weights and losses (loss.c); NULL: plain squares */
    signed char *side;        /* n: marq_bound_sides' values where bounds hold a parameter; NULL: none */
    double *typical;          /* n: typical sizes for difference steps */
    double *difference;       /* difference scratch of each thread */
    size_t difference_stride; /* doubles a thread */
};

enum { MARQ_POLISH_DEPTH = 5 }; /* of Anderson's acceleration */

typedef struct marq_strategy marq_strategy;

typedef struct solver {
    const marq_problem *problem;
    const marq_options *options;
    marq_workspace *work;
    marq_products products; /* the problem's own, or those of the rows that we hold */
    void *products_user;
    const marq_strategy *strategy;
    bool refined;         /* differences are central, whatever was chosen */
    double *theta;        /* the caller's array: the best point */
    double mu, nu;        /* damping; ν: growth of the next rejection (Nielsen) */
    double previous_cost; /* before the last accepted step */
    double cost, cost_trial, predicted, gain_ratio;
    double gradient_norm;
    double robust_norm;            /* √(Σ ρ' f²) of weighted residuals f, where J was built (loss.c) */
    double decay, effective, beta; /* α; γ, β at the last estimate (decay.c) */
    double step_norm;              /* ‖s‖ of the last accepted step */
    bool second_order;       /* the trust region's steps are those of the quadratic model, curvature.c */
    bool has_step;           /* work->step was computed for this trial */
    double scaled_norm;      /* ‖Ds‖ of the step that is tried */
    double radius;           /* trust region; 0: not set yet */
    double plain_norm;       /* ‖Ds‖ before the correction */
    bool is_free;            /* the step is the model's minimiser: the radius did not shorten it */
    double correction_ratio; /* ‖Da‖ / ‖Ds‖ */
    double free_decrease;    /* of the cost by the Gauss–Newton step, by the linear model */
    double start;            /* seconds on the monotonic clock */
    size_t iteration, rejected, rejected_now, polish_steps;
    size_t residual_evaluations, jacobian_evaluations, factorisations, linear_iterations;
    size_t difference_rows;   /* that differences evaluated beyond whole residual vectors */
    bool by_rows;             /* QR has taken over from the Gram form */
    bool for_covariance;      /* every parameter at a bound is held; losses weigh by ρ' alone */
    bool overflow, underflow; /* of the squares of finite residuals, at the last evaluation; at the start */
    size_t bad_row;           /* the first row that was not finite at the start */
} solver;

/* Steps come from a model of J's rows and a radius: every method but damping. */
static inline bool marq_has_radius(marq_method method) {
    return method != MARQ_METHOD_DAMPING;
}

/* options.c: for one of many solves side by side, from starts near their ends: on one thread, and without a
 * polish, for the cost is flat at its minimum. */
marq_options marq_options_inside(const marq_options *options);

/* solve.c: products, derivative and strategy from the workspace. */
void marq_bind_products(solver *s);

/* problem.c: checks, and residual vectors. Returns a MARQ_CALLBACK_… value; NOT_COMPUTABLE also for NaN, Inf.
 */
marq_status marq_check_problem(const marq_problem *problem, const marq_options *options, marq_error *error);
int marq_evaluate(solver *s, const double *theta, double *residual, double *cost);
size_t marq_row_block(const marq_problem *problem);
int marq_worse(int a, int b); /* of two callback results: an abort, then not computable, then success */

bool marq_is_mixed(const marq_problem *problem); /* choice.c: a column has a source of its own */

/* loss.c: weights and robust losses. */
bool marq_is_weighted(const marq_problem *problem);
double marq_loss_cost(const marq_problem *problem, const double *residual);
void marq_weigh(solver *s); /* row_factor, model_residual from residual */
void marq_weigh_rows(const double *row_factor, size_t rows, size_t columns, double *jacobian);

/* bounds.c */
bool marq_is_bounded(const marq_problem *problem);
bool marq_is_fixed(const marq_problem *problem, size_t j);
double marq_lower(const marq_problem *problem, size_t j); /* −Inf: none */
double marq_upper(const marq_problem *problem, size_t j);
marq_status marq_check_bounds(const marq_problem *problem, const double *theta, marq_error *error);
void marq_hold_parameters(solver *s);                 /* side from θ and g; held parameters leave g */
void marq_drop_held(const solver *s, double *vector); /* 0 where a parameter is held */
void marq_drop_held_columns(solver *s);               /* of J */
void marq_drop_held_from_gram(solver *s);             /* of JᵀJ; 1 on the diagonal */
outcome marq_stay_inside(solver *s); /* cuts the step to the box; REJECTED if nothing good is left of it */
bool marq_project(const solver *s, const double *from,
                  double *step); /* keeps from + step inside; true if it changed */

/* trust_region.c: everything at θ: J, D, g, the linear model. A MARQ_CALLBACK_… value. */
int marq_linear_model(solver *s, bool keep_scale);
/* jacobian.c: linearises at θ and counts; g from the residuals that the model sees. A MARQ_CALLBACK_… value;
 * NOT_COMPUTABLE if g is not finite. */
int marq_linearise(solver *s);
int marq_gradient(solver *s);
int marq_check_gradient(solver *s); /* its norm; NOT_COMPUTABLE if it is not finite */
/* What the model sees: residual, or model_residual. */
const double *marq_seen_residual(const solver *s);

/* jacobian.c: where column j comes from: never MIXED. */
derivative marq_column_derivative(const solver *s, size_t j);
/* jacobian.c: rows of J by the chosen derivative, weighted, to count × n values. first is a multiple of the
 * row block. */
int marq_build_rows(solver *s, const double *theta, size_t first, size_t count, double *jacobian);
int marq_build_jacobian(solver *s, const double *theta, double *jacobian); /* all rows, to m × n values */
/* jacobian.c: rows of J by the callback. A MARQ_CALLBACK_… value. */
int marq_call_jacobian(const marq_problem *problem, const double *theta, size_t first, size_t count,
                       double *jacobian);

/* difference.c: rows of J by finite differences, OpenMP over groups of parameters. */
int marq_difference_rows(solver *s, const double *theta, size_t first, size_t count, double *jacobian);
void marq_difference_start(solver *s, const double *theta); /* typical sizes, from the start's θ */
size_t marq_difference_memory(const marq_problem *problem); /* doubles a thread */

/* rows.c: products from the rows of J. The user pointer is the solver. */
extern const marq_products marq_rows_products;
size_t marq_rows_partial(size_t rows, size_t parameters, marq_form form);
size_t marq_tile_rows(const marq_problem *problem);   /* that J is formed of at a time, if not as a whole */
bool marq_holds_jacobian(const marq_workspace *work); /* or has no need of it */
/* jtw ← Jᵀr'' with r'' along the step, from residual_trial; rows_work ← r''. */
int marq_rows_second(solver *s, double *jtw);

/* damping.c */
void marq_damping_start(solver *s);
void marq_damping_accept(solver *s);
void marq_damping_reject(solver *s);

/* decay.c: weight decay. */
bool marq_decays(const marq_options *options);
double marq_penalty(const solver *s, const double *theta); /* ½ α ‖θ‖² */
void marq_add_decay(solver *s);                            /* g += αθ */
void marq_reestimate_decay(solver *s);                     /* after an accepted step */

/* stop.c: MARQ_OK means go on. */
marq_status marq_stop_by_cost(const solver *s);    /* zero, goal */
marq_status marq_stop_at_point(const solver *s);   /* gradient, relative offset: after prepare */
marq_status marq_stop_by_limit(const solver *s);   /* iterations, evaluations, time, damping */
marq_status marq_stop_after_step(const solver *s); /* step, cost */
bool marq_has_converged(marq_status status);       /* or stalled, from a start near its end */
double marq_residual_norm(const solver *s);        /* of what the gradient is made of */
bool marq_will_polish(const solver *s, marq_status status);
marq_status marq_stop_by_step(const solver *s); /* of the step that was tried */

#endif
