/* Covariance of the parameters from the column-scaled J = Q U Σ Vᵀ D of the free parameters φ, θ = T(φ):
 *     T' (JᵀJ)⁻¹ T'ᵀ = C Σ⁻² Cᵀ,   C = T' D⁻¹ V,  times ‖r‖²/dof unless the deviations of the data are known.
 * Without ties T' = I. Singular values below max(m, n)·16ε·σ_1 (1e-9·σ_1 for differences, which are central
 * here) span what the data do not determine: a parameter with a share in those directions has no finite
 * error; the others keep theirs. Held parameters take no part in C. */
#include "strategy.h"

#include "reduction.h"
#include "ties.h"
#include "vector.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SHARE = 1e-6; /* of a row of C: below it a parameter takes no part in a direction */

enum { DETERMINED, UNDETERMINED, HELD };

typedef struct estimate {
    const solver *s;
    const marq_problem *problem; /* the caller's, with its ties */
    const double *slopes;        /* rows of T' of the tied parameters; NULL: no ties */
    double *coordinates;         /* C: all parameters × free ones */
    unsigned char *known;        /* all parameters: DETERMINED, … */
    size_t rank;
    double factor; /* of C Σ⁻² Cᵀ */
} estimate;

static const double *row_of(const estimate *o, size_t j) {
    return o->coordinates + j * o->s->problem->parameters;
}

/* Adds factor times the row of D⁻¹V of free parameter k to a row of C. */
static void add_coordinates(const estimate *o, double factor, size_t k, double *row) {
    const marq_model *model = &o->s->work->model;
    size_t p = model->parameters;
    bool held = o->s->work->side && o->s->work->side[k] != 0;
    for (size_t i = 0; i < p && !held; i++) row[i] += factor * model->vt[i + k * p] / model->scale[k];
}

static void fill_coordinates(const estimate *o) {
    size_t p = o->s->problem->parameters, n = o->problem->parameters;
    const marq_reduction *reduction = o->s->work->reduction;
    for (size_t j = 0; j < n; j++) {
        double *row = o->coordinates + j * p;
        size_t place = reduction ? reduction->place[j] : j;
        if (place < p) add_coordinates(o, 1, place, row);
        for (size_t k = 0; place >= p && k < p; k++)
            add_coordinates(o, o->slopes[(place - p) * p + k], k, row);
    }
}

static void judge(const estimate *o) {
    size_t p = o->s->problem->parameters;
    for (size_t j = 0; j < o->problem->parameters; j++) {
        double all = marq_norm(p, row_of(o, j)), missing = marq_norm(p - o->rank, row_of(o, j) + o->rank);
        o->known[j] = all == 0 ? HELD : missing > SHARE * all ? UNDETERMINED : DETERMINED;
    }
}

static double entry(const estimate *o, size_t j, size_t k) {
    const double *sigma = o->s->work->model.sigma;
    if (o->known[j] == HELD || o->known[k] == HELD) return 0;
    if (o->known[j] != DETERMINED || o->known[k] != DETERMINED) return j == k ? HUGE_VAL : (double)NAN;
    double sum = 0;
    for (size_t i = 0; i < o->rank; i++) sum += row_of(o, j)[i] * row_of(o, k)[i] / (sigma[i] * sigma[i]);
    return o->factor * sum;
}

/* Tied ones are told by those that they follow. */
static bool is_to_name(const estimate *o, size_t j) {
    return o->known[j] == UNDETERMINED && !marq_is_tied_parameter(o->problem, j);
}

/* "a and b", "a, b and c" of the undetermined parameters. */
static void name_undetermined(const estimate *o, const char *const *names, char *out, size_t size) {
    size_t n = o->problem->parameters, total = 0, done = 0;
    for (size_t j = 0; j < n; j++) total += is_to_name(o, j);
    marq_text text = {0};
    if (total > 1 && !names) marq_text_add(&text, "parameters ");
    if (total == 1 && !names) marq_text_add(&text, "parameter ");
    for (size_t j = 0; j < n; j++) {
        if (!is_to_name(o, j)) continue;
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
    fill_coordinates(o);
    judge(o);
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

static marq_status compute(estimate *o, solver *s, int absolute, const char *const *names, double *covariance,
                           double *deviation, marq_uncertainty *u, marq_error *error) {
    int got = model_at(s);
    if (got == MARQ_CALLBACK_OK && s->work->reduction)
        got = marq_reduction_slopes(s->work->reduction, &o->slopes);
    if (got != MARQ_CALLBACK_OK)
        return marq_fail(error, MARQ_ERROR_JACOBIAN, "residuals or Jacobian cannot be computed at theta");
    size_t n = o->problem->parameters;
    marq_uncertainty own;
    fill_uncertainty(s, names, o, absolute, u ? u : &own);
    for (size_t j = 0; j < n; j++) {
        if (deviation) deviation[j] = sqrt(entry(o, j, j));
        for (size_t k = 0; covariance && k < n; k++) covariance[j * n + k] = entry(o, j, k);
    }
    return MARQ_OK;
}

/* The solver's state at theta, for the free parameters of a problem with ties. */
static marq_status set_point(solver *s, marq_options *options, const double *theta, marq_error *error) {
    marq_workspace *work = s->work;
    const double *point = theta;
    if (work->reduction) {
        marq_status status = marq_reduce(work->reduction, s->problem, options, theta, error);
        if (status != MARQ_OK) return status;
        s->problem = &work->reduction->problem;
        point = work->reduction->phi;
    }
    memcpy(work->best_theta, point, s->problem->parameters * sizeof *theta);
    s->theta = work->best_theta;
    s->refined = true;
    marq_bind_products(s);
    return MARQ_OK;
}

marq_status marq_covariance_at(const marq_problem *problem, const marq_options *options, const double *theta,
                               int absolute, const char *const *names, double *covariance, double *deviation,
                               marq_uncertainty *uncertainty, marq_error *error) {
    if (!problem || !theta) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    marq_options own = options ? *options : marq_options_default();
    own.method = MARQ_METHOD_TRUST_REGION;
    marq_error unseen;
    if (!error) error = &unseen;
    marq_problem all = *problem;
    all.linear = NULL;
    problem = &all;
    marq_workspace *work = marq_workspace_create(problem, &own, error);
    if (!work) return error->status;
    estimate o = {.problem = problem};
    solver s = {.problem = problem, .options = &own, .work = work};
    o.s = &s;
    o.coordinates = marq_alloc_doubles(problem->parameters, work->parameters);
    o.known = marq_alloc(problem->parameters, 1);
    marq_status status = o.coordinates && o.known ? set_point(&s, &own, theta, error)
                                                  : marq_fail_memory(error, "the covariance");
    marq_team team = marq_team_enter(own.threads);
    if (status == MARQ_OK)
        status = compute(&o, &s, absolute, names, covariance, deviation, uncertainty, error);
    marq_team_leave(&team);
    free(o.coordinates);
    free(o.known);
    marq_workspace_destroy(work);
    return status;
}
