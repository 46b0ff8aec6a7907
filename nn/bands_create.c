/* Net + training rows -> the factor of H = JᵀJ + αI, the noise of each output, and from these the
 * variance of predictions (marq/bands.h).
 *
 * The noise of output o with N_o values, √w e = r their residuals, and leverages h of the gradients g:
 *     γ_o = Σ_i w_io h_io,  Σ_o γ_o = γ      (tr J H⁻¹ Jᵀ),      σ_o² = Σ_i r_io² / (N_o − γ_o).
 * The evidence for α at fixed θ is highest where f(α) = γ σ² / ‖θ‖² = α, σ² = ‖r‖²/(N − γ) (MacKay 1992, eqs.
 * 4.8–4.10); with classes σ² = 1. γ and σ² both fall as α grows, so that ln f − ln α falls with a slope below
 * −1: it has one root, which halved steps find (as lm/decay.c's), kept between points of either sign. */
#include "bands.h"

#include "dataset.h"
#include "linearisation.h"
#include <base/error.h>
#include <base/least.h>
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 10000, MOST_ESTIMATES = 20 };
static const double FIRST_DECAY = 0.1, LEAST_DECAY = 1e-12, MOST_DECAY = 1e3, CLOSE = 0.1 /* in ln α */;

marq_bands_options marq_bands_options_default(void) {
    return (marq_bands_options){.max_memory = 2e9};
}

/* What is only needed while a handle is created. */
typedef struct making {
    marq_net_bands *bands;
    marq_dataset data;
    marq_targets targets;
    size_t rows, outputs; /* training rows */
    double *residual;     /* rows × outputs: √w (a − y) */
    double *leverage;     /* sampled rows × outputs: h */
    size_t every;         /* one of so many rows is sampled */
    double *gram, *gradient;
    marq_linearisation linearisation;
} making;

static size_t sampled_rows(const making *m) {
    return (m->rows + m->every - 1) / m->every;
}

static void fill_residuals(making *m) {
    marq_net_bands *b = m->bands;
    size_t inputs = marq_net_inputs(b->net);
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < m->rows; first += MARQ_PASS_ROWS) {
        marq_pass *pass = marq_pass_of_thread(&b->passes);
        size_t count = marq_least(MARQ_PASS_ROWS, m->rows - first);
        memcpy(pass->a[0], m->data.X[MARQ_TRAIN] + first * inputs, count * inputs * sizeof(double));
        marq_forward(b->net, b->net->theta, pass, 0, count);
        marq_target_residuals(&m->targets, first, count, pass->a[b->net->layers],
                              m->residual + first * m->outputs);
    }
}

static void fill_leverages(making *m) {
    marq_net_bands *b = m->bands;
    size_t inputs = marq_net_inputs(b->net), sampled = sampled_rows(m);
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < sampled; first += b->block) {
        size_t count = marq_least(b->block, sampled - first);
        double *a = marq_pass_of_thread(&b->passes)->a[0];
        for (size_t i = 0; i < count; i++)
            memcpy(a + i * inputs, m->data.X[MARQ_TRAIN] + (first + i) * m->every * inputs,
                   inputs * sizeof *a);
        memcpy(m->leverage + first * m->outputs, marq_band_leverages(b, count),
               count * m->outputs * sizeof *a);
    }
}

static void fill_gram(making *m) {
    const marq_net *net = m->bands->net;
    if (!marq_targets_are_plain(&m->targets)) m->linearisation.targets = &m->targets;
    marq_net_linearise(&m->linearisation, net->theta, m->rows, m->data.X[MARQ_TRAIN]);
    marq_net_gram(&m->linearisation, m->residual, m->gram, m->gradient);
}

/* ---- Decay ---- */

/* Values that count, and the sum of their squared residuals. */
static double sum_squares(const making *m, double *values) {
    const double *root = m->data.root[MARQ_TRAIN];
    double sum = 0;
    *values = 0;
    for (size_t k = 0; k < m->rows * m->outputs; k++) {
        *values += !root || root[k] > 0;
        sum += m->residual[k] * m->residual[k];
    }
    return sum;
}

