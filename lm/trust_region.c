/* The trust region: steps with ‖Ds‖ ≤ Δ on the linear model, corrected to second order; or, where curvature.c
 * finds it better, on the quadratic model with S, which needs no correction.
 *
 * The radius follows the gain ratio ρ (Moré 1978, section 7): ρ ≤ ¼ shrinks it, ρ ≥ ¾ or a free Gauss–Newton
 * step sets it to 2‖Ds‖. A step whose correction ‖Da‖ exceeds limit·‖Ds‖ leaves the range of the linear
 * model: it is rejected and the radius shrinks in proportion (Transtrum & Sethna 2012, section 3.4 reject it
 * too; the proportion is ours).
 *
 * D_jj = max(0.95·D_jj, norm of column j): Moré's D never falls, which freezes a parameter whose column was
 * once huge; without memory a vanishing column lets a parameter run away. On NIST's 54 instances 0.93 … 0.98
 * solve all, 0.8, 0.985 and 1 do not (correction limit 0.75, first radius 5·‖Dθ‖). */
#include "strategy.h"

#include "model.h"
#include "vector.h"
#include <math.h>

static const double MEMORY_OF_SCALE = 0.95;

/* Norms of J's columns, into scale for the first time or with the memory of the old. */
static void update_scale(solver *s) {
    size_t m = s->problem->rows, n = s->problem->parameters;
    double *norms = s->work->norms, *d = s->work->scale;
    marq_column_norms(m, n, s->work->jacobian, norms);
    for (size_t j = 0; j < n; j++) {
        if (s->options->scaling == MARQ_SCALING_NONE)
            d[j] = 1;
        else if (s->jacobian_evaluations == 1)
            d[j] = norms[j] > 0 ? norms[j] : 1;
        else
            d[j] = fmax(norms[j], MEMORY_OF_SCALE * d[j]);
        d[j] = fmax(d[j], 1e-290); /* a division by it must not overflow */
    }
}

/* The norms here and now, without memory. */
static void plain_scale(solver *s) {
    size_t n = s->problem->parameters;
    double *norms = s->work->norms, *d = s->work->scale;
    marq_column_norms(s->problem->rows, n, s->work->jacobian, norms);
    for (size_t j = 0; j < n; j++) d[j] = norms[j] > 1e-290 ? norms[j] : 1;
}

int marq_linear_model(solver *s, bool keep_scale) {
    marq_workspace *w = s->work;
    int got = marq_linearise(s);
    if (got != MARQ_CALLBACK_OK) return got;
    if (keep_scale)
        update_scale(s);
    else
        plain_scale(s);
    got = marq_gradient(s);
    if (got != MARQ_CALLBACK_OK) return got;
    if (w->side) {
        marq_hold_parameters(s);
        marq_drop_held_columns(s);
    }
    MARQ_SCOPE(s->options->profile, "factor");
    s->factorisations++;
    bool factored = marq_model_factor(&w->model, w->jacobian, w->scale, marq_seen_residual(s));
    return factored ? MARQ_CALLBACK_OK : MARQ_CALLBACK_NOT_COMPUTABLE;
}

static int prepare(solver *s) {
    int got = marq_linear_model(s, true);
    if (got != MARQ_CALLBACK_OK) return got;
    s->free_decrease = marq_model_decrease(&s->work->model, 0);
    s->second_order = marq_curvature_arrive(s);
    if (s->radius > 0) return MARQ_CALLBACK_OK;
    double length = marq_scaled_norm(s->problem->parameters, s->work->scale, s->theta);
    s->radius = s->options->radius * (length > 0 ? length : 1);
    return MARQ_CALLBACK_OK;
}

/* Adds ½a to the step. REJECTED if a is too large for it, or cannot be had. */
static outcome correct(solver *s) {
    marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    outcome got = marq_outcome_of(s->products.apply(s->products_user, w->step, w->rows_work));
    if (got == GOOD) got = marq_look_ahead(s);
    if (got != GOOD) return got;
    marq_second_derivative(s, 0, s->problem->rows);
    double length = marq_model_solve(&w->model, s->mu, w->rows_work, w->acceleration);
    s->correction_ratio = s->plain_norm > 0 ? length / s->plain_norm : 0;
    if (!(s->correction_ratio <= s->options->acceleration_limit)) return REJECTED;
    for (size_t j = 0; j < n; j++) w->step[j] += 0.5 * w->acceleration[j];
    s->scaled_norm = marq_scaled_norm(n, w->scale, w->step);
    return GOOD;
}

static void linear_step(solver *s) {
    marq_model *model = &s->work->model;
    s->mu = marq_model_damping(model, s->radius);
    s->plain_norm = marq_model_step(model, s->mu, s->work->step);
    s->predicted = marq_model_decrease(model, s->mu);
}

static void quadratic_step(solver *s) {
    marq_quadratic *quadratic = &s->work->curvature.quadratic;
    s->mu = marq_quadratic_damping(quadratic, s->radius);
    s->plain_norm = marq_quadratic_step(quadratic, &s->work->model, s->mu, s->work->step);
    s->predicted = marq_quadratic_decrease(quadratic, s->mu);
}

static outcome compute_step(solver *s) {
    MARQ_SCOPE(s->options->profile, "solve");
    if (s->second_order)
        quadratic_step(s);
    else
        linear_step(s);
    s->scaled_norm = s->plain_norm;
    s->correction_ratio = 0;
    s->gain_ratio = -HUGE_VAL; /* not tried yet */
    if (s->iteration == 0 && s->rejected_now == 0) s->radius = fmin(s->radius, s->plain_norm);
    s->has_step = marq_all_finite(s->problem->parameters, s->work->step);
    outcome got = s->has_step ? GOOD : REJECTED;
    if (got == GOOD && s->options->acceleration && !s->second_order) got = correct(s);
    return got == GOOD ? marq_stay_inside(s) : got;
}

static void accept(solver *s) {
    marq_curvature_judge(s);
    marq_curvature_leave(s);
    if (s->gain_ratio <= 0.25)
        s->radius = 0.5 * fmin(s->radius, s->plain_norm);
    else if (s->mu == 0 || s->gain_ratio >= 0.75)
        s->radius = 2 * s->plain_norm;
}

static void reject(solver *s) {
    double shrink = 0.25;
    if (s->correction_ratio > s->options->acceleration_limit)
        shrink = fmin(fmax(0.9 * s->options->acceleration_limit / s->correction_ratio, 0.1), 0.7);
    s->radius = shrink * fmin(s->radius, s->plain_norm);
}

const marq_strategy marq_trust_region = {prepare, compute_step, accept, reject};
