/* Errors in the inputs: orthogonal distance regression (marq/odr.h). The start is the fit without them, then
 * the residuals become the rows' distances, in units of the standard deviations of all coordinates. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_COLUMNS = 1024 }; /* of a table: their places are on the stack in each call */

struct formula_odr {
    const marq_formula *formula;
    marq_odr odr;
    size_t column[MARQ_ODR_MOST_INPUTS]; /* of the formula's predictors */
    double *x, *sigma_x, *sigma, *left;
};

/* The formula's columns at x instead of the table's. */
typedef struct moved {
    const double *columns[MOST_COLUMNS];
    marq_formula_data data;
} moved;

static void move(const formula_odr *own, const double *x, size_t count, moved *at) {
    for (size_t k = 0; k < own->odr.inputs; k++) at->columns[own->column[k]] = x + k;
    at->data = (marq_formula_data){at->columns, own->odr.inputs, count};
}

static int residual(void *user, const double *theta, const double *x, size_t first, size_t count, double *r) {
    const formula_odr *own = user;
    moved at;
    move(own, x, count, &at);
    marq_formula_evaluate(own->formula, &at.data, theta, 0, count, r);
    for (size_t i = 0; i < count; i++) r[i] -= own->left[first + i];
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *theta, const double *x, size_t first, size_t count,
                    double *rows, size_t stride) {
    const formula_odr *own = user;
    moved at;
    (void)first;
    move(own, x, count, &at);
    marq_formula_gradient(own->formula, &at.data, theta, 0, count, NULL, rows, stride);
    return MARQ_CALLBACK_OK;
}

static int slopes(void *user, const double *theta, const double *x, size_t first, size_t count,
                  double *rows) {
    const formula_odr *own = user;
    moved at;
    (void)first;
    move(own, x, count, &at);
    marq_formula_slopes(own->formula, &at.data, theta, 0, count, rows, own->odr.inputs);
    return MARQ_CALLBACK_OK;
}

static marq_status create(formula_outcome *o, size_t inputs, marq_error *error) {
    formula_odr *own = o->odr = marq_alloc(1, sizeof *own);
    if (!own) return marq_fail_memory(error, "the errors in the inputs");
    own->formula = o->formula;
    own->x = marq_alloc_doubles(o->rows, inputs);
    own->sigma_x = marq_alloc_doubles(o->rows, inputs);
    own->sigma = o->weights ? marq_alloc_doubles(o->rows, 1) : NULL;
    own->left = marq_alloc_doubles(o->rows, 1);
    bool complete = own->x && own->sigma_x && own->left && (own->sigma || !o->weights);
    return complete ? MARQ_OK : marq_fail_memory(error, "the errors in the inputs");
}

static void fill(const formula_outcome *o, formula_odr *own, size_t inputs) {
    marq_formula_data data = formula_data(o);
    marq_formula_left(o->formula, &data, 0, o->rows, own->left);
    for (size_t k = 0; k < inputs; k++) {
        size_t column = own->column[k] = marq_formula_column(o->formula, k);
        long errors = formula_errors_of(o, column);
        for (size_t i = 0; i < o->rows; i++) {
            const double *row = o->table.values + i * o->table.columns;
            own->x[i * inputs + k] = row[column];
            own->sigma_x[i * inputs + k] = errors < 0 ? 0 : row[errors];
        }
    }
    for (size_t i = 0; own->sigma && i < o->rows; i++) own->sigma[i] = 1 / o->weights[i];
    own->odr = (marq_odr){.rows = o->rows,
                          .parameters = o->groups.local,
                          .inputs = inputs,
                          .user = own,
                          .residual = residual,
                          .jacobian = jacobian,
                          .slopes = slopes,
                          .x = own->x,
                          .sigma = own->sigma,
                          .sigma_x = own->sigma_x,
                          .concurrent = 1};
}

marq_status formula_bind_odr(formula_outcome *o, marq_error *error) {
    size_t inputs = marq_formula_column_count(o->formula);
    if (inputs > MARQ_ODR_MOST_INPUTS || o->table.columns > MOST_COLUMNS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--sigma-x: a formula of at most %d predictors, in a table of at most %d columns",
                         MARQ_ODR_MOST_INPUTS, MOST_COLUMNS);
    marq_status status = create(o, inputs, error);
    if (status != MARQ_OK) return status;
    fill(o, o->odr, inputs);
    status = marq_odr_bind(&o->odr->odr, &o->of_formula, error);
    if (status != MARQ_OK) return status;
    o->problem.weights = NULL; /* the distances have them */
    o->problem.linear = NULL;
    o->problem.row_block = o->of_formula.row_block;
    if (o->groups.count > 1) return MARQ_OK; /* it calls of_formula */
    o->problem.user = o->of_formula.user;
    o->problem.residual = o->of_formula.residual;
    o->problem.jacobian = o->of_formula.jacobian;
    return MARQ_OK;
}

marq_status formula_judge_odr(formula_outcome *o, marq_error *error) {
    size_t inputs = o->odr->odr.inputs;
    o->distance = marq_alloc_doubles(o->rows, 1);
    o->true_inputs = marq_alloc_doubles(o->rows, inputs);
    if (!o->distance || !o->true_inputs) return marq_fail_memory(error, "the distances");
    if (o->problem.residual(o->problem.user, o->theta, 0, o->rows, o->distance) != MARQ_CALLBACK_OK)
        return marq_fail(error, MARQ_ERROR_START, "the distances cannot be computed at the solution");
    /* Each row's place on the surface, with its own group's parameters. */
    for (size_t g = 0; g < o->groups.count; g++) {
        double local[FORMULA_MOST_PARAMETERS];
        size_t first = o->groups.first[g];
        marq_odr part = o->odr->odr;
        formula_local(o, g, o->theta, local);
        marq_status status = MARQ_OK;
        formula_odr shifted = *o->odr;
        shifted.left += first;
        part.user = &shifted;
        part.rows = formula_group_size(o, g);
        part.x += first * inputs;
        part.sigma_x += first * inputs;
        if (part.sigma) part.sigma += first;
        status = marq_odr_points(&part, local, o->true_inputs + first * inputs, NULL, error);
        if (status != MARQ_OK) return status;
    }
    return MARQ_OK;
}

void formula_odr_destroy(formula_odr *own) {
    if (!own) return;
    free(own->x);
    free(own->sigma_x);
    free(own->sigma);
    free(own->left);
    free(own);
}
