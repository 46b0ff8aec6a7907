/* What ties may not be, in words, and bounds across them. A parameter that follows one other, θ_j = c + a θ_k
 * (perhaps over several ties), hands its bounds on: l ≤ θ_j ≤ u is (l − c)/a ≤ θ_k ≤ (u − c)/a, the other way
 * round for a < 0. */
#include "ties.h"

#include "solver.h"
#include <base/error.h>
#include <math.h>

/* The first entry from `from` on that ties parameter j; NULL: none. */
static const marq_linear_tie *entry_of(const marq_problem *p, size_t j, size_t from) {
    for (size_t i = from; i < p->ties->count; i++)
        if (p->ties->linear[i].parameter == j) return &p->ties->linear[i];
    return NULL;
}

/* θ_j = constant + factor · θ_source; factor 0: a constant. */
typedef struct affine {
    double constant, factor;
    size_t source;
} affine;

/* false if parameter j follows more than one other. */
static bool follows_one(const marq_problem *p, size_t j, affine *out) {
    *out = (affine){0, 1, j};
    for (const marq_linear_tie *tie; out->factor != 0 && (tie = entry_of(p, out->source, 0));) {
        if (tie->terms > 1) return false;
        out->constant += out->factor * tie->constant;
        out->factor *= tie->terms ? tie->factor[0] : 0;
        if (tie->terms) out->source = tie->source[0];
    }
    return true;
}

static bool has_bounds(const marq_problem *p, size_t j) {
    return isfinite(marq_lower(p, j)) || isfinite(marq_upper(p, j));
}

void marq_tied_bounds(const marq_problem *p, size_t j, double *low, double *high) {
    *low = marq_lower(p, j);
    *high = marq_upper(p, j);
    for (size_t i = 0; p->ties && i < p->ties->count; i++) {
        size_t tied = p->ties->linear[i].parameter;
        affine map;
        if (!has_bounds(p, tied) || !follows_one(p, tied, &map) || map.source != j || map.factor == 0)
            continue;
        double a = (marq_lower(p, tied) - map.constant) / map.factor,
               b = (marq_upper(p, tied) - map.constant) / map.factor;
        *low = fmax(*low, fmin(a, b));
        *high = fmin(*high, fmax(a, b));
    }
}

static marq_status check_source(const marq_problem *p, size_t i, size_t k, marq_error *error) {
    const marq_linear_tie *tie = &p->ties->linear[i];
    size_t source = tie->source[k], number = tie->parameter + 1;
    if (source >= p->parameters)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the tie of parameter %zu has source %zu, but there are %zu", number, source + 1,
                         p->parameters);
    if (!isfinite(tie->factor[k]))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the tie of parameter %zu has a factor that is not finite", number);
    if (source == tie->parameter)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "parameter %zu is tied to itself", number);
    if (marq_is_marked(p, source) || entry_of(p, source, i))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "parameter %zu follows parameter %zu, which is tied later: put its tie first",
                         number, source + 1);
    return MARQ_OK;
}

static marq_status check_linear(const marq_problem *p, size_t i, marq_error *error) {
    const marq_linear_tie *tie = &p->ties->linear[i];
    size_t number = tie->parameter + 1;
    if (tie->parameter >= p->parameters)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "parameter %zu is tied, but there are %zu", number,
                         p->parameters);
    if (marq_is_marked(p, tie->parameter) || entry_of(p, tie->parameter, i + 1))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "parameter %zu is tied twice", number);
    if (!isfinite(tie->constant))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the tie of parameter %zu has a constant that is not finite", number);
    if (tie->terms > 0 && (!tie->source || !tie->factor))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the tie of parameter %zu lacks sources or factors",
                         number);
    for (size_t k = 0; k < tie->terms; k++)
        if (check_source(p, i, k, error) != MARQ_OK) return MARQ_ERROR_ARGUMENT;
    return MARQ_OK;
}

static marq_status check_tied(const marq_problem *p, size_t j, marq_error *error) {
    affine map;
    if (p->fixed && p->fixed[j])
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "parameter %zu is tied and fixed: it can be only one of both", j + 1);
    if (!has_bounds(p, j)) return MARQ_OK;
    if (marq_is_marked(p, j) || !follows_one(p, j, &map))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "parameter %zu has bounds, but follows others: bounds of a tied parameter hold only where "
            "it is a linear function of one; put bounds on those that it follows",
            j + 1);
    if (map.factor == 0 && !(map.constant >= marq_lower(p, j) && map.constant <= marq_upper(p, j)))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "parameter %zu is tied to the constant %g, outside its bounds", j + 1, map.constant);
    return MARQ_OK;
}

marq_status marq_check_ties(const marq_problem *p, marq_error *error) {
    if (!p->ties) return MARQ_OK;
    size_t tied = 0;
    if (p->ties->count > 0 && !p->ties->linear)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "ties.linear is NULL");
    for (size_t i = 0; i < p->ties->count; i++)
        if (check_linear(p, i, error) != MARQ_OK) return MARQ_ERROR_ARGUMENT;
    if (marq_marked_count(p) > 0 && !p->ties->function)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "ties.tied marks parameters, but ties.function is NULL");
    for (size_t j = 0; j < p->parameters; j++) {
        if (!marq_is_tied_parameter(p, j)) continue;
        tied++;
        if (check_tied(p, j, error) != MARQ_OK) return MARQ_ERROR_ARGUMENT;
    }
    if (tied == p->parameters)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "every parameter is tied: none is left to fit");
    return MARQ_OK;
}
