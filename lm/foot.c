/* The distance of a row from the model's surface. In units of the deviations, u_j = δ_j/σx_j, ρ = r/σy,
 * b_j = ∂ρ/∂u_j = (σx_j/σy) ∂r/∂x_j, its square is the minimum of φ(u) = ρ(u)² + ‖u‖². The Gauss–Newton step
 * has a closed form, as its matrix is I + bbᵀ:
 *     s = −b (ρ − b·u)/(1 + ‖b‖²) − u
 * It converges linearly, slowly where ρ times the curvature is large. So it is mixed with the one before
 * (Anderson's acceleration of depth one; for one input the secant method):
 *     s ← s − γ (Δu + Δs),   γ = Δs·s/Δs·Δs
 * A step that does not lower φ is replaced by the plain one, then halved. At the minimum u = −bρ, so
 *     φ = ρ² (1 + ‖b‖²),   d = ±√φ,   ∂d/∂θ = (ρ/d) ∂ρ/∂θ = (∂ρ/∂θ)/√(1 + ‖b‖²).
 * Rows are taken in groups; the callbacks see runs of those that are not done. */
#include "foot.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { INPUTS = MARQ_ODR_MOST_INPUTS, MOST_ROUNDS = 100 };
static const double PRECISION = 1e-10; /* of u over the distance, which is flat in u */

/* ---- The model at the trial point ---- */

double marq_foot_sigma(const marq_feet *g, size_t i) {
    return g->odr->sigma ? g->odr->sigma[g->first + i] : 1;
}

static double sigma_x_of(const marq_feet *g, size_t i, size_t j) {
    return g->odr->sigma_x ? g->odr->sigma_x[(g->first + i) * g->odr->inputs + j] : 1;
}

static int call_residual(marq_feet *g, size_t from, size_t count, double *r) {
    const marq_odr *o = g->odr;
    return o->residual(o->user, g->theta, g->x + from * o->inputs, g->first + from, count, r);
}

/* ∂r/∂x_j by (r(x + h) − r(x − h))/2h, h = ∛ε · max(|x|, σx). */
static int difference_column(marq_feet *g, size_t from, size_t count, size_t j) {
    size_t k = g->odr->inputs;
    double kept[MARQ_FEET], h[MARQ_FEET], up[MARQ_FEET], down[MARQ_FEET], *x = g->x + from * k + j;
    for (size_t i = 0; i < count; i++) {
        kept[i] = x[i * k];
        volatile double shifted =
            kept[i] + cbrt(DBL_EPSILON) * fmax(fabs(kept[i]), sigma_x_of(g, from + i, j));
        h[i] = shifted - kept[i];
        x[i * k] = shifted;
    }
    int got = call_residual(g, from, count, up);
    for (size_t i = 0; i < count; i++) x[i * k] = kept[i] - h[i];
    if (got == MARQ_CALLBACK_OK) got = call_residual(g, from, count, down);
    for (size_t i = 0; i < count; i++) {
        x[i * k] = kept[i];
        g->trial[(from + i) * k + j] = h[i] > 0 ? (up[i] - down[i]) / (2 * h[i]) : 0;
    }
    return got;
}

/* Residuals and slopes of a run of rows. */
static int evaluate_run(marq_feet *g, size_t from, size_t count) {
    const marq_odr *o = g->odr;
    size_t k = o->inputs;
    int got = call_residual(g, from, count, g->r + from);
    if (got == MARQ_CALLBACK_OK && o->slopes)
        return o->slopes(o->user, g->theta, g->x + from * k, g->first + from, count, g->trial + from * k);
    for (size_t j = 0; j < k && got == MARQ_CALLBACK_OK; j++) got = difference_column(g, from, count, j);
    return got;
}

/* All rows that are not done; r is NaN where the model is not computable. false: a callback gave up. */
static bool evaluate(marq_feet *g) {
    for (size_t from = 0, to; from < g->count; from = to) {
        for (to = from; to < g->count && !g->done[to];) to++;
        int got = to > from ? evaluate_run(g, from, to - from) : MARQ_CALLBACK_OK;
        for (size_t i = from; got > 0 && i < to; i++) { /* which of them? */
            int one = evaluate_run(g, i, 1);
            if (one > 0) g->r[i] = (double)NAN;
            if (one < 0) got = one;
        }
        if (got < 0) return false;
        to += to == from;
    }
    return true;
}

/* ---- The feet ---- */

marq_foot marq_foot_of(const marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    const double *u = g->u + i * k;
    marq_foot l = {.rho = g->best[i] / marq_foot_sigma(g, i)};
    double length = l.rho * l.rho;
    for (size_t j = 0; j < k; j++) {
        double scale = sigma_x_of(g, i, j) / marq_foot_sigma(g, i);
        l.b[j] = scale > 0 ? scale * g->slopes[i * k + j] : 0;
        l.along += l.b[j] * u[j];
        l.squares += l.b[j] * l.b[j];
        length += u[j] * u[j];
    }
    l.distance = sqrt(length);
    return l;
}

