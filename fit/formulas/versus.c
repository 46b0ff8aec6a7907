/* --vs net:10: a net beside the formulas, of the formulas' inputs and left side, with the same weights. It is
 * trained on all rows with Bayesian regularisation (MacKay 1992): ½‖r‖² + ½α‖θ‖², α from the evidence, which
 * also gives the effective number of parameters γ that the net spends; with that it can be weighed against
 * formulas (marq/lm.h, marq_options.evidence). */
#include "formulas/compare.h"

#include "interrupt.h"
#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_LAYERS = 16, MOST_NAMED_INPUTS = 64, FIRST_EPOCHS = 30, EPOCHS = 200 };

/* ---- The net ---- */

/* "net:20,10" -> widths with the inputs in front and the output behind; 0: not of that form. */
static size_t read_widths(const char *text, size_t inputs, size_t widths[MOST_LAYERS]) {
    size_t count = 1;
    widths[0] = inputs;
    if (strncmp(text, "net:", 4) != 0) return 0;
    char item[32];
    for (const char *list = text + 4; fit_list_next(&list, ',', item, sizeof item);) {
        double width;
        if (count + 1 == MOST_LAYERS || !marq_number_parse(item, &width)) return 0;
        if (width < 1 || width > 10000 || width != floor(width)) return 0;
        widths[count++] = (size_t)width;
    }
    widths[count++] = 1;
    return count;
}

/* The inputs of all formulas, in the order of their first use. */
static marq_status find_inputs(const formula_run *run, formula_net *n, marq_error *error) {
    n->column = marq_alloc(run->table.columns, sizeof *n->column);
    if (!n->column) return marq_fail_memory(error, "the net's inputs");
    for (size_t k = 0; k < run->count; k++)
        for (size_t i = 0; i < marq_formula_column_count(run->outcome[k].formula); i++) {
            size_t column = marq_formula_column(run->outcome[k].formula, i);
            bool known = false;
            for (size_t j = 0; j < n->inputs; j++) known = known || n->column[j] == column;
            if (!known) n->column[n->inputs++] = column;
        }
    return MARQ_OK;
}

static marq_status make_net(const formula_run *run, formula_net *n, marq_error *error) {
    size_t widths[MOST_LAYERS], sizes = read_widths(run->arguments->vs, n->inputs, widths);
    if (sizes == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--vs %s: a net with the sizes of its hidden layers is expected, such as net:10",
                         run->arguments->vs);
    n->net = marq_net_create(sizes, widths, NULL, error);
    if (!n->net) return error->status;
    marq_net_initialise(n->net, MARQ_INIT_NGUYEN_WIDROW, run->arguments->seed);
    size_t length = (size_t)marq_format(n->text, sizeof n->text, "net ");
    for (size_t l = 0; l < sizes && length < sizeof n->text; l++)
        length +=
            (size_t)marq_format(n->text + length, sizeof n->text - length, l ? "-%zu" : "%zu", widths[l]);
    const char *names[MOST_NAMED_INPUTS], *output = run->table.names[run->outcome[0].response];
    for (size_t j = 0; j < n->inputs && j < MOST_NAMED_INPUTS; j++) names[j] = run->table.names[n->column[j]];
    if (n->inputs <= MOST_NAMED_INPUTS && marq_net_set_columns(n->net, names, &output) != MARQ_OK)
        return marq_fail_memory(error, "names of columns");
    return MARQ_OK;
}

/* ---- Training ---- */

/* Residuals w (net − y), in units in which the outputs are normalised. */
typedef struct training {
    marq_net *net;
    size_t rows, inputs;
    double *x;        /* rows × inputs */
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
static double *relative_weights(const formula_outcome *o) {
    double *w = marq_alloc_doubles(o->rows, 1), sum = 0;
    for (size_t i = 0; w && i < o->rows; i++) sum += o->weights[i] * o->weights[i] / (double)o->rows;
    for (size_t i = 0; w && i < o->rows; i++) w[i] = o->weights[i] / sqrt(sum);
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

static marq_status train(const formula_run *run, formula_net *n, marq_error *error) {
    const formula_outcome *o = &run->outcome[0];
    training t = {.net = n->net, .rows = o->rows, .inputs = n->inputs, .y = o->left};
    t.x = marq_alloc_doubles(o->rows, n->inputs);
    t.jacobian = marq_alloc_doubles(BLOCK, marq_net_count(n->net));
    n->model = marq_alloc_doubles(o->rows, 1);
    double *weights = o->weights ? relative_weights(o) : NULL;
    double *memory = marq_alloc_doubles(3 * marq_net_count(n->net) + o->rows, 1);
    bool complete = t.x && t.jacobian && n->model && memory && (weights || !o->weights);
    marq_status status = complete ? MARQ_OK : marq_fail_memory(error, "the net");
    for (size_t i = 0; status == MARQ_OK && i < o->rows; i++)
        for (size_t j = 0; j < n->inputs; j++)
            t.x[i * n->inputs + j] = o->table.values[i * o->table.columns + n->column[j]];
    if (status == MARQ_OK) {
        marq_net_normalise(n->net, MARQ_NORMALISE_RANGE, o->rows, t.x, t.y);
        t.unit = half_range(t.y, o->rows);
        status = solve(run, n, &t, weights, memory, error);
    }
    if (status == MARQ_OK && marq_net_predict(n->net, o->rows, t.x, n->model, 1) != MARQ_OK)
        status = marq_fail_memory(error, "the net");
    for (size_t i = 0; status == MARQ_OK && i < o->rows; i++) {
        double r = (n->model[i] - o->left[i]) * (o->weights ? o->weights[i] : 1);
        n->chi2 += r * r;
    }
    free(t.x);
    free(t.jacobian);
    free(weights);
    free(memory);
    return status;
}

marq_status formula_train_versus(formula_run *run, marq_error *error) {
    formula_net *n = run->net = marq_alloc(1, sizeof *n);
    if (!n) return marq_fail_memory(error, "the net");
    marq_status status = find_inputs(run, n, error);
    if (status == MARQ_OK) status = make_net(run, n, error);
    return status == MARQ_OK ? train(run, n, error) : status;
}

/* ---- Its file ---- */

marq_status formula_write_versus(const formula_run *run, const char *folder, marq_error *error) {
    marq_text path = {0};
    marq_text_add(&path, "%s/model.json", folder);
    marq_status status = path.failed ? marq_fail_memory(error, "a file's name")
                                     : marq_net_save(run->net->net, path.data, error);
    marq_text_clear(&path);
    return status;
}

void formula_versus_clear(formula_net *n) {
    if (!n) return;
    marq_net_destroy(n->net);
    free(n->column);
    free(n->model);
    free(n);
}
