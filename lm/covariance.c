/* Covariance of the parameters from the column-scaled J = Q U Σ Vᵀ D:
 *     (JᵀJ)⁻¹ = D⁻¹ V Σ⁻² Vᵀ D⁻¹,  times ‖r‖²/dof unless the deviations of the data are known.
 * Singular values below max(m, n)·16ε·σ_1 (1e-9·σ_1 for differences, which are central here) span what the
 * data do not determine: a parameter with a share in those directions has no finite error; the others keep
 * theirs. */
#include "strategy.h"

#include <base/error.h>
#include <base/text.h>
#include <float.h>
#include <math.h>
#include <string.h>

static const double SHARE = 1e-6; /* of a unit direction: below it a parameter takes no part in it */

/* The part of parameter j in the undetermined directions, as a length; held parameters have none. */
static double undetermined_share(const marq_model *model, size_t rank, size_t j) {
    size_t n = model->parameters;
    double squares = 0;
    for (size_t i = rank; i < n; i++) squares += model->vt[i + j * n] * model->vt[i + j * n];
    return sqrt(squares);
}

static double covariance_entry(const marq_model *model, size_t rank, size_t j, size_t k) {
    size_t n = model->parameters;
    double sum = 0;
    for (size_t i = 0; i < rank; i++)
        sum += model->vt[i + j * n] * model->vt[i + k * n] / (model->sigma[i] * model->sigma[i]);
    return sum / (model->scale[j] * model->scale[k]);
}

typedef struct estimate {
    const solver *s;
    size_t rank;
    double factor; /* of (JᵀJ)⁻¹ */
} estimate;

static bool is_undetermined(const estimate *o, size_t j) {
    bool held = o->s->work->side && o->s->work->side[j] != 0;
    return !held && undetermined_share(&o->s->work->model, o->rank, j) > SHARE;
}

static double entry(const estimate *o, size_t j, size_t k) {
    const signed char *side = o->s->work->side;
    if (side && (side[j] != 0 || side[k] != 0)) return 0;
    if (is_undetermined(o, j) || is_undetermined(o, k)) return j == k ? HUGE_VAL : (double)NAN;
    return o->factor * covariance_entry(&o->s->work->model, o->rank, j, k);
}

/* "a and b", "a, b and c" of the undetermined parameters. */
static void name_undetermined(const estimate *o, const char *const *names, char *out, size_t size) {
    size_t n = o->s->problem->parameters, total = 0, done = 0;
    for (size_t j = 0; j < n; j++) total += is_undetermined(o, j);
    marq_text text = {0};
    if (total > 1 && !names) marq_text_add(&text, "parameters ");
    if (total == 1 && !names) marq_text_add(&text, "parameter ");
    for (size_t j = 0; j < n; j++) {
        if (!is_undetermined(o, j)) continue;
        if (done > 0) marq_text_add(&text, done + 1 == total ? " and " : ", ");
        if (names)
            marq_text_add(&text, "%s", names[j]);
        else
            marq_text_add(&text, "%zu", j + 1);
        done++;
    }
    marq_text_add(&text, total == 1 ? " has no effect on the residuals: fix it or leave it out"
                                    : " matter only together: the data do not determine them one by one");
    if (total > 0) marq_format(out, size, "%s", text.data ? text.data : "");
    marq_text_clear(&text);
}

static size_t rows_that_count(const marq_problem *p) {
    size_t count = 0;
    for (size_t i = 0; i < p->rows; i++) count += !p->weights || p->weights[i] > 0;
    return count;
}

static void fill_uncertainty(const solver *s, const char *const *names, estimate *o, int absolute,
                             marq_uncertainty *u) {
    const marq_model *model = &s->work->model;
    size_t m = s->problem->rows, n = s->problem->parameters, count = rows_that_count(s->problem);
    const double *r = marq_seen_residual(s);
    bool exact = s->work->derivative == DERIVATIVE_ANALYTIC;
    double tolerance = exact ? 16 * DBL_EPSILON * (double)(m > n ? m : n) : 1e-9, squares = 0;
    for (size_t i = 0; i < m; i++) squares += r[i] * r[i];
    *u = (marq_uncertainty){0};
    u->free = marq_bound_sides(s->problem, s->theta, NULL);
    u->rank = o->rank = marq_model_rank(model, tolerance);
    u->dof = count > u->free ? count - u->free : 0;
    u->variance = u->dof > 0 ? squares / (double)u->dof : (double)NAN;
    u->condition = u->rank < u->free ? HUGE_VAL : u->free ? model->sigma[0] / model->sigma[u->free - 1] : 1;
    o->factor = absolute ? 1 : u->variance;
    if (u->rank < u->free) name_undetermined(o, names, u->message, sizeof u->message);
}

/* All parameters at a bound count as held here, whichever way the gradient points: they have no error. */
static int model_at(solver *s) {
    double cost;
    int got = marq_evaluate(s, s->theta, s->work->residual, &cost);
    s->for_covariance = true;
    marq_difference_start(s, s->theta);
    return got == MARQ_CALLBACK_OK ? marq_linear_model(s, false) : got;
}

static marq_status compute(solver *s, int absolute, const char *const *names, double *covariance,
                           double *deviation, marq_uncertainty *u, marq_error *error) {
    if (model_at(s) != MARQ_CALLBACK_OK)
        return marq_fail(error, MARQ_ERROR_JACOBIAN, "residuals or Jacobian cannot be computed at theta");
    size_t n = s->problem->parameters;
    estimate o = {.s = s};
    marq_uncertainty own;
    fill_uncertainty(s, names, &o, absolute, u ? u : &own);
    for (size_t j = 0; j < n; j++) {
        if (deviation) deviation[j] = sqrt(entry(&o, j, j));
        for (size_t k = 0; covariance && k < n; k++) covariance[j * n + k] = entry(&o, j, k);
    }
    return MARQ_OK;
}

marq_status marq_covariance_at(const marq_problem *problem, const marq_options *options, const double *theta,
                               int absolute, const char *const *names, double *covariance, double *deviation,
                               marq_uncertainty *uncertainty, marq_error *error) {
    if (!problem || !theta) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    marq_options own = options ? *options : marq_options_default();
    own.method = MARQ_METHOD_TRUST_REGION;
    marq_workspace *work = marq_workspace_create(problem, &own, error);
    if (!work) return error ? error->status : MARQ_ERROR_MEMORY;
    memcpy(work->best_theta, theta, problem->parameters * sizeof *theta);
    solver s = {.problem = problem, .options = &own, .work = work, .theta = work->best_theta};
    marq_bind_products(&s);
    s.refined = true;
    marq_team team = marq_team_enter(own.threads);
    marq_status status = compute(&s, absolute, names, covariance, deviation, uncertainty, error);
    marq_team_leave(&team);
    marq_workspace_destroy(work);
    return status;
}