/* ln f(α) − ln α of the factor at hand. */
static double evidence_slope(const making *m) {
    const marq_net *net = m->bands->net;
    double values, squares = sum_squares(m, &values), size = 0;
    double gamma = marq_laplace_effective(m->bands->laplace), decay = marq_laplace_decay(m->bands->laplace);
    for (size_t j = 0; j < net->count; j++) size += net->theta[j] * net->theta[j];
    double noise = net->classes ? 1 : squares / fmax(values - gamma, 1e-9 * values);
    return log(gamma * noise / (size * decay));
}

/* The factor, at the α of the options or that of the highest evidence. */
static marq_status factor(making *m, const marq_bands_options *o, marq_error *error) {
    marq_laplace *laplace = m->bands->laplace;
    double at = o->decay > 0 || !o->evidence ? o->decay : FIRST_DECAY;
    double low = log(LEAST_DECAY), high = log(MOST_DECAY);
    marq_status status = marq_laplace_factor(laplace, m->gram, at, error);
    for (int k = 0; o->evidence && status == MARQ_OK && k < MOST_ESTIMATES; k++) {
        double slope = evidence_slope(m), here = log(marq_laplace_decay(laplace));
        if (!(fabs(slope) > CLOSE && isfinite(slope))) break;     /* not finite: all residuals are 0 */
        if (slope < 0 && marq_laplace_decay(laplace) > at) break; /* the ridge: nothing less will do */
        if (slope > 0)
            low = fmax(low, here);
        else
            high = fmin(high, here);
        if (!(high - low > CLOSE)) break;
        double next = here + slope / 2;
        if (!(next > low && next < high)) next = (low + high) / 2;
        at = exp(next);
        status = marq_laplace_factor(laplace, m->gram, at, error);
    }
    return status;
}

/* ---- Noise ---- */

/* What is summed over the rows of one output. */
typedef struct output_sums {
    double values, weight, squares, share, largest; /* share: of γ, up to a factor for all outputs */
} output_sums;

static output_sums sum_output(const making *m, size_t output) {
    const double *root = m->data.root[MARQ_TRAIN];
    output_sums s = {0};
    for (size_t i = 0; i < m->rows; i++) {
        size_t k = i * m->outputs + output;
        s.values += !root || root[k] > 0;
        s.weight += root ? root[k] * root[k] : 1;
        s.squares += m->residual[k] * m->residual[k];
    }
    for (size_t i = 0; i < sampled_rows(m); i++) {
        size_t k = i * m->every * m->outputs + output;
        double h = m->leverage[i * m->outputs + output], w = root ? root[k] * root[k] : 1;
        s.share += w * h;
        if (w > 0) s.largest = fmax(s.largest, h);
    }
    return s;
}

static marq_status set_band(making *m, const double *output_weights, size_t output, double all_shares,
                            marq_error *error) {
    marq_net_bands *b = m->bands;
    output_sums s = sum_output(m, output);
    if (b->net->classes) { /* the likelihood says how far classes scatter */
        b->band[output] = (marq_band){.scale = 1, .dof = HUGE_VAL, .largest = s.largest};
        return MARQ_OK;
    }
    double effective = marq_laplace_effective(b->laplace) * s.share / all_shares, dof = s.values - effective;
    if (s.values > 0 && !(dof >= 1))
        return marq_fail(error, MARQ_ERROR_DATA,
                         "no bands: the net has %.4g effective parameters for %.0f training values, so that "
                         "nothing is left that would show the noise: use fewer neurons or weight decay",
                         effective, s.values);
    double factor = fabs(b->net->output.factor[output]), weight = output_weights ? output_weights[output] : 1;
    double scale = sqrt(s.squares / dof) / factor;
    b->band[output] = (marq_band){.scale = scale,
                                  .unit = scale / (m->data.common * sqrt(weight)),
                                  .noise = scale / sqrt(s.weight / s.values),
                                  .dof = dof,
                                  .largest = s.largest};
    return MARQ_OK;
}

static marq_status set_bands(making *m, const double *output_weights, marq_error *error) {
    double all = 0;
    for (size_t o = 0; o < m->outputs; o++) all += sum_output(m, o).share;
    marq_status status = MARQ_OK;
    for (size_t o = 0; status == MARQ_OK && o < m->outputs; o++)
        status = set_band(m, output_weights, o, all, error);
    return status;
}

