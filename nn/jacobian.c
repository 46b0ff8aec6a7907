/* For layer l, neuron p, input q:  ∂y_o/∂W_pq = δ_l(i, o)_p · a_{l−1}(i)_q,  ∂y_o/∂b_p = δ_l(i, o)_p. */
#include "jacobian.h"

#include <base/team.h>
#include <string.h>

static void write_layer(const marq_layer *layer, const double *delta, const double *a, double *row) {
    double *W = row + layer->offset, *b = W + layer->in * layer->out;
    for (size_t p = 0; p < layer->out; p++) {
        double d = delta[p];
        for (size_t q = 0; q < layer->in; q++) W[p * layer->in + q] = d * a[q];
    }
    memcpy(b, delta, layer->out * sizeof *b);
}

void marq_jacobian_rows(const marq_net *net, const marq_pass *pass, size_t rows, double *jacobian,
                        size_t stride) {
    size_t outputs = marq_net_outputs(net);
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) {
            size_t pair = i * outputs + o;
            for (size_t l = 0; l < net->layers; l++) {
                const marq_layer *layer = &net->layer[l];
                write_layer(layer, pass->delta[l] + pair * layer->out, pass->a[l] + i * layer->in,
                            jacobian + pair * stride);
            }
        }
}

static void one_block(const marq_net *net, marq_pass *pass, size_t rows, const double *X, double *jacobian) {
    size_t outputs = marq_net_outputs(net), count = net->count;
    marq_scale_rows(&net->input, rows, marq_net_inputs(net), X, pass->a[0]);
    marq_forward(net, net->theta, pass, 0, rows);
    marq_reverse(net, net->theta, pass, 0, rows);
    marq_jacobian_rows(net, pass, rows, jacobian, count);
    for (size_t pair = 0; pair < rows * outputs; pair++)
        for (size_t j = 0; j < count; j++) jacobian[pair * count + j] /= net->output.factor[pair % outputs];
}

marq_status marq_net_jacobian(const marq_net *net, size_t rows, const double *X, double *jacobian,
                              int threads) {
    marq_team team = marq_team_enter(threads);
    marq_pass_team passes;
    marq_status status = MARQ_ERROR_MEMORY;
    if (marq_pass_team_create(&passes, net, team.threads, 1)) {
        size_t inputs = marq_net_inputs(net), wide = marq_net_outputs(net) * net->count;
#pragma omp parallel for schedule(dynamic)
        for (size_t first = 0; first < rows; first += MARQ_PASS_ROWS) {
            size_t block = rows - first < MARQ_PASS_ROWS ? rows - first : MARQ_PASS_ROWS;
            one_block(net, marq_pass_of_thread(&passes), block, X + first * inputs, jacobian + first * wide);
        }
        marq_pass_team_destroy(&passes);
        status = MARQ_OK;
    }
    marq_team_leave(&team);
    return status;
}
