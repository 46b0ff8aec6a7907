/* Stop tests. A tolerance of 0 switches its test off.
 *     gradient  D = I: max_j |g_j| ≤ tol;  columns: max_j |g_j| / (D_jj ‖r‖) ≤ tol, the cosine of the angle
 *               between r and column j, as MINPACK's gtol
 *     step      ‖Ds‖ ≤ tol · ‖Dθ‖
 *     cost      actual and predicted decrease both ≤ tol · cost, as MINPACK's ftol */
#include "solver.h"

#include "vector.h"
#include <base/clock.h>
#include <math.h>

static double gradient_measure(const solver *s) {
    if (s->options->scaling == MARQ_SCALING_NONE) return s->gradient_norm;
    double length = sqrt(2 * s->cost), most = 0;
    for (size_t j = 0; j < s->problem->parameters; j++)
        most = fmax(most, fabs(s->work->gradient[j]) / s->work->scale[j]);
    return most / length;
}

marq_status marq_stop_by_cost(const solver *s) {
    if (s->cost == 0) return MARQ_CONVERGED_ZERO;
    if (s->options->cost_goal > 0 && s->cost <= s->options->cost_goal) return MARQ_CONVERGED_GOAL;
    return MARQ_OK;
}

marq_status marq_stop_by_gradient(const solver *s) {
    if (s->options->gradient_tolerance > 0 && gradient_measure(s) <= s->options->gradient_tolerance)
        return MARQ_CONVERGED_GRADIENT;
    return MARQ_OK;
}

marq_status marq_stop_by_limit(const solver *s) {
    const marq_options *o = s->options;
    if (s->iteration >= o->max_iterations) return MARQ_STOP_ITERATIONS;
    if (o->max_evaluations > 0 && s->residual_evaluations >= o->max_evaluations) return MARQ_STOP_EVALUATIONS;
    if (o->max_seconds > 0 && marq_clock_seconds() - s->start >= o->max_seconds) return MARQ_STOP_TIME;
    if (s->mu > o->mu_max) return MARQ_STOP_STALLED;
    return MARQ_OK;
}

bool marq_step_is_tiny(const solver *s) {
    size_t n = s->problem->parameters;
    double length = marq_scaled_norm(n, s->work->scale, s->theta);
    return s->scaled_norm <= s->options->step_tolerance * length;
}

marq_status marq_stop_after_step(const solver *s, double previous_cost) {
    double tolerance = s->options->cost_tolerance * previous_cost;
    if (s->options->step_tolerance > 0 && marq_step_is_tiny(s)) return MARQ_CONVERGED_STEP;
    if (s->options->cost_tolerance > 0 && previous_cost - s->cost <= tolerance && s->predicted <= tolerance)
        return MARQ_CONVERGED_COST;
    return MARQ_OK;
}
