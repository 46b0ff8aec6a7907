/* The memory of a solve, decided and allocated before the loop. */
#include "solver.h"

#include "reduction.h"
#include "ties.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>

static double *take(size_t rows, size_t columns, int *failed) {
    double *memory = marq_alloc_doubles(rows, columns);
    if (!memory) *failed = 1;
    return memory;
}

static void allocate_trust_region(marq_workspace *w, int *failed) {
    size_t m = w->rows, n = w->parameters;
    if (!marq_model_create(&w->model, m, n, w->threads)) *failed = 1;
    w->history = take(2 * (MARQ_POLISH_DEPTH + 1), n, failed);
    w->mixing = take(2 * MARQ_POLISH_DEPTH, n, failed);
    w->best_theta = take(n, 1, failed);
    w->norms = take(n, 1, failed);
    w->best_residual = take(m, 1, failed);
}

static void allocate_constraints(marq_workspace *w, const marq_problem *problem, int *failed) {
    if (marq_is_weighted(problem)) {
        w->row_factor = take(w->rows, 1, failed);
        w->model_residual = take(w->rows, 1, failed);
    }
    if (!marq_is_bounded(problem)) return;
    w->side = marq_alloc(w->parameters, 1);
    if (!w->side) *failed = 1;
}

/* JᵀJ can be summed over tiles of rows; the other methods need J at hand. */
static bool holds_all_rows(const marq_workspace *w) {
    const double MOST_BYTES = 128e6;
    bool sums = w->method == MARQ_METHOD_DAMPING && w->form == MARQ_FORM_GRAM;
    return !sums || (double)w->rows * (double)w->parameters * sizeof(double) <= MOST_BYTES;
}

static int allocate(marq_workspace *w, const marq_problem *problem) {
    size_t m = w->rows, n = w->parameters;
    int failed = 0;
    w->theta_trial = take(n, 1, &failed);
    w->residual = take(m, 1, &failed);
    w->residual_trial = take(m, 1, &failed);
    w->gradient = take(n, 1, &failed);
    w->step = take(n, 1, &failed);
    w->scale = take(n, 1, &failed);
    w->trial_work = take(n, 1, &failed);
    w->acceleration = take(n, 1, &failed);
    w->rows_work = take(m, 1, &failed);
    w->rows_solution = take(m, 1, &failed);
    allocate_constraints(w, problem, &failed);
    if (w->method == MARQ_METHOD_DAMPING) {
        w->matrix = take(w->order, w->order, &failed);
        w->factor = take(w->order, w->order, &failed);
    } else {
        allocate_trust_region(w, &failed);
    }
    if (w->derivative == DERIVATIVE_PRODUCTS) return !failed;
    w->jacobian_rows = holds_all_rows(w) ? m : marq_tile_rows(problem);
    w->jacobian = take(w->jacobian_rows, n, &failed);
    w->partial = take(marq_rows_partial(m, n, w->form), 1, &failed);
    if (w->derivative == DERIVATIVE_ANALYTIC) return !failed;
    w->typical = take(n, 1, &failed);
    w->difference_stride = marq_difference_memory(problem);
    w->difference = take((size_t)w->threads, w->difference_stride, &failed);
    return !failed;
}

marq_workspace *marq_workspace_create(const marq_problem *problem, const marq_options *options,
                                      marq_error *error) {
    if (!problem) {
        marq_fail(error, MARQ_ERROR_ARGUMENT, "problem is NULL");
        return NULL;
    }
    marq_options defaults = marq_options_default();
    if (!options) options = &defaults;
    if (marq_check_problem(problem, options, error) != MARQ_OK) return NULL;
    marq_workspace *w = marq_alloc(1, sizeof *w);
    bool tied = marq_is_tied(problem);
    if (w && tied) w->reduction = marq_reduction_create(problem, marq_team_size(options->threads));
    if (!w || (tied && !w->reduction)) {
        marq_workspace_destroy(w);
        marq_fail_memory(error, "a solver");
        return NULL;
    }
    if (tied) problem = &w->reduction->problem;
    w->rows = problem->rows;
    w->parameters = problem->parameters;
    w->threads = marq_team_size(options->threads);
    marq_plan plan = marq_choose(problem, options);
    w->method = plan.method;
    w->form = plan.form;
    w->derivative = plan.derivative;
    w->order = w->form == MARQ_FORM_GRAM ? w->parameters : w->rows;
    if (allocate(w, problem)) return w;
    marq_fail_memory(error, "the Jacobian and its products");
    marq_workspace_destroy(w);
    return NULL;
}

void marq_workspace_destroy(marq_workspace *w) {
    if (!w) return;
    double *memory[] = {w->theta_trial, w->residual,       w->residual_trial, w->gradient,   w->step,
                        w->scale,       w->trial_work,     w->acceleration,   w->rows_work,  w->rows_solution,
                        w->matrix,      w->factor,         w->jacobian,       w->partial,    w->difference,
                        w->typical,     w->history,        w->mixing,         w->best_theta, w->best_residual,
                        w->row_factor,  w->model_residual, w->norms};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(w->side);
    marq_model_destroy(&w->model);
    marq_reduction_destroy(w->reduction);
    free(w);
}
