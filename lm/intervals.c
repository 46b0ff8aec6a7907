/* Profile-likelihood intervals: the sides of all wanted parameters, in parallel. Each side is followed by one
 * thread and is a function of the problem and the estimate alone, so the result does not depend on the number
 * of threads. */
#include "interval_side.h"
#include "solver.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/team.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

marq_interval_options marq_interval_options_default(void) {
    return (marq_interval_options){.level = 0.95};
}

static const marq_interval_end NOT_THERE = {(double)NAN, MARQ_END_NONE, (double)NAN, (double)NAN, ""};

typedef struct profile {
    const marq_problem *problem;
    const marq_interval_options *wishes;
    marq_options options; /* of one solve */
    marq_estimate estimate;
    double *covariance; /* n × n */
    double *better;     /* count × n */
    signed char *where; /* n: marq_bound_sides' */
    marq_side *sides;
    size_t count, done;
    marq_side_memory *memories; /* a thread */
    int threads;
    marq_status status; /* of the caller's callbacks */
} profile;

/* ---- Memory ---- */

static bool create_memory(const profile *o, marq_side_memory *m, marq_error *error) {
    size_t n = o->problem->parameters;
    m->source = o->problem;
    m->problem = *o->problem;
    m->problem.linear = NULL; /* starts are near enough */
    m->problem.fixed = m->fixed = marq_alloc(n, 1);
    m->inner = marq_alloc_doubles(n, 1);
    m->before = marq_alloc_doubles(n, 1);
    m->outer = marq_alloc_doubles(n, 1);
    m->trial = marq_alloc_doubles(n, 1);
    if (!m->fixed || !m->inner || !m->before || !m->outer || !m->trial) {
        marq_fail_memory(error, "the profiles");
        return false;
    }
    m->work = marq_workspace_create(&m->problem, &o->options, error);
    return m->work != NULL;
}

static void destroy_memory(marq_side_memory *m) {
    double *memory[] = {m->inner, m->before, m->outer, m->trial};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(m->fixed);
    marq_workspace_destroy(m->work);
}

static marq_status create(profile *o, marq_error *error) {
    size_t n = o->problem->parameters;
    o->covariance = marq_alloc_doubles(n, n);
    o->where = marq_alloc(n, 1);
    o->sides = marq_alloc(2 * n, sizeof *o->sides);
    o->better = marq_alloc_doubles(2 * n, n);
    o->memories = marq_alloc((size_t)o->threads, sizeof *o->memories);
    if (!o->covariance || !o->where || !o->sides || !o->better || !o->memories)
        return marq_fail_memory(error, "the profiles");
    for (int t = 0; t < o->threads; t++)
        if (!create_memory(o, &o->memories[t], error)) return error->status;
    return MARQ_OK;
}

static void destroy(profile *o) {
    for (int t = 0; o->memories && t < o->threads; t++) destroy_memory(&o->memories[t]);
    free(o->covariance);
    free(o->where);
    free(o->sides);
    free(o->better);
    free(o->memories);
}

/* ---- The estimate ---- */

/* S(θ̂): the start of a solve that takes no step. */
static marq_status measure(profile *o, const double *theta, marq_error *error) {
    marq_side_memory *m = o->memories;
    marq_options none = o->options;
    none.max_iterations = 0;
    marq_result result;
    memcpy(m->trial, theta, o->problem->parameters * sizeof *theta);
    marq_status status = marq_solve_in(m->work, &m->problem, &none, m->trial, &result);
    if (status < 0) return marq_fail(error, status, "%s", result.message);
    o->estimate.squares = 2 * result.cost;
    return MARQ_OK;
}

/* The tangents of the curves, with the parameters that are at a bound free to leave it. */
static marq_status tangents(profile *o, const marq_options *options, const double *theta, marq_error *error) {
    marq_problem lifted = o->problem[0];
    unsigned char *fixed = o->memories->fixed;
    marq_bound_sides(o->problem, theta, o->where);
    bool at_bound = false;
    for (size_t j = 0; j < lifted.parameters; j++) {
        fixed[j] = o->where[j] == 2;
        at_bound = at_bound || abs(o->where[j]) == 1;
    }
    if (!at_bound) return MARQ_OK;
    lifted.lower = lifted.upper = NULL;
    lifted.fixed = fixed;
    return marq_covariance_at(&lifted, options, theta, o->wishes->absolute, NULL, o->covariance, NULL, NULL,
                              error);
}

static marq_status prepare(profile *o, const marq_options *options, const double *theta, marq_error *error) {
    const marq_interval_options *wishes = o->wishes;
    marq_uncertainty u;
    marq_status status = marq_covariance_at(o->problem, options, theta, wishes->absolute, NULL, o->covariance,
                                            NULL, &u, error);
    if (status == MARQ_OK) status = tangents(o, options, theta, error);
    if (status == MARQ_OK) status = measure(o, theta, error);
    if (status != MARQ_OK) return status;
    if (!wishes->absolute && u.dof == 0)
        return marq_fail(error, MARQ_ERROR_DATA, "no degrees of freedom are left: intervals need more rows");
    if (!wishes->absolute && !(u.variance > 0))
        return marq_fail(error, MARQ_ERROR_DATA, "the residuals are zero: the intervals have no width");
    double dof = wishes->absolute ? HUGE_VAL : (double)u.dof;
    o->estimate.variance = wishes->absolute ? 1 : u.variance;
    o->estimate.threshold =
        wishes->threshold > 0 ? wishes->threshold : -marq_t_quantile((1 - wishes->level) / 2, dof);
    o->estimate.options = &o->options;
    o->estimate.theta = theta;
    o->estimate.covariance = o->covariance;
    return MARQ_OK;
}

