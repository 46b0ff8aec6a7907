/* Prediction in single precision, by blocks of rows that lie side by side (block.h). Scaling is done in
 * double precision: a column far from 0 keeps its digits. */
#include "activation.h"
#include "block_math.h"
#include "net.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/team.h>
#include <math.h>
#include <omp.h>
#include <stdlib.h>

struct marq_net_float {
    marq_net *net; /* our copy: shape and scaling */
    float *theta;
    float *memory; /* a thread: two layers of a block, `stride` floats each */
    size_t stride;
    int threads;
};

static size_t widest(const marq_net *net) {
    size_t most = 0;
    for (size_t l = 0; l <= net->layers; l++)
        if (marq_net_width(net, l) > most) most = marq_net_width(net, l);
    return most;
}

marq_net_float *marq_net_float_create(const marq_net *net, int threads, marq_error *error) {
    marq_net_float *own = marq_alloc(1, sizeof *own);
    if (own) {
        own->threads = marq_team_size(threads);
        own->stride = widest(net) * MARQ_BLOCK_ROWS;
        own->net = marq_net_copy(net, error);
        own->theta = marq_alloc(net->count, sizeof *own->theta);
        own->memory = marq_alloc(2 * (size_t)own->threads * own->stride, sizeof *own->memory);
    }
    if (!own || !own->net || !own->theta || !own->memory) {
        marq_fail_memory(error, "a net in single precision");
        marq_net_float_destroy(own);
        return NULL;
    }
    for (size_t j = 0; j < net->count; j++) own->theta[j] = (float)net->theta[j];
    return own;
}

void marq_net_float_destroy(marq_net_float *own) {
    if (!own) return;
    marq_net_destroy(own->net);
    free(own->theta);
    free(own->memory);
    free(own);
}

static void load(const marq_net *net, size_t rows, size_t lanes, const float *X, float *a) {
    size_t inputs = marq_net_inputs(net);
    for (size_t k = 0; k < inputs; k++) {
        double shift = net->input.shift[k], factor = net->input.factor[k];
        for (size_t r = 0; r < rows; r++)
            a[k * lanes + r] = (float)(((double)X[r * inputs + k] - shift) * factor);
        for (size_t r = rows; r < lanes; r++) a[k * lanes + r] = 0;
    }
}

/* The outputs of a classifier, as probabilities. */
static void store_classes(const marq_net *net, size_t rows, size_t lanes, const float *a, float *P) {
    size_t outputs = marq_net_outputs(net), classes = net->classes;
    for (size_t r = 0; r < rows; r++, P += classes) {
        float most = a[r], sum = 0;
        for (size_t o = 1; o < outputs; o++) most = fmaxf(most, a[o * lanes + r]);
        for (size_t k = 0; outputs > 1 && k < classes; k++) sum += P[k] = expf(a[k * lanes + r] - most);
        for (size_t k = 0; outputs > 1 && k < classes; k++) P[k] /= sum;
        for (size_t k = 0; outputs == 1 && k < 2; k++) P[k] = 1 / (1 + expf(k == 1 ? -a[r] : a[r]));
    }
}

static void store(const marq_net *net, size_t rows, size_t lanes, const float *a, float *Y) {
    size_t outputs = marq_net_outputs(net);
    for (size_t o = 0; o < outputs; o++) {
        double shift = net->output.shift[o], factor = net->output.factor[o];
        for (size_t r = 0; r < rows; r++)
            Y[r * outputs + o] = (float)((double)a[o * lanes + r] / factor + shift);
    }
}

static void predict_block(const marq_net_float *own, int thread, size_t rows, const float *X, float *Y) {
    const marq_net *net = own->net;
    const marq_block_math *math = marq_block_math_here();
    float *from = own->memory + 2 * (size_t)thread * own->stride, *to = from + own->stride;
    size_t lanes = marq_block_lanes(rows);
    load(net, rows, lanes, X, from);
    for (size_t l = 0; l < net->layers; l++) {
        const marq_layer *layer = &net->layer[l];
        const float *W = own->theta + layer->offset;
        math->product_float(&(marq_block_product_float){.m = layer->out,
                                                        .n = lanes,
                                                        .k = layer->in,
                                                        .a = W,
                                                        .a_row = layer->in,
                                                        .a_column = 1,
                                                        .B = from,
                                                        .b = W + layer->in * layer->out,
                                                        .C = to});
        marq_activate_float(layer->activation, layer->out * lanes, to);
        float *other = from;
        from = to;
        to = other;
    }
    if (net->classes)
        store_classes(net, rows, lanes, from, Y);
    else
        store(net, rows, lanes, from, Y);
}

void marq_net_predict_float(marq_net_float *own, size_t rows, const float *X, float *Y) {
    size_t inputs = marq_net_inputs(own->net), outputs = marq_net_predicted(own->net);
    if (rows <= MARQ_BLOCK_ROWS) {
        predict_block(own, 0, rows, X, Y);
        return;
    }
#pragma omp parallel for schedule(static) num_threads(own->threads)
    for (size_t first = 0; first < rows; first += MARQ_BLOCK_ROWS) {
        size_t block = rows - first < MARQ_BLOCK_ROWS ? rows - first : MARQ_BLOCK_ROWS;
        predict_block(own, omp_get_thread_num(), block, X + first * inputs, Y + first * outputs);
    }
}
