/* Formula and data as a least-squares problem: r_i = right side(θ, row i) − left side(row i). */
#include "trouble.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

struct marq_formula_problem {
    const marq_formula *formula;
    marq_formula_data data;
    double *left; /* of each row */
};

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const marq_formula_problem *own = user;
    marq_formula_evaluate(own->formula, &own->data, theta, first, count, r);
    for (size_t i = 0; i < count; i++) r[i] -= own->left[first + i];
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const marq_formula_problem *own = user;
    marq_formula_gradient(own->formula, &own->data, theta, first, count, NULL, rows, stride);
    return MARQ_CALLBACK_OK;
}

static marq_status check(const marq_formula *formula, const marq_formula_data *data, marq_error *error) {
    if (formula->kind != MARQ_FORMULA_MODEL || formula->response == MARQ_FORMULA_NONE)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the formula has no response: write y = …");
    if (formula->parameters.count == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the formula has no parameters to fit");
    if (data->rows == 0 || data->stride == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the data have no rows, or stride is 0");
    return MARQ_OK;
}

/* Evaluates the left side of all rows. */
static marq_status evaluate_left(marq_formula_problem *own, marq_error *error) {
    marq_formula_left(own->formula, &own->data, 0, own->data.rows, own->left);
    for (size_t i = 0; i < own->data.rows; i++) {
        if (isfinite(own->left[i])) continue;
        marq_formula_trouble trouble = {.row = i, .left = 1, .parameter = MARQ_FORMULA_NONE};
        marq_trouble_describe(own->formula, &own->data, NULL, own->formula->left, &trouble);
        return marq_fail(error, MARQ_ERROR_DATA, "row %zu: %s", i + 1, trouble.message);
    }
    return MARQ_OK;
}

marq_status marq_formula_problem_create(const marq_formula *formula, const marq_formula_data *data,
                                        marq_formula_problem **own, marq_problem *problem,
                                        marq_error *error) {
    *own = NULL;
    marq_status status = check(formula, data, error);
    if (status != MARQ_OK) return status;
    marq_formula_problem *made = marq_alloc(1, sizeof *made);
    if (made) *made = (marq_formula_problem){formula, *data, marq_alloc_doubles(data->rows, 1)};
    if (!made || !made->left) {
        marq_formula_problem_destroy(made);
        return marq_fail_memory(error, "the left side of the formula");
    }
    status = evaluate_left(made, error);
    if (status != MARQ_OK) {
        marq_formula_problem_destroy(made);
        return status;
    }
    *own = made;
    *problem = (marq_problem){.rows = data->rows,
                              .parameters = formula->parameters.count,
                              .user = made,
                              .residual = residual,
                              .jacobian = jacobian,
                              .concurrent = 1};
    return MARQ_OK;
}

void marq_formula_problem_destroy(marq_formula_problem *own) {
    if (!own) return;
    free(own->left);
    free(own);
}