/* ---- The sides ---- */

static void list_sides(profile *o) {
    size_t n = o->problem->parameters;
    for (size_t j = 0; j < n; j++) {
        if (o->where[j] >= 2 || (o->wishes->wanted && !o->wishes->wanted[j])) continue;
        for (int direction = -1; direction <= 1; direction += 2) {
            o->sides[o->count] = (marq_side){
                .parameter = j, .direction = direction, .better = o->better + o->count * n, .end = NOT_THERE};
            o->count++;
        }
    }
}

static void tell(profile *o) {
    o->done++;
    if (o->status != MARQ_OK || !o->wishes->progress) return;
    if (o->wishes->progress(o->wishes->progress_user, o->done, o->count) != 0) o->status = MARQ_STOP_CALLER;
}

static void follow_all(profile *o) {
#pragma omp parallel for schedule(dynamic) if (o->problem->concurrent)
    for (size_t k = 0; k < o->count; k++) {
        marq_status status;
#pragma omp atomic read
        status = o->status;
        if (status != MARQ_OK) continue;
        marq_follow_side(&o->estimate, &o->memories[omp_get_thread_num()], &o->sides[k]);
#pragma omp critical(marq_profile_progress)
        {
            if (o->sides[k].status != MARQ_OK) o->status = o->sides[k].status;
            tell(o);
        }
    }
}

/* ---- The result ---- */

/* The low side's points from the outside in, the estimate, the high side's from the inside out, each once and
 * in order of θ_j. */
static size_t gather(const marq_side *low, double theta, marq_curve_point *points) {
    const marq_side *high = low + 1;
    size_t count = 0;
    points[count++] = (marq_curve_point){theta, 0};
    for (const marq_side *side = low; side <= high; side++)
        for (size_t i = 0; i < side->count; i++) {
            size_t at = count++;
            for (; at > 0 && points[at - 1].value > side->points[i].value; at--) points[at] = points[at - 1];
            points[at] = side->points[i];
        }
    return count;
}

static void write_out(const profile *o, marq_interval *intervals, marq_curve_point *points) {
    size_t n = o->problem->parameters;
    double lowest = o->estimate.squares;
    for (size_t j = 0; j < n; j++) intervals[j] = (marq_interval){NOT_THERE, NOT_THERE, 0};
    for (size_t k = 0; k < o->count; k += 2) {
        size_t j = o->sides[k].parameter;
        marq_curve_point own[MARQ_CURVE_POINTS], *to = points ? points + j * MARQ_CURVE_POINTS : own;
        intervals[j].low = o->sides[k].end;
        intervals[j].high = o->sides[k + 1].end;
        intervals[j].points = gather(&o->sides[k], o->estimate.theta[j], to);
    }
    for (size_t k = 0; k < o->count && o->wishes->better; k++) {
        if (!(o->sides[k].lowest < lowest)) continue;
        lowest = o->sides[k].lowest;
        memcpy(o->wishes->better, o->sides[k].better, n * sizeof(double));
    }
}

static marq_status check(const marq_problem *problem, const double *theta,
                         const marq_interval_options *wishes, const marq_interval *intervals,
                         marq_error *error) {
    if (!problem || !theta || !intervals) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    if (!(wishes->threshold >= 0) || isinf(wishes->threshold))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "threshold must not be below 0, nor infinite");
    if (wishes->threshold == 0 && !(wishes->level > 0 && wishes->level < 1))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "level must be between 0 and 1");
    return MARQ_OK;
}

marq_status marq_profile_intervals(const marq_problem *problem, const marq_options *options,
                                   const double *theta, const marq_interval_options *interval_options,
                                   marq_interval *intervals, marq_curve_point *points, marq_error *error) {
    marq_error unseen;
    if (!error) error = &unseen;
    marq_options defaults = marq_options_default();
    marq_interval_options wishes = interval_options ? *interval_options : marq_interval_options_default();
    if (!options) options = &defaults;
    marq_status status = check(problem, theta, &wishes, intervals, error);
    if (status != MARQ_OK) return status;
    marq_team team = marq_team_enter(options->threads);
    profile o = {.problem = problem,
                 .wishes = &wishes,
                 .options = marq_options_inside(options),
                 .threads = team.threads};
    status = create(&o, error);
    if (status == MARQ_OK) status = prepare(&o, options, theta, error);
    if (status == MARQ_OK) {
        list_sides(&o);
        follow_all(&o);
        write_out(&o, intervals, points);
        status = o.status;
        if (status < 0) marq_fail(error, status, "%s", marq_status_text(status));
    }
    destroy(&o);
    marq_team_leave(&team);
    return status;
}
