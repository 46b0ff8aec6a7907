/* The trainer: data -> normalised sets -> a method's epochs, with a record and the stop tests after every one
 * of them. The parameters of the best validation error are kept; without validation rows those of the best
 * training error. */
#include "trainer.h"

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

static const marq_train_method methods[] = {
    [MARQ_OPTIMIZER_LM] = marq_train_lm,
    [MARQ_OPTIMIZER_SGD] = marq_train_gradient,
    [MARQ_OPTIMIZER_ADAM] = marq_train_gradient,
    [MARQ_OPTIMIZER_RMSPROP] = marq_train_gradient,
};

/* ---- After an epoch ---- */

static void keep_best(marq_trainer *t, const double *theta, double error) {
    memcpy(t->best_theta, theta, t->net->count * sizeof *theta);
    t->best_error = error;
    memcpy(t->best_mse, t->epoch.mse, sizeof t->best_mse);
    memcpy(t->best_loss, t->epoch.loss, sizeof t->best_loss);
    memcpy(t->best_accuracy, t->epoch.accuracy, sizeof t->best_accuracy);
    t->best_epoch = t->epoch.epoch;
}

/* The error by which the best epoch is chosen. */
static double judged_error(const marq_trainer *t) {
    bool validated = t->data.weight[MARQ_VALIDATION] > 0;
    return t->epoch.loss[validated ? MARQ_VALIDATION : MARQ_TRAIN];
}

static marq_set_error set_error(marq_trainer *t, const double *theta, int set) {
    MARQ_SCOPE(t->options->profile, "evaluate");
    return marq_set_error_at(t->net, theta, &t->data, set, &t->passes, t->block_sums);
}

/* The same where only the record needs it. */
static marq_set_error recorded_error(marq_trainer *t, const double *theta, int set) {
    double before = marq_clock_seconds();
    marq_set_error error = set_error(t, theta, set);
    t->excluded += marq_clock_seconds() - before;
    return error;
}

static bool goal_is_set(const marq_train_options *o) {
    return o->goal > 0 || o->relative_goal > 0;
}

static marq_set_error training_error(marq_trainer *t, const marq_epoch_end *end) {
    if (end->residual && t->data.loss == MARQ_NET_SQUARES)
        return marq_set_error_of(t->net, &t->data, end->residual);
    return goal_is_set(t->options) ? set_error(t, end->theta, MARQ_TRAIN)
                                   : recorded_error(t, end->theta, MARQ_TRAIN);
}

static void measure(marq_trainer *t, const marq_epoch_end *end) {
    marq_set_error errors[MARQ_SETS];
    errors[MARQ_TRAIN] = training_error(t, end);
    errors[MARQ_VALIDATION] = set_error(t, end->theta, MARQ_VALIDATION);
    errors[MARQ_TEST] = recorded_error(t, end->theta, MARQ_TEST);
    for (int s = 0; s < MARQ_SETS; s++) {
        t->epoch.mse[s] = errors[s].mse;
        t->epoch.loss[s] = errors[s].loss;
        t->epoch.accuracy[s] = errors[s].accuracy;
    }
}

static void judge(marq_trainer *t, const double *theta) {
    double error = judged_error(t);
    double needed = 1 - t->options->failure_tolerance;
    t->epoch.best = error < t->best_error * needed;
    if (t->epoch.best) keep_best(t, theta, error);
    bool better = error<t->stage_best * needed, validated = t->data.weight[MARQ_VALIDATION]> 0;
    if (better) t->stage_best = error;
    t->epoch.validation_failures = better || !validated ? 0 : t->epoch.validation_failures + 1;
}

static int tell_user(marq_trainer *t) {
    if (!t->options->progress) return 0;
    double before = marq_clock_seconds();
    int answer = t->options->progress(t->options->progress_user, &t->epoch);
    t->excluded += marq_clock_seconds() - before;
    return answer;
}

static marq_status stop_status(const marq_trainer *t) {
    const marq_train_options *o = t->options;
    double train = t->epoch.loss[MARQ_TRAIN];
    if (o->goal > 0 && train <= o->goal) return MARQ_CONVERGED_GOAL;
    if (o->relative_goal > 0 && t->data.loss != MARQ_NET_CROSS_ENTROPY &&
        train <= o->relative_goal * t->data.variance)
        return MARQ_CONVERGED_GOAL;
    if (o->max_failures > 0 && t->epoch.validation_failures >= o->max_failures) return MARQ_STOP_VALIDATION;
    return MARQ_OK;
}

static double seconds_of_training(const marq_trainer *t) {
    return marq_clock_seconds() - t->start - t->excluded;
}

marq_status marq_after_epoch(marq_trainer *t, const marq_epoch_end *end) {
    MARQ_SCOPE(t->options->profile, "judge");
    double seconds = seconds_of_training(t);
    if (!t->begun) {
        t->begun = 1;
        measure(t, end);
        keep_best(t, end->theta, judged_error(t));
        t->stage_best = t->best_error;
        return MARQ_OK;
    }
    t->epoch.epoch++;
    t->epoch.seconds = seconds;
    measure(t, end);
    t->epoch.mu = end->mu;
    t->epoch.gradient_norm = end->gradient_norm;
    t->epoch.decay = end->decay;
    t->epoch.effective = end->effective;
    t->epoch.beta = end->beta;
    t->epoch.accepted = end->accepted;
    t->epoch.rejected = end->rejected;
    judge(t, end->theta);
    if (tell_user(t) != 0) return MARQ_STOP_CALLER;
    return stop_status(t);
}

/* ---- For the methods ---- */

void marq_begin_stage(marq_trainer *t) {
    t->stage_best = HUGE_VAL;
    t->epoch.validation_failures = 0;
}

