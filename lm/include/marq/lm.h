/* marq/lm.h: nonlinear least squares by the Levenberg–Marquardt method.
 *
 * Minimises  f(θ) = ½ Σ_i r_i(θ)²  over θ ∈ R^n for residuals r: R^n → R^m that the caller evaluates.
 * At θ, with the Jacobian J_ij = ∂r_i/∂θ_j and the gradient g = Jᵀr, a step s solves
 *     (JᵀJ + μ D²) s = −g,
 * and is taken if it lowers f; μ (the damping) then falls, otherwise it grows and the step is tried again.
 *
 *     marq_problem problem = {.rows = m, .parameters = n, .user = &data, .residual = my_residual};
 *     marq_result result;
 *     marq_status status = marq_solve(&problem, NULL, theta, &result);
 *     if (status < 0) fprintf(stderr, "%s\n", result.message);
 *
 * Threads: two threads may solve two problems at once; there is no global state. A solve uses OpenMP threads
 * inside and gives the same bits for every number of them. Nothing is printed; nothing is allocated once the
 * loop has begun. The caller's omp_get_max_threads() is the same after a call as before. */
#ifndef MARQ_LM_H
#define MARQ_LM_H

#include <marq/profile.h>
#include <marq/status.h>
#include <marq/version.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- The problem ---- */

/* What a callback may return. */
enum {
    MARQ_CALLBACK_OK = 0,
    MARQ_CALLBACK_NOT_COMPUTABLE =
        1,                   /* r is not defined at this θ: a trial point is rejected, a start fails */
    MARQ_CALLBACK_ABORT = -1 /* give up: the solve ends with MARQ_ERROR_CALLBACK */
};

/* Writes the residuals of rows first … first+count−1 at theta (parameters values) to r[0 … count−1].
 * NaN or Inf in r has the meaning of MARQ_CALLBACK_NOT_COMPUTABLE. */
typedef int (*marq_residual_function)(void *user, const double *theta, size_t first, size_t count, double *r);

/* Writes rows first … first+count−1 of the Jacobian: ∂r_i/∂θ_j to jacobian[(i − first)·stride + j]. */
typedef int (*marq_jacobian_function)(void *user, const double *theta, size_t first, size_t count,
                                      double *jacobian, size_t stride);

/* About what a product costs, for the choice of the form. */
typedef struct marq_cost {
    double flops; /* 0: as if it were taken from J */
    double bytes; /* of memory that the problem holds for it, with one thread */
} marq_cost;

/* Products for problems with structure, which need not form J. linearise() fixes the point; the others refer
 * to the last one. They are called by one thread at a time and may use OpenMP threads inside;
 * omp_get_max_threads() is the number that the solve was given. The same bits for every thread count are the
 * caller's part here. Vectors: v, Jᵀw of n values; w, Jv of m values. Matrices: column-major, lower triangle,
 * leading dimension = order. evaluate, gram, kernel, diagonal and precondition may be NULL. A problem may
 * offer products and rows: where the form that is used has no product, the solver takes the rows. */
typedef struct marq_products {
    int (*linearise)(void *user, const double *theta);
    /* JᵀJ, n × n, and Jᵀw: both in one pass over the rows. */
    int (*gram)(void *user, const double *w, double *jtj, double *jtw);
    int (*kernel)(void *user, double *jjt);                            /* JJᵀ, m × m */
    int (*apply)(void *user, const double *v, double *jv);             /* Jv */
    int (*apply_transposed)(void *user, const double *w, double *jtw); /* Jᵀw */
    /* For the iterative form. diag(JᵀJ), n values: for D under MARQ_SCALING_COLUMNS, which needs it, and for
     * a preconditioner. */
    int (*diagonal)(void *user, double *d);
    /* out ← M⁻¹v, n values, with a symmetric positive definite M ≈ JᵀJ + μI: a better preconditioner, for D =
     * I. */
    int (*precondition)(void *user, double mu, const double *v, double *out);
    /* All m residuals at theta, in place of the problem's residual callback, which gives the same: what it
     * computes on the way may serve a linearise at the same theta. NOT_COMPUTABLE is allowed. */
    int (*evaluate)(void *user, const double *theta, double *r);
    marq_cost gram_cost, kernel_cost;
    marq_cost product_cost; /* of one Jv and one Jᵀw */
} marq_products;

