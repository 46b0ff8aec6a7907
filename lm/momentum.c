/* SPRING (Goldshlager, Abrahamsen, Lin 2024, "A Kaczmarz-inspired approach to accelerate the optimization of
 * neural network wavefunctions", algorithm 1), with residuals r, J = ∂r/∂θ, the last step φ as prior:
 *     s = argmin ‖J(s + βφ) + r‖² + λ‖s‖²,   i.e.  s = −Jᵀ (K + λI)⁻¹ (r + βJφ),   φ ← s + βφ. */
#include "momentum.h"

#include "form.h"
#include "vector.h"
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

bool marq_momentum_create(marq_momentum *momentum, const marq_problem *problem) {
    *momentum = (marq_momentum){.velocity = marq_alloc_doubles(problem->parameters, 1),
                                .image = marq_alloc_doubles(problem->rows, 1),
                                .parameters = problem->parameters};
    return momentum->velocity && momentum->image;
}

void marq_momentum_destroy(marq_momentum *momentum) {
    free(momentum->velocity);
    free(momentum->image);
}

void marq_momentum_stop(marq_momentum *momentum) {
    memset(momentum->velocity, 0, momentum->parameters * sizeof *momentum->velocity);
}

/* step ← s */
static outcome solve_step(marq_momentum *momentum, solver *s, double beta) {
    const double *r = marq_seen_residual(s);
    int got = s->products.apply(s->products_user, momentum->velocity, momentum->image);
    if (got != MARQ_CALLBACK_OK) return marq_outcome_of(got);
    for (size_t i = 0; i < s->problem->rows; i++) momentum->image[i] = r[i] + beta * momentum->image[i];
    got = marq_system_of(s)->solve(s, momentum->image, NULL, s->work->step);
    return marq_outcome_of(got);
}

outcome marq_momentum_step(marq_momentum *momentum, solver *s, double beta, double length) {
    momentum->steps++;
    outcome got = marq_damped_factor(s) ? solve_step(momentum, s, beta) : REJECTED;
    if (got == GOOD && !marq_all_finite(momentum->parameters, s->work->step)) got = REJECTED;
    if (got == REJECTED) s->mu *= 10;
    if (got != GOOD) return got;
    for (size_t j = 0; j < momentum->parameters; j++) {
        momentum->velocity[j] = s->work->step[j] + beta * momentum->velocity[j];
        s->theta[j] += length * momentum->velocity[j];
    }
    return GOOD;
}
