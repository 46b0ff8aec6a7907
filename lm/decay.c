/* Weight decay, and its re-estimate by the evidence. The objective is ½‖r‖² + ½ α ‖θ‖². With the linear model
 * at θ the evidence for α, with the noise's variance σ² = ‖r‖² / (N − γ) eliminated, is highest where
 *     γ = N − α tr (K + αI)⁻¹ = n − α tr (JᵀJ + αI)⁻¹,     α = γ / ‖θ‖² · ‖r‖² / (N − γ)
 * (MacKay 1992, "Bayesian interpolation", eqs. 4.8–4.10; Foresee & Hagan 1997): γ is the effective number of
 * parameters, β = 1/σ² the precision of the noise, and α here MacKay's α over β. Of a problem with a cost,
 * whose scale is known (a negative logarithm of probabilities), there is no σ² to eliminate: α = γ / ‖θ‖²
 * (MacKay 1992, "The evidence framework applied to classification networks"). α moves halfway in the
 * logarithm: the full rule oscillates while θ still moves. */
#include "solver.h"

#include "cholesky.h"
#include "vector.h"
#include <math.h>

/* α is kept in this range, in units of the damping. */
static const double LEAST = 1e-12, MOST = 1e3;

bool marq_decays(const marq_options *options) {
    return options->decay > 0;
}

double marq_penalty(const solver *s, const double *theta) {
    return s->decay > 0 ? 0.5 * s->decay * marq_dot(s->problem->parameters, theta, theta) : 0;
}

void marq_add_decay(solver *s) {
    for (size_t j = 0; j < s->problem->parameters; j++) s->work->gradient[j] += s->decay * s->theta[j];
}

/* tr (A + αI)⁻¹ for the matrix of the last linearisation; NaN if it is not positive definite. */
static double inverse_trace(solver *s) {
    marq_workspace *w = s->work;
    size_t order = w->order;
    s->factorisations++;
    if (marq_cholesky_factor(order, w->matrix, s->decay, NULL, w->factor) != 0) return (double)NAN;
    return marq_inverse_trace(order, w->factor, w->inverse);
}

void marq_reestimate_decay(solver *s) {
    MARQ_SCOPE(s->options->profile, "evidence");
    if (s->iteration % s->options->evidence != 0) return;
    double trace = inverse_trace(s), rows = (double)(s->problem->rows - s->problem->idle_rows);
    double gamma = (double)s->work->order - s->decay * trace;
    const double *r = s->work->residual;
    double squares = marq_dot(s->problem->rows, r, r);
    double size = marq_dot(s->problem->parameters, s->theta, s->theta);
    double noise = s->problem->cost ? 1 : squares / fmax(rows - gamma, 1e-9 * rows);
    double estimate = gamma / size * noise;
    if (!isfinite(estimate)) return;
    s->effective = gamma;
    s->beta = 1 / noise;
    double misfit = s->problem->cost ? s->cost - marq_penalty(s, s->theta) : 0.5 * squares;
    s->decay = sqrt(s->decay * fmin(fmax(estimate, LEAST), MOST));
    s->cost = misfit + marq_penalty(s, s->theta);
}
