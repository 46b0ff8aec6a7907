/* How steps are made and their length is controlled: one table of functions a method. */
#ifndef MARQ_LM_STRATEGY_H
#define MARQ_LM_STRATEGY_H

#include "solver.h"

typedef struct marq_strategy {
    int (*prepare)(solver *s);          /* at a new point: matrices, D; a MARQ_CALLBACK_… value */
    outcome (*compute_step)(solver *s); /* step, its norm, predicted decrease; REJECTED: without a trial */
    void (*accept)(solver *s);          /* the trial was taken, with s->gain_ratio */
    void (*reject)(solver *s);
} marq_strategy;

extern const marq_strategy marq_damped;       /* step.c */
extern const marq_strategy marq_trust_region; /* trust_region.c */

/* step.c: (A + μI) of the prepared matrix is factored, and used. */
bool marq_damped_factor(solver *s);
/* solve.c: the status of a callback's answer; not_computable where it is that. */
marq_status marq_callback_status(int got, marq_status not_computable);
/* A result (NULL is allowed) that says why nothing was solved. Returns status. */
marq_status marq_fail_early(marq_result *result, marq_status status, const char *message);

/* solve.c: evaluates θ + s; makes it the point. */
outcome marq_try_step(solver *s);
void marq_accept_step(solver *s);

/* What a callback's answer means for a step. */
outcome marq_outcome_of(int got);

/* residual_trial ← r(θ + h·step) for the second derivative. */
outcome marq_look_ahead(solver *s);

/* rows_work ← r'' along the step, from rows_work = J s and residual_trial, for these rows. */
void marq_second_derivative(solver *s, size_t first, size_t count);

/* curvature.c. A step was taken (the residuals are new; J, g and the linear model are of the point that it
 * left): judge, by the change of the cost, which model tells more; leave keeps what the update of S needs. */
void marq_curvature_judge(solver *s);
void marq_curvature_leave(solver *s);
/* At a new point, where J, g and the linear model are known: updates S. True if the quadratic model with S is
 * in use, and was factored. */
bool marq_curvature_arrive(solver *s);

/* polish.c: Gauss–Newton steps to the rounding floor, from a point where the trust region has converged.
 * Changes status where the polish says more than the test that ended the loop. */
marq_status marq_polish(solver *s, marq_status status);

#endif