/* Where derivatives come from. */
typedef enum marq_jacobian {
    MARQ_JACOBIAN_AUTO,    /* products, else the analytic callback, else forward differences */
    MARQ_JACOBIAN_FORWARD, /* (r(θ + h e_j) − r(θ)) / h,            h = √ε · max(|θ_j|, typical size) */
    MARQ_JACOBIAN_CENTRAL /* (r(θ + h e_j) − r(θ − h e_j)) / 2h,   h = ∛ε · max(|θ_j|, typical size) */
} marq_jacobian;

/* Robust losses: the cost is ½ Σ c² ρ((w_i r_i / c)²) with the scale c and the weights w; as in SciPy's
 * least_squares, ρ(z) is z; 2(√(1+z) − 1); z for z ≤ 1, else 2√z − 1; ln(1+z); arctan z; and Tukey's biweight
 * (1 − (1 − z)³)/3 for z ≤ 1, else 1/3 (Beaton & Tukey 1974; SciPy has none). */
typedef enum marq_loss {
    MARQ_LOSS_SQUARES,
    MARQ_LOSS_SOFT_L1,
    MARQ_LOSS_HUBER,
    MARQ_LOSS_CAUCHY,
    MARQ_LOSS_ARCTAN,
    MARQ_LOSS_TUKEY,
    MARQ_LOSS_CUSTOM /* problem.loss_function */
} marq_loss;

/* rho ← ρ(z), ρ'(z), ρ''(z) for z = (w r / c)² ≥ 0; ρ(0) = 0, ρ'(0) = 1, ρ' ≥ 0. */
typedef void (*marq_loss_function)(void *user, double z, double rho[3]);

/* The cost of rows first … first + count − 1 (a block of rows) from their residuals r[0 … count − 1]. ≥ 0. */
typedef double (*marq_cost_function)(void *user, size_t first, size_t count, const double *r);

/* One parameter that follows others linearly: θ_parameter = constant + Σ_k factor[k]·θ_source[k], k < terms;
 * terms 0: a constant. A source may itself be tied by an entry before this one. */
typedef struct marq_linear_tie {
    size_t parameter; /* from 0 */
    double constant;
    size_t terms;
    const size_t *source;
    const double *factor;
} marq_linear_tie;

/* Parameters that follow from others. The solver minimises over the free ones φ, with the residuals r(T(φ))
 * and the Jacobian J T'; every method and option works as without ties, but products are not used. Callbacks,
 * theta and progress have all n parameters; what a start holds for tied ones is not read.
 *
 * Bounds hold, also on a parameter that follows one other linearly; finite bounds on other tied ones are
 * refused, and so are fixed ones. A free parameter's column comes from the callback (column_jacobian) only if
 * that is so for all that follow it. Uncertainties come out for all parameters: T' C T'ᵀ with the covariance
 * C of φ. */
typedef struct marq_ties {
    const marq_linear_tie *linear; /* count of them, computed in this order; NULL for 0 */
    size_t count;
    /* Any other relation: function sets those entries of theta that tied (n, non-zero) marks, from the
     * others, linearly tied ones among them. It returns a MARQ_CALLBACK_… value, as residual; non-finite
     * values are not computable. NULL: none. */
    const unsigned char *tied;
    int (*function)(void *user, double *theta);
    /* jacobian[t·n + k] ← ∂θ_j/∂θ_k at theta for the t-th marked parameter j (in order, from 0) and the
     * unmarked k on which it depends; zero before the call. NULL: differences of fourth order. */
    int (*derivative)(void *user, const double *theta, double *jacobian);
} marq_ties;

/* Zero-initialise, then set what you have. Borrowed for the duration of a call. With weights or a loss, and
 * with bounds or fixed parameters in the kernel form, the products are not used, but the rows. */
