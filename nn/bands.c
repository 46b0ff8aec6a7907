/* A handle of a net's bands and what it says of rows; bands_create.c fills it, bands_file.c keeps it. */
#include "bands.h"

#include "jacobian.h"
#include <base/error.h>
#include <base/least.h>
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_PAIRS = 32 };

/* ---- A handle ---- */

size_t marq_band_rows(const marq_net *net) {
    size_t rows = BLOCK_PAIRS / marq_net_outputs(net);
    return rows > 0 ? rows : 1;
}

marq_net_bands *marq_net_bands_allocate(const marq_net *net, int threads, marq_error *error) {
    marq_net_bands *b = marq_alloc(1, sizeof *b);
    if (!b) {
        marq_fail_memory(error, "the bands");
        return NULL;
    }
    *b = (marq_net_bands){.threads = marq_team_size(threads), .block = marq_band_rows(net)};
    size_t outputs = marq_net_outputs(net), pairs = b->block * outputs, team = (size_t)b->threads;
    b->net = marq_net_copy(net, error);
    b->laplace = marq_laplace_create(net->count, threads, error);
    b->band = marq_alloc(outputs, sizeof *b->band);
    b->gradients = marq_alloc_doubles(team * pairs, net->count);
    b->leverages = marq_alloc_doubles(team, pairs);
    b->probabilities = marq_alloc_doubles(team, net->classes + 1);
    int passes = marq_pass_team_create(&b->passes, net, b->threads, 1);
    if (b->net && b->laplace && b->band && b->gradients && b->leverages && b->probabilities && passes)
        return b;
    marq_net_bands_destroy(b);
    marq_fail_memory(error, "the bands");
    return NULL;
}

void marq_net_bands_destroy(marq_net_bands *b) {
    if (!b) return;
    marq_pass_team_destroy(&b->passes);
    marq_laplace_destroy(b->laplace);
    marq_net_destroy(b->net);
    free(b->band);
    free(b->gradients);
    free(b->leverages);
    free(b->probabilities);
    free(b);
}

marq_bands_facts marq_net_bands_facts(const marq_net_bands *b, size_t output) {
    const marq_band *band = &b->band[output];
    return (marq_bands_facts){.decay = marq_laplace_decay(b->laplace),
                              .effective = marq_laplace_effective(b->laplace),
                              .noise = band->noise,
                              .dof = band->dof,
                              .largest = band->largest};
}

/* ---- Leverages ---- */

/* Of rows whose normalised inputs are in the thread's pass. Returns rows × outputs, the thread's. */
const double *marq_band_leverages(marq_net_bands *b, size_t rows) {
    marq_pass *pass = marq_pass_of_thread(&b->passes);
    size_t pairs = rows * marq_net_outputs(b->net), most = b->block * marq_net_outputs(b->net);
    double *gradients = b->gradients + (size_t)omp_get_thread_num() * most * b->net->count;
    double *h = b->leverages + (size_t)omp_get_thread_num() * most;
    marq_forward(b->net, b->net->theta, pass, 0, rows);
    marq_reverse(b->net, b->net->theta, pass, 0, rows);
    marq_jacobian_rows(b->net, pass, rows, gradients, b->net->count);
    marq_laplace_leverages(b->laplace, pairs, gradients, h);
    return h;
}

/* The variances of the probabilities: ∂p_k = p_k (g_k − Σ_j p_j g_j) of the logits' gradients that
 * marq_band_leverages left, two classes: p(1 − p) g. h and the gradients are overwritten. */
static void add_probability_errors(marq_net_bands *b, size_t rows, double *deviation) {
    size_t n = b->net->count, logits = marq_net_outputs(b->net), classes = b->net->classes;
    double *gradients = b->gradients + (size_t)omp_get_thread_num() * b->block * logits * n;
    double *h = b->leverages + (size_t)omp_get_thread_num() * b->block * logits;
    const double *a = marq_pass_of_thread(&b->passes)->a[b->net->layers];
    double *p = b->probabilities + (size_t)omp_get_thread_num() * classes;
    for (size_t i = 0; i < rows; i++) {
        double *g = gradients + i * logits * n;
        marq_probabilities(classes, a + i * logits, p);
        for (size_t j = 0; j < n; j++) {
            double mean = logits > 1 ? 0 : p[1] * g[j];
            for (size_t k = 0; k < logits && logits > 1; k++) mean += p[k] * g[k * n + j];
            for (size_t k = 0; k < logits; k++) g[k * n + j] = p[logits > 1 ? k : 1] * (g[k * n + j] - mean);
        }
    }
    marq_laplace_leverages(b->laplace, rows * logits, gradients, h);
    for (size_t k = 0; k < rows * classes; k++) deviation[k] = sqrt(h[logits > 1 ? k : k / classes]);
}

static double length(double x, double y) {
    return sqrt(x * x + y * y);
}

void marq_net_bands_at(marq_net_bands *b, size_t rows, const double *X, const double *sigma,
                       double *deviation, double *prediction, double *leverage) {
    size_t inputs = marq_net_inputs(b->net), outputs = marq_net_outputs(b->net);
    marq_team team = marq_team_enter(b->threads);
#pragma omp parallel for schedule(dynamic)
    for (size_t first = 0; first < rows; first += b->block) {
        size_t count = marq_least(b->block, rows - first);
        marq_scale_rows(&b->net->input, count, inputs, X + first * inputs,
                        marq_pass_of_thread(&b->passes)->a[0]);
        const double *h = marq_band_leverages(b, count);
        if (b->net->classes) {
            if (leverage) memcpy(leverage + first * outputs, h, count * outputs * sizeof *h);
            if (deviation) add_probability_errors(b, count, deviation + first * b->net->classes);
            continue;
        }
        for (size_t k = 0; k < count * outputs; k++) {
            size_t at = first * outputs + k;
            const marq_band *band = &b->band[k % outputs];
            double own = band->scale * sqrt(h[k]);
            if (deviation) deviation[at] = own;
            if (prediction)
                prediction[at] = length(own, sigma ? band->unit * sigma[first + k / outputs] : band->noise);
            if (leverage) leverage[at] = h[k];
        }
    }
    marq_team_leave(&team);
}
