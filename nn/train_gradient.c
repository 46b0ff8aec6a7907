/* Training by first-order steps on batches (update.h has the rules). The objective of a batch is
 *     E + λ1 Σ |w| + λ2 Σ w²,   w: the weights, not the biases (as Keras counts them),
 * with E the mean squared error on normalised outputs. Its gradient g is shortened to the norm c where it is
 * longer: g ← g · min(1, c / (‖g‖ + 1e-6)) (Pascanu, Mikolov, Bengio 2013; PyTorch's form).
 *
 * gradient_norm of an epoch: max_j |Σ_batches (B m / 2) g_j| before shortening. That is the gradient of
 * ½‖r‖² (and of the penalties in its measure) as it was met on the way, and just that with one batch. */
#include "batch_gradient.h"
#include "batches.h"
#include "trainer.h"
#include "update.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/scope.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_BATCH = 32 };

typedef struct descent {
    marq_trainer *trainer;
    marq_batches batches;
    marq_batch_gradient gradient;
    marq_update update;
    double *g;   /* of a batch */
    double *sum; /* of an epoch */
} descent;

/* ---- A step ---- */

static void add_penalty(const marq_net *net, const marq_first_order *o, const double *theta, double *g) {
    double l1 = o->l1, l2 = 2 * o->l2;
    for (size_t l = 0; l < net->layers; l++) {
        const marq_layer *layer = &net->layer[l];
        for (size_t j = layer->offset; j < layer->offset + layer->in * layer->out; j++)
            g[j] += l1 * (double)((theta[j] > 0) - (theta[j] < 0)) + l2 * theta[j];
    }
}

static void shorten(size_t n, double most, double *g) {
    double squares = 0;
    for (size_t j = 0; j < n; j++) squares += g[j] * g[j];
    double factor = most / (sqrt(squares) + 1e-6);
    if (factor < 1)
        for (size_t j = 0; j < n; j++) g[j] *= factor;
}

static void take_batch(descent *d, marq_row_list rows) {
    const marq_trainer *t = d->trainer;
    MARQ_SCOPE(t->options->profile, "batch");
    const marq_first_order *o = &t->first_order;
    size_t n = t->net->count;
    double weight = (double)rows.count / marq_target_share(&d->gradient.targets);
    marq_batch_gradient_at(&d->gradient, t->theta, rows, d->g);
    MARQ_SCOPE(t->options->profile, "step");
    if (o->l1 > 0 || o->l2 > 0) add_penalty(t->net, o, t->theta, d->g);
    for (size_t j = 0; j < n; j++) d->sum[j] += weight * d->g[j];
    if (o->clip > 0) shorten(n, o->clip, d->g);
    marq_update_step(&d->update, d->g, t->theta);
}

/* ---- An epoch ---- */

/* NaN if an entry is. */
static double largest(size_t n, const double *v) {
    double most = 0;
    for (size_t j = 0; j < n; j++) {
        if (isnan(v[j])) return v[j];
        most = fmax(most, fabs(v[j]));
    }
    return most;
}

static void shuffle(descent *d) {
    MARQ_SCOPE(d->trainer->options->profile, "shuffle");
    marq_batches_shuffle(&d->batches);
}

