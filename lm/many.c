/* Many starts: points of a Latin hypercube (McKay, Beckman, Conover 1979): along each parameter the box is
 * cut into as many slices as there are starts, every slice holds one start, and the slices of the parameters
 * are paired at random. Each start is one solve on one thread, so the result does not depend on the number of
 * threads. */
#include "projection.h"
#include "ties.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/random.h>
#include <base/team.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A usable solve. */
typedef struct ranked {
    double cost;
    size_t solve;
} ranked;

typedef struct search {
    const marq_problem *problem;
    marq_options options;       /* of one solve */
    const double *span;         /* n */
    const unsigned char *drawn; /* n: 0 for parameters whose starts are not read: tied, or eliminated */
    size_t count;               /* solves: the given start, then the hypercube's */
    double *points;             /* count × n: starts, then ends */
    marq_result *results;       /* count */
    size_t *order;              /* count: slices of the hypercube */
    ranked *ranking;            /* count: usable solves by cost */
    size_t usable;
} search;

static void draw_starts(search *s, const double *low, const double *high, uint64_t seed,
                        const double *theta) {
    size_t n = s->problem->parameters, starts = s->count - 1;
    marq_random random = {.seed = seed, .stream = MARQ_STREAM_STARTS};
    memcpy(s->points, theta, n * sizeof *theta);
    for (size_t j = 0; j < n; j++) {
        for (size_t k = 0; k < starts; k++) s->order[k] = k;
        marq_random_shuffle(&random, s->order, starts);
        for (size_t k = 0; k < starts; k++) {
            double share = ((double)s->order[k] + marq_random_uniform(&random)) / (double)starts;
            s->points[(k + 1) * n + j] = s->drawn[j] ? low[j] + share * (high[j] - low[j]) : theta[j];
        }
    }
}

static void solve_all(search *s) {
    size_t n = s->problem->parameters;
#pragma omp parallel for schedule(dynamic) if (s->problem->concurrent)
    for (size_t k = 0; k < s->count; k++)
        marq_solve(s->problem, &s->options, s->points + k * n, &s->results[k]);
}

/* By cost, equal costs by the order of their starts. */
static int compare_ranked(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->cost != y->cost) return x->cost < y->cost ? -1 : 1;
    return x->solve < y->solve ? -1 : x->solve > y->solve;
}

static void rank_by_cost(search *s) {
    s->usable = 0;
    for (size_t k = 0; k < s->count; k++)
        if (s->results[k].status >= 0 && isfinite(s->results[k].cost))
            s->ranking[s->usable++] = (ranked){s->results[k].cost, k};
    qsort(s->ranking, s->usable, sizeof *s->ranking, compare_ranked);
}

/* For low.cost ≤ high.cost. */
static bool is_same_cost(ranked low, ranked high) {
    return high.cost - low.cost <= 1e-6 * high.cost || high.cost <= 1e-20;
}

static bool is_same_place(const search *s, size_t a, size_t b) {
    size_t n = s->problem->parameters;
    for (size_t j = 0; j < n; j++)
        if (s->drawn[j] && fabs(s->points[a * n + j] - s->points[b * n + j]) > 1e-3 * s->span[j])
            return false;
    return true;
}

/* Counts the distinct minima; writes the first capacity of them. The best solves of the minima take the place
 * of the ranking, which is read ahead of them. Costs only rise, so a minimum that one solve has left behind
 * is behind for all that follow: `near` is the first that is not. */
static size_t group(search *s, marq_minimum *minima, double *points, size_t capacity) {
    size_t n = s->problem->parameters, found = 0, near = 0;
    for (size_t i = 0; i < s->usable; i++) {
        ranked end = s->ranking[i];
        size_t k = end.solve;
        while (near < found && !is_same_cost(s->ranking[near], end)) near++;
        size_t g = near;
        while (g < found && !is_same_place(s, s->ranking[g].solve, k)) g++;
        bool is_new = g == found;
        if (is_new) s->ranking[found++] = end;
        if (g >= capacity) continue;
        if (is_new && points) memcpy(points + g * n, s->points + k * n, n * sizeof *points);
        if (is_new && minima) minima[g] = (marq_minimum){end.cost, 0, k, s->results[k]};
        if (minima) minima[g].count++;
    }
    return found;
}

/* ---- Set-up ---- */

