/* Stop tests. A tolerance of 0 switches its test off.
 *
 * gradient: D = I: max_j |g_j| ≤ tol. Columns: max_j |g_j| / (‖J_j‖ ‖r‖) ≤ tol, the cosine of the angle
 * between r and column j, as MINPACK's gtol. With a loss, g = Jᵀ(ρ'f) is the product of √ρ'J and √ρ'f, whose
 * norms are taken: r̃ (loss.c) is huge where an outlier's k is near 0, and √(2 cost) counts outliers that have
 * no part in g.
 *
 * step: ‖Ds‖ ≤ tol · ‖Dθ‖, with D = ‖J_j‖ under columns.
 *
 * cost: actual and predicted decrease both ≤ tol · cost, as MINPACK's ftol; in the trust region also the free
 * Gauss–Newton step's. */
#include "solver.h"

#include "vector.h"
#include <base/clock.h>
#include <float.h>
#include <math.h>

/* The columns' norms here and now: D remembers columns that were once long, and would call their parameters
 * settled. */
static const double *lengths(const solver *s) {
    bool unit = s->options->scaling == MARQ_SCALING_NONE && !marq_has_radius(s->work->method);
    return unit ? s->work->scale : s->work->norms;
}

double marq_residual_norm(const solver *s) {
    return s->work->row_factor ? s->robust_norm : sqrt(2 * s->cost);
}

static double gradient_measure(const solver *s) {
    if (s->options->scaling == MARQ_SCALING_NONE) return s->gradient_norm;
    double most = 0;
    for (size_t j = 0; j < s->problem->parameters; j++) {
        double column = lengths(s)[j];
        if (column > 0) most = fmax(most, fabs(s->work->gradient[j]) / column);
    }
    return most > 0 ? most / marq_residual_norm(s) : 0;
}

marq_status marq_stop_by_cost(const solver *s) {
    if (s->cost == 0) return MARQ_CONVERGED_ZERO;
    if (s->options->cost_goal > 0 && s->cost <= s->options->cost_goal) return MARQ_CONVERGED_GOAL;
    return MARQ_OK;
}

/* The trust region hands over to the polish where the cost no longer tells points apart. */
static bool polishes(const solver *s) {
    return marq_has_radius(s->work->method) && s->options->polish;
}

/* A tolerance of 0 stays off. */
static double loosened(const solver *s, double tolerance, double least) {
    return polishes(s) && tolerance > 0 ? fmax(tolerance, least) : tolerance;
}

static double cost_tolerance(const solver *s) {
    return loosened(s, s->options->cost_tolerance, 1e-8);
}

/* The last accepted step, and its prediction, were below the tolerance. */
static bool cost_has_settled(const solver *s) {
    double least = cost_tolerance(s) * s->previous_cost;
    return s->iteration > 0 && s->previous_cost - s->cost <= least && s->predicted <= least;
}

marq_status marq_stop_at_point(const solver *s) {
    if (s->options->gradient_tolerance > 0 && gradient_measure(s) <= s->options->gradient_tolerance)
        return MARQ_CONVERGED_GRADIENT;
    /* A short step in a narrow valley lowers the cost as little as one at the minimum: only the free
     * Gauss–Newton step tells them apart (the relative offset of Bates & Watts 1981). */
    if (marq_has_radius(s->work->method) && cost_tolerance(s) > 0 && cost_has_settled(s) &&
        s->free_decrease <= cost_tolerance(s) * s->cost)
        return MARQ_CONVERGED_COST;
    return MARQ_OK;
}

marq_status marq_stop_by_limit(const solver *s) {
    const marq_options *o = s->options;
    if (s->iteration >= o->max_iterations) return MARQ_STOP_ITERATIONS;
    if (o->max_evaluations > 0 && s->residual_evaluations >= o->max_evaluations) return MARQ_STOP_EVALUATIONS;
    if (o->max_seconds > 0 && marq_clock_seconds() - s->start >= o->max_seconds) return MARQ_STOP_TIME;
    bool region = marq_has_radius(s->work->method);
    if (region ? s->rejected_now > 0 && s->radius < 1e-300 : s->mu > o->mu_max) return MARQ_STOP_STALLED;
    return MARQ_OK;
}

static bool step_is_within(const solver *s, double tolerance) {
    size_t n = s->problem->parameters;
    double step = marq_scaled_norm(n, lengths(s), s->work->step),
           size = marq_scaled_norm(n, lengths(s), s->theta);
    return tolerance > 0 && step <= tolerance * size;
}

/* Residuals near the rounding of the terms J_j θ_j: data that were computed from the model and printed. */
static bool residual_is_rounding(const solver *s) {
    return marq_residual_norm(s) <=
           1e4 * DBL_EPSILON * marq_scaled_norm(s->problem->parameters, lengths(s), s->theta);
}

/* A trust region may shrink far from a minimum, where the model fails: there the free step still promises
 * much, and the gradient is not small. */
static bool much_is_promised(const solver *s) {
    return marq_has_radius(s->work->method) && s->free_decrease > 1e-8 * s->cost &&
           gradient_measure(s) > 1e-7 && !residual_is_rounding(s);
}

marq_status marq_stop_by_step(const solver *s) {
    double tolerance = loosened(s, s->options->step_tolerance, 1e-10);
    if (!step_is_within(s, tolerance)) return MARQ_OK;
    if (!much_is_promised(s)) return MARQ_CONVERGED_STEP;
    return step_is_within(s, 0.1 * DBL_EPSILON) ? MARQ_STOP_STALLED : MARQ_OK;
}

marq_status marq_stop_after_step(const solver *s) {
    marq_status status = marq_stop_by_step(s);
    if (status != MARQ_OK) return status;
    if (!marq_has_radius(s->work->method) && cost_tolerance(s) > 0 && cost_has_settled(s))
        return MARQ_CONVERGED_COST;
    return MARQ_OK;
}

bool marq_has_converged(marq_status status) {
    return status > 0 && status < MARQ_STOP_VALIDATION;
}

bool marq_will_polish(const solver *s, marq_status status) {
    bool converged =
        status == MARQ_CONVERGED_GRADIENT || status == MARQ_CONVERGED_STEP || status == MARQ_CONVERGED_COST;
    return polishes(s) && converged && s->jacobian_evaluations > 0;
}
