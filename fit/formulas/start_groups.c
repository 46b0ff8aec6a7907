/* The start of a global fit: each group by itself. Its own parameters start where its fit ends; a shared one
 * at the mean over the groups, and from many places. */
#include "formulas/fit.h"
#include "formulas/search.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* One group's rows of the formula's problem. */
typedef struct part {
    const marq_problem *whole;
    size_t first;
} part;

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const part *p = user;
    return p->whole->residual(p->whole->user, theta, p->first + first, count, r);
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const part *p = user;
    return p->whole->jacobian(p->whole->user, theta, p->first + first, count, rows, stride);
}

/* What one group's fit is made of: n values each. */
typedef struct local_fit {
    double *theta, *lower, *upper;
    unsigned char *fixed, *linear, *open;
    marq_formula_range *ranges;
} local_fit;

static bool make_local(local_fit *l, size_t n) {
    *l = (local_fit){.theta = marq_alloc_doubles(3, n),
                     .fixed = marq_alloc(3 * n, 1),
                     .ranges = marq_alloc(n, sizeof *l->ranges)};
    if (!l->theta || !l->fixed || !l->ranges) return false;
    l->lower = l->theta + n, l->upper = l->lower + n;
    l->linear = l->fixed + n, l->open = l->linear + n;
    return true;
}

static void clear_local(local_fit *l) {
    free(l->theta);
    free(l->fixed);
    free(l->ranges);
}

/* Fills the group's fit; returns how many parameters are free, 0 where all have a start already. */
static size_t fill_local(const formula_outcome *o, size_t group, const formula_open *open, local_fit *l) {
    size_t free = 0, without_start = 0;
    formula_local(o, group, o->start, l->theta);
    formula_local(o, group, o->lower, l->lower);
    formula_local(o, group, o->upper, l->upper);
    for (size_t i = 0; i < o->groups.local; i++) {
        size_t j = o->groups.place[group * o->groups.local + i];
        l->fixed[i] = o->fixed[j];
        l->open[i] = open->flags[j];
        l->ranges[i] = open->ranges[j];
        l->linear[i] = o->linear && o->linear[j];
        free += !o->fixed[j];
        without_start += open->flags[j] != 0;
    }
    return without_start ? free : 0;
}

static bool solve_group(const formula_outcome *o, size_t group, local_fit *l, marq_error *error) {
    part rows = {&o->of_formula, o->groups.first[group]};
    marq_problem problem = o->of_formula;
    problem.user = &rows;
    problem.residual = residual;
    problem.jacobian = jacobian;
    problem.rows = formula_group_size(o, group);
    problem.lower = l->lower;
    problem.upper = l->upper;
    problem.fixed = l->fixed;
    problem.linear = o->linear ? l->linear : NULL;
    problem.weights = o->weights ? o->weights + rows.first : NULL;
    problem.loss = o->problem.loss;
    problem.loss_scale = o->problem.loss_scale;
    marq_minimum minimum;
    size_t found;
    formula_search_options search = {l->open, l->ranges, formula_starts(o->arguments), o->arguments->seed};
    return formula_search(&problem, &o->options, &search, l->theta, &minimum, 1, &found, error) >= 0;
}

/* Takes a group's end as the start of what has none. count: how many groups gave each parameter a value. */
static void take(formula_outcome *o, size_t group, const local_fit *l, size_t *count) {
    for (size_t i = 0; i < o->groups.local; i++) {
        size_t j = o->groups.place[group * o->groups.local + i];
        if (o->given[j] || o->fixed[j] || !isfinite(l->theta[i])) continue;
        double before = count[j] ? o->start[j] * (double)count[j] : 0;
        o->start[j] = (before + l->theta[i]) / (double)++count[j];
    }
}

/* A parameter that one group gave is that group's own. */
static void settle(formula_outcome *o, const size_t *count) {
    size_t *users = marq_alloc(o->parameters, sizeof *users);
    for (size_t k = 0; users && k < o->groups.count * o->groups.local; k++) users[o->groups.place[k]]++;
    for (size_t j = 0; users && j < o->parameters; j++)
        if (count[j] == 1 && users[j] == 1) o->given[j] = START_FROM_DATA;
    free(users);
}

marq_status formula_start_groups(formula_outcome *o, marq_error *error) {
    if (o->groups.count == 1) return MARQ_OK;
    size_t n = o->parameters;
    formula_open open = {0};
    size_t *count = marq_alloc(n, sizeof *count);
    local_fit local = {0};
    bool complete =
        count && make_local(&local, o->groups.local) && formula_find_open(o, &open, error) == MARQ_OK;
    for (size_t g = 0; complete && open.count > 0 && g < o->groups.count; g++) {
        marq_error ignored = {0}; /* such a group adds nothing to the start */
        size_t free = fill_local(o, g, &open, &local);
        if (free > 0 && formula_group_size(o, g) >= free && solve_group(o, g, &local, &ignored))
            take(o, g, &local, count);
    }
    if (complete && open.count > 0) settle(o, count);
    clear_local(&local);
    formula_open_clear(&open);
    free(count);
    return complete ? MARQ_OK : marq_fail_memory(error, "the starts of groups");
}
