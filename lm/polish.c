/* The polish: from where the cost no longer tells points apart to where the parameters don't.
 *
 * The cost is flat to second order at the minimum, so a test on it leaves the parameters with half the
 * digits. The Gauss–Newton map θ ← θ + s(θ), s = −J⁺r, has the minimum as its fixed point, found to rounding;
 * it converges linearly, at a rate that the residuals and curvature set. Anderson's acceleration (Walker & Ni
 * 2011, eq. 2.2) of depth at most DEPTH makes it nearly superlinear: with differences ΔΘ, ΔS of the last
 * points and steps, γ = argmin ‖D(s − ΔS γ)‖,   θ ← θ + s − (ΔΘ + ΔS) γ. The point with the smallest step is
 * kept. */
#include "strategy.h"

#include "model.h"
#include "vector.h"
#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST_STEPS = 30, MOST_BAD = 3, EARLY = 4 };
static const double FLOOR = 1e-14;     /* relative step: nothing is left to gain */
static const double COST_SLACK = 1e-6; /* relative rise of the cost that rounding and curvature may cause */

/* max_j |s_j| / max(|θ_j|, ε‖Dθ‖/D_jj): the largest relative change of a parameter. */
static double relative_step(const solver *s) {
    const marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    double length = marq_scaled_norm(n, w->scale, s->theta), most = 0;
    for (size_t j = 0; j < n; j++) {
        double size = fmax(fabs(s->theta[j]), DBL_EPSILON * length / w->scale[j]);
        if (w->step[j] != 0) most = fmax(most, fabs(w->step[j]) / fmax(size, DBL_MIN));
    }
    return most;
}

/* Row k of the history, newest first: points and steps. */
static double *history_theta(const solver *s, size_t k) {
    return s->work->history + 2 * k * s->problem->parameters;
}

static double *history_step(const solver *s, size_t k) {
    return history_theta(s, k) + s->problem->parameters;
}

static void remember(solver *s, size_t count) {
    size_t n = s->problem->parameters, row = 2 * n;
    memmove(s->work->history + row, s->work->history,
            (count < MARQ_POLISH_DEPTH ? count : MARQ_POLISH_DEPTH) * row * sizeof(double));
    memcpy(history_theta(s, 0), s->theta, n * sizeof(double));
    memcpy(history_step(s, 0), s->work->step, n * sizeof(double));
}

/* Removes from the step its part in the span of the last differences, by modified Gram–Schmidt on D ΔS; the
 * same combination of ΔΘ + ΔS is taken off. Nearly dependent differences are left out. */
static void mix(solver *s, size_t depth) {
    marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    double *basis = w->mixing, *change = basis + MARQ_POLISH_DEPTH * n, *rest = w->trial_work;
    for (size_t j = 0; j < n; j++) rest[j] = w->scale[j] * w->step[j];
    size_t used = 0;
    for (size_t k = 0; k < depth; k++) {
        double *q = basis + used * n, *c = change + used * n;
        for (size_t j = 0; j < n; j++) {
            double ds = history_step(s, k)[j] - history_step(s, k + 1)[j];
            q[j] = w->scale[j] * ds;
            c[j] = history_theta(s, k)[j] - history_theta(s, k + 1)[j] + ds;
        }
        double before = marq_norm(n, q);
        for (size_t i = 0; i < used; i++) {
            double part = marq_dot(n, basis + i * n, q);
            for (size_t j = 0; j < n; j++) {
                q[j] -= part * basis[i * n + j];
                c[j] -= part * change[i * n + j];
            }
        }
        double length = marq_norm(n, q);
        if (!(length > 1e-10 * before)) continue;
        for (size_t j = 0; j < n; j++) {
            q[j] /= length;
            c[j] /= length;
        }
        double gamma = marq_dot(n, q, rest);
        for (size_t j = 0; j < n; j++) {
            rest[j] -= gamma * q[j];
            w->step[j] -= gamma * c[j];
        }
        used++;
    }
}

