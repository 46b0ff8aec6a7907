/* The trust region: steps with ‖Ds‖ ≤ Δ on the linear model, corrected to second order; or, where curvature.c
 * finds it better, on the quadratic model with S, which needs no correction; or along Powell's dogleg.
 *
 * The radius follows the gain ratio ρ (Moré 1978, section 7): ρ ≤ ¼ shrinks it, ρ ≥ ¾ or a free Gauss–Newton
 * step sets it to 2‖Ds‖. A step whose correction ‖Da‖ exceeds limit·‖Ds‖ leaves the range of the linear
 * model: it is rejected and the radius shrinks in proportion (Transtrum & Sethna 2012, section 3.4 reject it
 * too; the proportion is ours).
 *
 * D_jj = max(MEMORY·D_jj, ‖J_j‖, SHARE·c / |θ_j|) with the largest |θ_j| so far and c = max(max_k D_kk |θ_k|,
 * LEAST·‖r‖). Moré's D is the largest norm so far, which freezes a parameter whose column was once huge;
 * without memory a vanishing column lets a parameter run away. The last term bounds relative changes: a step
 * of the first radius, 5·‖Dθ‖, changes no parameter by more than some 5/SHARE times its size, however little
 * it matters here; the residuals give c its size where all that matters is 0.
 *
 * From NIST's starts, all numbers of them changed by up to 1 %, 20 times, the instances solved of 1080 and
 * their residual and Jacobian evaluations, divided by 20: without SHARE 1076, 2390 / 1146; with it 1077,
 * 2158 / 1056. SHARE 0.05 … 0.2, LEAST 1e-6 … 0.3 and a radius of 3 … 7 solve all 54 of NIST's starts; of
 * Moré, Garbow and Hillstrom's (tests/test_mgh.c) they solve 90 … 94 of 111, all that are solved without
 * SHARE (84) but one (radius 7). MEMORY 0.93 and 0.97 lose some of Brown's almost linear function, whose far
 * starts end here or there by rounding. */
#include "strategy.h"

#include "dogleg.h"
#include "model.h"
#include "vector.h"
#include <math.h>

static const double MEMORY = 0.95, SHARE = 0.1, LEAST = 1e-2;

/* The third term of D; remembers the largest |θ_j|. */
static void bound_relative_changes(solver *s) {
    double *d = s->work->scale, *largest = s->work->largest, c = LEAST * marq_residual_norm(s);
    for (size_t j = 0; j < s->problem->parameters; j++) {
        double size = fabs(s->theta[j]);
        largest[j] = s->jacobian_evaluations == 1 ? size : fmax(largest[j], size);
        if (!marq_is_fixed(s->problem, j)) c = fmax(c, d[j] * size);
    }
    for (size_t j = 0; j < s->problem->parameters; j++)
        if (largest[j] > 0) d[j] = fmax(d[j], SHARE * c / largest[j]);
}

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
            d[j] = fmax(norms[j], MEMORY * d[j]);
        d[j] = fmax(d[j], 1e-290); /* a division by it must not overflow */
    }
    if (s->options->scaling == MARQ_SCALING_COLUMNS) bound_relative_changes(s);
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
    s->second_order = s->work->method == MARQ_METHOD_TRUST_REGION && marq_curvature_arrive(s);
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
    s->is_free = s->mu == 0;
}

static void quadratic_step(solver *s) {
    marq_quadratic *quadratic = &s->work->curvature.quadratic;
    s->mu = marq_quadratic_damping(quadratic, s->radius);
    s->plain_norm = marq_quadratic_step(quadratic, &s->work->model, s->mu, s->work->step);
    s->predicted = marq_quadratic_decrease(quadratic, s->mu);
    s->is_free = s->mu == 0;
}

static void dogleg_step(solver *s) {
    marq_dogleg dogleg = marq_dogleg_step(&s->work->model, s->radius, s->work->step);
    s->mu = 0;
    s->plain_norm = dogleg.length;
    s->predicted = dogleg.decrease;
    s->is_free = dogleg.is_newton;
}

static outcome compute_step(solver *s) {
    MARQ_SCOPE(s->options->profile, "solve");
    bool dogleg = s->work->method == MARQ_METHOD_DOGLEG;
    if (dogleg)
        dogleg_step(s);
    else if (s->second_order)
        quadratic_step(s);
    else
        linear_step(s);
    s->scaled_norm = s->plain_norm;
    s->correction_ratio = 0;
    s->gain_ratio = -HUGE_VAL; /* not tried yet */
    if (s->iteration == 0 && s->rejected_now == 0) s->radius = fmin(s->radius, s->plain_norm);
    s->has_step = marq_all_finite(s->problem->parameters, s->work->step);
    outcome got = s->has_step ? GOOD : REJECTED;
    if (got == GOOD && s->options->acceleration && !s->second_order && !dogleg) got = correct(s);
    return got == GOOD ? marq_stay_inside(s) : got;
}

static void accept(solver *s) {
    if (s->work->method == MARQ_METHOD_TRUST_REGION) {
        marq_curvature_judge(s);
        marq_curvature_leave(s);
    }
    if (s->gain_ratio <= 0.25)
        s->radius = 0.5 * fmin(s->radius, s->plain_norm);
    else if (s->is_free || s->gain_ratio >= 0.75)
        s->radius = 2 * s->plain_norm;
}

static void reject(solver *s) {
    double shrink = 0.25;
    if (s->correction_ratio > s->options->acceleration_limit)
        shrink = fmin(fmax(0.9 * s->options->acceleration_limit / s->correction_ratio, 0.1), 0.7);
    s->radius = shrink * fmin(s->radius, s->plain_norm);
}

const marq_strategy marq_trust_region = {prepare, compute_step, accept, reject};
