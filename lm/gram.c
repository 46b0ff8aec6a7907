/* The Gram form: A = JᵀJ (n × n), (A + μD²) s = −g by Cholesky. D_jj is the largest norm of J's column j so
 * far, which the diagonal of A has. Weight decay α adds αI, with D = I, and αθ to g. */
#include "form.h"

#include "cholesky.h"
#include <math.h>
#include <string.h>

/* A column that was always zero gets 1. */
void marq_update_scale(solver *s, size_t j, double norm) {
    double *d = s->work->scale;
    s->work->norms[j] = norm;
    if (s->options->scaling == MARQ_SCALING_NONE)
        d[j] = 1;
    else if (s->jacobian_evaluations == 1)
        d[j] = norm > 0 ? norm : 1;
    else
        d[j] = fmax(d[j], norm);
}

static int prepare(solver *s) {
    MARQ_SCOPE(s->options->profile, "Gram");
    marq_workspace *w = s->work;
    int got = s->products.gram(s->products_user, marq_seen_residual(s), w->matrix, w->gradient);
    if (got == MARQ_CALLBACK_OK && marq_decays(s->options)) marq_add_decay(s);
    if (got == MARQ_CALLBACK_OK) got = marq_check_gradient(s);
    if (got != MARQ_CALLBACK_OK) return got;
    if (w->side) marq_hold_parameters(s);
    for (size_t j = 0; j < s->problem->parameters; j++)
        marq_update_scale(s, j, sqrt(w->matrix[j * w->order + j]));
    if (w->side) marq_drop_held_from_gram(s);
    return MARQ_CALLBACK_OK;
}

static bool damp(solver *s) {
    marq_workspace *w = s->work;
    s->factorisations++;
    return marq_cholesky_factor(w->order, w->matrix, s->mu + s->decay, w->scale, w->factor) == 0;
}

static int solve(solver *s, const double *w, const double *jtw, double *out) {
    size_t n = s->problem->parameters;
    int got = MARQ_CALLBACK_OK;
    if (!jtw)
        got = s->products.apply_transposed(s->products_user, w, out);
    else if (jtw != out)
        memcpy(out, jtw, n * sizeof *out);
    marq_drop_held(s, out);
    marq_cholesky_solve(n, s->work->factor, out);
    for (size_t j = 0; j < n; j++) out[j] = -out[j];
    return got;
}

static int image(solver *s) {
    return s->products.apply(s->products_user, s->work->step, s->work->rows_work);
}

const marq_system marq_gram_system = {prepare, damp, solve, image};
