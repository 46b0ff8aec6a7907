/* Training: data -> normalised sets -> least-squares problem -> solve, with a record and the stop tests after
 * every epoch. An epoch is an accepted Levenberg–Marquardt step on all training rows. The parameters of the
 * best validation error are kept; without validation rows those of the best training error. */
#include "problem.h"
#include "set_error.h"
#include <base/clock.h>
#include <base/error.h>
#include <base/memory.h>
#include <base/scope.h>
#include <base/team.h>
#include <base/text.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct trainer {
    marq_net *net;
    const marq_train_options *options;
    marq_dataset data;
    marq_net_problem own;
    marq_problem problem;
    double *theta;      /* the solver's point */
    double *best_theta; /* what the net gets */
    double *block_sums;
    double best_error;
    double best_mse[MARQ_SETS];
    marq_epoch epoch;
    size_t best_epoch;
    double excluded; /* seconds of evaluations that only serve the record */
} trainer;

static void keep_best(trainer *t, const double *theta, double error) {
    memcpy(t->best_theta, theta, t->net->count * sizeof *theta);
    t->best_error = error;
    memcpy(t->best_mse, t->epoch.mse, sizeof t->best_mse);
    t->best_epoch = t->epoch.epoch;
}

/* The error by which the best epoch is chosen. */
static double judged_error(const trainer *t) {
    return t->data.rows[MARQ_VALIDATION] > 0 ? t->epoch.mse[MARQ_VALIDATION] : t->epoch.mse[MARQ_TRAIN];
}

static void measure(trainer *t, const marq_progress *p) {
    const marq_net *net = t->net;
    double *mse = t->epoch.mse;
    size_t rows = t->data.rows[MARQ_TRAIN];
    mse[MARQ_TRAIN] = marq_data_squares(net, rows, p->residual) / (double)(rows * marq_net_outputs(net));
    mse[MARQ_VALIDATION] =
        marq_set_mse(net, p->theta, &t->data, MARQ_VALIDATION, &t->own.passes, t->block_sums);
    double before = marq_clock_seconds();
    mse[MARQ_TEST] = marq_set_mse(net, p->theta, &t->data, MARQ_TEST, &t->own.passes, t->block_sums);
    t->excluded += marq_clock_seconds() - before;
}

static void judge(trainer *t, const marq_progress *p) {
    double error = judged_error(t);
    t->epoch.best = error < t->best_error * (1 - t->options->failure_tolerance);
    if (t->epoch.best) keep_best(t, p->theta, error);
    bool validated = t->data.rows[MARQ_VALIDATION] > 0;
    t->epoch.validation_failures = t->epoch.best || !validated ? 0 : t->epoch.validation_failures + 1;
}

static int tell_user(trainer *t) {
    if (!t->options->progress) return 0;
    double before = marq_clock_seconds();
    int answer = t->options->progress(t->options->progress_user, &t->epoch);
    t->excluded += marq_clock_seconds() - before;
    return answer;
}

static int stop_status(const trainer *t) {
    const marq_train_options *o = t->options;
    double train = t->epoch.mse[MARQ_TRAIN];
    if (o->goal > 0 && train <= o->goal) return MARQ_CONVERGED_GOAL;
    if (o->relative_goal > 0 && train <= o->relative_goal * t->data.variance) return MARQ_CONVERGED_GOAL;
    if (o->max_failures > 0 && t->epoch.validation_failures >= o->max_failures) return MARQ_STOP_VALIDATION;
    return 0;
}

static int on_progress(void *user, const marq_progress *p) {
    trainer *t = user;
    MARQ_SCOPE(t->options->profile, "judge");
    t->epoch.epoch = p->iteration;
    measure(t, p);
    if (p->iteration == 0) {
        keep_best(t, p->theta, judged_error(t));
        return 0;
    }
    t->epoch.mu = p->mu;
    t->epoch.gradient_norm = p->gradient_norm;
    t->epoch.accepted = 1;
    t->epoch.rejected = p->rejected;
    judge(t, p);
    t->epoch.seconds = p->seconds - t->excluded;
    if (tell_user(t) != 0) return MARQ_STOP_CALLER;
    return stop_status(t);
}

