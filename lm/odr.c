/* Orthogonal distance regression as a problem in θ: the distances of the rows (foot.c) and their derivatives.
 * A group of rows is on the stack, so threads need no memory of their own. */
#include "foot.h"

#include <base/error.h>
#include <math.h>
#include <string.h>

/* ---- The problem in θ ---- */

static marq_feet feet_at(const marq_odr *odr, const double *theta, size_t first, size_t end) {
    size_t left = end - first;
    return (marq_feet){
        .odr = odr, .theta = theta, .first = first, .count = left < MARQ_FEET ? left : MARQ_FEET};
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *d) {
    int got = MARQ_CALLBACK_OK;
    for (size_t at = first; got == MARQ_CALLBACK_OK && at < first + count; at += MARQ_FEET) {
        marq_feet g = feet_at(user, theta, at, first + count);
        got = marq_find_feet(&g);
        for (size_t i = 0; got == MARQ_CALLBACK_OK && i < g.count; i++)
            d[at - first + i] = copysign(marq_foot_of(&g, i).distance, g.best[i]);
    }
    return got;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *J, size_t stride) {
    const marq_odr *o = user;
    int got = MARQ_CALLBACK_OK;
    for (size_t at = first; got == MARQ_CALLBACK_OK && at < first + count; at += MARQ_FEET) {
        marq_feet g = feet_at(o, theta, at, first + count);
        double *rows = J + (at - first) * stride;
        got = marq_find_feet(&g);
        if (got == MARQ_CALLBACK_OK) got = o->jacobian(o->user, theta, g.x, at, g.count, rows, stride);
        for (size_t i = 0; got == MARQ_CALLBACK_OK && i < g.count; i++) {
            double factor = 1 / (marq_foot_sigma(&g, i) * sqrt(1 + marq_foot_of(&g, i).squares));
            for (size_t j = 0; j < o->parameters; j++) rows[i * stride + j] *= factor;
        }
    }
    return got;
}

/* ---- Public ---- */

static const char *wrong_field(const marq_odr *o) {
    if (o->rows < 1 || o->parameters < 1) return "rows and parameters must be at least 1";
    if (o->inputs < 1 || o->inputs > MARQ_ODR_MOST_INPUTS) return "inputs must be from 1 to 16";
    if (!o->residual || !o->x) return "residual or x is NULL";
    for (size_t i = 0; i < o->rows; i++)
        if (o->sigma && (!(o->sigma[i] > 0) || isinf(o->sigma[i])))
            return "a sigma is not above 0, or infinite";
    for (size_t i = 0; i < o->rows * o->inputs; i++) {
        if (!isfinite(o->x[i])) return "an x is not finite";
        if (o->sigma_x && (!(o->sigma_x[i] >= 0) || isinf(o->sigma_x[i])))
            return "a sigma_x is below 0, or infinite";
    }
    return NULL;
}

marq_status marq_odr_bind(const marq_odr *odr, marq_problem *problem, marq_error *error) {
    if (!odr || !problem) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    const char *wrong = wrong_field(odr);
    if (wrong) return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s", wrong);
    union {
        const marq_odr *from;
        void *to;
    } user = {.from = odr}; /* never written through */
    *problem = (marq_problem){.rows = odr->rows,
                              .parameters = odr->parameters,
                              .user = user.to,
                              .residual = residual,
                              .jacobian = odr->jacobian ? jacobian : NULL,
                              .concurrent = odr->concurrent,
                              .row_block = odr->row_block ? odr->row_block : 256};
    return MARQ_OK;
}

marq_status marq_odr_points(const marq_odr *odr, const double *theta, double *x_true, double *residual_there,
                            marq_error *error) {
    marq_problem unused;
    marq_status status = marq_odr_bind(odr, &unused, error);
    if (status != MARQ_OK) return status;
    if (!theta) return marq_fail(error, MARQ_ERROR_ARGUMENT, "theta is NULL");
    size_t k = odr->inputs;
    for (size_t at = 0; at < odr->rows; at += MARQ_FEET) {
        marq_feet g = feet_at(odr, theta, at, odr->rows);
        int got = marq_find_feet(&g);
        if (got < 0)
            return marq_fail(error, MARQ_ERROR_CALLBACK, "%s", marq_status_text(MARQ_ERROR_CALLBACK));
        if (got > 0)
            return marq_fail(error, MARQ_ERROR_START,
                             "the model cannot be computed at theta for a row of %zu … %zu", at + 1,
                             at + g.count);
        if (x_true) memcpy(x_true + at * k, g.x, g.count * k * sizeof *x_true);
        if (residual_there) memcpy(residual_there + at, g.best, g.count * sizeof *residual_there);
    }
    return MARQ_OK;
}
