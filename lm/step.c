/* One step for the current damping, by Cholesky, in one of two forms (equal in exact arithmetic):
 *     Gram    A = JᵀJ (n × n):  (A + μD²) s = −g
 *     kernel  K = JJᵀ (m × m):  (K + μI) α = r,  s = −Jᵀα,  and then Js = −Kα = μα − r is free
 * Second-order correction (Transtrum & Sethna 2012, eq. 8 with a finite difference):
 *     r'' ≈ (2/h)·((r(θ + hs) − r)/h − Js),  a solves the same system for r'',  s ← s + ½a  if ‖Da‖ ≤
 * limit·‖Ds‖ Predicted decrease of ½‖r‖² by the uncorrected s: ½ sᵀ(μD²s − g). */
#include "strategy.h"

#include "cholesky.h"
#include "vector.h"
#include <math.h>
#include <string.h>

static bool is_kernel(const solver *s) {
    return s->work->form == MARQ_FORM_KERNEL;
}

/* D_jj = the largest column norm so far; a column that was always zero gets 1. */
static void update_scale(solver *s) {
    size_t n = s->problem->parameters;
    double *d = s->work->scale;
    for (size_t j = 0; j < n; j++) {
        if (s->options->scaling == MARQ_SCALING_NONE) {
            d[j] = 1;
            continue;
        }
        double norm = sqrt(s->work->matrix[j * n + j]);
        if (s->jacobian_evaluations == 1) d[j] = norm > 0 ? norm : 1;
        if (norm > d[j]) d[j] = norm;
    }
}

static int build_matrix(solver *s) {
    MARQ_SCOPE(s->options->profile, "Gram");
    return is_kernel(s) ? s->products.kernel(s->products_user, s->work->matrix)
                        : s->products.gram(s->products_user, s->work->matrix);
}

static int prepare(solver *s) {
    int got = marq_linearise(s);
    if (got == MARQ_CALLBACK_OK) got = marq_gradient(s);
    if (got == MARQ_CALLBACK_OK && s->work->side) {
        marq_hold_parameters(s);
        if (is_kernel(s)) marq_drop_held_columns(s);
    }
    if (got == MARQ_CALLBACK_OK) got = build_matrix(s);
    if (got != MARQ_CALLBACK_OK) return got;
    update_scale(s);
    if (s->work->side && !is_kernel(s)) marq_drop_held_from_gram(s);
    return MARQ_CALLBACK_OK;
}

/* factor ← lower triangle of matrix, with the damping on its diagonal. */
static void damped_copy(solver *s) {
    size_t order = s->work->order;
    const double *matrix = s->work->matrix, *scale = s->work->scale;
    double *factor = s->work->factor;
    double mu = s->mu;
    bool kernel = is_kernel(s);
#pragma omp parallel for schedule(static)
    for (size_t j = 0; j < order; j++) {
        memcpy(factor + j * order + j, matrix + j * order + j, (order - j) * sizeof *factor);
        factor[j * order + j] += kernel ? mu : mu * scale[j] * scale[j];
    }
}

static bool factor(solver *s) {
    MARQ_SCOPE(s->options->profile, "factor");
    damped_copy(s);
    s->factorisations++;
    return marq_cholesky_factor(s->work->order, s->work->factor) == 0;
}

/* out ← the solution of the damped system for the residuals w: −(JᵀJ + μD²)⁻¹ Jᵀw. In the kernel form
 * rows_solution holds α afterwards. jtw: Jᵀw if it is known (Gram form), else NULL. */
static int solve_for(solver *s, const double *w, const double *jtw, double *out) {
    size_t n = s->problem->parameters, m = s->problem->rows;
    int got = MARQ_CALLBACK_OK;
    if (is_kernel(s)) {
        double *alpha = s->work->rows_solution;
        memcpy(alpha, w, m * sizeof *alpha);
        marq_cholesky_solve(m, s->work->factor, alpha);
        got = s->products.apply_transposed(s->products_user, alpha, out);
    } else {
        if (jtw)
            memcpy(out, jtw, n * sizeof *out);
        else
            got = s->products.apply_transposed(s->products_user, w, out);
        marq_drop_held(s, out);
        marq_cholesky_solve(n, s->work->factor, out);
    }
    for (size_t j = 0; j < n; j++) out[j] = -out[j];
    return got;
}

/* rows_work ← J s. Must follow solve_for(s, r). */
static int step_image(solver *s) {
    double *js = s->work->rows_work;
    if (!is_kernel(s)) return s->products.apply(s->products_user, s->work->step, js);
    for (size_t i = 0; i < s->problem->rows; i++)
        js[i] = s->mu * s->work->rows_solution[i] - marq_seen_residual(s)[i];
    return MARQ_CALLBACK_OK;
}

outcome marq_outcome_of(int got) {
    if (got == MARQ_CALLBACK_OK) return GOOD;
    return got < 0 ? ABORTED : REJECTED;
}

outcome marq_second_derivative(solver *s) {
    double h = s->options->acceleration_step, unused;
    marq_workspace *w = s->work;
    for (size_t j = 0; j < s->problem->parameters; j++) w->trial_work[j] = s->theta[j] + h * w->step[j];
    int got = marq_evaluate(s, w->trial_work, w->residual_trial, &unused);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    for (size_t i = 0; i < s->problem->rows; i++) {
        double change = (w->residual_trial[i] - w->residual[i]) / h;
        if (w->row_factor) change *= w->row_factor[i];
        w->rows_work[i] = 2 / h * (change - w->rows_work[i]);
    }
    return GOOD;
}

/* Corrects the step where that can be done; else leaves it. */
static outcome accelerate(solver *s) {
    MARQ_SCOPE(s->options->profile, "accelerate");
    marq_workspace *w = s->work;
    size_t n = s->problem->parameters;
    outcome got = marq_outcome_of(step_image(s));
    if (got == GOOD) got = marq_second_derivative(s);
    if (got == GOOD) got = marq_outcome_of(solve_for(s, w->rows_work, NULL, w->acceleration));
    if (got != GOOD) return got == ABORTED ? ABORTED : GOOD;
    double length = marq_scaled_norm(n, w->scale, w->acceleration);
    if (!(length <= s->options->acceleration_limit * s->scaled_norm)) return GOOD;
    for (size_t j = 0; j < n; j++) w->step[j] += 0.5 * w->acceleration[j];
    s->scaled_norm = marq_scaled_norm(n, w->scale, w->step);
    return GOOD;
}

static double predicted_decrease(const solver *s) {
    const marq_workspace *w = s->work;
    double sum = 0;
    for (size_t j = 0; j < s->problem->parameters; j++)
        sum += w->step[j] * (s->mu * w->scale[j] * w->scale[j] * w->step[j] - w->gradient[j]);
    return 0.5 * sum;
}

static outcome solve_step(solver *s) {
    MARQ_SCOPE(s->options->profile, "solve");
    int got = solve_for(s, marq_seen_residual(s), s->work->gradient, s->work->step);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    s->scaled_norm = marq_scaled_norm(s->problem->parameters, s->work->scale, s->work->step);
    s->predicted = predicted_decrease(s);
    return marq_all_finite(s->problem->parameters, s->work->step) ? GOOD : REJECTED;
}

static outcome compute_step(solver *s) {
    s->has_step = false;
    outcome got = factor(s) ? solve_step(s) : REJECTED;
    s->has_step = got == GOOD;
    if (got == GOOD && s->options->acceleration) got = accelerate(s);
    return got == GOOD ? marq_stay_inside(s) : got;
}

const marq_strategy marq_damped = {prepare, compute_step, marq_damping_accept, marq_damping_reject};
