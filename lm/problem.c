/* The problem as the caller gave it: its checks, and the evaluation of residual vectors by blocks of rows. */
#include "solver.h"

#include "ties.h"
#include "vector.h"
#include <base/error.h>
#include <math.h>

size_t marq_row_block(const marq_problem *problem) {
    return problem->row_block ? problem->row_block : 1024;
}

static const char *wrong_option(const marq_options *o) {
    if (!(o->typical_size > 0)) return "typical_size must be above 0";
    if (!(o->mu > 0) || !isfinite(o->mu)) return "mu must be above 0";
    if (!(o->mu_increase > 1) || !(o->mu_decrease > 1)) return "mu_increase and mu_decrease must be above 1";
    if (!(o->mu_min >= 0) || !(o->mu_max > o->mu_min))
        return "mu_max must be above mu_min, and mu_min not below 0";
    if (o->acceleration && (!(o->acceleration_step > 0) || !(o->acceleration_limit > 0)))
        return "acceleration_step and acceleration_limit must be above 0";
    if (!(o->decay >= 0) || !isfinite(o->decay)) return "decay must not be below 0";
    if (o->evidence && !(o->decay > 0)) return "evidence needs decay above 0, where it begins";
    if (o->evidence && o->form == MARQ_FORM_ITERATIVE)
        return "evidence needs a factor: the Gram or kernel form";
    if (o->threads < 0) return "threads must not be below 0";
    if (!(o->linear_tolerance >= 0)) return "linear_tolerance must not be below 0";
    if (!(o->max_memory >= 0)) return "max_memory must not be below 0";
    if (!(o->radius > 0)) return "radius must be above 0";
    if (o->form == MARQ_FORM_KERNEL && o->scaling != MARQ_SCALING_NONE)
        return "the kernel form needs MARQ_SCALING_NONE";
    return NULL;
}

static const char *wrong_problem(const marq_problem *p) {
    if (p->rows < 1 || p->parameters < 1) return "rows and parameters must be at least 1";
    if (p->rows > 0x7fffffff || p->parameters > 0x7fffffff) return "rows and parameters must be below 2^31";
    if (p->idle_rows >= p->rows) return "idle_rows must be below rows";
    if (!p->residual) return "the residual callback is NULL";
    if (p->loss == MARQ_LOSS_CUSTOM && !p->loss_function) return "MARQ_LOSS_CUSTOM needs loss_function";
    if (!(p->loss_scale >= 0) || !isfinite(p->loss_scale)) return "loss_scale must not be below 0";
    for (size_t i = 0; p->weights && i < p->rows; i++)
        if (!(p->weights[i] >= 0) || !isfinite(p->weights[i])) return "a weight is below 0 or not finite";
    for (size_t j = 0; p->column_jacobian && j < p->parameters; j++)
        if ((unsigned)p->column_jacobian[j] > MARQ_JACOBIAN_CENTRAL)
            return "an entry of column_jacobian is no marq_jacobian";
    if (!p->products) return NULL;
    const marq_products *q = p->products;
    if (!q->linearise || !q->apply || !q->apply_transposed)
        return "products lack linearise, apply or apply_transposed";
    return NULL;
}

static const char *wrong_decay(const marq_problem *p, const marq_options *o) {
    if (o->method != MARQ_METHOD_DAMPING || o->scaling != MARQ_SCALING_NONE)
        return "weight decay needs MARQ_METHOD_DAMPING and MARQ_SCALING_NONE";
    if (o->form == MARQ_FORM_QR) return "weight decay does not go with the QR form";
    return marq_is_bounded(p) ? "weight decay does not go with bounds or fixed parameters" : NULL;
}

static const char *wrong_cost(const marq_problem *p, const marq_options *o) {
    if (o->method != MARQ_METHOD_DAMPING) return "a problem with a cost needs MARQ_METHOD_DAMPING";
    if (o->jacobian != MARQ_JACOBIAN_AUTO || marq_is_mixed(p) || (!p->jacobian && !p->products))
        return "a problem with a cost needs its own derivatives: differences of r are not J";
    if (p->weights || p->loss != MARQ_LOSS_SQUARES || p->ties)
        return "a problem with a cost has no weights, loss or ties";
    return NULL;
}

marq_status marq_check_problem(const marq_problem *problem, const marq_options *options, marq_error *error) {
    const char *wrong = wrong_problem(problem);
    if (!wrong) wrong = wrong_option(options);
    if (!wrong && marq_decays(options)) wrong = wrong_decay(problem, options);
    if (!wrong && problem->cost) wrong = wrong_cost(problem, options);
    if (wrong) return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s", wrong);
    return marq_check_ties(problem, error);
}

int marq_worse(int a, int b) {
    if (a < 0 || b < 0) return MARQ_CALLBACK_ABORT;
    return a > b ? a : b;
}

static int call_blocks(const marq_problem *problem, const double *theta, double *residual) {
    size_t block = marq_row_block(problem), count = (problem->rows + block - 1) / block;
    int all = MARQ_CALLBACK_OK;
#pragma omp parallel for schedule(dynamic) if (problem->concurrent)
    for (size_t b = 0; b < count; b++) {
        size_t first = b * block, left = problem->rows - first;
        int got =
            problem->residual(problem->user, theta, first, left < block ? left : block, residual + first);
        if (got != MARQ_CALLBACK_OK) {
#pragma omp critical(marq_evaluate_outcome)
            all = marq_worse(all, got);
        }
    }
    return all;
}

/* ½‖r‖²; the first row that is not finite goes to *bad. */
static double half_squares(size_t rows, const double *r, size_t *bad) {
    double sum = marq_sum_of_squares(rows, r);
    if (isfinite(sum)) return 0.5 * sum;
    for (size_t i = 0; i < rows; i++)
        if (!isfinite(r[i])) {
            *bad = i;
            break;
        }
    return 0.5 * sum;
}

/* By blocks of rows, in order. */
static double cost_of(const marq_problem *problem, const double *residual) {
    size_t block = marq_row_block(problem), rows = problem->rows;
    double sum = 0;
    for (size_t first = 0; first < rows; first += block) {
        size_t left = rows - first;
        sum += problem->cost(problem->user, first, left < block ? left : block, residual + first);
    }
    return sum;
}

int marq_evaluate(solver *s, const double *theta, double *residual, double *cost) {
    MARQ_SCOPE(s->options->profile, "evaluate");
    s->residual_evaluations++;
    s->bad_row = s->problem->rows;
    int got = s->products.evaluate ? s->products.evaluate(s->products_user, theta, residual)
                                   : call_blocks(s->problem, theta, residual);
    if (got != MARQ_CALLBACK_OK) return got;
    double squares = half_squares(s->problem->rows, residual, &s->bad_row);
    if (isnan(squares) || s->bad_row < s->problem->rows) return MARQ_CALLBACK_NOT_COMPUTABLE;
    *cost = marq_is_weighted(s->problem) ? marq_loss_cost(s->problem, residual) : squares;
    if (s->problem->cost) *cost = cost_of(s->problem, residual);
    s->overflow = !isfinite(*cost);
    return s->overflow ? MARQ_CALLBACK_NOT_COMPUTABLE : MARQ_CALLBACK_OK;
}