/* ---- All of it ---- */

static double bytes_needed(const marq_net *net, size_t rows, int threads) {
    double n = (double)net->count, outputs = (double)marq_net_outputs(net);
    double pairs = (double)marq_band_rows(net) * outputs * marq_team_size(threads);
    double doubles = n * n + pairs * n + 2 * (double)rows * outputs;
    return doubles * sizeof(double) + marq_laplace_bytes(net->count, threads) +
           marq_linearisation_bytes(net, rows, marq_team_size(threads), MARQ_STORE_WINDOW);
}

static marq_status check(const marq_net *net, const marq_data *data, const marq_bands_options *o,
                         marq_error *error) {
    if (!(o->decay >= 0 && isfinite(o->decay)))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the weight decay %g is below 0 or not finite",
                         o->decay);
    double needed = bytes_needed(net, data->rows, o->threads);
    if (o->max_memory > 0 && needed > o->max_memory)
        return marq_fail(error, MARQ_ERROR_MEMORY,
                         "the bands of a net with %zu parameters need %.3g GB, above the limit of %.3g GB",
                         net->count, needed / 1e9, o->max_memory / 1e9);
    return MARQ_OK;
}

static marq_status gather(making *m, const marq_data *data, const marq_bands_options *o, marq_error *error) {
    marq_net_bands *b = m->bands;
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.keep_scaling = 1;
    options.spill_folder = o->spill_folder;
    marq_status status = marq_dataset_create(&m->data, b->net, data, &options, error);
    if (status != MARQ_OK) return status;
    size_t n = b->net->count;
    m->rows = m->data.rows[MARQ_TRAIN];
    m->outputs = marq_net_outputs(b->net);
    m->targets = marq_dataset_targets(&m->data, b->net, MARQ_TRAIN);
    m->every = (m->rows * m->outputs + MOST_ROWS - 1) / MOST_ROWS;
    m->residual = marq_alloc_doubles(m->rows, m->outputs);
    m->leverage = marq_alloc_doubles(sampled_rows(m), m->outputs);
    m->gram = marq_alloc_doubles(n, n);
    m->gradient = marq_alloc_doubles(n, 1);
    int held = marq_linearisation_create(&m->linearisation, b->net, m->rows, b->threads, MARQ_STORE_WINDOW);
    if (!m->residual || !m->leverage || !m->gram || !m->gradient || !held)
        return marq_fail_memory(error, "the bands");
    return MARQ_OK;
}

static void release(making *m) {
    marq_linearisation_destroy(&m->linearisation);
    marq_dataset_destroy(&m->data);
    free(m->residual);
    free(m->leverage);
    free(m->gram);
    free(m->gradient);
}

static marq_status make(marq_net_bands *b, const marq_data *data, const marq_bands_options *o,
                        marq_error *error) {
    making m = {.bands = b};
    marq_status status = gather(&m, data, o, error);
    if (status == MARQ_OK) {
        fill_residuals(&m);
        fill_gram(&m);
        status = factor(&m, o, error);
    }
    if (status == MARQ_OK) {
        fill_leverages(&m);
        status = set_bands(&m, data->output_weights, error);
    }
    release(&m);
    return status;
}

marq_net_bands *marq_net_bands_create(const marq_net *net, const marq_data *data,
                                      const marq_bands_options *options, marq_error *error) {
    marq_bands_options own = options ? *options : marq_bands_options_default();
    if (!net || !data) {
        marq_fail(error, MARQ_ERROR_ARGUMENT, "net or data is NULL");
        return NULL;
    }
    if (check(net, data, &own, error) != MARQ_OK) return NULL;
    marq_net_bands *b = marq_net_bands_allocate(net, own.threads, error);
    if (!b) return NULL;
    marq_team team = marq_team_enter(b->threads);
    marq_status status = make(b, data, &own, error);
    marq_team_leave(&team);
    if (status == MARQ_OK) return b;
    marq_net_bands_destroy(b);
    return NULL;
}
