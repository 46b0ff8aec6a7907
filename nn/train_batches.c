/* Training by Levenberg–Marquardt steps on batches of rows, by marq_solve_batches: the binding of a net and a
 * shuffled order of its training rows to the batch problem. An epoch is a pass. */
#include "train_stages.h"

#include "batches.h"
#include "problem.h"
#include <base/error.h>
#include <base/memory.h>
#include <marq/batches.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct batch_binding {
    marq_net_problem net; /* of the batch's rows; first: it is what its callbacks get */
    marq_trainer *trainer;
    marq_batches order;
    size_t taken;         /* rows of the order */
    size_t unreleased;    /* rows since marq_dataset_release */
    double *X, *Y, *root; /* of the batch; root NULL: no weights */
} batch_binding;

/* Row `from` of the training set becomes the batch's row `to`. */
static void take_row(const batch_binding *b, size_t from, size_t to) {
    const marq_dataset *data = &b->trainer->data;
    size_t inputs = marq_net_inputs(b->net.net), outputs = marq_net_outputs(b->net.net);
    memcpy(b->X + to * inputs, data->X[MARQ_TRAIN] + from * inputs, inputs * sizeof(double));
    memcpy(b->Y + to * outputs, data->Y[MARQ_TRAIN] + from * outputs, outputs * sizeof(double));
    if (b->root)
        memcpy(b->root + to * outputs, data->root[MARQ_TRAIN] + from * outputs, outputs * sizeof(double));
}

/* Gathers the next batch. Rows that are left over at the end of an order wait for the next one. */
static int next(void *user) {
    batch_binding *b = user;
    size_t rows = b->order.size;
    if (b->taken + rows > b->order.rows) {
        marq_batches_shuffle(&b->order);
        b->taken = 0;
    }
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < rows; i++) take_row(b, b->order.order[b->taken + i], i);
    b->taken += rows;
    b->unreleased += rows;
    if (b->unreleased >= MARQ_RELEASE_ROWS) {
        marq_dataset_release(&b->trainer->data);
        b->unreleased = 0;
    }
    marq_net_problem_renew(&b->net);
    return MARQ_CALLBACK_OK;
}

static void unbind(batch_binding *b) {
    marq_net_problem_destroy(&b->net);
    marq_batches_destroy(&b->order);
    free(b->X);
    free(b->Y);
    free(b->root);
}

static marq_status bind(batch_binding *b, marq_trainer *t, size_t rows, const marq_batch_options *options,
                        marq_batch_problem *problem, marq_error *error) {
    size_t all = t->data.rows[MARQ_TRAIN], outputs = marq_net_outputs(t->net);
    bool weighted = t->data.root[MARQ_TRAIN];
    *b = (batch_binding){.trainer = t,
                         .X = marq_alloc_doubles(rows, marq_net_inputs(t->net)),
                         .Y = marq_alloc_doubles(rows, outputs),
                         .root = weighted ? marq_alloc_doubles(rows, outputs) : NULL};
    *problem = (marq_batch_problem){.batches = all / rows, .next = next};
    if (!b->X || !b->Y || (weighted && !b->root) ||
        !marq_batches_create(&b->order, all, rows, t->options->seed))
        return marq_fail_memory(error, "the batches");
    b->taken = all; /* the first batch shuffles */
    marq_options step = marq_batch_step_options(options);
    marq_targets targets = marq_dataset_targets(&t->data, t->net, MARQ_TRAIN);
    targets.Y = b->Y;
    targets.root = b->root;
    return marq_net_problem_create(&b->net, t->net, rows, b->X, &targets, &step, &problem->batch, error);
}

static int on_pass(void *user, const marq_batch_progress *p) {
    if (p->pass == 0 && ((const marq_trainer *)user)->begun) return 0; /* a later stage */
    marq_epoch_end end = {.theta = p->theta,
                          .mu = p->mu,
                          .gradient_norm = p->gradient_norm,
                          .decay = p->decay,
                          .effective = (double)NAN,
                          .beta = (double)NAN,
                          .accepted = p->accepted,
                          .rejected = p->rejected};
    return (int)marq_after_epoch(user, &end);
}

static int poll(void *user) {
    const marq_train_options *o = ((const marq_trainer *)user)->options;
    return o->poll && o->poll(o->progress_user) ? MARQ_STOP_CALLER : 0;
}

/* Momentum on classes, from the start: λ is so many times the damping of steps on all rows for each residual
 * of a batch, 0.25, since its error is a sum and the parameters are of about 1. K is no guide to it: it is
 * small at the start, where the logits are small, and again where the net is sure; λ = 10 times its diagonal,
 * at the start or the largest so far, ends with up to nine times the cross-entropy. A mild decay, a slow
 * shortening of the steps and their mean over half a pass keep the net from being too sure of the rows that
 * it saw.
 *
 * Cross-entropy on test rows, mean of seeds 1 and 2, beside the best epoch of Adam's (batch 32, 60 epochs for
 * the first, 150 for the others): MNIST's images, 3500 of them, 784-100-10 0.19, 0.21 · digits of 8 × 8
 * pixels, 64-20-20-10-10 0.11, 0.13 · Statlog's satellite, 36-50-30-6 0.24, 0.26 · and shuttle, 9-40-20-7
 * 0.021, 0.021 · six classes of three clusters, 30-60-40-6 0.78, 0.81. */
static const double CLASS_DAMPING = 25, CLASS_DECAY_PASSES = 4, CLASS_AVERAGE = 0.5;

static void go_by_momentum_alone(marq_batch_options *options, size_t residuals) {
    options->own_stage = 0;
    options->momentum_stage = 1;
    options->mu *= CLASS_DAMPING * (double)residuals;
    options->decay_passes = CLASS_DECAY_PASSES;
    options->average = CLASS_AVERAGE;
}

static marq_batch_options solver_options(marq_trainer *t, const marq_row_batches *batches) {
    const marq_train_options *o = t->options;
    marq_batch_options options = marq_batch_options_default();
    options.mu = o->mu;
    options.mu_increase = o->mu_increase;
    options.mu_decrease = o->mu_decrease;
    options.mu_max = o->mu_max;
    options.acceleration = o->acceleration;
    options.momentum_stage = batches->momentum;
    options.decay = batches->decay;
    if (t->data.loss == MARQ_NET_CROSS_ENTROPY)
        go_by_momentum_alone(&options, batches->rows * marq_net_outputs(t->net));
    options.max_passes = marq_epochs_left(t);
    options.max_seconds = marq_seconds_left(t);
    options.max_memory = t->options->max_memory;
    options.threads = o->threads;
    options.progress = on_pass;
    options.poll = poll;
    options.progress_user = t;
    options.profile = o->profile;
    return options;
}

marq_status marq_train_batches(marq_trainer *t, const marq_row_batches *batches, marq_error *error) {
    size_t rows = batches->rows;
    batch_binding own;
    marq_batch_problem problem;
    marq_batch_options options = solver_options(t, batches);
    marq_status status = bind(&own, t, rows, &options, &problem, error);
    marq_result result = {.status = status};
    if (status == MARQ_OK) {
        marq_note_plan(t, &own.net.plan);
        status = marq_solve_batches(&problem, &options, t->theta, &result);
        if (status < 0) marq_fail(error, status, "training: %s", result.message);
    }
    unbind(&own);
    double share = (double)rows / (double)t->data.rows[MARQ_TRAIN];
    t->residual_evaluations += share * (double)result.residual_evaluations;
    t->jacobian_evaluations += share * (double)result.jacobian_evaluations;
    t->factorisations += result.factorisations;
    t->batch = rows;
    return status;
}
