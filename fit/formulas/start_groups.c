/* The start of a global fit: each group by itself. Its own parameters start where its fit ends; a shared one
 * at the mean over the groups, and from many places. */
#include "formulas/fit.h"

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
    double *theta, *lower, *upper, *low, *high;
    unsigned char *fixed, *linear;
} local_fit;

static bool make_local(local_fit *l, size_t n) {
    *l = (local_fit){.theta = marq_alloc_doubles(5, n), .fixed = marq_alloc(2 * n, 1)};
    if (!l->theta || !l->fixed) return false;
    l->lower = l->theta + n, l->upper = l->lower + n, l->low = l->upper + n, l->high = l->low + n;
    l->linear = l->fixed + n;
    return true;
}

static void clear_local(local_fit *l) {
    free(l->theta);
    free(l->fixed);
}

/* Fills the group's fit; returns how many parameters are free. */
static size_t fill_local(const formula_outcome *o, size_t group, const double *low, const double *high,
                         local_fit *l) {
    size_t free = 0;
    formula_local(o, group, o->start, l->theta);
    formula_local(o, group, o->lower, l->lower);
    formula_local(o, group, o->upper, l->upper);
    formula_local(o, group, low, l->low);
    formula_local(o, group, high, l->high);
    for (size_t i = 0; i < o->groups.local; i++) {
        size_t j = o->groups.place[group * o->groups.local + i];
        l->fixed[i] = o->fixed[j];
        l->linear[i] = o->linear && o->linear[j];
        free += !o->fixed[j];
    }
    return free;
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
    return marq_solve_many(&problem, &o->options, l->low, l->high, formula_starts(o->arguments),
                           o->arguments->seed, l->theta, &minimum, NULL, 1, &found, error) >= 0;
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
    double *low = marq_alloc_doubles(n, 1), *high = marq_alloc_doubles(n, 1);
    size_t *count = marq_alloc(n, sizeof *count);
    local_fit local = {0};
    bool complete = low && high && count && make_local(&local, o->groups.local);
    bool open = complete && formula_start_box(o, low, high) > 0;
    for (size_t g = 0; open && g < o->groups.count; g++) {
        marq_error ignored = {0}; /* such a group adds nothing to the start */
        size_t free = fill_local(o, g, low, high, &local);
        if (free > 0 && formula_group_size(o, g) >= free && solve_group(o, g, &local, &ignored))
            take(o, g, &local, count);
    }
    if (open) settle(o, count);
    clear_local(&local);
    free(low);
    free(high);
    free(count);
    return complete ? MARQ_OK : marq_fail_memory(error, "the starts of groups");
}
