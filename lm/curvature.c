/* The second-order part of the Hessian of the cost, JᵀJ + S, S ≈ Σ r_i ∇²r_i, which Gauss–Newton leaves out:
 * where residuals stay large, its steps converge slowly or run to and fro. Dennis, Gay & Welsch 1981 ("An
 * adaptive nonlinear least-squares algorithm", NL2SOL, section 3): from θ to θ₊ = θ + s, with
 *     y = g₊ − g,   y# = (J₊ − J)ᵀr₊,   τ = min(1, |sᵀy#| / |sᵀSs|),   w = y# − τSs,
 *     S ← τS + (w yᵀ + y wᵀ) / yᵀs − (wᵀs) y yᵀ / (yᵀs)²,
 * which is symmetric, maps s to y#, and is sized down by τ as the residuals fall. With a loss, r and J are
 * those that the model sees (loss.c), and J in y# is scaled anew, for S to be Σ ρ' f_i ∇²f_i.
 *
 * Both models, with S and without, tell the change of the cost by each step that is taken. S comes into use
 * when it was ENTER times closer in STREAK steps on end, and goes when it is STAY times off or where the
 * linear model tells the change to POOR of it. (NL2SOL switches by one step's comparison. Far from a solution
 * that brings S in too early: it adds 50 % to the evaluations on NIST's set, where this rule takes off 7 %.
 * And a narrow valley needs the linear model, whose factorisation does not square the condition.) ENTER 1.5 …
 * 5, STAY 2 … 10 and POOR 0.0003 … 0.01 do the same there within 2 %, on Moré, Garbow and Hillstrom's
 * problems within 15 %, where S takes off 25 %. */
#include "strategy.h"

#include "vector.h"
#include <base/memory.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STREAK = 2 };
static const double ENTER = 3, STAY = 10, POOR = 1e-3;

double marq_curvature_doubles(size_t parameters) {
    double n = (double)parameters;
    return n * n + 6 * n + marq_quadratic_doubles(parameters);
}

int marq_curvature_create(marq_curvature *c, size_t n) {
    *c = (marq_curvature){.parameters = n};
    c->S = marq_alloc_doubles(n, n);
    c->step = marq_alloc_doubles(n, 1);
    c->old_gradient = marq_alloc_doubles(n, 1);
    c->mixed = marq_alloc_doubles(n, 1);
    c->y = marq_alloc_doubles(n, 1);
    c->Ss = marq_alloc_doubles(n, 1);
    c->held = marq_alloc(n, 1);
    return c->S && c->step && c->old_gradient && c->mixed && c->y && c->Ss && c->held &&
           marq_quadratic_create(&c->quadratic, n);
}

void marq_curvature_destroy(marq_curvature *c) {
    double *memory[] = {c->S, c->step, c->old_gradient, c->mixed, c->y, c->Ss};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(c->held);
    marq_quadratic_destroy(&c->quadratic);
    *c = (marq_curvature){0};
}

static void reset(marq_curvature *c) {
    memset(c->S, 0, c->parameters * c->parameters * sizeof *c->S);
    c->updates = c->better = 0;
    c->in_use = c->has_left = false;
}

/* out ← Sv */
static void apply(const marq_curvature *c, const double *v, double *out) {
    for (size_t i = 0; i < c->parameters; i++) out[i] = marq_dot(c->parameters, c->S + i * c->parameters, v);
}

void marq_curvature_judge(solver *s) {
    marq_curvature *c = &s->work->curvature;
    size_t n = c->parameters;
    const double *step = s->work->step;
    apply(c, step, c->Ss);
    double change = s->cost - s->previous_cost;
    double linear = marq_dot(n, s->work->gradient, step) + 0.5 * marq_model_curvature(&s->work->model, step);
    double error = fabs(change - linear), error_with = fabs(change - linear - 0.5 * marq_dot(n, step, c->Ss));
    bool poor = error > POOR * fabs(change);
    c->better = poor && c->updates > 0 && ENTER * error_with < error ? c->better + 1 : 0;
    c->in_use = c->in_use ? poor && error_with < STAY * error : c->better >= STREAK;
}