typedef struct marq_problem {
    size_t rows;       /* m ≥ 1 */
    size_t parameters; /* n ≥ 1 */
    void *user;        /* handed to every callback */
    marq_residual_function residual;
    marq_jacobian_function jacobian; /* NULL: finite differences, or products */
    /* n: where each column of J comes from, for options.jacobian AUTO; NULL: all AUTO. AUTO is the callback
     * if there is one, which may leave the other columns as they are; products are not used unless all are
     * AUTO. */
    const marq_jacobian *column_jacobian;
    const marq_products *products; /* NULL: the solver forms J and its products */
    /* Non-zero: residual and jacobian may be called by several OpenMP threads at once, each with its own θ
     * and rows. Scratch of theirs is best on the stack or _Thread_local: omp_get_thread_num() is the same for
     * the solves that marq_solve_many has side by side. Zero: one call at a time. */
    int concurrent;
    const double *lower, *upper; /* n each, −Inf, +Inf: none; NULL: none at all. The start must lie inside */
    const unsigned char *fixed; /* n, non-zero: stays at its start; NULL: none. lower = upper does the same */
    const marq_ties *ties;      /* NULL: none; may be called concurrently where residual may */
    /* n, non-zero: the residuals are linear in it; NULL: none. A trust region then minimises over the other
     * parameters first, with the best of these for each point (variable projection, Golub & Pereyra 1973,
     * Kaufman 1975), and over all from there. Their starts are not read; the callbacks must be computable
     * where they are 0. It finds more minima from afar in fewer evaluations. A linear parameter that is
     * fixed or has a bound counts as one of the others. The mask is not used with ties, a loss, under
     * damping, with no other parameter left, with as many linear ones as rows, or where max_memory is below
     * four times what the plan takes. A wrong mark is noticed as a rule, by residuals or columns that don't
     * agree; all parameters are then fitted from the start. */
    const unsigned char *linear;
    const double *weights; /* m, ≥ 0, of the residuals (1/deviation of each); NULL: all 1 */
    size_t idle_rows; /* of the m: rows that are always 0, missing data, which don't count in the evidence */
    marq_loss loss;
    double loss_scale;                /* c > 0; 0: 1 */
    marq_loss_function loss_function; /* MARQ_LOSS_CUSTOM; gets user */
    /* NULL: ½ Σ r², or what weights and loss make of it. Else the generalised Gauss–Newton method
     * (Schraudolph 2002): of a cost Σ C(z(θ)), convex in z, the residuals and J are such that Jᵀr is the
     * gradient and JᵀJ the curvature of steps: J = Sᵀ ∂z/∂θ with S Sᵀ = ∂²C/∂z², and S r = ∂C/∂z. Trials and
     * the gain ratio are judged by this function of the residuals. Under MARQ_METHOD_DAMPING; without the
     * second-order correction, differences, weights, a loss or ties, for J is not the derivative of r. */
    marq_cost_function cost;
    size_t row_block; /* rows per callback, 0: 1024. A fixed block, so that bits don't depend on threads */
} marq_problem;

/* ---- Options ---- */

/* How the length of a step is controlled. */
typedef enum marq_method {
    MARQ_METHOD_AUTO, /* the trust region where J's rows can be had, scaling is by columns and n ≤ 200; else
                         damping */
    /* A trust region ‖Ds‖ ≤ Δ (Moré 1978) on a QR factorisation of the scaled J and the SVD of its R: the
     * most accurate step, for few parameters. A step whose second-order correction is large against it is
     * rejected: that keeps steps inside the range of the linear model (Transtrum & Sethna 2012). Where large
     * residuals bend the cost, a secant estimate of Σ r_i ∇²r_i joins JᵀJ (Dennis, Gay & Welsch 1981). Ends
     * with a polish. */
    MARQ_METHOD_TRUST_REGION,
    MARQ_METHOD_DAMPING, /* μ itself is raised and lowered; Cholesky on JᵀJ or JJᵀ, for many parameters */
    /* The trust region with Powell's dogleg (1970) in place of the damped step: steepest descent, then
     * towards the Gauss–Newton step, to the radius. Without second-order corrections, so one evaluation a
     * trial; more iterations where the problem is hard. */
    MARQ_METHOD_DOGLEG
} marq_method;

