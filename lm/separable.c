/* The solve of a problem with linear parameters: variable projection finds the minimum over the others, then
 * the solver goes on with all parameters from there, where a step or two and the polish are left to do. So
 * the last digits and the stop tests are those of every solve. Where the projection cannot be computed, or
 * its point does not have the residuals that it should (a parameter is not linear), all begins again from the
 * caller's start with all parameters. */
#include "projection.h"

#include <base/clock.h>
#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <math.h>
#include <string.h>

/* ---- Memory ---- */

/* A tolerance of 0 stays off. */
static double at_least(double tolerance, double least) {
    return tolerance > 0 ? fmax(tolerance, least) : 0;
}

/* Of the solve over α: it stops where the polish would begin. Its Jacobian is a callback of ours. A first
 * step no longer than α, and no second-order correction, which would cost a basis a step: over NIST's
 * problems from random starts (log-normal, σ = 1) that finds the certified minimum 737 times of 960, the
 * solve of all parameters 682 times. */
static marq_options options_of_projection(const marq_options *options) {
    marq_options own = *options;
    own.jacobian = MARQ_JACOBIAN_AUTO;
    if (own.method == MARQ_METHOD_AUTO) own.method = MARQ_METHOD_TRUST_REGION;
    own.polish = 0;
    own.acceleration = 0;
    own.radius = fmin(own.radius, 1);
    own.step_tolerance = at_least(own.step_tolerance, 1e-10);
    own.cost_tolerance = at_least(own.cost_tolerance, 1e-8);
    own.max_evaluations = 0; /* projection_progress() counts the caller's */
    return own;
}

static bool create_workspaces(marq_projection *p, const marq_options *options, marq_error *error) {
    marq_options rows = *options, own = options_of_projection(options);
    rows.form = MARQ_FORM_GRAM;
    rows.method = MARQ_METHOD_DAMPING;
    rows.max_memory = own.max_memory = 0; /* marq_is_separable has seen to it */
    p->others_work = marq_workspace_create(&p->others, &rows, error);
    p->work = p->others_work ? marq_workspace_create(&p->problem, &own, error) : NULL;
    return p->work != NULL;
}

marq_projection *marq_projection_create(const marq_problem *problem, const marq_options *options,
                                        marq_error *error) {
    marq_projection *p = marq_alloc(1, sizeof *p);
    if (p && marq_projection_allocate(p, problem, marq_team_size(options->threads))) {
        if (create_workspaces(p, options, error)) return p;
    } else {
        marq_fail_memory(error, "the variable projection");
    }
    marq_projection_destroy(p);
    return NULL;
}

/* ---- Progress ---- */

static int tell(marq_projection *p, const marq_progress *now, const double *theta, const double *residual) {
    const marq_options *o = p->options;
    if (!o->progress) return 0;
    p->has_told = true;
    marq_progress full = *now;
    full.iteration += p->iterations;
    full.seconds = marq_clock_seconds() - p->start;
    full.theta = theta;
    full.residual = residual;
    return o->progress(o->progress_user, &full);
}

/* Called at every point that is taken: the caller's theta follows. */
static int projection_progress(void *user, const marq_progress *now) {
    marq_projection *p = user;
    if (marq_projection_at(p, now->theta) != MARQ_CALLBACK_OK) return 0; /* it is known from its evaluation */
    marq_projection_join(p, now->theta, p->coefficients, p->best);
    int answer = tell(p, now, p->best, p->residual);
    size_t most = p->options->max_evaluations;
    if (answer == 0 && most > 0 && p->residual_evaluations >= most) answer = MARQ_STOP_EVALUATIONS;
    p->is_stopped = answer != 0;
    return answer;
}

/* The start of the second solve was told by the first. */
static int full_progress(void *user, const marq_progress *now) {
    marq_projection *p = user;
    if (now->iteration > 0 || !p->has_told) return tell(p, now, now->theta, now->residual);
    p->is_wrong = p->is_projected && !marq_projection_agrees(p, now->residual);
    return p->is_wrong ? MARQ_STOP_CALLER : 0;
}

/* ---- The two solves ---- */

static marq_status solve_projected(marq_projection *p, marq_result *result) {
    marq_options own = options_of_projection(p->options);
    own.progress = projection_progress;
    own.progress_user = p;
    marq_status status = marq_solve_in(p->work, &p->problem, &own, p->alpha, result);
    result->residual_evaluations = p->residual_evaluations;
    result->jacobian_evaluations = p->jacobian_evaluations;
    return status;
}

/* Whether there is more to do than to hand over the point. */
static bool goes_on(const marq_projection *p, marq_status status) {
    bool done = status == MARQ_CONVERGED_ZERO || status == MARQ_CONVERGED_GOAL ||
                status == MARQ_STOP_ITERATIONS || status == MARQ_STOP_TIME || status == MARQ_ERROR_CALLBACK;
    return !done && !p->is_stopped;
}

/* What the first solve left of the limits. */
static marq_options options_left(marq_projection *p, const marq_result *first) {
    marq_options own = *p->options;
    size_t used = first->residual_evaluations;
    own.max_iterations -= first->iterations;
    if (own.max_evaluations > 0)
        own.max_evaluations = used < own.max_evaluations ? own.max_evaluations - used : 1;
    if (own.max_seconds > 0)
        own.max_seconds = fmax(own.max_seconds - (marq_clock_seconds() - p->start), 1e-9);
    own.progress = full_progress;
    own.progress_user = p;
    return own;
}

static void add_counts(const marq_result *first, marq_result *both) {
    both->iterations += first->iterations;
    both->rejected += first->rejected;
    both->residual_evaluations += first->residual_evaluations;
    both->jacobian_evaluations += first->jacobian_evaluations;
    both->factorisations += first->factorisations;
}

/* With all parameters from theta, after what the first solve took. */
static marq_status solve_all(marq_projection *p, marq_workspace *work, double *theta, marq_result *result) {
    marq_result first = *result;
    marq_options own = options_left(p, &first);
    marq_problem all = *p->full;
    all.linear = NULL;
    p->iterations = first.iterations;
    marq_status status = marq_solve_in(work, &all, &own, theta, result);
    add_counts(&first, result);
    return status;
}

marq_status marq_solve_separable(marq_workspace *work, const marq_problem *problem,
                                 const marq_options *options, double *theta, marq_result *result) {
    marq_projection *p = work->projection;
    p->start = marq_clock_seconds();
    marq_project_problem(p, problem, options, theta);
    marq_status status = solve_projected(p, result);
    if (goes_on(p, status)) {
        p->is_projected = status > 0;
        if (!p->is_projected) memcpy(theta, p->given, p->parameters * sizeof *theta);
        status = solve_all(p, work, theta, result);
        if (p->is_projected && (p->is_wrong || status == MARQ_ERROR_START)) {
            p->is_projected = false;
            memcpy(theta, p->given, p->parameters * sizeof *theta);
            status = solve_all(p, work, theta, result);
        }
    }
    result->seconds = marq_clock_seconds() - p->start;
    return status;
}
