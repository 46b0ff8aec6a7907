/* Trains the net of --vs on all rows with Bayesian regularisation (MacKay 1992): ½‖r‖² + ½α‖θ‖², α from the
 * evidence, which also gives the effective number of parameters γ that the net spends; with that it can be
 * weighed against formulas (marq/lm.h, marq_options.evidence). */
#include "formulas/versus_train.h"

#include "interrupt.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_EPOCHS = 30, EPOCHS = 200 };

/* Residuals w (net − y), in units in which the outputs are normalised. */
typedef struct training {
    marq_net *net;
    size_t rows, inputs;
    const double *x;  /* rows × inputs */
    const double *y;  /* rows */
    double *jacobian; /* room for a block of rows */
    double unit;
} training;

enum { BLOCK = 256 };

static void set_parameters(const training *t, const double *theta) {
    memcpy(marq_net_parameters(t->net), theta, marq_net_count(t->net) * sizeof *theta);
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const training *t = user;
    set_parameters(t, theta);
    if (marq_net_predict(t->net, count, t->x + first * t->inputs, r, 1) != MARQ_OK)
        return MARQ_CALLBACK_ABORT;
    for (size_t i = 0; i < count; i++) r[i] = (r[i] - t->y[first + i]) / t->unit;
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const training *t = user;
    size_t n = marq_net_count(t->net);
    set_parameters(t, theta);
    if (marq_net_jacobian(t->net, count, t->x + first * t->inputs, t->jacobian, 1) != MARQ_OK)
        return MARQ_CALLBACK_ABORT;
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < n; j++) rows[i * stride + j] = t->jacobian[i * n + j] / t->unit;
    return MARQ_CALLBACK_OK;
}

static int on_progress(void *user, const marq_progress *progress) {
    (void)user, (void)progress;
    return fit_interrupted() ? MARQ_STOP_CALLER : 0;
}

static marq_options solver_options(const formula_run *run) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.damping = MARQ_DAMPING_FACTORS;
    options.mu = 1e-2;
    options.mu_increase = 2;
    options.mu_decrease = 3;
    options.evidence = 2;
    options.cost_tolerance = 1e-7;
    options.max_iterations = EPOCHS;
    options.threads = run->arguments->threads;
    options.progress = on_progress;
    if (run->arguments->seconds.given) options.max_seconds = run->arguments->seconds.value;
    return options;
}

static double half_range(const double *y, size_t rows) {
    double low = y[0], high = y[0];
    for (size_t i = 1; i < rows; i++) low = fmin(low, y[i]), high = fmax(high, y[i]);
    return high > low ? 0.5 * (high - low) : 1;
}

/* Weights of mean square 1, so that residuals stay in the unit of the outputs. */
static double *relative_weights(const formula_net_rows *rows) {
    double *w = marq_alloc_doubles(rows->rows, 1), sum = 0, n = (double)rows->rows;
    for (size_t i = 0; w && i < rows->rows; i++) sum += rows->weights[i] * rows->weights[i] / n;
    for (size_t i = 0; w && i < rows->rows; i++) w[i] = rows->weights[i] / sqrt(sum);
    return w;
}

/* One training from the net's start, with α fixed at first. The estimate of α has several fixed points: one
 * where a large α keeps the net flat, one that follows the data. *result is that of the last stage. */
static void train_once(const marq_problem *problem, marq_options options, double decay, double *theta,
                       marq_result *result) {
    marq_options first = options;
    first.decay = options.decay = decay;
    first.evidence = 0;
    first.max_iterations = FIRST_EPOCHS;
    marq_solve(problem, &first, theta, result);
    if (result->status > 0 && result->status != MARQ_STOP_CALLER)
        marq_solve(problem, &options, theta, result);
}

/* N ln(Σ r²/N) + γ ln N; room: rows. */
static double bic(training *t, const double *weights, const double *theta, double effective, double *room) {
    double sum = 0, n = (double)t->rows;
    if (!isfinite(effective) || residual(t, theta, 0, t->rows, room) != MARQ_CALLBACK_OK) return HUGE_VAL;
    for (size_t i = 0; i < t->rows; i++) sum += pow(room[i] * (weights ? weights[i] : 1), 2);
    return n * log(sum / n) + effective * log(n);
}

/* From several first values of α; the net gets the parameters of the least BIC. */
static marq_status solve(const formula_run *run, formula_net *n, training *t, const double *weights,
                         double *memory, marq_error *error) {
    static const double decays[] = {1e-2, 1e-3, 1e-4};
    size_t count = marq_net_count(n->net);
    double *start = memory, *theta = memory + count, *best = theta + count, *room = best + count;
    double least = HUGE_VAL;
    marq_problem problem = {.rows = t->rows,
                            .parameters = count,
                            .user = t,
                            .residual = residual,
                            .jacobian = jacobian,
                            .weights = weights,
                            .row_block = BLOCK};
    memcpy(start, marq_net_parameters(n->net), count * sizeof *start);
    memcpy(best, start, count * sizeof *best);
    n->effective = (double)count;
    n->status = "not_converged";
    for (size_t k = 0; k < sizeof decays / sizeof *decays; k++) {
        marq_result result;
        memcpy(theta, start, count * sizeof *theta);
        train_once(&problem, solver_options(run), decays[k], theta, &result);
        if (result.status < 0) return marq_fail(error, result.status, "%s: %s", n->text, result.message);
        double got = bic(t, weights, theta, result.effective, room);
        if (got >= least) continue;
        least = got;
        memcpy(best, theta, count * sizeof *best);
        n->effective = result.effective;
        n->status = result.status == MARQ_STOP_CALLER ? "interrupted" : "converged";
    }
    set_parameters(t, best);
    return MARQ_OK;
}

marq_status formula_train_net(const formula_run *run, const formula_net_rows *rows, formula_net *n,
                              marq_error *error) {
    size_t count = marq_net_count(n->net);
    training t = {.net = n->net,
                  .rows = rows->rows,
                  .inputs = n->inputs,
                  .x = rows->x,
                  .y = rows->y,
                  .unit = half_range(rows->y, rows->rows)};
    t.jacobian = marq_alloc_doubles(BLOCK, count);
    double *weights = rows->weights ? relative_weights(rows) : NULL;
    double *memory = marq_alloc_doubles(3 * count + rows->rows, 1);
    bool complete = t.jacobian && memory && (weights || !rows->weights);
    marq_status status =
        complete ? solve(run, n, &t, weights, memory, error) : marq_fail_memory(error, "the net");
    free(t.jacobian);
    free(weights);
    free(memory);
    return status;
}
