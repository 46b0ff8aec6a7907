/* One step of the damping method: the solution s of (JᵀJ + μD²) s = −g, in the form that form.h's system has,
 * and its second-order correction (Transtrum & Sethna 2012, eq. 8 with a finite difference):
 *     r'' ≈ (2/h)·((r(θ + hs) − r)/h − Js),  a solves the same system for r'',  s ← s + ½a  if ‖Da‖ ≤
 * limit·‖Ds‖. Predicted decrease of ½‖r‖² by the uncorrected s: ½ sᵀ(μD²s − g). */
#include "form.h"
#include "strategy.h"

#include "vector.h"
#include <math.h>

const marq_system *marq_system_of(const solver *s) {
    static const marq_system *const systems[] = {[MARQ_FORM_GRAM] = &marq_gram_system,
                                                 [MARQ_FORM_KERNEL] = &marq_kernel_system,
                                                 [MARQ_FORM_ITERATIVE] = &marq_iterative_system,
                                                 [MARQ_FORM_QR] = &marq_qr_system};
    return systems[s->by_rows ? MARQ_FORM_QR : s->work->form];
}

static int prepare(solver *s) {
    int got = marq_linearise(s);
    return got == MARQ_CALLBACK_OK ? marq_system_of(s)->prepare(s) : got;
}

bool marq_damped_factor(solver *s) {
    MARQ_SCOPE(s->options->profile, "factor");
    bool factored = marq_system_of(s)->damp(s);
    if (!marq_loses_digits(s, factored)) return factored;
    s->by_rows = true;
    return marq_qr_system.prepare(s) == MARQ_CALLBACK_OK && marq_qr_system.damp(s);
}

outcome marq_outcome_of(int got) {
    if (got == MARQ_CALLBACK_OK) return GOOD;
    return got < 0 ? ABORTED : REJECTED;
}

outcome marq_look_ahead(solver *s) {
    double h = s->options->acceleration_step, unused;
    marq_workspace *w = s->work;
    for (size_t j = 0; j < s->problem->parameters; j++) w->trial_work[j] = s->theta[j] + h * w->step[j];
    return marq_outcome_of(marq_evaluate(s, w->trial_work, w->residual_trial, &unused));
}

void marq_second_derivative(solver *s, size_t first, size_t count) {
    double h = s->options->acceleration_step;
    marq_workspace *w = s->work;
    for (size_t i = first; i < first + count; i++) {
        double change = (w->residual_trial[i] - w->residual[i]) / h;
        if (w->row_factor) change *= w->row_factor[i];
        w->rows_work[i] = 2 / h * (change - w->rows_work[i]);
    }
}

/* acceleration ← a. Where J's rows pass by but once, Js and Jᵀr'' are taken from them together. */
static outcome second_solve(solver *s) {
    marq_workspace *w = s->work;
    outcome got = marq_look_ahead(s);
    if (got != GOOD) return got;
    if (!marq_holds_jacobian(w)) {
        got = marq_outcome_of(marq_rows_second(s, w->acceleration));
        if (got != GOOD) return got;
        return marq_outcome_of(marq_system_of(s)->solve(s, NULL, w->acceleration, w->acceleration));
    }
    got = marq_outcome_of(marq_system_of(s)->image(s));
    if (got != GOOD) return got;
    marq_second_derivative(s, 0, s->problem->rows);
    return marq_outcome_of(marq_system_of(s)->solve(s, w->rows_work, NULL, w->acceleration));
}

/* Corrects the step where that can be done; else leaves it. */
static outcome accelerate(solver *s) {
    MARQ_SCOPE(s->options->profile, "accelerate");
    marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    outcome got = second_solve(s);
    if (got != GOOD) return got == ABORTED ? ABORTED : GOOD;
    double length = marq_scaled_norm(n, w->scale, w->acceleration);
    if (!(length <= s->options->acceleration_limit * s->scaled_norm)) return GOOD;
    for (size_t j = 0; j < n; j++) w->step[j] += 0.5 * w->acceleration[j];
    s->scaled_norm = marq_scaled_norm(n, w->scale, w->step);
    return GOOD;
}

static double predicted_decrease(const solver *s) {
    const marq_workspace *w = s->work;
    double length = s->scaled_norm;
    return 0.5 * (s->mu * length * length - marq_dot(s->problem->parameters, w->step, w->gradient));
}

static outcome solve_step(solver *s) {
    MARQ_SCOPE(s->options->profile, "solve");
    const double *r = marq_seen_residual(s);
    int got = marq_system_of(s)->solve(s, r, s->work->gradient, s->work->step);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    s->scaled_norm = marq_scaled_norm(s->problem->parameters, s->work->scale, s->work->step);
    s->predicted = predicted_decrease(s);
    return marq_all_finite(s->problem->parameters, s->work->step) ? GOOD : REJECTED;
}

static outcome compute_step(solver *s) {
    s->has_step = false;
    outcome got = marq_damped_factor(s) ? solve_step(s) : REJECTED;
    s->has_step = got == GOOD;
    if (got == GOOD && s->options->acceleration && !s->problem->cost) got = accelerate(s);
    return got == GOOD ? marq_stay_inside(s) : got;
}

const marq_strategy marq_damped = {prepare, compute_step, marq_damping_accept, marq_damping_reject};
