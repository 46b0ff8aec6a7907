/* Levenberg–Marquardt on batches (marq/batches.h has the mathematics): the loop over passes and batches, the
 * fresh error that judges them, and the change from own-batch steps to momentum. */
#include "momentum.h"

#include <base/clock.h>
#include <base/memory.h>
#include <base/text.h>
#include <marq/batches.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The fresh error is averaged over a pass, but over no fewer batches than this. */
enum { LEAST_WINDOW = 8 };

/* Momentum has run away where the error of a batch is so many times what it was. */
static const double FAR = 2;

typedef struct batch_solver {
    solver s;
    const marq_batch_problem *problem;
    const marq_batch_options *options;
    marq_batch_stage stage;
    marq_momentum momentum;
    size_t pass, accepted, rejected;
    double fresh_pass; /* sum over the batches of the pass so far */
    size_t done;       /* those batches */
    /* The window that judges. */
    size_t window, window_batches;
    double window_fresh, window_worst; /* sum and greatest of its batches */
    double best_fresh, best_worst;     /* mean and greatest of the best window's; ∞: none yet */
    int went_back;                     /* the last window ended so */
    size_t stalled;                    /* windows in a row without 10 % */
    double log_mu_sum, log_mu_count;   /* of the accepted μ */
    double *best_theta;
} batch_solver;

/* ---- The window ---- */

static void keep_best(batch_solver *b, double fresh, double worst) {
    b->best_fresh = fresh;
    b->best_worst = worst;
    memcpy(b->best_theta, b->s.theta, b->s.problem->parameters * sizeof *b->best_theta);
}

static void go_back(batch_solver *b) {
    memcpy(b->s.theta, b->best_theta, b->s.problem->parameters * sizeof *b->best_theta);
    marq_momentum_stop(&b->momentum);
}

static void begin_momentum(batch_solver *b) {
    double mean = b->log_mu_count > 0 ? exp(b->log_mu_sum / b->log_mu_count) : b->s.mu;
    b->stage = MARQ_STAGE_MOMENTUM;
    b->s.mu = 10 * mean;
    b->momentum.steps = 0;
    go_back(b);
}

/* On the first batch; the first window is the best so far, whatever it has. */
static void begin_with_momentum(batch_solver *b, double fresh) {
    b->stage = MARQ_STAGE_MOMENTUM;
    keep_best(b, HUGE_VAL, fresh);
}

static void begin_window(batch_solver *b) {
    b->window_fresh = b->window_worst = b->log_mu_sum = b->log_mu_count = 0;
    b->window_batches = 0;
}

/* MARQ_OK, or the end of the own-batch stage where no other follows. */
static marq_status judge_window(batch_solver *b) {
    double fresh = b->window_fresh / (double)b->window_batches;
    b->stalled = fresh < 0.9 * b->best_fresh ? 0 : b->stalled + 1;
    bool worse = fresh > 1.15 * b->best_fresh;
    if (fresh < b->best_fresh) keep_best(b, fresh, b->window_worst);
    marq_status status = MARQ_OK;
    if (b->stage == MARQ_STAGE_OWN && b->stalled >= 2) {
        if (b->options->momentum_stage)
            begin_momentum(b);
        else
            status = MARQ_CONVERGED_COST;
    } else if (b->stage == MARQ_STAGE_MOMENTUM && worse) {
        if (b->went_back) { /* from the best, and worse again: its mean was luck, which nothing would beat */
            b->best_fresh = fresh;
            b->best_worst = b->window_worst;
        }
        b->s.mu *= 3;
        go_back(b);
    }
    b->went_back = worse;
    begin_window(b);
    return status;
}

/* ---- Steps ---- */

/* In the pass, and in the solve. */
static void count_rejected(batch_solver *b) {
    b->rejected++;
    b->s.rejected++;
}

/* Lowers this batch's own error. */
static marq_status own_step(batch_solver *b) {
    solver *s = &b->s;
    for (size_t tries = 0; tries < b->options->tries; tries++) {
        if (s->mu > b->options->mu_max) return MARQ_STOP_STALLED;
        outcome step = s->strategy->compute_step(s), trial = step == GOOD ? marq_try_step(s) : step;
        if (trial == ABORTED) return MARQ_ERROR_CALLBACK;
        if (trial == GOOD) {
            b->log_mu_sum += log(s->mu);
            b->log_mu_count++;
            b->accepted++;
            marq_accept_step(s);
            s->strategy->accept(s);
            return MARQ_OK;
        }
        count_rejected(b);
        s->strategy->reject(s);
    }
    return MARQ_OK;
}

static marq_status momentum_step(batch_solver *b) {
    const marq_batch_options *o = b->options;
    double window = (double)b->window, steps = (double)b->momentum.steps;
    marq_momentum_terms terms = {.beta = o->momentum,
                                 .length = 1 / (1 + steps / (o->decay_passes * window)),
                                 .decay = o->decay / (double)b->problem->batches,
                                 .share = o->average > 0 ? fmin(1, 1 / (o->average * window)) : 0};
    if (terms.length < o->least_step) return MARQ_CONVERGED_COST;
    outcome got = marq_momentum_step(&b->momentum, &b->s, &terms);
    if (got == ABORTED) return MARQ_ERROR_CALLBACK;
    if (got == GOOD)
        b->accepted++;
    else
        count_rejected(b);
    return MARQ_OK;
}

