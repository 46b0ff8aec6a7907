/* The Levenberg–Marquardt method (Levenberg 1944, Marquardt 1963): the outer loop.
 *
 * θ parameters, r residuals, J = ∂r/∂θ, g = Jᵀr, f = ½‖r‖², s step, μ damping, D scaling (marq/lm.h).
 * Each stage returns MARQ_OK to go on, or the status that ends the solve. */
#include "choice.h"
#include "strategy.h"

#include "projection.h"
#include "reduction.h"
#include "ties.h"
#include "vector.h"
#include <base/clock.h>
#include <base/error.h>
#include <base/text.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

marq_status marq_callback_status(int got, marq_status not_computable) {
    if (got == MARQ_CALLBACK_OK) return MARQ_OK;
    return got < 0 ? MARQ_ERROR_CALLBACK : not_computable;
}

static marq_status evaluate_start(solver *s) {
    int got = marq_evaluate(s, s->theta, s->work->residual, &s->cost);
    if (got != MARQ_CALLBACK_OK) return marq_callback_status(got, MARQ_ERROR_START);
    s->underflow = s->cost < DBL_MIN && marq_max_abs(s->problem->rows, s->work->residual) > 0;
    if (s->underflow) return MARQ_ERROR_START;
    s->decay = s->options->decay;
    s->effective = s->beta = (double)NAN;
    s->cost += marq_penalty(s, s->theta);
    marq_damping_start(s);
    marq_difference_start(s, s->theta);
    return MARQ_OK;
}

/* Tells the caller, who may end the solve. */
static marq_status report(solver *s, double mu) {
    const marq_options *o = s->options;
    if (!o->progress) return MARQ_OK;
    MARQ_SCOPE(o->profile, "report");
    marq_progress progress = {
        .iteration = s->iteration,
        .cost = s->cost,
        .gradient_norm = s->gradient_norm,
        .mu = mu,
        .gain_ratio = s->gain_ratio,
        .step_norm = s->step_norm,
        .seconds = marq_clock_seconds() - s->start,
        .rejected = s->rejected_now,
        .decay = s->decay,
        .effective = s->effective,
        .beta = s->beta,
        .theta = s->theta,
        .residual = s->work->residual,
    };
    int answer = o->progress(o->progress_user, &progress);
    if (answer == 0) return MARQ_OK;
    return answer > 0 && answer <= MARQ_STOP_CALLER ? (marq_status)answer : MARQ_STOP_CALLER;
}

/* J (or its products), g and the matrices of the step at θ. */
static marq_status linearise(solver *s) {
    return marq_callback_status(s->strategy->prepare(s), MARQ_ERROR_JACOBIAN);
}

outcome marq_try_step(solver *s) {
    marq_workspace *w = s->work;
    for (size_t j = 0; j < s->problem->parameters; j++) w->theta_trial[j] = s->theta[j] + w->step[j];
    int got = marq_evaluate(s, w->theta_trial, w->residual_trial, &s->cost_trial);
    if (got != MARQ_CALLBACK_OK) return got < 0 ? ABORTED : REJECTED;
    s->cost_trial += marq_penalty(s, w->theta_trial);
    s->gain_ratio = s->predicted > 0 ? (s->cost - s->cost_trial) / s->predicted : 0;
    return s->cost_trial < s->cost ? GOOD : REJECTED;
}

void marq_accept_step(solver *s) {
    marq_workspace *w = s->work;
    memcpy(s->theta, w->theta_trial, s->problem->parameters * sizeof *s->theta);
    double *old = w->residual;
    w->residual = w->residual_trial;
    w->residual_trial = old;
    s->cost = s->cost_trial;
    s->step_norm = marq_norm(s->problem->parameters, w->step);
    s->iteration++;
}

/* Shortens the step until it lowers the cost. */
static marq_status find_step(solver *s) {
    for (s->rejected_now = 0;;) {
        marq_status limit = marq_stop_by_limit(s);
        if (limit != MARQ_OK) return limit;
        outcome step = s->strategy->compute_step(s), trial = step == GOOD ? marq_try_step(s) : step;
        if (trial == GOOD) return MARQ_OK;
        if (trial == ABORTED) return MARQ_ERROR_CALLBACK;
        s->rejected_now++;
        s->rejected++;
        marq_status status = s->has_step ? marq_stop_by_step(s) : MARQ_OK;
        if (status != MARQ_OK) return status;
        s->strategy->reject(s);
    }
}

static marq_status iterate(solver *s) {
    MARQ_SCOPE(s->options->profile, "epoch");
    marq_status status = marq_stop_by_limit(s);
    if (status == MARQ_OK) status = linearise(s);
    if (status == MARQ_OK) status = marq_stop_at_point(s);
    if (status == MARQ_OK) status = find_step(s);
    if (status != MARQ_OK) return status;
    double mu = s->mu;
    s->previous_cost = s->cost;
    marq_accept_step(s);
    s->strategy->accept(s);
    if (s->options->evidence) marq_reestimate_decay(s);
    status = report(s, mu);
    if (status == MARQ_OK) status = marq_stop_by_cost(s);
    if (status == MARQ_OK) status = marq_stop_after_step(s);
    return status;
}

