/* The damping μ.
 * By gain ratio ρ = actual / predicted decrease (Nielsen 1999, "Damping parameter in Marquardt's method"):
 *     accepted: μ ← μ · max(1/3, 1 − (2ρ − 1)³), ν ← 2;   rejected: μ ← μν, ν ← 2ν.
 * By factors (Marquardt 1963): accepted: μ / mu_decrease; rejected: μ · mu_increase. */
#include "solver.h"

#include <math.h>

void marq_damping_start(solver *s) {
    s->mu = fmax(s->options->mu, s->options->mu_min);
    s->nu = 2;
}

void marq_damping_accept(solver *s) {
    if (s->options->damping == MARQ_DAMPING_GAIN) {
        double distance = 2 * s->gain_ratio - 1;
        s->mu *= fmax(1.0 / 3.0, 1 - distance * distance * distance);
        s->nu = 2;
    } else {
        s->mu /= s->options->mu_decrease;
    }
    s->mu = fmax(s->mu, s->options->mu_min);
}

void marq_damping_reject(solver *s) {
    /* μ may have come down to 0, or near it, where factors don't move it. */
    s->mu = fmax(s->mu, 1e-300);
    if (s->options->damping == MARQ_DAMPING_GAIN) {
        s->mu *= s->nu;
        s->nu *= 2;
    } else {
        s->mu *= s->options->mu_increase;
    }
}