/* The next batch, and its residuals at θ. A point where they are not computable is left for the best one. */
static marq_status take_batch(batch_solver *b) {
    solver *s = &b->s;
    MARQ_SCOPE(b->options->profile, "batch");
    int got = b->problem->next(s->problem->user);
    if (got != MARQ_CALLBACK_OK) return MARQ_ERROR_CALLBACK;
    got = marq_evaluate(s, s->theta, s->work->residual, &s->cost);
    if (got > 0 && b->best_worst < HUGE_VAL) {
        go_back(b);
        s->mu *= 10;
        got = marq_evaluate(s, s->theta, s->work->residual, &s->cost);
    }
    return marq_callback_status(got, MARQ_ERROR_START);
}

/* Of the batch that was taken. */
static double fresh_of(const batch_solver *b) {
    return 2 * b->s.cost / (double)b->s.problem->rows;
}

/* Momentum that runs away is stopped before a window's end: where a batch is far beyond what the best window
 * saw, the best parameters are asked about the same batch, and the solve goes back to them if they are far
 * better. */
static marq_status stop_runaway(batch_solver *b) {
    solver *s = &b->s;
    if (b->stage != MARQ_STAGE_MOMENTUM || !(fresh_of(b) > FAR * b->best_worst)) return MARQ_OK;
    double cost = s->cost;
    int got = marq_evaluate(s, b->best_theta, s->work->residual, &s->cost);
    if (got == MARQ_CALLBACK_OK && cost > FAR * s->cost) {
        go_back(b);
        s->mu *= 3;
        begin_window(b);
        return MARQ_OK;
    }
    return marq_callback_status(marq_evaluate(s, s->theta, s->work->residual, &s->cost), MARQ_ERROR_START);
}

static marq_status one_batch(batch_solver *b) {
    MARQ_SCOPE(b->options->profile, "step");
    marq_status status = b->window_batches == b->window ? judge_window(b) : MARQ_OK;
    if (status == MARQ_OK) status = take_batch(b);
    if (status == MARQ_OK) status = stop_runaway(b);
    if (status != MARQ_OK) return status;
    double fresh = fresh_of(b);
    b->window_fresh += fresh;
    b->window_worst = fmax(b->window_worst, fresh);
    b->window_batches++;
    b->fresh_pass += fresh;
    b->done++;
    status = marq_callback_status(b->s.strategy->prepare(&b->s), MARQ_ERROR_JACOBIAN);
    if (status != MARQ_OK) return status;
    if (b->stage == MARQ_STAGE_OWN && !b->options->own_stage) begin_with_momentum(b, fresh);
    return b->stage == MARQ_STAGE_OWN ? own_step(b) : momentum_step(b);
}

/* ---- Passes ---- */

/* Of a callback that may end the solve. */
static marq_status status_of_answer(int answer) {
    if (answer == 0) return MARQ_OK;
    return answer > 0 && answer <= MARQ_STOP_CALLER ? (marq_status)answer : MARQ_STOP_CALLER;
}

static bool has_mean(const batch_solver *b) {
    return b->stage == MARQ_STAGE_MOMENTUM && b->momentum.seen > 0;
}

static marq_status report(const batch_solver *b, double mu) {
    const marq_batch_options *o = b->options;
    if (!o->progress) return MARQ_OK;
    double batches = (double)b->problem->batches;
    marq_batch_progress progress = {
        .pass = b->pass,
        .stage = b->stage,
        .fresh = b->fresh_pass / (double)b->done,
        .mu = mu,
        .decay = b->stage == MARQ_STAGE_MOMENTUM ? o->decay : 0,
        .gradient_norm = b->s.gradient_norm * batches,
        .accepted = b->accepted,
        .rejected = b->rejected,
        .seconds = marq_clock_seconds() - b->s.start,
        .theta = has_mean(b) ? b->momentum.mean : b->s.theta,
    };
    return status_of_answer(o->progress(o->progress_user, &progress));
}

/* Between steps. */
static marq_status limit(const batch_solver *b) {
    const marq_batch_options *o = b->options;
    bool late = o->max_seconds > 0 && marq_clock_seconds() - b->s.start >= o->max_seconds;
    if (late) return MARQ_STOP_TIME;
    return o->poll ? status_of_answer(o->poll(o->progress_user)) : MARQ_OK;
}

static marq_status one_pass(batch_solver *b) {
    MARQ_SCOPE(b->options->profile, "epoch");
    b->fresh_pass = 0;
    b->done = b->accepted = b->rejected = 0;
    marq_status status = b->pass < b->options->max_passes ? MARQ_OK : MARQ_STOP_ITERATIONS, stop = MARQ_OK;
    for (size_t i = 0; status == MARQ_OK && stop == MARQ_OK && i < b->problem->batches; i++) {
        stop = limit(b);
        if (stop == MARQ_OK) status = one_batch(b);
    }
    if (status != MARQ_OK || b->done == 0) return status != MARQ_OK ? status : stop;
    b->pass++;
    status = report(b, b->s.mu);
    return status == MARQ_OK ? stop : status;
}

