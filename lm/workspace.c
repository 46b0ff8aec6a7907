/* The memory of a solve, decided and allocated before the loop. */
#include "choice.h"

#include "cholesky.h"
#include "projection.h"
#include "reduction.h"
#include "ties.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>

/* What is allocated, or, if it is only counted, what would be. */
typedef struct ledger {
    bool count_only, failed;
    double bytes;
} ledger;

enum { PAGE = 512 }; /* doubles */

static double *take(ledger *l, size_t rows, size_t columns) {
    l->bytes += (double)rows * (double)columns * sizeof(double);
    if (l->count_only) return NULL;
    size_t page = columns > 0 && columns < PAGE ? PAGE / columns : 1;
    double *memory = marq_alloc_shared(rows, columns, page);
    if (!memory) l->failed = true;
    return memory;
}

static void take_model(ledger *l, marq_workspace *w) {
    size_t m = w->rows, n = w->parameters;
    l->bytes += (marq_model_doubles(m, n, w->threads) + marq_curvature_doubles(n)) * sizeof(double);
    if (l->count_only) return;
    if (!marq_model_create(&w->model, m, n, w->threads)) l->failed = true;
    if (!marq_curvature_create(&w->curvature, n)) l->failed = true;
}

static void allocate_trust_region(ledger *l, marq_workspace *w) {
    size_t m = w->rows, n = w->parameters;
    take_model(l, w);
    w->history = take(l, 2 * (MARQ_POLISH_DEPTH + 1), n);
    w->mixing = take(l, 2 * MARQ_POLISH_DEPTH, n);
    w->best_theta = take(l, n, 1);
    w->largest = take(l, n, 1);
    w->best_residual = take(l, m, 1);
}

static void take_qr(ledger *l, marq_workspace *w) {
    l->bytes += marq_qr_doubles(w->rows, w->parameters, w->threads) * sizeof(double);
    if (!l->count_only && !marq_qr_create(&w->qr, w->rows, w->parameters, w->threads)) l->failed = true;
}

static void allocate_iterative(ledger *l, marq_workspace *w) {
    w->direction = take(l, w->parameters, 1);
    w->direction_image = take(l, w->rows, 1);
    w->system_gradient = take(l, w->parameters, 1);
    w->diagonal = take(l, w->parameters, 1);
}

static void allocate_constraints(ledger *l, marq_workspace *w, const marq_problem *problem) {
    if (marq_is_weighted(problem)) {
        w->row_factor = take(l, w->rows, 1);
        w->model_residual = take(l, w->rows, 1);
    }
    if (!marq_is_bounded(problem)) return;
    l->bytes += (double)w->parameters;
    w->side = l->count_only ? NULL : marq_alloc(w->parameters, 1);
    if (!l->count_only && !w->side) l->failed = true;
}

static void allocate_rows(ledger *l, marq_workspace *w, const marq_problem *problem) {
    size_t n = w->parameters;
    w->jacobian = take(l, w->jacobian_rows, n);
    w->partial = take(l, marq_rows_partial(w->jacobian_rows, n, w->form), 1);
    if (w->derivative == DERIVATIVE_ANALYTIC) return;
    w->typical = take(l, n, 1);
    w->difference_stride = marq_difference_memory(problem);
    w->difference = take(l, (size_t)w->threads, w->difference_stride);
}

static void allocate_decay(ledger *l, marq_workspace *w, const marq_options *options) {
    if (marq_decays(options) && w->form == MARQ_FORM_KERNEL) w->decay_image = take(l, w->rows, 1);
    if (options->evidence) w->inverse = take(l, (size_t)w->threads, marq_inverse_scratch(w->order));
}

static void allocate(ledger *l, marq_workspace *w, const marq_problem *problem, const marq_options *options) {
    size_t m = w->rows, n = w->parameters;
    w->theta_trial = take(l, n, 1);
    w->residual = take(l, m, 1);
    w->residual_trial = take(l, m, 1);
    w->gradient = take(l, n, 1);
    w->step = take(l, n, 1);
    w->scale = take(l, n, 1);
    w->norms = take(l, n, 1);
    w->trial_work = take(l, n, 1);
    w->acceleration = take(l, n, 1);
    w->rows_work = take(l, m, 1);
    if (w->form == MARQ_FORM_KERNEL || w->form == MARQ_FORM_ITERATIVE) w->rows_solution = take(l, m, 1);
    allocate_constraints(l, w, problem);
    allocate_decay(l, w, options);
    if (w->form == MARQ_FORM_ITERATIVE) {
        allocate_iterative(l, w);
    } else if (w->method == MARQ_METHOD_DAMPING && w->form != MARQ_FORM_QR) {
        w->matrix = take(l, w->order, w->order);
        w->factor = take(l, marq_cholesky_doubles(w->order), 1);
    } else if (marq_has_radius(w->method)) {
        allocate_trust_region(l, w);
    }
    if (w->has_qr) take_qr(l, w);
    if (w->derivative != DERIVATIVE_PRODUCTS) allocate_rows(l, w, problem);
}

