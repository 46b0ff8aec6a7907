/* Variable projection: a problem with linear parameters as one in the others alone (projection.c), and its
 * solve (separable.c). */
#ifndef MARQ_LM_PROJECTION_H
#define MARQ_LM_PROJECTION_H

#include "model.h"
#include "solver.h"

struct marq_projection {
    const marq_problem *full;           /* the caller's */
    marq_problem plain;                 /* its residuals, without weights, bounds and mask */
    marq_problem others;                /* the same in α, for fixed c */
    marq_problem problem;               /* in α, with c eliminated; its user is this */
    size_t rows, parameters;            /* m, n of the full problem */
    size_t linear, other;               /* how many; of c and of α */
    size_t *linear_index, *other_index; /* in θ */
    int threads;
    marq_workspace *work;        /* of `problem` */
    marq_workspace *others_work; /* of `others`, for its Jacobian */
    marq_model model;            /* of the weighted basis */
    double *alpha, *at;          /* other: a point; where offset … residual are known */
    bool is_known;
    double *theta;          /* n: (α, c) */
    double *thread_theta;   /* threads × n */
    double *lower, *upper;  /* other */
    unsigned char *fixed;   /* other */
    marq_jacobian *columns; /* other */
    double *unit;           /* linear: steps in c for columns without a callback; 0: not chosen yet */
    double *offset;         /* m: r(α, 0) */
    double *basis;          /* m × linear: Φ */
    double *weighted_basis; /* WΦ */
    double *norms;          /* linear: of its columns */
    double *coefficients;   /* linear: c, the best for α */
    double *residual;       /* m: r(α, c) */
    double *column, *part;  /* m; linear */
    double *rows_work;      /* m × n: for the callback's rows; NULL: no callback */
    size_t residual_evaluations, jacobian_evaluations;
    const marq_options *options; /* the caller's */
    size_t iterations;           /* before the solve that is on */
    bool is_checked;             /* the parameters are linear, as far as can be seen */
    bool is_projected;           /* the solve that is on begins where the projection ended … */
    bool is_wrong;               /* … and does not find its residuals there */
    bool is_stopped;             /* by the caller or a limit */
    bool has_told;               /* of the start */
    double start;                /* seconds on the monotonic clock */
    double *best;                /* n: the caller's theta */
    double *given;               /* n: what it held at the start */
};

/* Whether a solve eliminates parameters: marq_problem.linear says when. */
bool marq_is_separable(const marq_problem *problem, const marq_options *options, const marq_plan *plan);

/* Whether parameter j is then eliminated. */
bool marq_is_eliminated(const marq_problem *problem, size_t j);

/* ---- projection.c ---- */

/* c, the basis and the residual at α. A MARQ_CALLBACK_… value. */
int marq_projection_at(marq_projection *projection, const double *alpha);

/* theta ← (α, c); c NULL: zeros. */
void marq_projection_join(const marq_projection *projection, const double *alpha, const double *c,
                          double *theta);

/* Whether r are the residuals that the projection expects at its point, within what rounding and differences
 * may do. */
bool marq_projection_agrees(const marq_projection *projection, const double *r);

/* Whether the basis function of c_l is a column of the Jacobian callback. */
bool marq_is_basis_by_callback(const marq_projection *projection, size_t l);

/* to ← W from, m × columns; in place too. */
void marq_projection_weigh(const marq_projection *projection, size_t columns, const double *from, double *to);

/* column (m) ← (I − P) column. */
void marq_project_column(marq_projection *projection, double *column);

/* ---- projected_problem.c ---- */

/* For a checked problem; without the workspaces. false without memory. */
bool marq_projection_allocate(marq_projection *projection, const marq_problem *problem, int threads);
void marq_projection_destroy(marq_projection *projection);
bool marq_projection_fits(const marq_projection *projection, const marq_problem *problem);

/* Makes projection->problem that of `full`, and alpha the point with the other entries of theta, which
 * follows the solve. */
void marq_project_problem(marq_projection *projection, const marq_problem *full, const marq_options *options,
                          double *theta);

/* ---- separable.c ---- */

marq_projection *marq_projection_create(const marq_problem *problem, const marq_options *options,
                                        marq_error *error);

/* The solve of a problem for which marq_is_separable holds. */
marq_status marq_solve_separable(marq_workspace *work, const marq_problem *problem,
                                 const marq_options *options, double *theta, marq_result *result);

#endif
