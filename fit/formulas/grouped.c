/* The least-squares problem of several data sets, and of each by itself. A row of group g has the residual of
 * the formula with the parameters of g; its derivatives by the parameters of other groups are 0. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct formula_grouped {
    const formula_groups *groups;
    const marq_problem *inner;     /* the formula's, of all rows */
    size_t parameters;             /* of all groups */
    const formula_ties *relations; /* NULL: none */
    marq_ties ties;
};

/* The end of the run of rows from first that are of one group, *group. */
static size_t run_end(const formula_groups *g, size_t first, size_t end, size_t *group) {
    size_t low = 0, high = g->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (g->first[middle] <= first)
            low = middle;
        else
            high = middle;
    }
    *group = low;
    return g->first[low + 1] < end ? g->first[low + 1] : end;
}

static void gather(const formula_groups *g, size_t group, const double *theta, double *local) {
    for (size_t i = 0; i < g->local; i++) local[i] = theta[g->place[group * g->local + i]];
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const formula_grouped *own = user;
    double local[FORMULA_MOST_PARAMETERS];
    int code = MARQ_CALLBACK_OK;
    for (size_t at = first, end = first + count, next, group; code == MARQ_CALLBACK_OK && at < end;
         at = next) {
        next = run_end(own->groups, at, end, &group);
        gather(own->groups, group, theta, local);
        code = own->inner->residual(own->inner->user, local, at, next - at, r + (at - first));
    }
    return code;
}

/* From the formula's parameters, in front of the row, to their places. */
static void spread_row(const formula_groups *g, size_t group, size_t parameters, double *row) {
    double local[FORMULA_MOST_PARAMETERS];
    memcpy(local, row, g->local * sizeof *local);
    memset(row, 0, parameters * sizeof *row);
    for (size_t i = 0; i < g->local; i++) row[g->place[group * g->local + i]] = local[i];
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const formula_grouped *own = user;
    double local[FORMULA_MOST_PARAMETERS];
    int code = MARQ_CALLBACK_OK;
    for (size_t at = first, end = first + count, next, group; code == MARQ_CALLBACK_OK && at < end;
         at = next) {
        next = run_end(own->groups, at, end, &group);
        gather(own->groups, group, theta, local);
        double *block = rows + (at - first) * stride;
        code = own->inner->jacobian(own->inner->user, local, at, next - at, block, stride);
        for (size_t i = 0; i < next - at; i++)
            spread_row(own->groups, group, own->parameters, block + i * stride);
    }
    return code;
}

static int follow(void *user, double *theta) {
    const formula_grouped *own = user;
    formula_follow_ties(own->relations, theta);
    return MARQ_CALLBACK_OK;
}

static int differentiate(void *user, const double *theta, double *rows) {
    const formula_grouped *own = user;
    formula_differentiate_ties(own->relations, theta, rows);
    return MARQ_CALLBACK_OK;
}

marq_status formula_bind_groups(formula_outcome *o, marq_error *error) {
    o->problem = o->of_formula;
    if (o->groups.count == 1) return MARQ_OK;
    o->grouped = marq_alloc(1, sizeof *o->grouped);
    if (!o->grouped) return marq_fail_memory(error, "the groups");
    *o->grouped = (formula_grouped){
        .groups = &o->groups, .inner = &o->of_formula, .parameters = o->parameters, .relations = o->ties};
    o->problem.user = o->grouped;
    o->problem.residual = residual;
    o->problem.jacobian = jacobian;
    o->problem.parameters = o->parameters;
    if (!o->ties) return MARQ_OK;
    o->grouped->ties =
        (marq_ties){.tied = formula_tied(o->ties), .function = follow, .derivative = differentiate};
    o->problem.ties = &o->grouped->ties;
    return MARQ_OK;
}