/* A workspace without its memory. */
static marq_workspace shape_of(const marq_problem *problem, const marq_options *options,
                               const marq_plan *plan) {
    marq_workspace w = {.rows = problem->rows,
                        .parameters = problem->parameters,
                        .method = plan->method,
                        .form = plan->form,
                        .has_qr = plan->qr || plan->form == MARQ_FORM_QR,
                        .derivative = marq_derivative_of(problem, options, plan->products),
                        .threads = marq_team_size(options->threads)};
    w.order = w.form == MARQ_FORM_KERNEL ? w.rows : w.parameters;
    w.jacobian_rows = plan->held ? w.rows : plan->products ? 0 : marq_tile_rows(problem);
    return w;
}

double marq_workspace_bytes(const marq_problem *problem, const marq_options *options, const marq_plan *plan) {
    marq_workspace w = shape_of(problem, options, plan);
    w.threads = 1;
    ledger l = {.count_only = true};
    allocate(&l, &w, problem, options);
    return l.bytes + sizeof w;
}

bool marq_workspace_fits(const marq_workspace *work, const marq_problem *problem, const marq_options *options,
                         const marq_plan *plan) {
    marq_workspace w = shape_of(problem, options, plan);
    return work->rows == w.rows && work->parameters == w.parameters && work->threads >= w.threads &&
           work->method == w.method && work->form == w.form && work->has_qr == w.has_qr &&
           work->derivative == w.derivative && work->jacobian_rows == w.jacobian_rows &&
           (!work->difference || work->difference_stride >= marq_difference_memory(problem)) &&
           marq_is_weighted(problem) == (work->row_factor != NULL) &&
           marq_is_bounded(problem) == (work->side != NULL) &&
           (!marq_decays(options) || work->form != MARQ_FORM_KERNEL || work->decay_image) &&
           (!options->evidence || work->inverse);
}

/* Ties are taken out first: the memory is that of a solve in the free parameters. */
static bool fill(marq_workspace *w, const marq_problem *problem, const marq_options *options,
                 marq_error *error) {
    marq_reduction *reduction = NULL;
    if (marq_is_tied(problem)) {
        w->reduction = reduction = marq_reduction_create(problem, marq_team_size(options->threads));
        if (!reduction) {
            marq_fail_memory(error, "a solver");
            return false;
        }
        problem = &reduction->problem;
    }
    marq_plan plan;
    if (marq_plan_solve(problem, options, &plan, error) != MARQ_OK) return false;
    *w = shape_of(problem, options, &plan);
    w->reduction = reduction;
    ledger l = {0};
    marq_team team = marq_team_enter(options->threads);
    allocate(&l, w, problem, options);
    marq_team_leave(&team);
    if (l.failed) marq_fail_memory(error, "the Jacobian and its products");
    if (l.failed || !marq_is_separable(problem, options, &plan)) return !l.failed;
    w->projection = marq_projection_create(problem, options, error);
    return w->projection != NULL;
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
    if (w && fill(w, problem, options, error)) return w;
    if (!w) marq_fail_memory(error, "a solver");
    marq_workspace_destroy(w);
    return NULL;
}

void marq_workspace_destroy(marq_workspace *w) {
    if (!w) return;
    double *memory[] = {
        w->theta_trial, w->residual,       w->residual_trial,  w->gradient,        w->step,
        w->scale,       w->trial_work,     w->acceleration,    w->rows_work,       w->rows_solution,
        w->matrix,      w->factor,         w->jacobian,        w->partial,         w->difference,
        w->typical,     w->history,        w->mixing,          w->best_theta,      w->best_residual,
        w->row_factor,  w->model_residual, w->norms,           w->largest,         w->decay_image,
        w->inverse,     w->direction,      w->direction_image, w->system_gradient, w->diagonal};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    free(w->side);
    marq_model_destroy(&w->model);
    marq_curvature_destroy(&w->curvature);
    marq_qr_destroy(&w->qr);
    marq_reduction_destroy(w->reduction);
    marq_projection_destroy(w->projection);
    free(w);
}