/* Marks the parameters whose starts are read. */
static marq_status choose_drawn(const search *s, unsigned char *drawn, marq_error *error) {
    const marq_problem *problem = s->problem;
    marq_plan plan;
    marq_status status = marq_plan_solve(problem, &s->options, &plan, error);
    if (status != MARQ_OK) return status;
    bool separable = marq_is_separable(problem, &s->options, &plan);
    for (size_t j = 0; j < problem->parameters; j++)
        drawn[j] = !marq_is_tied_parameter(problem, j) && !(separable && marq_is_eliminated(problem, j));
    return MARQ_OK;
}

static marq_status check_box(const search *s, const double *low, const double *high, marq_error *error) {
    for (size_t j = 0; j < s->problem->parameters; j++)
        if (s->drawn[j] && (!isfinite(low[j]) || !isfinite(high[j]) || !(low[j] <= high[j])))
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "parameter %zu: the range of its starts must be finite, from low to high",
                             j + 1);
    return MARQ_OK;
}

/* Memory of a search with s->count solves; *drawn is s->drawn. */
static marq_status begin(search *s, const marq_options *options, unsigned char **drawn, marq_error *error) {
    s->options = options ? *options : marq_options_default();
    s->options.progress = NULL;
    s->options.profile = NULL;
    s->options.threads = 1;
    s->points = marq_alloc_doubles(s->count, s->problem->parameters);
    s->results = marq_alloc(s->count, sizeof *s->results);
    s->order = marq_alloc(s->count, sizeof *s->order);
    s->ranking = marq_alloc(s->count, sizeof *s->ranking);
    s->drawn = *drawn = marq_alloc(s->problem->parameters, 1);
    return s->points && s->results && s->order && s->ranking && *drawn
               ? choose_drawn(s, *drawn, error)
               : marq_fail_memory(error, "the starts");
}

static void end(search *s, unsigned char *drawn) {
    free(s->points);
    free(s->results);
    free(s->order);
    free(s->ranking);
    free(drawn);
}

/* Where the minima go. */
typedef struct harvest {
    double *theta;
    marq_minimum *minima;
    double *points;
    size_t capacity, *found;
} harvest;

/* Solves from s->points on a team of the caller's size. */
static marq_status solve_and_rank(search *s, int threads, const harvest *to, marq_error *error) {
    size_t n = s->problem->parameters;
    marq_team team = marq_team_enter(threads);
    solve_all(s);
    marq_team_leave(&team);
    rank_by_cost(s);
    size_t count = group(s, to->minima, to->points, to->capacity);
    if (to->found) *to->found = count;
    if (s->usable == 0)
        return marq_fail(error, MARQ_ERROR_START, "no start gave a usable fit: %s", s->results[0].message);
    memcpy(to->theta, s->points + s->ranking[0].solve * n, n * sizeof *to->theta);
    return s->results[s->ranking[0].solve].status;
}

/* ---- Public ---- */

marq_status marq_solve_many(const marq_problem *problem, const marq_options *options, const double *low,
                            const double *high, size_t starts, uint64_t seed, double *theta,
                            marq_minimum *minima, double *points, size_t capacity, size_t *found,
                            marq_error *error) {
    if (!problem || !low || !high || !theta)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    double *span = marq_alloc_doubles(problem->parameters, 1);
    search s = {.problem = problem, .span = span, .count = starts + 1};
    unsigned char *drawn = NULL;
    marq_status status = begin(&s, options, &drawn, error);
    if (status == MARQ_OK)
        status = span ? check_box(&s, low, high, error) : marq_fail_memory(error, "the starts");
    if (status == MARQ_OK) {
        for (size_t j = 0; j < problem->parameters; j++) span[j] = high[j] - low[j];
        draw_starts(&s, low, high, seed, theta);
        status = solve_and_rank(&s, options ? options->threads : 0,
                                &(harvest){theta, minima, points, capacity, found}, error);
    }
    end(&s, drawn);
    free(span);
    return status;
}

marq_status marq_solve_starts(const marq_problem *problem, const marq_options *options, const double *starts,
                              size_t count, const double *span, double *theta, marq_minimum *minima,
                              double *points, size_t capacity, size_t *found, marq_error *error) {
    if (!problem || !starts || !span || !theta || count == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL, or there is no start");
    search s = {.problem = problem, .span = span, .count = count};
    unsigned char *drawn = NULL;
    marq_status status = begin(&s, options, &drawn, error);
    if (status == MARQ_OK) {
        memcpy(s.points, starts, count * problem->parameters * sizeof *starts);
        status = solve_and_rank(&s, options ? options->threads : 0,
                                &(harvest){theta, minima, points, capacity, found}, error);
    }
    end(&s, drawn);
    return status;
}