const double *marq_best_theta(const marq_trainer *t) {
    return t->best_theta;
}

size_t marq_epochs_left(const marq_trainer *t) {
    return t->options->max_epochs - t->epoch.epoch;
}

void marq_note_plan(marq_trainer *t, const marq_plan *plan) {
    char text[200];
    size_t length = strlen(t->plan), added = (size_t)marq_plan_text(plan, text, sizeof text);
    static const char then[] = "; then ";
    if (length >= added && strcmp(t->plan + length - added, text) == 0) return; /* as the stage before */
    marq_format(t->plan + length, sizeof t->plan - length, "%s%s", length ? then : "", text);
}

double marq_seconds_left(const marq_trainer *t) {
    if (!(t->options->max_seconds > 0)) return 0;
    double left = t->options->max_seconds - (marq_clock_seconds() - t->start);
    return left > 0 ? left : 1e-9;
}

marq_status marq_step_limit(const marq_trainer *t) {
    const marq_train_options *o = t->options;
    if (o->max_seconds > 0 && marq_clock_seconds() - t->start >= o->max_seconds) return MARQ_STOP_TIME;
    return o->poll && o->poll(o->progress_user) != 0 ? MARQ_STOP_CALLER : MARQ_OK;
}

marq_status marq_epoch_limit(const marq_trainer *t) {
    return t->epoch.epoch >= t->options->max_epochs ? MARQ_STOP_ITERATIONS : marq_step_limit(t);
}

/* ---- A training ---- */

static marq_status prepare(marq_trainer *t, const marq_data *data, marq_error *error) {
    marq_status status = marq_dataset_create(&t->data, t->net, data, t->options, error);
    if (status != MARQ_OK) return status;
    size_t blocks = data->rows / MARQ_PASS_ROWS + 1;
    t->theta = marq_alloc_doubles(t->net->count, 1);
    t->best_theta = marq_alloc_doubles(t->net->count, 1);
    t->block_sums = marq_alloc_doubles(blocks, MARQ_SET_SUMS);
    if (!t->theta || !t->best_theta || !t->block_sums ||
        !marq_pass_team_create(&t->passes, t->net, t->threads, 0))
        return marq_fail_memory(error, "the training");
    memcpy(t->theta, t->net->theta, t->net->count * sizeof *t->theta);
    return MARQ_OK;
}

static void release(marq_trainer *t) {
    marq_pass_team_destroy(&t->passes);
    marq_dataset_destroy(&t->data);
    free(t->theta);
    free(t->best_theta);
    free(t->block_sums);
}

static void fill_training(const marq_trainer *t, marq_status status, marq_training *out) {
    *out = (marq_training){
        .status = status,
        .epochs = t->epoch.epoch,
        .best_epoch = t->best_epoch,
        .residual_evaluations = (size_t)ceil(t->residual_evaluations),
        .jacobian_evaluations = (size_t)ceil(t->jacobian_evaluations),
        .factorisations = t->factorisations,
        .seconds = seconds_of_training(t),
    };
    for (int s = 0; s < MARQ_SETS; s++) {
        out->rows[s] = t->data.rows[s];
        out->mse[s] = t->best_mse[s];
        out->loss[s] = t->best_loss[s];
        out->accuracy[s] = t->best_accuracy[s];
        out->unexplained[s] = marq_set_unexplained(t->net, &t->data, s, out->mse[s]);
        out->r2[s] = 1 - out->unexplained[s];
    }
    bool epochs = status == MARQ_STOP_ITERATIONS;
    marq_format(out->message, sizeof out->message, "%s",
                epochs ? "the limit on epochs is reached" : marq_status_text(status));
    memcpy(out->plan, t->plan, sizeof out->plan);
}

static void remember(const marq_trainer *t, const marq_training *training) {
    marq_provenance *p = &t->net->provenance;
    p->trained = 1;
    p->optimizer = t->options->optimizer;
    p->recipe = t->options->recipe;
    p->first_order = t->first_order;
    p->batch = t->batch;
    p->loss = t->data.loss;
    p->huber_delta = t->data.loss == MARQ_NET_HUBER ? t->options->huber_delta : 0;
    p->status = training->status;
    p->epochs = training->epochs;
    p->best_epoch = training->best_epoch;
    memcpy(p->rows, training->rows, sizeof p->rows);
    memcpy(p->mse, training->mse, sizeof p->mse);
}

static marq_status run(marq_trainer *t, marq_training *training, marq_error *error) {
    t->start = marq_clock_seconds();
    marq_status status = methods[t->options->optimizer](t, error);
    if (status < 0) return status;
    memcpy(t->net->theta, t->best_theta, t->net->count * sizeof *t->best_theta);
    marq_training own;
    if (!training) training = &own;
    fill_training(t, status, training);
    remember(t, training);
    return status;
}

marq_status marq_net_train(marq_net *net, const marq_data *data, const marq_train_options *options,
                           marq_training *training, marq_error *error) {
    if (!net || !data) return marq_fail(error, MARQ_ERROR_ARGUMENT, "net or data is NULL");
    marq_train_options defaults = marq_train_options_default(MARQ_RECIPE_MARQ);
    if (!options) options = &defaults;
    if ((size_t)options->optimizer >= sizeof methods / sizeof *methods)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "optimizer %d does not exist", (int)options->optimizer);
    marq_team team = marq_team_enter(options->threads);
    marq_trainer t = {.net = net, .options = options, .threads = team.threads};
    marq_status status = prepare(&t, data, error);
    if (status == MARQ_OK) status = run(&t, training, error);
    release(&t);
    marq_team_leave(&team);
    return status;
}
