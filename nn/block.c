#include "block.h"

#include "activation.h"
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

static size_t total_width(const marq_net *net) {
    size_t sum = marq_net_inputs(net);
    for (size_t l = 0; l < net->layers; l++) sum += 2 * net->layer[l].out;
    return sum;
}

/* The scope of a layer. Profiles need names that stay. */
static const char *layer_name(size_t l) {
    static const char *const names[] = {"layer1", "layer2", "layer3", "layer4",
                                        "layer5", "layer6", "layer7", "layer8"};
    size_t count = sizeof names / sizeof *names;
    return l < count ? names[l] : "layer9...";
}

int marq_block_create(marq_block *block, const marq_net *net, marq_profile *profile) {
    size_t L = net->layers;
    *block = (marq_block){.a = marq_alloc(L + 1, sizeof *block->a),
                          .delta = marq_alloc(L, sizeof *block->delta),
                          .row = marq_alloc_doubles(2, marq_net_outputs(net)),
                          .memory = marq_alloc_doubles(total_width(net), MARQ_BLOCK_ROWS),
                          .profile = profile};
    if (!block->a || !block->delta || !block->row || !block->memory) {
        marq_block_destroy(block);
        return 0;
    }
    double *next = block->memory;
    for (size_t l = 0; l <= L; l++) {
        block->a[l] = next;
        next += marq_net_width(net, l) * MARQ_BLOCK_ROWS;
    }
    for (size_t l = 0; l < L; l++) {
        block->delta[l] = next;
        next += net->layer[l].out * MARQ_BLOCK_ROWS;
    }
    return 1;
}

void marq_block_destroy(marq_block *block) {
    free(block->a);
    free(block->delta);
    free(block->row);
    free(block->memory);
    *block = (marq_block){0};
}

void marq_block_load(marq_block *block, const marq_net *net, const double *X, marq_row_list rows) {
    MARQ_SCOPE(block->profile, "gather");
    size_t inputs = marq_net_inputs(net), lanes = marq_block_lanes(rows.count);
    double *a = block->a[0];
    block->rows = rows.count;
    block->lanes = lanes;
    for (size_t r = 0; r < lanes; r++)
        for (size_t k = 0; k < inputs; k++)
            a[k * lanes + r] = r < rows.count ? X[rows.row[r] * inputs + k] : 0;
}

void marq_block_forward(marq_block *block, const marq_net *net, const double *theta) {
    MARQ_SCOPE(block->profile, "forward");
    const marq_block_math *math = marq_block_math_here();
    for (size_t l = 0; l < net->layers; l++) {
        MARQ_SCOPE(block->profile, layer_name(l));
        const marq_layer *layer = &net->layer[l];
        const double *W = theta + layer->offset;
        math->product(&(marq_block_product){.m = layer->out,
                                            .n = block->lanes,
                                            .k = layer->in,
                                            .a = W,
                                            .a_row = layer->in,
                                            .a_column = 1,
                                            .B = block->a[l],
                                            .b = W + layer->in * layer->out,
                                            .C = block->a[l + 1]});
        MARQ_SCOPE(block->profile, "activation");
        marq_activate(layer->activation, layer->out * block->lanes, block->a[l + 1]);
    }
}

static void plain_errors(marq_block *block, const marq_targets *targets, marq_row_list rows, double factor,
                         const double *fitted, double *delta) {
    size_t outputs = targets->outputs, lanes = block->lanes;
    const double *Y = targets->Y;
    for (size_t o = 0; o < outputs; o++)
        for (size_t r = 0; r < lanes; r++)
            delta[o * lanes + r] =
                r < block->rows ? factor * (fitted[o * lanes + r] - Y[rows.row[r] * outputs + o]) : 0;
}

void marq_block_errors(marq_block *block, const marq_net *net, const marq_targets *targets,
                       marq_row_list rows, double factor) {
    MARQ_SCOPE(block->profile, "reverse");
    size_t L = net->layers, outputs = targets->outputs, lanes = block->lanes;
    double *delta = block->delta[L - 1], *a = block->row, *slope = a + outputs;
    if (marq_targets_are_plain(targets)) {
        plain_errors(block, targets, rows, factor, block->a[L], delta);
        return;
    }
    memset(delta, 0, outputs * lanes * sizeof *delta);
    for (size_t r = 0; r < block->rows; r++) {
        for (size_t o = 0; o < outputs; o++) a[o] = block->a[L][o * lanes + r];
        marq_target_slope(targets, rows.row[r], a, slope);
        for (size_t o = 0; o < outputs; o++) delta[o * lanes + r] = factor * slope[o];
    }
}

void marq_block_reverse(marq_block *block, const marq_net *net, const double *theta) {
    MARQ_SCOPE(block->profile, "reverse");
    const marq_block_math *math = marq_block_math_here();
    for (size_t l = net->layers; l-- > 0;) {
        MARQ_SCOPE(block->profile, layer_name(l));
        const marq_layer *layer = &net->layer[l];
        marq_chain(layer->activation, layer->out * block->lanes, block->a[l + 1], block->delta[l]);
        if (l == 0) break;
        math->product(&(marq_block_product){.m = layer->in,
                                            .n = block->lanes,
                                            .k = layer->out,
                                            .a = theta + layer->offset,
                                            .a_row = 1,
                                            .a_column = layer->in,
                                            .B = block->delta[l],
                                            .C = block->delta[l - 1]});
    }
}

void marq_block_gradient(const marq_block *block, const marq_net *net, double *g) {
    MARQ_SCOPE(block->profile, "gradient");
    const marq_block_math *math = marq_block_math_here();
    for (size_t l = 0; l < net->layers; l++) {
        MARQ_SCOPE(block->profile, layer_name(l));
        const marq_layer *layer = &net->layer[l];
        double *G = g + layer->offset;
        math->gradient(layer->out, layer->in, block->lanes, block->delta[l], block->a[l], G,
                       G + layer->in * layer->out);
    }
}
