/* Signs that the data cannot tell. A formula that is even in a parameter, such as the width of
 * exp(−(x − m)²/(2 s²)), has each minimum twice, at s and −s. Of a parameter without a start the positive one
 * is meant. That the formula is even is seen, not derived: with −s in place of s no row's residual changes
 * by a bit. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

static bool may_change_sign(const formula_outcome *o, size_t j) {
    double value = o->theta[j];
    bool inside = (!o->lower || -value >= o->lower[j]) && (!o->upper || -value <= o->upper[j]);
    return value < 0 && o->given[j] == 0 && !o->fixed[j] && inside;
}

static bool evaluate(const formula_outcome *o, double *residual) {
    const marq_problem *p = &o->problem;
    return p->residual(p->user, o->theta, 0, p->rows, residual) == MARQ_CALLBACK_OK;
}

marq_status formula_choose_signs(formula_outcome *o, marq_error *error) {
    if (o->problem.ties) return MARQ_OK; /* others may follow the parameter's sign */
    size_t rows = o->problem.rows;
    double *residual = marq_alloc_doubles(rows, 1), *mirrored = marq_alloc_doubles(rows, 1);
    marq_status status = residual && mirrored ? MARQ_OK : marq_fail_memory(error, "the residuals");
    bool known = status == MARQ_OK && evaluate(o, residual);
    for (size_t j = 0; known && j < o->parameters; j++) {
        if (!may_change_sign(o, j)) continue;
        o->theta[j] = -o->theta[j];
        if (!evaluate(o, mirrored) || memcmp(residual, mirrored, rows * sizeof *residual) != 0)
            o->theta[j] = -o->theta[j];
    }
    free(residual);
    free(mirrored);
    return status;
}
