/* Prediction and its error, in the units of the data. */
#include "pass.h"
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <stdlib.h>

static void one_block(const marq_net *net, marq_pass *pass, size_t rows, const double *X, double *Y) {
    marq_scale_rows(&net->input, rows, marq_net_inputs(net), X, pass->a[0]);
    marq_forward(net, net->theta, pass, 0, rows);
    marq_unscale_rows(&net->output, rows, marq_net_outputs(net), pass->a[net->layers], Y);
}

marq_status marq_net_outputs_at(const marq_net *net, size_t rows, const double *X, double *Y, int threads) {
    marq_team team = marq_team_enter(threads);
    marq_pass_team passes;
    marq_status status = MARQ_ERROR_MEMORY;
    size_t blocks = (rows + MARQ_PASS_ROWS - 1) / MARQ_PASS_ROWS; /* no thread waits that has none */
    int workers = blocks < (size_t)team.threads ? (int)(blocks > 0 ? blocks : 1) : team.threads;
    if (marq_pass_team_create(&passes, net, workers, 0)) {
        size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
#pragma omp parallel for schedule(dynamic) num_threads(workers)
        for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS) {
            size_t block = rows - first < MARQ_PASS_ROWS ? rows - first : MARQ_PASS_ROWS;
            one_block(net, marq_pass_of_thread(&passes), block, X + first * inputs, Y + first * outputs);
        }
        marq_pass_team_destroy(&passes);
        status = MARQ_OK;
    }
    marq_team_leave(&team);
    return status;
}

marq_status marq_net_predict(const marq_net *net, size_t rows, const double *X, double *Y, int threads) {
    marq_status status = marq_net_outputs_at(net, rows, X, Y, threads);
    size_t classes = net->classes, outputs = marq_net_outputs(net);
    if (status != MARQ_OK || classes == 0) return status;
    for (size_t i = rows; i-- > 0;) /* from the end: two classes take twice the room of their output */
        marq_probabilities(classes, Y + i * outputs, Y + i * classes);
    return MARQ_OK;
}

static double weight_of(const double *Y, const double *root, size_t cell) {
    if (isnan(Y[cell])) return 0;
    return root ? root[cell] * root[cell] : 1;
}

double marq_output_spread(size_t rows, size_t outputs, size_t output, const double *Y, const double *root) {
    double total = 0, mean = 0, sum = 0, first = (double)NAN;
    int varies = 0; /* the mean of equal values is rounded */
    for (size_t i = output; i < rows * outputs; i += outputs) total += weight_of(Y, root, i);
    for (size_t i = output; i < rows * outputs; i += outputs) {
        double weight = weight_of(Y, root, i);
        if (weight == 0) continue;
        if (isnan(first)) first = Y[i];
        varies |= Y[i] != first;
        mean += weight * Y[i] / total;
    }
    for (size_t i = output; i < rows * outputs; i += outputs) {
        double weight = weight_of(Y, root, i);
        if (weight > 0) sum += weight * ((Y[i] - mean) * (Y[i] - mean));
    }
    return varies ? sum : 0;
}

double marq_spread(size_t rows, size_t outputs, const double *Y, const double *root) {
    double sum = 0;
    for (size_t o = 0; o < outputs; o++) sum += marq_output_spread(rows, outputs, o, Y, root);
    return sum;
}

marq_status marq_net_evaluate(const marq_net *net, size_t rows, const double *X, const double *Y, double *mse,
                              double *r2, int threads) {
    size_t outputs = marq_net_outputs(net), count = rows * outputs;
    if (net->classes) return MARQ_ERROR_ARGUMENT;
    double *fitted = marq_alloc_doubles(rows, outputs);
    if (!fitted) return MARQ_ERROR_MEMORY;
    marq_status status = marq_net_predict(net, rows, X, fitted, threads);
    double squares = 0, total = marq_spread(rows, outputs, Y, NULL);
    size_t present = 0;
    for (size_t i = 0; i < count; i++) {
        if (isnan(Y[i])) continue;
        squares += (Y[i] - fitted[i]) * (Y[i] - fitted[i]);
        present++;
    }
    if (mse) *mse = present > 0 ? squares / (double)present : (double)NAN;
    if (r2) *r2 = total > 0 ? 1 - squares / total : (double)NAN;
    free(fitted);
    return status;
}
