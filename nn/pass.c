/* Forward  a_l = φ_l(a_{l−1} W_lᵀ + 1 b_lᵀ), all rows of a block at once.
 * Reverse  δ_L = diag φ_L', δ_{l} = (δ_{l+1} W_{l+1}) ⊙ φ_l'(a_l), all rows and outputs of a block at once.
 */
#include "pass.h"

#include "activation.h"
#include <base/memory.h>
#include <cblas.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

size_t marq_pass_block(size_t rows) {
    enum { BLOCKS = 12, LEAST = 16, STEP = 8 };
    size_t block = (rows / BLOCKS + STEP - 1) / STEP * STEP;
    return block < LEAST ? LEAST : block > MARQ_PASS_ROWS ? MARQ_PASS_ROWS : block;
}

/* Arrays begin on cache lines. */
static size_t padded(size_t doubles) {
    return (doubles + 7) / 8 * 8;
}

size_t marq_pass_doubles(const marq_net *net, size_t rows, int with_reverse) {
    size_t sum = padded(rows * marq_net_inputs(net));
    for (size_t l = 0; l < net->layers; l++) {
        sum += padded(rows * net->layer[l].out);
        if (with_reverse) sum += padded(rows * marq_net_outputs(net) * net->layer[l].out);
    }
    return sum;
}

/* The next array of the pass, of so many values a row; *next moves behind it. */
static double *take(double **next, size_t rows, size_t width) {
    double *array = *next;
    size_t length = rows * width;
    marq_first_touch(array, rows, width, marq_pass_block(rows));
    memset(array + length, 0, (padded(length) - length) * sizeof *array);
    *next += padded(length);
    return array;
}

int marq_pass_create(marq_pass *pass, const marq_net *net, size_t rows, int with_reverse) {
    size_t L = net->layers, outputs = marq_net_outputs(net);
    *pass = (marq_pass){.a = marq_alloc(L + 1, sizeof *pass->a),
                        .delta = marq_alloc(L, sizeof *pass->delta),
                        .memory = marq_alloc_untouched(marq_pass_doubles(net, rows, with_reverse))};
    if (!pass->a || !pass->delta || !pass->memory) {
        marq_pass_destroy(pass);
        return 0;
    }
    double *next = pass->memory;
    for (size_t l = 0; l <= L; l++) pass->a[l] = take(&next, rows, marq_net_width(net, l));
    for (size_t l = 0; with_reverse && l < L; l++)
        pass->delta[l] = take(&next, rows, outputs * net->layer[l].out);
    return 1;
}

void marq_pass_destroy(marq_pass *pass) {
    free(pass->a);
    free(pass->delta);
    free(pass->memory);
    *pass = (marq_pass){0};
}

int marq_pass_team_create(marq_pass_team *team, const marq_net *net, int threads, int with_reverse) {
    *team = (marq_pass_team){.pass = marq_alloc((size_t)threads, sizeof *team->pass), .threads = threads};
    if (!team->pass) return 0;
    int complete = 1;
/* its own thread touches each first */
#pragma omp parallel for schedule(static, 1) num_threads(threads) reduction(&& : complete)
    for (int t = 0; t < threads; t++)
        if (complete) complete = marq_pass_create(&team->pass[t], net, MARQ_PASS_ROWS, with_reverse);
    if (!complete) marq_pass_team_destroy(team);
    return complete;
}

void marq_pass_team_destroy(marq_pass_team *team) {
    for (int t = 0; team->pass && t < team->threads; t++) marq_pass_destroy(&team->pass[t]);
    free(team->pass);
    *team = (marq_pass_team){0};
}

marq_pass *marq_pass_of_thread(const marq_pass_team *team) {
    return &team->pass[omp_get_thread_num()];
}

void marq_forward(const marq_net *net, const double *theta, marq_pass *pass, size_t first, size_t rows) {
    for (size_t l = 0; l < net->layers; l++) {
        const marq_layer *layer = &net->layer[l];
        size_t in = layer->in, out = layer->out;
        const double *W = theta + layer->offset, *b = W + in * out, *a = pass->a[l] + first * in;
        double *z = pass->a[l + 1] + first * out;
        for (size_t i = 0; i < rows; i++) memcpy(z + i * out, b, out * sizeof *z);
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasTrans, (int)rows, (int)out, (int)in, 1.0, a, (int)in, W,
                    (int)in, 1.0, z, (int)out);
        marq_activate(layer->activation, rows * out, z);
    }
}

/* delta of a layer is multiplied by φ' of its row's activations, once for each output. */
static void chain_rows(const marq_layer *layer, size_t rows, size_t outputs, const double *a, double *delta) {
    if (layer->activation == MARQ_LINEAR) return;
    if (outputs == 1) {
        marq_chain(layer->activation, rows * layer->out, a, delta);
        return;
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++)
            marq_chain(layer->activation, layer->out, a + i * layer->out,
                       delta + (i * outputs + o) * layer->out);
}

void marq_reverse(const marq_net *net, const double *theta, marq_pass *pass, size_t first, size_t rows) {
    size_t L = net->layers, outputs = marq_net_outputs(net), pairs = rows * outputs;
    double *last = pass->delta[L - 1] + first * outputs * outputs;
    memset(last, 0, pairs * outputs * sizeof *last);
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) last[(i * outputs + o) * outputs + o] = 1;
    marq_reverse_seeded(net, theta, pass, first, rows);
}

void marq_reverse_seeded(const marq_net *net, const double *theta, marq_pass *pass, size_t first,
                         size_t rows) {
    size_t L = net->layers, outputs = marq_net_outputs(net), pairs = rows * outputs;
    double *last = pass->delta[L - 1] + first * outputs * outputs;
    chain_rows(&net->layer[L - 1], rows, outputs, pass->a[L] + first * outputs, last);
    for (size_t l = L - 1; l > 0; l--) {
        const marq_layer *above = &net->layer[l], *layer = &net->layer[l - 1];
        const double *W = theta + above->offset, *from = pass->delta[l] + first * outputs * above->out;
        double *to = pass->delta[l - 1] + first * outputs * layer->out;
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, (int)pairs, (int)layer->out, (int)above->out,
                    1.0, from, (int)above->out, W, (int)above->in, 0.0, to, (int)layer->out);
        chain_rows(layer, rows, outputs, pass->a[l] + first * layer->out, to);
    }
}