typedef enum marq_damping {
    MARQ_DAMPING_GAIN, /* Nielsen 1999: by the gain ratio, μ ← μ·max(1/3, 1 − (2ρ−1)³); rejected: μ ← μν, ν ←
                          2ν */
    MARQ_DAMPING_FACTORS /* Marquardt 1963: accepted μ / mu_decrease, rejected μ · mu_increase */
} marq_damping;

typedef enum marq_scaling {
    /* Steps don't depend on units. D_jj follows the norm of J's column j: under damping the largest so far
     * (Moré 1978); in the trust region it falls by at most 5 % an iteration, and a parameter that matters
     * little at a point is held to changes of some 50 times its size. */
    MARQ_SCALING_COLUMNS,
    MARQ_SCALING_NONE /* D = I, as nets want it */
} marq_scaling;

/* How the step is solved for. The same step in exact arithmetic. */
typedef enum marq_form {
    /* The cheapest. Where that is GRAM, by rows of a J that is held, the condition of JᵀJ + μD² (scaled to a
     * unit diagonal) is estimated from Cholesky's factor at each point; above 1e12, or where Cholesky's
     * method fails, QR takes over for the rest of the solve. */
    MARQ_FORM_AUTO,
    MARQ_FORM_GRAM,   /* (JᵀJ + μD²) s = −g, n × n */
    MARQ_FORM_KERNEL, /* s = −Jᵀα with (JJᵀ + μI) α = r, m × m; D = I only */
    /* The first by conjugate gradients, with products Jv and Jᵀw only: for m and n both large. Steps are
     * inexact (linear_tolerance). */
    MARQ_FORM_ITERATIVE,
    /* The first by QR of J and of (R; √μ D): twice the work or more, but the condition of J is not squared.
     * Needs J's rows; no weight decay. */
    MARQ_FORM_QR
} marq_form;

/* What happened up to an accepted step, for the progress callback. Pointers are valid during the call. */
typedef struct marq_progress {
    size_t iteration;       /* 1, 2, …; 0: the start */
    double cost;            /* ½‖r‖² */
    double gradient_norm;   /* max_j |g_j| at the point before the step */
    double mu;              /* that gave the step; 0 under MARQ_METHOD_DOGLEG */
    double gain_ratio;      /* actual / predicted decrease of the cost */
    double step_norm;       /* ‖s‖₂ */
    double seconds;         /* since the solve began */
    size_t rejected;        /* trial steps rejected before this one was accepted */
    double decay;           /* α in use; 0: none */
    double effective;       /* γ, effective number of parameters; NaN: not estimated */
    double beta;            /* β, see evidence; NaN: not estimated */
    const double *theta;    /* n */
    const double *residual; /* m */
} marq_progress;

/* Called after the start (iteration 0) and after every accepted step. Non-zero ends the solve: a value that
 * is a marq_status > 0 becomes its status, any other non-zero value MARQ_STOP_CALLER. */
typedef int (*marq_progress_function)(void *user, const marq_progress *progress);

