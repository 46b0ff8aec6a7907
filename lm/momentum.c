/* SPRING (Goldshlager, Abrahamsen, Lin 2024, "A Kaczmarz-inspired approach to accelerate the optimization of
 * neural network wavefunctions", algorithm 1) with weight decay: residuals r, J = ∂r/∂θ, the last step φ,
 *     φ ← argmin_d ‖Jd + r‖² + (λ − a) ‖d − βφ‖² + a ‖θ + d‖²
 *       = v − Jᵀ (K + λI)⁻¹ (r + Jv),   v = βφ − (a/λ)(θ + βφ).
 * Without decay, a = 0, it is the paper's. The mean of θ over the last steps weights the step before the last
 * i with (1 − share)ⁱ; noise that the steps follow averages out of it. */
#include "momentum.h"

#include "form.h"
#include "vector.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool marq_momentum_create(marq_momentum *momentum, const marq_problem *problem) {
    *momentum = (marq_momentum){.velocity = marq_alloc_doubles(problem->parameters, 1),
                                .image = marq_alloc_doubles(problem->rows, 1),
                                .mean = marq_alloc_doubles(problem->parameters, 1),
                                .parameters = problem->parameters};
    return momentum->velocity && momentum->image && momentum->mean;
}

void marq_momentum_destroy(marq_momentum *momentum) {
    free(momentum->velocity);
    free(momentum->image);
    free(momentum->mean);
}

void marq_momentum_stop(marq_momentum *momentum) {
    memset(momentum->velocity, 0, momentum->parameters * sizeof *momentum->velocity);
    momentum->seen = 0;
}

/* φ ← v */
static void foresee(marq_momentum *momentum, const solver *s, const marq_momentum_terms *terms) {
    double pull = fmin(terms->decay / s->mu, 1);
    for (size_t j = 0; j < momentum->parameters; j++) {
        double ahead = terms->beta * momentum->velocity[j];
        momentum->velocity[j] = ahead - pull * (s->theta[j] + ahead);
    }
}

/* step ← −Jᵀ (K + λI)⁻¹ (r + Jφ) */
static outcome solve_step(marq_momentum *momentum, solver *s) {
    const double *r = marq_seen_residual(s);
    int got = s->products.apply(s->products_user, momentum->velocity, momentum->image);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    for (size_t i = 0; i < s->problem->rows; i++) momentum->image[i] += r[i];
    got = marq_system_of(s)->solve(s, momentum->image, NULL, s->work->step);
    return marq_outcome_of(got);
}

/* mean ← Σᵢ (1 − share)ⁱ θ₋ᵢ / Σᵢ (1 − share)ⁱ */
static void take_into_mean(marq_momentum *momentum, const double *theta, double share) {
    momentum->seen += share * (1 - momentum->seen);
    double weight = share / momentum->seen;
    for (size_t j = 0; j < momentum->parameters; j++)
        momentum->mean[j] += weight * (theta[j] - momentum->mean[j]);
}

outcome marq_momentum_step(marq_momentum *momentum, solver *s, const marq_momentum_terms *terms) {
    momentum->steps++;
    outcome got = REJECTED;
    if (marq_damped_factor(s)) {
        foresee(momentum, s, terms);
        got = solve_step(momentum, s);
    }
    if (got == GOOD && !marq_all_finite(momentum->parameters, s->work->step)) got = REJECTED;
    if (got == REJECTED) s->mu *= 10;
    if (got != GOOD) return got;
    for (size_t j = 0; j < momentum->parameters; j++) {
        momentum->velocity[j] += s->work->step[j];
        s->theta[j] += terms->length * momentum->velocity[j];
    }
    if (terms->share > 0) take_into_mean(momentum, s->theta, terms->share);
    return GOOD;
}
