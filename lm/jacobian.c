/* Rows of the Jacobian, by the caller's callback or by differences, and the public call that shows them. */
#include "solver.h"

#include "ties.h"
#include "vector.h"
#include <base/error.h>
#include <math.h>
#include <string.h>

int marq_call_jacobian(const marq_problem *problem, const double *theta, size_t first, size_t count,
                       double *jacobian) {
    size_t block = marq_row_block(problem), blocks = (count + block - 1) / block, n = problem->parameters;
    int all = MARQ_CALLBACK_OK;
#pragma omp parallel for schedule(dynamic) if (problem->concurrent)
    for (size_t b = 0; b < blocks; b++) {
        size_t from = b * block, left = count - from;
        int got = problem->jacobian(problem->user, theta, first + from, left < block ? left : block,
                                    jacobian + from * n, n);
        if (got != MARQ_CALLBACK_OK) {
#pragma omp critical(marq_jacobian_outcome)
            all = marq_worse(all, got);
        }
    }
    return all;
}

derivative marq_column_derivative(const solver *s, size_t j) {
    derivative kind = s->work->derivative;
    if (kind == DERIVATIVE_MIXED) {
        marq_jacobian own = s->problem->column_jacobian[j];
        if (own == MARQ_JACOBIAN_AUTO && s->problem->jacobian) return DERIVATIVE_ANALYTIC;
        kind = own == MARQ_JACOBIAN_CENTRAL ? DERIVATIVE_CENTRAL : DERIVATIVE_FORWARD;
    }
    return kind == DERIVATIVE_FORWARD && s->refined ? DERIVATIVE_CENTRAL : kind;
}

int marq_build_rows(solver *s, const double *theta, size_t first, size_t count, double *jacobian) {
    const double *row_factor = s->work->row_factor;
    derivative kind = s->work->derivative;
    int got = MARQ_CALLBACK_OK;
    if (kind == DERIVATIVE_ANALYTIC || (kind == DERIVATIVE_MIXED && s->problem->jacobian))
        got = marq_call_jacobian(s->problem, theta, first, count, jacobian);
    if (got == MARQ_CALLBACK_OK && kind != DERIVATIVE_ANALYTIC)
        got = marq_difference_rows(s, theta, first, count, jacobian);
    if (got == MARQ_CALLBACK_OK && row_factor)
        marq_weigh_rows(row_factor + first, count, s->problem->parameters, jacobian);
    return got;
}

int marq_build_jacobian(solver *s, const double *theta, double *jacobian) {
    return marq_build_rows(s, theta, 0, s->problem->rows, jacobian);
}

int marq_linearise(solver *s) {
    MARQ_SCOPE(s->options->profile, "Jacobian");
    if (marq_holds_jacobian(s->work)) s->jacobian_evaluations++; /* else each pass over its rows is one */
    if (s->work->row_factor) marq_weigh(s);
    return s->products.linearise(s->products_user, s->theta);
}

int marq_gradient(solver *s) {
    MARQ_SCOPE(s->options->profile, "gradient");
    int got = s->products.apply_transposed(s->products_user, marq_seen_residual(s), s->work->gradient);
    return got == MARQ_CALLBACK_OK ? marq_check_gradient(s) : got;
}

int marq_check_gradient(solver *s) {
    s->gradient_norm = marq_max_abs(s->problem->parameters, s->work->gradient);
    return isfinite(s->gradient_norm) ? MARQ_CALLBACK_OK : MARQ_CALLBACK_NOT_COMPUTABLE;
}

const double *marq_seen_residual(const solver *s) {
    return s->work->model_residual ? s->work->model_residual : s->work->residual;
}

/* A solver state that has just what building J needs. */
static marq_status build_at(solver *s, const double *theta, double *jacobian, marq_error *error) {
    double cost;
    marq_difference_start(s, theta);
    int got = marq_evaluate(s, theta, s->work->residual, &cost);
    if (got > 0 && s->bad_row < s->problem->rows)
        return marq_fail(error, MARQ_ERROR_START, "residual row %zu is not finite at theta", s->bad_row + 1);
    if (got > 0) return marq_fail(error, MARQ_ERROR_START, "the residuals cannot be computed at theta");
    if (got == MARQ_CALLBACK_OK) got = marq_build_jacobian(s, theta, jacobian);
    if (got > 0) return marq_fail(error, MARQ_ERROR_JACOBIAN, "the Jacobian cannot be computed at theta");
    if (got < 0) return marq_fail(error, MARQ_ERROR_CALLBACK, "%s", marq_status_text(MARQ_ERROR_CALLBACK));
    return MARQ_OK;
}

marq_status marq_jacobian_at(const marq_problem *problem, const marq_options *options, const double *theta,
                             double *jacobian, marq_error *error) {
    if (!problem || !theta || !jacobian) return marq_fail(error, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    marq_error unseen;
    if (!error) error = &unseen;
    if (marq_check_ties(problem, error) != MARQ_OK) return error->status;
    marq_options own = options ? *options : marq_options_default();
    marq_problem rows_only = *problem; /* of the residuals as they are, and all columns */
    rows_only.products = NULL;
    rows_only.ties = NULL;
    rows_only.linear = NULL;
    rows_only.weights = NULL;
    rows_only.loss = MARQ_LOSS_SQUARES;
    rows_only.lower = rows_only.upper = NULL;
    rows_only.fixed = NULL;
    own.form = MARQ_FORM_GRAM;
    own.method = MARQ_METHOD_DAMPING;
    marq_workspace *work = marq_workspace_create(&rows_only, &own, error);
    if (!work) return error->status;
    solver s = {.problem = &rows_only, .options = &own, .work = work};
    memcpy(work->theta_trial, theta, problem->parameters * sizeof *theta);
    marq_status status = MARQ_OK;
    if (problem->ties && marq_set_tied(problem, work->theta_trial) != MARQ_CALLBACK_OK)
        status = marq_fail(error, MARQ_ERROR_START, "the tied parameters cannot be computed at theta");
    marq_team team = marq_team_enter(own.threads);
    if (status == MARQ_OK) status = build_at(&s, work->theta_trial, jacobian, error);
    marq_team_leave(&team);
    marq_workspace_destroy(work);
    return status;
}
