/* The least-squares problem of several data sets, and of each by itself. A row of group g has the residual of
 * the formula with the parameters of g; its derivatives by the parameters of other groups are 0. */
#include "formulas/fit.h"

#include <string.h>

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

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const formula_outcome *o = user;
    double local[FORMULA_MOST_PARAMETERS];
    int code = MARQ_CALLBACK_OK;
    for (size_t at = first, end = first + count, next, group; code == MARQ_CALLBACK_OK && at < end;
         at = next) {
        next = run_end(&o->groups, at, end, &group);
        formula_local(o, group, theta, local);
        code = o->of_formula.residual(o->of_formula.user, local, at, next - at, r + (at - first));
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
    const formula_outcome *o = user;
    double local[FORMULA_MOST_PARAMETERS];
    int code = MARQ_CALLBACK_OK;
    for (size_t at = first, end = first + count, next, group; code == MARQ_CALLBACK_OK && at < end;
         at = next) {
        next = run_end(&o->groups, at, end, &group);
        formula_local(o, group, theta, local);
        double *block = rows + (at - first) * stride;
        code = o->of_formula.jacobian(o->of_formula.user, local, at, next - at, block, stride);
        for (size_t i = 0; i < next - at; i++)
            spread_row(&o->groups, group, o->parameters, block + i * stride);
    }
    return code;
}

static int follow(void *user, double *theta) {
    const formula_outcome *o = user;
    formula_follow_ties(o->ties, theta);
    return MARQ_CALLBACK_OK;
}

static int differentiate(void *user, const double *theta, double *rows) {
    const formula_outcome *o = user;
    formula_differentiate_ties(o->ties, theta, rows);
    return MARQ_CALLBACK_OK;
}

void formula_bind_groups(formula_outcome *o) {
    o->problem = o->of_formula;
    if (o->groups.count == 1) return;
    o->problem.user = o;
    o->problem.residual = residual;
    o->problem.jacobian = jacobian;
    o->problem.parameters = o->parameters;
    if (!o->ties) return;
    o->followers =
        (marq_ties){.tied = formula_tied(o->ties), .function = follow, .derivative = differentiate};
    o->problem.ties = &o->followers;
}