static marq_status run(batch_solver *b) {
    marq_status status = report(b, b->s.mu);
    while (status == MARQ_OK) status = one_pass(b);
    if (has_mean(b)) memcpy(b->s.theta, b->momentum.mean, b->s.problem->parameters * sizeof(double));
    return status;
}

/* ---- Set-up ---- */

marq_batch_options marq_batch_options_default(void) {
    return (marq_batch_options){
        .mu = 1,
        .mu_increase = 2,
        .mu_decrease = 3,
        .mu_min = 1e-10,
        .mu_max = 1e10,
        .tries = 6,
        .acceleration = 1,
        .own_stage = 1,
        .momentum_stage = 1,
        .momentum = 0.9,
        .decay_passes = 2,
        .least_step = 0.01,
        .max_passes = 1000,
    };
}

marq_options marq_batch_step_options(const marq_batch_options *o) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.damping = MARQ_DAMPING_FACTORS;
    options.mu = o->mu;
    options.mu_increase = o->mu_increase;
    options.mu_decrease = o->mu_decrease;
    options.mu_min = o->mu_min;
    options.mu_max = o->mu_max;
    options.acceleration = o->acceleration;
    options.max_memory = o->max_memory;
    options.threads = o->threads;
    options.profile = o->profile;
    return options;
}

static void fill_result(const batch_solver *b, marq_status status, marq_result *result) {
    const solver *s = &b->s;
    *result = (marq_result){
        .status = status,
        .iterations = b->pass,
        .rejected = s->rejected,
        .residual_evaluations = s->residual_evaluations,
        .jacobian_evaluations = s->jacobian_evaluations,
        .factorisations = s->factorisations,
        .cost = 0.5 * b->fresh_pass * (double)s->problem->rows,
        .gradient_norm = s->gradient_norm,
        .step_norm = s->step_norm,
        .mu = s->mu,
        .effective = (double)NAN,
        .beta = (double)NAN,
        .seconds = marq_clock_seconds() - s->start,
    };
    marq_format(result->message, sizeof result->message, "%s", marq_status_text(status));
}

static const char *wrong(const marq_batch_problem *problem, const marq_batch_options *o) {
    if (problem->batches < 1 || !problem->next) return "a batch problem needs batches and next";
    if (!problem->batch.products) return "a batch needs products";
    if (marq_is_weighted(&problem->batch) || marq_is_bounded(&problem->batch) || problem->batch.ties)
        return "batches have no weights, loss, bounds, fixed parameters or ties";
    if (!o->own_stage && !o->momentum_stage) return "own_stage and momentum_stage are both 0";
    if (o->tries < 1) return "tries must be at least 1";
    if (!(o->momentum >= 0) || !(o->momentum < 1)) return "momentum must be from 0 to below 1";
    if (!(o->decay >= 0) || !(o->average >= 0)) return "decay and average must not be negative";
    if (!(o->decay_passes > 0)) return "decay_passes must be above 0";
    return NULL;
}

static marq_status solve(batch_solver *b) {
    const marq_batch_options *o = b->options;
    marq_bind_products(&b->s);
    marq_damping_start(&b->s);
    b->s.start = marq_clock_seconds();
    marq_team team = marq_team_enter(o->threads);
    marq_status status = run(b);
    marq_team_leave(&team);
    return status;
}

marq_status marq_solve_batches(const marq_batch_problem *problem, const marq_batch_options *options,
                               double *theta, marq_result *result) {
    marq_batch_options defaults = marq_batch_options_default();
    if (!options) options = &defaults;
    if (!problem || !theta) return marq_fail_early(result, MARQ_ERROR_ARGUMENT, "an argument is NULL");
    if (wrong(problem, options)) return marq_fail_early(result, MARQ_ERROR_ARGUMENT, wrong(problem, options));
    marq_options step = marq_batch_step_options(options);
    marq_error error;
    marq_workspace *work = marq_workspace_create(&problem->batch, &step, &error);
    if (!work) return marq_fail_early(result, error.status, error.message);
    batch_solver b = {.s = {.problem = &problem->batch, .options = &step, .work = work, .theta = theta},
                      .problem = problem,
                      .options = options,
                      .window = problem->batches < LEAST_WINDOW ? LEAST_WINDOW : problem->batches,
                      .best_fresh = HUGE_VAL,
                      .best_worst = HUGE_VAL,
                      .best_theta = marq_alloc_doubles(problem->batch.parameters, 1)};
    bool complete = marq_momentum_create(&b.momentum, &problem->batch) && b.best_theta;
    marq_status status = complete ? solve(&b) : MARQ_ERROR_MEMORY;
    if (result) fill_result(&b, status, result);
    marq_momentum_destroy(&b.momentum);
    free(b.best_theta);
    marq_workspace_destroy(work);
    return status;
}