typedef struct marq_options {
    marq_jacobian jacobian; /* FORWARD, CENTRAL: of all columns, whatever the problem offers */
    /* > 0; the least size of a parameter for difference steps, as a share of its start value (of 1 where that
     * is 0), so that it follows the parameter's unit; default 1e-2. */
    double typical_size;
    marq_method method;
    marq_scaling scaling;
    double radius; /* trust region at the start over ‖Dθ‖, > 0; default 5 */
    /* Gauss–Newton steps with Anderson acceleration to the rounding floor once the trust region has
     * converged, so that the parameters have all the digits that the data hold. On (1) by default; the
     * tolerances on step and cost then only say when it may begin, and differences are central in it. Its
     * steps come after the last call of progress. */
    int polish;
    marq_form form; /* MARQ_METHOD_DAMPING: this and the next seven */
    /* MARQ_FORM_ITERATIVE: the k-th iteration ends the solve if it lowers the model by no more than this over
     * k of what all k did (Nash & Sofer 1990); ≥ 0, default 0.03. */
    double linear_tolerance;
    marq_damping damping;
    double mu; /* start > 0; of the scaled system, whose columns have norm 1 at the start under columns */
    double mu_increase; /* > 1; MARQ_DAMPING_FACTORS */
    double mu_decrease; /* > 1 */
    double mu_min;      /* ≥ 0; the floor */
    double mu_max;      /* a damping above it ends the solve: MARQ_STOP_STALLED */
    /* Second-order correction ("geodesic acceleration", Transtrum & Sethna 2012): s + ½a, where a solves the
     * same system for the second directional derivative of r along s, taken by one more evaluation at θ + h
     * s. */
    int acceleration; /* 0 or 1 (default) */
    /* Where ‖Da‖ > limit·‖Ds‖, damping leaves the correction out and the trust region rejects the step;
     * default 0.75, their α. */
    double acceleration_limit;
    double acceleration_step; /* h; default 0.1 */
    /* Weight decay under MARQ_METHOD_DAMPING with D = I and without bounds: minimises ½‖r‖² + ½ α ‖θ‖². α ≥
     * 0; 0: none. The cost in results, goals and tests is then the whole objective. */
    double decay;
    /* Bayesian regularisation: α is re-estimated after every `evidence` accepted steps (0: never) from the
     * evidence of the linear model (MacKay 1992; Foresee & Hagan 1997, MATLAB's trainbr):
     *     γ = N − α tr (JJᵀ + αI)⁻¹,   α ← γ / ‖θ‖² · ‖r‖² / (N − γ),
     * halfway in the logarithm. The precision of the noise is β = (N − γ) / ‖r‖², 1 with a cost function; of
     * the evidence's ½ β ‖r‖² + ½ α' ‖θ‖² the α' is αβ. decay > 0 is where α begins. Costs one more
     * factorisation and the trace. */
    size_t evidence;
    /* Stop tests; 0 switches one off. */
    double gradient_tolerance; /* max_j |g_j| ≤ it (D = I), max_j |g_j| / (D_jj ‖r‖) ≤ it (columns); with
                                * a loss ‖√ρ' w r‖ in place of ‖r‖ */
    double
        step_tolerance; /* ‖Ds‖ ≤ it · ‖Dθ‖; both with the columns' norms here and now in the trust region */
    /* Actual and predicted relative decrease both ≤ it; in the trust region also that of the free
     * Gauss–Newton step, by the linear model. */
    double cost_tolerance;
    double cost_goal;       /* the cost ≤ it */
    size_t max_iterations;  /* accepted steps; 0: evaluate the start only */
    size_t max_evaluations; /* residual vectors; 0: no limit */
    double max_seconds;     /* 0: no limit */
    /* Bytes that the solve may take: its workspace, and what the products' costs say; not what each further
     * thread takes, so that the choice does not depend on their number. The choice of method and form keeps
     * to it, and a solve that can't is refused. 0: no limit, but then JᵀJ is summed over blocks of rows where
     * J would take more than 128 MB. */
    double max_memory;
    int threads; /* OpenMP threads; 0: omp_get_max_threads() */
    marq_progress_function progress;
    void *progress_user;
    marq_profile *profile; /* NULL: no profile */
} marq_options;

/* Defaults for a general least-squares problem. */
MARQ_API marq_options marq_options_default(void);

/* ---- Solving ---- */