/* mixed ← Jᵀr₊. The rows of J carry the weights of the old residuals: they are exchanged for the new ones.
 * residual_trial holds the old residuals here, which nothing needs any more. */
static int mix(solver *s) {
    marq_workspace *w = s->work;
    const double *seen = w->residual;
    if (w->row_factor) {
        size_t m = s->problem->rows;
        double *old_factor = w->residual_trial;
        memcpy(old_factor, w->row_factor, m * sizeof *old_factor);
        marq_weigh(s);
        for (size_t i = 0; i < m; i++)
            w->rows_work[i] = old_factor[i] > 0 ? w->model_residual[i] * w->row_factor[i] / old_factor[i] : 0;
        seen = w->rows_work;
    }
    return s->products.apply_transposed(s->products_user, seen, w->curvature.mixed);
}

void marq_curvature_leave(solver *s) {
    marq_curvature *c = &s->work->curvature;
    size_t n = c->parameters;
    memcpy(c->step, s->work->step, n * sizeof *c->step);
    memcpy(c->old_gradient, s->work->gradient, n * sizeof *c->old_gradient);
    if (s->work->side) memcpy(c->held, s->work->side, n);
    c->has_left = mix(s) == MARQ_CALLBACK_OK;
}

/* Parameters that were held at one of the two points have no differences. */
static bool has_same_held(const solver *s) {
    const marq_curvature *c = &s->work->curvature;
    for (size_t j = 0; s->work->side && j < c->parameters; j++)
        if ((c->held[j] != 0) != (s->work->side[j] != 0)) return false;
    return true;
}

/* y# is above the rounding of J: max_j |y#_j| / (D_jj ‖r‖). */
static bool is_seen(const solver *s, const double *sharp) {
    double noise = s->work->derivative == DERIVATIVE_ANALYTIC ? 1e-14 : s->refined ? 1e-9 : 1e-7, most = 0;
    for (size_t j = 0; j < s->problem->parameters; j++) most = fmax(most, fabs(sharp[j]) / s->work->scale[j]);
    return most > noise * marq_residual_norm(s);
}

static void update(marq_curvature *c, const double *sharp, double ys) {
    size_t n = c->parameters;
    double *y = c->y, *Ss = c->Ss;
    apply(c, c->step, Ss);
    double sSs = fabs(marq_dot(n, c->step, Ss)), ssharp = fabs(marq_dot(n, c->step, sharp));
    double tau = ssharp < sSs ? ssharp / sSs : 1;
    for (size_t j = 0; j < n; j++) Ss[j] = (sharp[j] - tau * Ss[j]) / ys; /* w / yᵀs */
    double share = marq_dot(n, Ss, c->step) / ys;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            c->S[i * n + j] = tau * c->S[i * n + j] + (Ss[i] * y[j] + y[i] * Ss[j]) - share * y[i] * y[j];
    c->updates++;
}

static void update_at(solver *s) {
    marq_curvature *c = &s->work->curvature;
    c->has_left = false;
    if (!has_same_held(s)) {
        reset(c);
        return;
    }
    marq_drop_held(s, c->mixed);
    for (size_t j = 0; j < c->parameters; j++) {
        c->y[j] = s->work->gradient[j] - c->old_gradient[j];
        c->mixed[j] = s->work->gradient[j] - c->mixed[j]; /* y# */
    }
    double ys = marq_dot(c->parameters, c->y, c->step);
    if (ys > 0 && is_seen(s, c->mixed)) update(c, c->mixed, ys);
}

bool marq_curvature_arrive(solver *s) {
    marq_curvature *c = &s->work->curvature;
    if (s->jacobian_evaluations == 1) reset(c);
    if (c->has_left) update_at(s);
    return c->in_use && marq_quadratic_factor(&c->quadratic, &s->work->model, c->S);
}