/* step ← plain − γ (Δu + Δs), where the Gauss–Newton step before was `last`. */
static void mix(marq_feet *g, size_t i, const double *last) {
    size_t k = g->odr->inputs;
    const double *u = g->u + i * k, *before = g->before + i * k, *plain = g->plain + i * k;
    double *step = g->step + i * k, along = 0, squares = 0;
    for (size_t j = 0; j < k; j++) {
        along += (plain[j] - last[j]) * plain[j];
        squares += (plain[j] - last[j]) * (plain[j] - last[j]);
    }
    g->is_mixed[i] = g->accepted[i] > 1 && squares > 0;
    for (size_t j = 0; g->is_mixed[i] && j < k; j++)
        step[j] -= along / squares * (u[j] - before[j] + plain[j] - last[j]);
}

static void plan_step(marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    marq_foot l = marq_foot_of(g, i);
    double factor = (l.rho - l.along) / (1 + l.squares), length = 0, last[INPUTS];
    memcpy(last, g->plain + i * k, k * sizeof *last);
    for (size_t j = 0; j < k; j++) {
        g->step[i * k + j] = g->plain[i * k + j] = -l.b[j] * factor - g->u[i * k + j];
        length += g->plain[i * k + j] * g->plain[i * k + j];
    }
    mix(g, i, last);
    g->share[i] = 1;
    g->done[i] = !(sqrt(length) > PRECISION * l.distance);
}

static void set_inputs(marq_feet *g, size_t i, double share) {
    size_t k = g->odr->inputs;
    for (size_t j = 0; j < k; j++) {
        double u = g->u[i * k + j] + (share > 0 ? share * g->step[i * k + j] : 0);
        g->x[i * k + j] = g->odr->x[(g->first + i) * k + j] + u * sigma_x_of(g, i, j);
    }
}

static void accept(marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    for (size_t j = 0; j < k; j++) {
        g->before[i * k + j] = g->u[i * k + j];
        g->u[i * k + j] += g->share[i] > 0 ? g->share[i] * g->step[i * k + j] : 0;
        g->slopes[i * k + j] = g->trial[i * k + j];
    }
    g->best[i] = g->r[i];
    g->accepted[i]++;
    plan_step(g, i);
}

static bool is_finite_trial(const marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    bool finite = isfinite(g->r[i]);
    for (size_t j = 0; j < k; j++) finite = finite && isfinite(g->trial[i * k + j]);
    return finite;
}

static double trial_distance(const marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    double rho = g->r[i] / marq_foot_sigma(g, i), squares = rho * rho;
    for (size_t j = 0; j < k; j++) {
        double u = g->u[i * k + j] + g->share[i] * g->step[i * k + j];
        squares += u * u;
    }
    return sqrt(squares);
}

static void judge(marq_feet *g, size_t i) {
    size_t k = g->odr->inputs;
    if (is_finite_trial(g, i) &&
        trial_distance(g, i) <= marq_foot_of(g, i).distance * (1 + 8 * DBL_EPSILON)) {
        accept(g, i);
    } else if (g->is_mixed[i]) {
        g->is_mixed[i] = false;
        memcpy(g->step + i * k, g->plain + i * k, k * sizeof *g->step);
    } else {
        g->share[i] /= 2;
        g->done[i] = g->share[i] < 1e-9;
    }
}

/* The feet of all rows of the group, with residuals and slopes there. A MARQ_CALLBACK_… value. */
int marq_find_feet(marq_feet *g) {
    memset(g->u, 0, sizeof g->u);
    memset(g->done, 0, sizeof g->done);
    memset(g->share, 0, sizeof g->share);
    memset(g->accepted, 0, sizeof g->accepted);
    for (size_t i = 0; i < g->count; i++) set_inputs(g, i, 0);
    if (!evaluate(g)) return MARQ_CALLBACK_ABORT;
    for (size_t i = 0; i < g->count; i++) {
        if (!is_finite_trial(g, i)) return MARQ_CALLBACK_NOT_COMPUTABLE;
        accept(g, i);
    }
    for (int round = 0; round < MOST_ROUNDS; round++) {
        bool all = true;
        for (size_t i = 0; i < g->count; i++) {
            all = all && g->done[i];
            if (!g->done[i]) set_inputs(g, i, g->share[i]);
        }
        if (all) break;
        if (!evaluate(g)) return MARQ_CALLBACK_ABORT;
        for (size_t i = 0; i < g->count; i++)
            if (!g->done[i]) judge(g, i);
    }
    for (size_t i = 0; i < g->count; i++) set_inputs(g, i, 0);
    return MARQ_CALLBACK_OK;
}
