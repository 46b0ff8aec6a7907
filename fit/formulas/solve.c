/* Solves one formula's problem. */
#include "formulas/fit.h"
#include "formulas/search.h"

#include "interrupt.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/scope.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

size_t formula_starts(const fit_arguments *a) {
    return a->starts.given ? (size_t)a->starts.value : FORMULA_STARTS;
}

static int on_progress(void *user, const marq_progress *progress) {
    (void)user, (void)progress;
    return fit_interrupted() ? MARQ_STOP_CALLER : 0;
}

static marq_options solver_options(const formula_outcome *o) {
    const fit_arguments *a = o->arguments;
    marq_options options = marq_options_default();
    options.method = a->method;
    options.jacobian = a->jacobian;
    options.threads = a->threads;
    options.progress = on_progress;
    options.profile = o->run->profile;
    if (a->seconds.given) options.max_seconds = a->seconds.value;
    if (a->epochs.given) options.max_iterations = (size_t)a->epochs.value;
    return options;
}

/* Says where the formula is not finite at the start. */
static marq_status explain_start(const formula_outcome *o, marq_error *error) {
    marq_formula_data data = formula_data(o);
    marq_formula_trouble trouble;
    double local[FORMULA_MOST_PARAMETERS];
    for (size_t g = 0; g < o->groups.count; g++) {
        formula_local(o, g, o->start, local);
        if (marq_formula_find_trouble(o->formula, &data, local, o->groups.first[g], formula_group_size(o, g),
                                      &trouble))
            return marq_fail(error, MARQ_ERROR_START, "%s:%zu: at the start %s: %s", o->table.file,
                             o->table.lines[trouble.row], trouble.message,
                             trouble.by_data ? "no parameter can change that; leave the row out with --where"
                                             : "give other values with --start");
    }
    return error->status;
}

/* Of all groups together fewer: each was searched by itself already, and a solve costs groups² times as much.
 */
static size_t starts_of_all(const formula_outcome *o) {
    size_t starts = formula_starts(o->arguments);
    if (o->arguments->starts.given) return starts;
    return starts > o->groups.count ? starts / o->groups.count : 1;
}

/* From many places where some parameters have no start. */
static marq_status solve_many(formula_outcome *o, const formula_open *open, marq_error *error) {
    marq_minimum minima[FORMULA_MINIMA];
    formula_search_options search = {open->flags, open->ranges, starts_of_all(o), o->arguments->seed};
    marq_status status = formula_search(&o->problem, &o->options, &search, o->theta, minima, FORMULA_MINIMA,
                                        &o->minima, error);
    if (status == MARQ_ERROR_START) return explain_start(o, error);
    if (status < 0) return status;
    o->result = minima[0].result;
    for (size_t k = 0; k < o->minima && k < FORMULA_MINIMA; k++) {
        o->minimum[k].cost = minima[k].cost;
        o->minimum[k].starts = minima[k].count;
    }
    /* Minima of one cost are a valley: the rank has its own warning. */
    if (o->minima > 1 && minima[1].cost < 1.5 * minima[0].cost && minima[1].cost > 1.0001 * minima[0].cost)
        fit_warn(&o->warnings, "%zu minima were found; the next has a cost %.3g times the best: give --start",
                 o->minima, minima[1].cost / minima[0].cost);
    return MARQ_OK;
}

static marq_status solve_once(formula_outcome *o, marq_error *error) {
    marq_status status = marq_solve(&o->problem, &o->options, o->theta, &o->result);
    if (status < 0) marq_fail(error, status, "%s", o->result.message);
    if (status == MARQ_ERROR_START) return explain_start(o, error);
    return status < 0 ? status : MARQ_OK;
}

/* From the data, from many places, or from what the user gave. */
static marq_status solve_all(formula_outcome *o, marq_error *error) {
    marq_status status = formula_start_groups(o, error);
    if (status != MARQ_OK) return status;
    memcpy(o->theta, o->start, o->parameters * sizeof *o->theta);
    formula_open open;
    status = formula_find_open(o, &open, error);
    if (status == MARQ_OK) status = open.count > 0 ? solve_many(o, &open, error) : solve_once(o, error);
    if (status == MARQ_OK && open.count > 0) status = formula_choose_signs(o, error);
    formula_open_clear(&open);
    return status;
}

marq_status formula_solve(formula_outcome *o, marq_error *error) {
    MARQ_SCOPE(o->run->profile, "solve");
    o->options = solver_options(o);
    o->threads = o->options.threads > 0 ? o->options.threads : omp_get_max_threads();
    marq_status status = solve_all(o, error);
    if (status == MARQ_OK && o->uses.inputs > 0) status = formula_bind_odr(o, error);
    if (status == MARQ_OK && o->uses.inputs > 0) status = solve_once(o, error);
    return status;
}
