/* Bounds and fixed parameters. A parameter at a bound is held while the cost would only fall beyond it (g_j >
 * 0 at the lower bound, g_j < 0 at the upper): its column leaves the model. Steps are projected on the box.
 */
#include "strategy.h"

#include "ties.h"
#include "vector.h"
#include <base/error.h>
#include <math.h>

double marq_lower(const marq_problem *p, size_t j) {
    return p->lower ? p->lower[j] : -HUGE_VAL;
}

double marq_upper(const marq_problem *p, size_t j) {
    return p->upper ? p->upper[j] : HUGE_VAL;
}

bool marq_is_fixed(const marq_problem *p, size_t j) {
    return (p->fixed && p->fixed[j]) || marq_lower(p, j) == marq_upper(p, j);
}

bool marq_is_bounded(const marq_problem *p) {
    return p->lower || p->upper || p->fixed;
}

marq_status marq_check_bounds(const marq_problem *p, const double *theta, marq_error *error) {
    if (!marq_is_bounded(p)) return MARQ_OK;
    for (size_t j = 0; j < p->parameters; j++)
        if (!(marq_lower(p, j) <= marq_upper(p, j)))
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "parameter %zu: its lower bound is above its upper bound", j + 1);
    for (size_t j = 0; j < p->parameters; j++) {
        if (marq_is_tied_parameter(p, j)) continue;
        double low, high;
        marq_tied_bounds(p, j, &low, &high);
        if (!(low <= high))
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "the bounds of parameter %zu and of those that follow it leave no value", j + 1);
        if (!(theta[j] >= low && theta[j] <= high))
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "parameter %zu starts at %g, outside its bounds %g to %g", j + 1, theta[j], low,
                             high);
    }
    return MARQ_OK;
}

size_t marq_bound_sides(const marq_problem *p, const double *theta, signed char *side) {
    size_t count = 0;
    for (size_t j = 0; j < p->parameters; j++) {
        signed char where = 0;
        double low, high;
        marq_tied_bounds(p, j, &low, &high);
        if (marq_is_tied_parameter(p, j))
            where = 3;
        else if ((p->fixed && p->fixed[j]) || low == high)
            where = 2;
        else if (theta[j] <= low)
            where = -1;
        else if (theta[j] >= high)
            where = 1;
        if (side) side[j] = where;
        count += where == 0;
    }
    return count;
}

void marq_hold_parameters(solver *s) {
    marq_workspace *w = s->work;
    marq_bound_sides(s->problem, s->theta, w->side);
    for (size_t j = 0; j < s->problem->parameters; j++) {
        bool inward = (w->side[j] == -1 && w->gradient[j] < 0) || (w->side[j] == 1 && w->gradient[j] > 0);
        if (inward && !s->for_covariance) w->side[j] = 0;
    }
    marq_drop_held(s, w->gradient);
    s->gradient_norm = marq_max_abs(s->problem->parameters, w->gradient);
}

void marq_drop_held(const solver *s, double *vector) {
    for (size_t j = 0; s->work->side && j < s->problem->parameters; j++)
        if (s->work->side[j] != 0) vector[j] = 0;
}

void marq_drop_held_columns(solver *s) {
    size_t m = s->problem->rows, n = s->problem->parameters;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; s->work->side[j] != 0 && i < m; i++) s->work->jacobian[i * n + j] = 0;
}

void marq_drop_held_from_gram(solver *s) {
    size_t n = s->problem->parameters;
    const signed char *side = s->work->side;
    double *gram = s->work->matrix;
    for (size_t j = 0; j < n; j++)
        for (size_t i = j; i < n; i++)
            if (side[i] != 0 || side[j] != 0) gram[i + j * n] = i == j;
}

outcome marq_stay_inside(solver *s) {
    marq_workspace *w = s->work;
    if (!w->side || !marq_project(s, s->theta, w->step)) return GOOD;
    s->scaled_norm = marq_scaled_norm(s->problem->parameters, w->scale, w->step);
    outcome got = marq_outcome_of(s->products.apply(s->products_user, w->step, w->rows_work));
    if (got != GOOD) return got;
    const double *r = marq_seen_residual(s);
    double change = 0; /* ½‖r + Js‖² − ½‖r‖² */
    for (size_t i = 0; i < s->problem->rows; i++) change += w->rows_work[i] * (r[i] + 0.5 * w->rows_work[i]);
    s->predicted = -change;
    return s->predicted > 0 ? GOOD : REJECTED;
}

bool marq_project(const solver *s, const double *from, double *step) {
    bool changed = false;
    for (size_t j = 0; j < s->problem->parameters; j++) {
        double low = marq_lower(s->problem, j), high = marq_upper(s->problem, j), to = from[j] + step[j];
        double inside = marq_is_fixed(s->problem, j) ? from[j] : fmin(fmax(to, low), high);
        if (inside == to) continue;
        step[j] = inside - from[j];
        changed = true;
    }
    return changed;
}