static marq_options solver_options(trainer *t) {
    const marq_train_options *o = t->options;
    marq_options options = marq_options_default();
    options.jacobian = o->jacobian;
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.damping = MARQ_DAMPING_FACTORS;
    options.mu = o->mu;
    options.mu_increase = o->mu_increase;
    options.mu_decrease = o->mu_decrease;
    options.mu_min = o->mu_min;
    options.mu_max = o->mu_max;
    options.acceleration = o->acceleration;
    options.gradient_tolerance = o->min_gradient;
    options.cost_tolerance = 0;
    options.max_iterations = o->max_epochs;
    options.max_seconds = o->max_seconds;
    options.threads = o->threads;
    options.progress = on_progress;
    options.progress_user = t;
    options.profile = o->profile;
    return options;
}

static marq_status prepare(trainer *t, const marq_data *data, int threads, marq_error *error) {
    marq_status status = marq_dataset_create(&t->data, t->net, data, t->options, error);
    if (status != MARQ_OK) return status;
    size_t blocks = data->rows / MARQ_PASS_ROWS + 1;
    t->theta = marq_alloc_doubles(t->net->count, 1);
    t->best_theta = marq_alloc_doubles(t->net->count, 1);
    t->block_sums = marq_alloc_doubles(blocks, 1);
    if (!t->theta || !t->best_theta || !t->block_sums) return marq_fail_memory(error, "the training");
    memcpy(t->theta, t->net->theta, t->net->count * sizeof *t->theta);
    return marq_net_problem_create(&t->own, t->net, t->data.rows[MARQ_TRAIN], t->data.X[MARQ_TRAIN],
                                   t->data.Y[MARQ_TRAIN], threads, t->options->jacobian, &t->problem, error);
}

static void release(trainer *t) {
    marq_net_problem_destroy(&t->own);
    marq_dataset_destroy(&t->data);
    free(t->theta);
    free(t->best_theta);
    free(t->block_sums);
}

static void fill_training(const trainer *t, const marq_result *result, marq_training *out) {
    *out = (marq_training){
        .status = result->status,
        .epochs = result->iterations,
        .best_epoch = t->best_epoch,
        .residual_evaluations = result->residual_evaluations,
        .jacobian_evaluations = result->jacobian_evaluations,
        .factorisations = result->factorisations,
        .seconds = result->seconds - t->excluded,
    };
    for (int s = 0; s < MARQ_SETS; s++) {
        out->rows[s] = t->data.rows[s];
        out->mse[s] = t->best_mse[s];
        out->unexplained[s] = marq_set_unexplained(t->net, &t->data, s, out->mse[s]);
        out->r2[s] = 1 - out->unexplained[s];
    }
    bool epochs = result->status == MARQ_STOP_ITERATIONS;
    marq_format(out->message, sizeof out->message, "%s",
                epochs ? "the limit on epochs is reached" : result->message);
}

static void remember(marq_net *net, const marq_train_options *options, const marq_training *training) {
    marq_provenance *p = &net->provenance;
    p->trained = 1;
    p->recipe = options->recipe;
    p->status = training->status;
    p->epochs = training->epochs;
    p->best_epoch = training->best_epoch;
    memcpy(p->rows, training->rows, sizeof p->rows);
    memcpy(p->mse, training->mse, sizeof p->mse);
}

static marq_status solve(trainer *t, marq_training *training, marq_error *error) {
    marq_options options = solver_options(t);
    marq_result result;
    marq_solve(&t->problem, &options, t->theta, &result);
    if (result.status < 0) return marq_fail(error, result.status, "training: %s", result.message);
    memcpy(t->net->theta, t->best_theta, t->net->count * sizeof *t->best_theta);
    marq_training own;
    if (!training) training = &own;
    fill_training(t, &result, training);
    remember(t->net, t->options, training);
    return result.status;
}

marq_status marq_net_train(marq_net *net, const marq_data *data, const marq_train_options *options,
                           marq_training *training, marq_error *error) {
    if (!net || !data) return marq_fail(error, MARQ_ERROR_ARGUMENT, "net or data is NULL");
    marq_train_options defaults = marq_train_options_default(MARQ_RECIPE_MARQ);
    if (!options) options = &defaults;
    marq_team team = marq_team_enter(options->threads);
    trainer t = {.net = net, .options = options};
    marq_status status = prepare(&t, data, team.threads, error);
    if (status == MARQ_OK) status = solve(&t, training, error);
    release(&t);
    marq_team_leave(&team);
    return status;
}
