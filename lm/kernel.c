/* The kernel form: K = JJᵀ (m × m), (K + μI) α = r by Cholesky, s = −Jᵀα; then Js = −Kα = μα − r is free.
 * D = I. With weight decay α₀: λ = α₀ + μ in μ's place, c = α₀/λ, and Js = λα − r again.
 *
 * K and its factor in single precision, as preconditioner of conjugate gradients with products in double,
 * were tried and do not pay (user time on one thread, AVX2, both solves of a step to 1e-8). For 380 rows of
 * 5-64-32-16-1 they save at most 0.9 ms and take 3 to 5 products a solve, 0.28 ms each. For 700 of
 * 1-20-20-10-1 they save 2.8 ms; products, 0.38 ms each, are 2 or 3 in the first five steps, 6 at an error of
 * 1e-5, where ‖K‖/μ is 3e6, and 20 to 40 below 1e-7. */
#include "form.h"

#include "cholesky.h"
#include <string.h>

static int prepare(solver *s) {
    int got = marq_gradient(s);
    if (got == MARQ_CALLBACK_OK && marq_decays(s->options)) {
        marq_add_decay(s);
        got = s->products.apply(s->products_user, s->theta, s->work->decay_image);
        if (got == MARQ_CALLBACK_OK) got = marq_check_gradient(s);
    }
    if (got != MARQ_CALLBACK_OK) return got;
    if (s->work->side) {
        marq_hold_parameters(s);
        marq_drop_held_columns(s);
    }
    for (size_t j = 0; j < s->problem->parameters; j++) s->work->scale[j] = 1;
    MARQ_SCOPE(s->options->profile, "Gram");
    return s->products.kernel(s->products_user, s->work->matrix);
}

static bool damp(solver *s) {
    marq_workspace *w = s->work;
    s->factorisations++;
    return marq_cholesky_factor(w->order, w->matrix, s->mu + s->decay, NULL, w->factor) == 0;
}

/* rows_solution holds α afterwards. */
static int solve_plain(solver *s, const double *w, double *out) {
    size_t n = s->problem->parameters, m = s->problem->rows;
    double *alpha = s->work->rows_solution;
    memcpy(alpha, w, m * sizeof *alpha);
    marq_cholesky_solve(m, s->work->factor, alpha);
    int got = s->products.apply_transposed(s->products_user, alpha, out);
    for (size_t j = 0; j < n; j++) out[j] = -out[j];
    return got;
}

/* With weight decay, for r:  s = −cθ − Jᵀ (K + λI)⁻¹ (r − cJθ). */
static int solve_decayed(solver *s, const double *r, double *out) {
    double c = s->decay / (s->decay + s->mu), *shifted = s->work->rows_work;
    for (size_t i = 0; i < s->problem->rows; i++) shifted[i] = r[i] - c * s->work->decay_image[i];
    int got = solve_plain(s, shifted, out);
    for (size_t j = 0; j < s->problem->parameters; j++) out[j] -= c * s->theta[j];
    return got;
}

/* The gradient comes along with r alone. */
static int solve(solver *s, const double *w, const double *jtw, double *out) {
    return jtw && s->decay > 0 ? solve_decayed(s, w, out) : solve_plain(s, w, out);
}

static int image(solver *s) {
    const double *r = marq_seen_residual(s);
    for (size_t i = 0; i < s->problem->rows; i++)
        s->work->rows_work[i] = (s->mu + s->decay) * s->work->rows_solution[i] - r[i];
    return MARQ_CALLBACK_OK;
}

const marq_system marq_kernel_system = {prepare, damp, solve, image};