static marq_status run(solver *s) {
    marq_status status = evaluate_start(s);
    if (status == MARQ_OK) status = report(s, s->mu);
    if (status == MARQ_OK) status = marq_stop_by_cost(s);
    while (status == MARQ_OK) status = iterate(s);
    return marq_will_polish(s, status) ? marq_polish(s, status) : status;
}

/* Why a start failed, in words; NULL: nothing more is known. */
static const char *start_trouble(const solver *s) {
    if (s->overflow) return "the residuals are so large at the start that their squares overflow: scale them";
    if (s->underflow)
        return "the residuals are so small at the start that their squares underflow: scale them";
    return NULL;
}

static void describe(const solver *s, marq_result *result) {
    size_t size = sizeof result->message;
    bool start = result->status == MARQ_ERROR_START;
    if (start && s->bad_row < s->problem->rows)
        marq_format(result->message, size,
                    "residual row %zu is not finite at the start: change the start values", s->bad_row + 1);
    else if (start && start_trouble(s))
        marq_format(result->message, size, "%s", start_trouble(s));
    else
        marq_format(result->message, size, "%s", marq_status_text(result->status));
}

static void fill_result(const solver *s, marq_status status, marq_result *result) {
    *result = (marq_result){
        .status = status,
        .iterations = s->iteration,
        .rejected = s->rejected,
        .residual_evaluations = s->residual_evaluations,
        .jacobian_evaluations = s->jacobian_evaluations,
        .factorisations = s->factorisations,
        .linear_iterations = s->linear_iterations,
        .polish_steps = s->polish_steps,
        .cost = s->cost,
        .gradient_norm = s->gradient_norm,
        .step_norm = s->step_norm,
        .mu = s->mu,
        .decay = s->decay,
        .effective = s->effective,
        .beta = s->beta,
        .seconds = marq_clock_seconds() - s->start,
    };
    describe(s, result);
}

marq_status marq_fail_early(marq_result *result, marq_status status, const char *message) {
    if (!result) return status;
    *result = (marq_result){.status = status};
    marq_format(result->message, sizeof result->message, "%s", message);
    return status;
}

void marq_bind_products(solver *s) {
    bool own = s->work->derivative == DERIVATIVE_PRODUCTS;
    s->strategy = marq_has_radius(s->work->method) ? &marq_trust_region : &marq_damped;
    s->products = own ? *s->problem->products : marq_rows_products;
    s->products_user = own ? s->problem->user : s;
}

/* The free parameters' problem, in the same workspace. */
static marq_status solve_tied(marq_workspace *work, const marq_problem *problem, const marq_options *options,
                              double *theta, marq_result *result) {
    marq_reduction *reduction = work->reduction;
    marq_options own = *options;
    marq_error error;
    marq_status status = marq_reduce(reduction, problem, &own, theta, &error);
    if (status != MARQ_OK) return marq_fail_early(result, status, error.message);
    status = marq_solve_in(work, &reduction->problem, &own, reduction->phi, result);
    if (marq_reduction_expand(reduction, theta) == MARQ_CALLBACK_OK || status < 0) return status;
    return marq_fail_early(result, MARQ_ERROR_CALLBACK, "the tied parameters cannot be computed at the end");
}

marq_status marq_solve_in(marq_workspace *work, const marq_problem *problem, const marq_options *options,
                          double *theta, marq_result *result) {
    marq_options defaults = marq_options_default();
    if (!options) options = &defaults;
    if (!work || !problem || !theta)
        return marq_fail_early(result, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    marq_error error;
    marq_plan plan;
    if (marq_plan_solve(problem, options, &plan, &error) != MARQ_OK)
        return marq_fail_early(result, error.status, error.message);
    bool tied = marq_is_tied(problem);
    if (tied ? !work->reduction : !marq_workspace_fits(work, problem, options, &plan))
        return marq_fail_early(result, MARQ_ERROR_ARGUMENT,
                               "the workspace was made for another problem or other options");
    if (marq_check_bounds(problem, theta, &error) != MARQ_OK)
        return marq_fail_early(result, error.status, error.message);
    if (tied) return solve_tied(work, problem, options, theta, result);
    if (marq_is_separable(problem, options, &plan)) {
        if (!work->projection || !marq_projection_fits(work->projection, problem))
            return marq_fail_early(result, MARQ_ERROR_ARGUMENT,
                                   "the workspace was made for other linear parameters");
        marq_result unseen;
        return marq_solve_separable(work, problem, options, theta, result ? result : &unseen);
    }
    solver s = {.problem = problem, .options = options, .work = work, .theta = theta};
    marq_bind_products(&s);
    s.start = marq_clock_seconds();
    marq_team team = marq_team_enter(options->threads);
    marq_status status = run(&s);
    marq_team_leave(&team);
    if (result) fill_result(&s, status, result);
    return status;
}

marq_status marq_solve(const marq_problem *problem, const marq_options *options, double *theta,
                       marq_result *result) {
    marq_error error = {0};
    marq_workspace *work = marq_workspace_create(problem, options, &error);
    if (!work) return marq_fail_early(result, error.status, error.message);
    marq_status status = marq_solve_in(work, problem, options, theta, result);
    marq_workspace_destroy(work);
    return status;
}