typedef struct marq_result {
    marq_status status;
    size_t iterations;           /* accepted steps */
    size_t rejected;             /* rejected trial steps */
    size_t residual_evaluations; /* residual vectors, all of them: trials, corrections, differences */
    size_t jacobian_evaluations; /* Jacobians or linearisations, by whatever means: passes over all rows */
    size_t factorisations;
    size_t linear_iterations; /* of the iterative form: products Jv and Jᵀw */
    size_t polish_steps;      /* steps of the polish; they count as evaluations, not as iterations */
    double cost;              /* at the end: ½‖r‖², or that of the weights and the loss */
    double gradient_norm;     /* max_j |g_j|, at the last point where J was known */
    double step_norm;         /* of the last accepted step */
    double mu;
    double decay;     /* α at the end */
    double effective; /* γ at the last estimate; NaN: none */
    double beta;      /* β at the last estimate; NaN: none */
    double seconds;
    char message[256]; /* one sentence, always set */
} marq_result;

/* How a solve is done. */
typedef struct marq_plan {
    size_t rows, parameters; /* m, n, without tied parameters */
    marq_method method;      /* never AUTO */
    marq_form form;          /* of MARQ_METHOD_DAMPING; never AUTO */
    int products;            /* the problem's products are used; 0: rows of J */
    int qr;                  /* QR of J takes over where JᵀJ loses digits */
    int held;     /* 0: products, or rows are formed whenever they are needed; else J is held as a whole */
    double bytes; /* that it takes, of max_memory */
    double flops; /* of an iteration with one factorisation, about */
} marq_plan;

/* The plan that marq_solve follows for this problem and these options: the cheapest that fits in max_memory.
 * MARQ_ERROR_MEMORY, with the figures in the message, if none fits. */
MARQ_API marq_status marq_plan_solve(const marq_problem *problem, const marq_options *options,
                                     marq_plan *plan, marq_error *error);

/* The plan in words, e.g. "Cholesky of JJᵀ, 700 × 700, by products: 9.9 MB, about 160 MFLOP a step", as
 * snprintf. */
MARQ_API int marq_plan_text(const marq_plan *plan, char *out, size_t size);

/* Working memory for problems of the same size, kind and options that matter for memory (jacobian, form,
 * max_memory, threads). One solve at a time. */
typedef struct marq_workspace marq_workspace;

/* The caller owns the result: marq_workspace_destroy. NULL on failure, with the reason in *error. */
MARQ_API marq_workspace *marq_workspace_create(const marq_problem *problem, const marq_options *options,
                                               marq_error *error);
MARQ_API void marq_workspace_destroy(marq_workspace *workspace);

/* Minimises from theta (n values), which holds the best point found afterwards, also when the solve fails or
 * is stopped. options NULL: the defaults. result NULL is allowed. Returns result->status. */
MARQ_API marq_status marq_solve(const marq_problem *problem, const marq_options *options, double *theta,
                                marq_result *result);

/* The same in a workspace that was made for this problem's size and these options. */
MARQ_API marq_status marq_solve_in(marq_workspace *workspace, const marq_problem *problem,
                                   const marq_options *options, double *theta, marq_result *result);

/* The Jacobian at theta by the builder that options choose: jacobian[i·n + j], m × n values owned by the
 * caller; without weights and loss. Ties: J of all parameters, where the tied ones are those of the others.
 */
MARQ_API marq_status marq_jacobian_at(const marq_problem *problem, const marq_options *options,
                                      const double *theta, double *jacobian, marq_error *error);

/* side[j] ← −1 if θ_j is at its lower bound, 1 at its upper one, 0 if it is free, 2 if it is fixed, 3 if
 * it is tied (bounds of tied parameters count as those of the one that they follow). Returns how many are
 * free. side may be NULL. */
MARQ_API size_t marq_bound_sides(const marq_problem *problem, const double *theta, signed char *side);

/* The largest disagreement of the Jacobian callback with central differences. */
typedef struct marq_jacobian_error {
    size_t row, parameter; /* from 0 */
    double analytic, difference;
    double relative; /* |analytic − difference| / the largest entry of that column */
} marq_jacobian_error;

/* Compares the columns that problem->jacobian fills, at theta, with central differences. MARQ_OK if no entry
 * is off by more than tolerance (0: 1e-5) times the largest entry of its column; otherwise
 * MARQ_ERROR_JACOBIAN, and the message names the entry and both values; likewise for ties->derivative, of
 * which the message alone tells. analytic, difference: m × n each, row-major, for a dump of both; NULL: not
 * wanted. worst may be NULL. */
