/* Which Levenberg–Marquardt steps a training takes, by the sizes of the problem alone: m = rows·outputs
 * residuals, n parameters, and the flops of a step on all rows, c = min(kernel, Gram form).
 *
 *     asked for     all rows as the options say (a batch of all rows, weight decay)
 *     c ≤ 2e7, or n > m and c ≤ 1e9, or difference Jacobians: the two full stages, from the start
 *     else          batches in kernel form; where they no longer help
 *         c > 3e9       momentum on batches (where n > m/2: c > 1e9)
 *             n > m/2, c ≤ 2e10    then the two full stages from the best parameters
 *         n > m/2       plain steps on all rows from the best parameters, while a step gains 2 %; then
 *             the error fell to a third    the plain stage goes on: the data are exact
 *             else                         the two full stages from the start: batches fitted the noise
 *         else          the two full stages from the best parameters
 *
 * The full stages are steps on all rows, plain and with Bayesian regularisation; where n > m/2 the latter
 * comes first; where it gives up, the other begins at the start, and it follows once more. A stage ends by
 * the validation error, and the next one begins at the best parameters so far.
 *
 * Measured on 5-D functions (10 000 rows, net 64-32-16) and few data (1000 rows: n = 3009 > m = 700): batches
 * need a hundredth of the time of steps on all rows; the evidence finds the weight decay that few data need.
 * Between them, 3000 rows, a step on all rows takes 0.3 s (one thread). With momentum before it the training
 * ends where the full stages alone end, and after 5 s the mean squared error on test rows is 0.014 instead of
 * 0.72 (noise 0.1 σ), 2e-8 instead of 0.026 (none), 1.6e-4 instead of 4.5e-3 (recorded target).
 * Exact data want none: there the plain stage goes on where the other took misfit for noise. Classes are
 * never exact: where they can be parted the plain stage makes the net ever surer of itself (iris, 4-10-3:
 * cross-entropy 3 on test rows, 0.2 with the other), so classifiers have the Bayesian stage only, and where
 * c ≤ 3e9 no batches before it. Their batches are small: digits, 784-100-10, one
 * thread, 0.94 of test rows right after 0.7 s by 37 rows a step, 4.8 s by 150.
 *
 * Where n > m/2, plain steps after batches tell exact data from noise: on exact data (1-D and 2-D functions,
 * 1000 to 1600 rows) a step gains 3 to 90 % until far below where batches end; with noise of 1e-4 to 0.1 the
 * first gains 5 to 40 % and the second to fifth less than 2 %, the linear model says so too, and all together
 * lower the error by no more than 1.7. Without validation rows what they fit of the noise would be kept as
 * the best: there the two full stages come at once, from the start. Of 100 seeds of the multimodal data four
 * took 92 to 194 epochs from the start, 1.6 to 3.1 s; from the best parameters none takes more than 21 epochs
 * or 0.14 s. */
#include "train_stages.h"

#include "linearisation.h"
#include <math.h>
#include <stdbool.h>
#include <string.h>

static const double SMALL_STEP = 2e7, AFFORDABLE_STEP = 3e9, AFFORDABLE_FOR_FEW = 1e9, DEAR_STEP = 2e10;

/* Residuals of a classifier's batch, at most. */
static const double CLASS_PAIRS = 600;

/* Weight decay of a classifier's batches. How much is best the data say. Cross-entropy on test rows by the
 * mild, by the strong, mean of two seeds: Statlog's shuttle 0.025, 0.036; MNIST's images (3500, 784-100-10)
 * 0.23, 0.19. */
static const double MILD_DECAY = 0.3, STRONG_DECAY = 3;

/* How plain steps after batches are judged, see above; and their damping at first, in units of the batches'
 * last: all rows want more than one batch, which can be fitted exactly. With 1 the first step is tried four
 * times more; with 1e4, or from the usual 0.01, steps may be so short that they gain little on exact data. */
static const double LEAST_GAIN = 0.02, EXACT_GAIN = 3, FULL_DAMPING = 100;

/* Where the evidence begins. Inputs and outputs are normalised, so that it has no unit. */
static const marq_full_batch bayes = {.decay = 0.1, .evidence = 2}, plain = {.decay = 0, .evidence = 0},
                             steady = {.decay = 0.1, .evidence = 0};

/* Flops of the matrix of a step on all rows and of its factor, in the cheaper form. */
static double step_flops(const marq_net *net, size_t rows) {
    double m = (double)(rows * marq_net_outputs(net)), n = (double)net->count;
    return fmin(marq_net_kernel_flops(net, rows) + m * m * m / 3,
                marq_net_gram_flops(net, rows) + n * n * n / 3);
}

/* Rows where the factor of K, (BO)³/3, costs as much as the passes of a step, about 16 flops a parameter and
 * row. On the multimodal data 100 to 256 rows reach an MSE of 1e-10 within a factor of two of the best time,
 * on 5-D data 250 to 500. More rows do not pay later on either: on exact 5-D data (10 000 rows, 64-32-16) the
 * mean squared error after 2 s is 2.6e-9 by 380 rows a step, 1.0e-8 by 760, 6e-6 by 1500. What pays at the
 * end is all rows, in the full stages. */
static size_t batch_rows(const marq_trainer *t) {
    size_t outputs = marq_net_outputs(t->net), all = t->data.rows[MARQ_TRAIN];
    double pairs = sqrt(48.0 * (double)t->net->count), rows = pairs / (double)outputs;
    if (t->data.loss == MARQ_NET_CROSS_ENTROPY) rows = fmin(rows, CLASS_PAIRS / (double)outputs);
    size_t whole = rows < 32 ? 32 : (size_t)rows;
    return whole < all ? whole : all;
}

