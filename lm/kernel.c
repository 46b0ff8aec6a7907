/* The kernel form: K = JJᵀ (m × m), (K + μI) α = r by Cholesky, s = −Jᵀα; then Js = −Kα = μα − r is free.
 * D = I. */
#include "form.h"

#include "cholesky.h"
#include <string.h>

static int prepare(solver *s) {
    int got = marq_gradient(s);
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
    return marq_cholesky_factor(w->order, w->matrix, s->mu, NULL, w->factor) == 0;
}

/* rows_solution holds α afterwards. */
static int solve(solver *s, const double *w, const double *jtw, double *out) {
    (void)jtw;
    size_t n = s->problem->parameters, m = s->problem->rows;
    double *alpha = s->work->rows_solution;
    memcpy(alpha, w, m * sizeof *alpha);
    marq_cholesky_solve(m, s->work->factor, alpha);
    int got = s->products.apply_transposed(s->products_user, alpha, out);
    for (size_t j = 0; j < n; j++) out[j] = -out[j];
    return got;
}

static int image(solver *s) {
    const double *r = marq_seen_residual(s);
    for (size_t i = 0; i < s->problem->rows; i++)
        s->work->rows_work[i] = s->mu * s->work->rows_solution[i] - r[i];
    return MARQ_CALLBACK_OK;
}

const marq_system marq_kernel_system = {prepare, damp, solve, image};