MARQ_API marq_status marq_check_jacobian(const marq_problem *problem, const marq_options *options,
                                         const double *theta, double tolerance, double *analytic,
                                         double *difference, marq_jacobian_error *worst, marq_error *error);

/* ---- Many starts ---- */

/* One minimum that was found, and how often. */
typedef struct marq_minimum {
    double cost;
    size_t count;       /* starts that ended here */
    size_t start;       /* the first of them, from 0 */
    marq_result result; /* of that start */
} marq_minimum;

/* Solves from `starts` points in the box low … high (n values each, finite), drawn as a Latin hypercube from
 * seed, and from theta itself as start 0; in parallel if the problem is concurrent (the callbacks are then
 * called by several threads, each for a solve of its own). Writes the best point to theta, and up to capacity
 * distinct minima to minima in order of cost (points: capacity × n, or NULL), and sets *found to how many
 * there are. low and high of tied parameters, and of linear ones that are eliminated, are not read. Two ends
 * are one minimum if their costs agree to 1e-6 and their parameters to 1e-3 of the box (each is compared with
 * the best of its group). options->progress is not called. Returns the status of the best solve;
 * MARQ_ERROR_START if none was usable. The same result for every number of threads. */
MARQ_API marq_status marq_solve_many(const marq_problem *problem, const marq_options *options,
                                     const double *low, const double *high, size_t starts, uint64_t seed,
                                     double *theta, marq_minimum *minima, double *points, size_t capacity,
                                     size_t *found, marq_error *error);

/* The same from `count` places of the caller's: starts, count × n values. span: n lengths; two ends are one
 * minimum if no parameter differs by more than 1e-3 of it. theta only receives the best end. */
MARQ_API marq_status marq_solve_starts(const marq_problem *problem, const marq_options *options,
                                       const double *starts, size_t count, const double *span, double *theta,
                                       marq_minimum *minima, double *points, size_t capacity, size_t *found,
                                       marq_error *error);

/* ---- Uncertainty ---- */

typedef struct marq_uncertainty {
    size_t rank;       /* of J among the free parameters */
    size_t free;       /* free parameters */
    size_t dof;        /* rows of non-zero weight − free parameters, not below 0 */
    double variance;   /* ‖r‖²/dof of the weighted residuals; NaN for dof 0 */
    double condition;  /* σ_1/σ_n of the column-scaled J of the free parameters; Inf if one is 0 */
    char message[256]; /* empty, or one sentence: which parameters the data do not determine */
} marq_uncertainty;

/* Standard errors and the covariance of the parameters at theta, (JᵀJ)⁻¹ times the variance, or with absolute
 * non-zero times 1 (weights are then known deviations). A parameter that is fixed or at a bound has 0.
 * Parameters that the data do not determine (the numerical rank, by SVD, is below the free parameters) have
 * Inf, all others stay right, and the message names them: by names (n strings, or NULL) or numbers. With a
 * robust loss, rows count with the weight ρ' that they have at theta (iterated least squares): an
 * approximation. covariance: n × n, or NULL; deviation: n, or NULL. Costs one residual and one Jacobian
 * evaluation. */
MARQ_API marq_status marq_covariance_at(const marq_problem *problem, const marq_options *options,
                                        const double *theta, int absolute, const char *const *names,
                                        double *covariance, double *deviation, marq_uncertainty *uncertainty,
                                        marq_error *error);

/* ---- Versions ---- */

/* The version of the library, e.g. "0.1.0". */
MARQ_API const char *marq_version(void);

/* Writes which BLAS and LAPACK the process resolved, with the file they came from, e.g. "OpenBLAS 0.3.21 … in
 * /usr/lib/…/libopenblas.so.0". Returns 1 if every BLAS and LAPACK symbol that marq calls comes from that one
 * file, else 0, and then names the first that does not. */
MARQ_API int marq_blas_describe(char *out, size_t size);

#ifdef __cplusplus
}
#endif
#endif