static int few_data(const marq_trainer *t, double share) {
    double m = (double)(t->data.rows[MARQ_TRAIN] * marq_net_outputs(t->net));
    return (double)t->net->count > share * m;
}

/* Another stage may do better than the one that ended so. */
static int goes_on(const marq_trainer *t, marq_status status) {
    int limits = status == MARQ_STOP_ITERATIONS || status == MARQ_STOP_TIME || status == MARQ_STOP_CALLER;
    int done = status == MARQ_CONVERGED_GOAL || status == MARQ_CONVERGED_ZERO;
    return status > 0 && !limits && !done && marq_epochs_left(t) > 0;
}

static void begin_stage_at(marq_trainer *t, const double *theta) {
    memcpy(t->theta, theta, t->net->count * sizeof *theta);
    marq_begin_stage(t);
}

static marq_status two_stages(marq_trainer *t, const marq_full_batch *first, const marq_full_batch *second,
                              marq_error *error) {
    marq_status status = marq_train_full(t, first, error);
    if (!goes_on(t, status)) return status;
    begin_stage_at(t, marq_best_theta(t));
    return marq_train_full(t, second, error);
}

/* The evidence took the data for noise about a constant, which leaves little but the outputs' biases. Its
 * first estimates may do so, where the net has not begun to fit: on 2-D peaks, 420 rows, 2 of 128 trainings
 * ended there. */
static bool gave_up(const marq_trainer *t) {
    return t->epoch.effective < 1.5 * (double)marq_net_outputs(t->net);
}

static marq_status full_stages(marq_trainer *t, marq_error *error) {
    bool classify = t->data.loss == MARQ_NET_CROSS_ENTROPY;
    if (!classify && !few_data(t, 0.5)) return two_stages(t, &plain, &bayes, error);
    marq_status status = marq_train_full(t, &bayes, error);
    if (!goes_on(t, status)) return status;
    if (gave_up(t)) {
        begin_stage_at(t, t->net->theta /* still its start */);
        return classify ? marq_train_full(t, &steady, error) : two_stages(t, &plain, &bayes, error);
    }
    if (classify) return status;
    begin_stage_at(t, marq_best_theta(t));
    return marq_train_full(t, &plain, error);
}

/* After batches, where they may have fitted the noise. */
static marq_status gaining_stages(marq_trainer *t, marq_error *error) {
    double before = t->best_error;
    marq_full_batch gaining = {.least_gain = LEAST_GAIN, .most_mu = FULL_DAMPING * t->epoch.mu};
    begin_stage_at(t, marq_best_theta(t));
    marq_status status = marq_train_full(t, &gaining, error);
    if (!goes_on(t, status)) return status;
    bool exact = t->best_error < before / EXACT_GAIN;
    begin_stage_at(t, exact ? marq_best_theta(t) : t->net->theta /* still its start */);
    return exact ? two_stages(t, &plain, &bayes, error) : full_stages(t, error);
}

/* A second time from the start with more decay, where validation rows can tell which is better. */
static marq_status class_batches(marq_trainer *t, size_t rows, marq_error *error) {
    marq_row_batches batches = {.rows = rows, .momentum = 1, .decay = MILD_DECAY};
    marq_status status = marq_train_batches(t, &batches, error);
    if (t->data.weight[MARQ_VALIDATION] == 0 || !goes_on(t, status)) return status;
    begin_stage_at(t, t->net->theta /* still its start */);
    batches.decay = STRONG_DECAY;
    return marq_train_batches(t, &batches, error);
}

static marq_status train_by_batches(marq_trainer *t, marq_error *error) {
    bool classify = t->data.loss == MARQ_NET_CROSS_ENTROPY, few = few_data(t, 0.5);
    double step = step_flops(t->net, t->data.rows[MARQ_TRAIN]);
    if (classify && t->options->batch == 0 && step <= AFFORDABLE_STEP) return full_stages(t, error);
    bool affordable = step <= (few ? AFFORDABLE_FOR_FEW : AFFORDABLE_STEP);
    bool worth_it = affordable || (few && step <= DEAR_STEP);
    size_t rows = t->options->batch ? t->options->batch : batch_rows(t);
    marq_row_batches batches = {.rows = rows, .momentum = !affordable};
    marq_status status = classify ? class_batches(t, rows, error) : marq_train_batches(t, &batches, error);
    if (!worth_it || !goes_on(t, status)) return status;
    bool may_be_noise = few && affordable, validated = t->data.weight[MARQ_VALIDATION] > 0;
    if (may_be_noise && validated && !classify) return gaining_stages(t, error);
    begin_stage_at(t, may_be_noise ? t->net->theta /* still its start */ : marq_best_theta(t));
    return full_stages(t, error);
}

marq_status marq_train_lm(marq_trainer *t, marq_error *error) {
    const marq_train_options *o = t->options;
    size_t rows = t->data.rows[MARQ_TRAIN];
    marq_full_batch asked = {.decay = o->decay, .evidence = o->evidence};
    if (o->batch >= rows || o->decay > 0) return marq_train_full(t, &asked, error);
    double step = step_flops(t->net, rows);
    bool small = step <= SMALL_STEP || (few_data(t, 1) && step <= AFFORDABLE_FOR_FEW);
    if ((small && o->batch == 0) || o->jacobian != MARQ_JACOBIAN_AUTO) return full_stages(t, error);
    return train_by_batches(t, error);
}