static marq_status run_epoch(descent *d) {
    marq_trainer *t = d->trainer;
    size_t n = t->net->count, batches = marq_batches_count(&d->batches);
    MARQ_SCOPE(t->options->profile, "epoch");
    memset(d->sum, 0, n * sizeof *d->sum);
    shuffle(d);
    size_t done = 0, releases = MARQ_RELEASE_ROWS / d->batches.size + 1;
    marq_status stop = MARQ_OK;
    while (done < batches && stop == MARQ_OK) {
        take_batch(d, marq_batch(&d->batches, done++));
        if (done % releases == 0) marq_dataset_release(&t->data);
        stop = marq_step_limit(t);
    }
    if (done == batches) stop = MARQ_OK; /* the next epoch sees to it */
    t->residual_evaluations += (double)done / (double)batches;
    t->jacobian_evaluations += (double)done / (double)batches;
    marq_epoch_end end = {.theta = t->theta,
                          .mu = (double)NAN,
                          .gradient_norm = largest(n, d->sum),
                          .effective = (double)NAN,
                          .beta = (double)NAN,
                          .accepted = done};
    if (!isfinite(end.gradient_norm) || !isfinite(largest(n, t->theta))) return MARQ_STOP_DIVERGED;
    marq_status status = marq_after_epoch(t, &end);
    double least = t->options->min_gradient;
    if (stop != MARQ_OK) return status == MARQ_OK ? stop : status;
    return status == MARQ_OK && least > 0 && end.gradient_norm <= least ? MARQ_CONVERGED_GRADIENT : status;
}

/* ---- A training ---- */

static int is_share(double v) {
    return v >= 0 && v < 1;
}

static int is_size(double v) {
    return v >= 0 && isfinite(v);
}

static marq_status check(marq_optimizer optimizer, const marq_first_order *o, marq_error *error) {
    if (!is_size(o->learning_rate))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "learning_rate must be finite and not below 0");
    if (!is_share(o->momentum))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "momentum must be at least 0 and below 1");
    if (optimizer == MARQ_OPTIMIZER_ADAM && o->momentum > 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "momentum: Adam has its own, leave it 0");
    if (o->nesterov && (optimizer != MARQ_OPTIMIZER_SGD || o->momentum == 0))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "nesterov needs sgd with a momentum");
    if (!is_size(o->l1) || !is_size(o->l2) || !is_size(o->clip))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "l1, l2 and clip must be finite and not below 0");
    return MARQ_OK;
}

/* The settings with what they leave to us. */
static void settle(marq_trainer *t) {
    const marq_train_options *o = t->options;
    size_t rows = t->data.rows[MARQ_TRAIN], batch = o->batch ? o->batch : USUAL_BATCH;
    t->first_order = o->first_order;
    if (t->first_order.learning_rate == 0)
        t->first_order.learning_rate = marq_usual_learning_rate(o->optimizer);
    t->batch = batch < rows ? batch : rows;
}

static int create(descent *d) {
    marq_trainer *t = d->trainer;
    size_t n = t->net->count;
    d->g = marq_alloc_doubles(n, 1);
    d->sum = marq_alloc_doubles(n, 1);
    d->gradient = (marq_batch_gradient){.net = t->net,
                                        .X = t->data.X[MARQ_TRAIN],
                                        .targets = marq_dataset_targets(&t->data, t->net, MARQ_TRAIN),
                                        .threads = t->threads,
                                        .profile = t->options->profile};
    return d->g && d->sum &&
           marq_batches_create(&d->batches, t->data.rows[MARQ_TRAIN], t->batch, t->options->seed) &&
           marq_batch_gradient_create(&d->gradient, t->batch) &&
           marq_update_create(&d->update, t->options->optimizer, &t->first_order, n);
}

static void destroy(descent *d) {
    marq_update_destroy(&d->update);
    marq_batch_gradient_destroy(&d->gradient);
    marq_batches_destroy(&d->batches);
    free(d->g);
    free(d->sum);
}

marq_status marq_train_gradient(marq_trainer *t, marq_error *error) {
    marq_status status = check(t->options->optimizer, &t->options->first_order, error);
    if (status != MARQ_OK) return status;
    settle(t);
    descent d = {.trainer = t};
    if (create(&d))
        status = marq_after_epoch(t, &(marq_epoch_end){.theta = t->theta});
    else
        status = marq_fail_memory(error, "the training");
    while (status == MARQ_OK && (status = marq_epoch_limit(t)) == MARQ_OK) status = run_epoch(&d);
    destroy(&d);
    return status;
}