/* The Gauss–Newton step at θ, with the columns' norms here and now as D. Where the trust region left with the
 * second-order part S in use, the step of that model, if it has a minimum. */
static outcome newton_step(solver *s) {
    marq_workspace *w = s->work;
    outcome got = marq_outcome_of(marq_linear_model(s, false));
    if (got != GOOD) return got;
    marq_quadratic *quadratic = &w->curvature.quadratic;
    if (marq_curvature_arrive(s) && marq_quadratic_damping(quadratic, HUGE_VAL) == 0)
        marq_quadratic_step(quadratic, &w->model, 0, w->step);
    else
        marq_model_step(&w->model, 0, w->step);
    return marq_all_finite(s->problem->parameters, s->work->step) ? GOOD : REJECTED;
}

/* Moves to θ + step if the cost stays. */
static outcome move(solver *s) {
    marq_workspace *w = s->work;
    double cost;
    if (w->side) marq_project(s, s->theta, w->step);
    for (size_t j = 0; j < s->problem->parameters; j++) w->theta_trial[j] = s->theta[j] + w->step[j];
    int got = marq_evaluate(s, w->theta_trial, w->residual_trial, &cost);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    if (cost > s->cost * (1 + COST_SLACK)) return REJECTED;
    memcpy(s->theta, w->theta_trial, s->problem->parameters * sizeof *s->theta);
    memcpy(w->residual, w->residual_trial, s->problem->rows * sizeof *w->residual);
    s->cost = cost;
    s->polish_steps++;
    return GOOD;
}

typedef struct best_point {
    double step, cost;
} best_point;

static void keep(solver *s, best_point *best, double step) {
    *best = (best_point){step, s->cost};
    memcpy(s->work->best_theta, s->theta, s->problem->parameters * sizeof *s->theta);
    memcpy(s->work->best_residual, s->work->residual, s->problem->rows * sizeof *s->work->residual);
}

static void restore(solver *s, const best_point *best) {
    memcpy(s->theta, s->work->best_theta, s->problem->parameters * sizeof *s->theta);
    memcpy(s->work->residual, s->work->best_residual, s->problem->rows * sizeof *s->work->residual);
    s->cost = best->cost;
}

/* Steps until none is left to gain; ABORTED if a callback gave up. */
static outcome step_to_the_floor(solver *s, best_point *best) {
    size_t n = s->problem->parameters, depth_limit = n < MARQ_POLISH_DEPTH ? n : MARQ_POLISH_DEPTH, bad = 0;
    double previous = HUGE_VAL;
    for (size_t k = 0; k < MOST_STEPS; k++) {
        outcome got = newton_step(s);
        if (got != GOOD) return got;
        double size = relative_step(s);
        if (size < best->step) keep(s, best, size);
        bad += size >= 0.5 * previous;
        if (size < FLOOR || (bad >= MOST_BAD && k > EARLY)) return GOOD;
        if (marq_stop_by_limit(s) > MARQ_STOP_ITERATIONS) return GOOD; /* evaluations, time */
        previous = size;
        remember(s, k);
        mix(s, k < depth_limit ? k : depth_limit);
        got = move(s);
        if (got != GOOD) return got;
    }
    return GOOD;
}

marq_status marq_polish(solver *s, marq_status status) {
    MARQ_SCOPE(s->options->profile, "polish");
    s->refined = true;
    best_point best = {HUGE_VAL, s->cost};
    outcome got = step_to_the_floor(s, &best);
    if (best.step < HUGE_VAL) restore(s, &best);
    if (got == ABORTED) return MARQ_ERROR_CALLBACK;
    bool settled = s->options->step_tolerance > 0 && best.step <= 1e-8;
    return status == MARQ_CONVERGED_COST && settled ? MARQ_CONVERGED_STEP : status;
}
