/* The shape of a net, its parameters and its names. */
#include "net.h"

#include <base/error.h>
#include <base/memory.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { WIDEST = 100000 };

static int shape_is_wrong(size_t sizes, const size_t *widths, marq_error *error) {
    if (sizes < 2 || sizes > 1000 || !widths) {
        marq_fail(error, MARQ_ERROR_ARGUMENT,
                  "a net needs 2 to 1000 layer sizes: inputs, hidden layers, outputs");
        return 1;
    }
    for (size_t i = 0; i < sizes; i++)
        if (widths[i] < 1 || widths[i] > WIDEST) {
            marq_fail(error, MARQ_ERROR_ARGUMENT, "layer %zu has %zu neurons: 1 to %d are possible", i,
                      widths[i], WIDEST);
            return 1;
        }
    return 0;
}

static void lay_out(marq_net *net, const size_t *widths, const marq_activation *activations) {
    for (size_t l = 0; l < net->layers; l++) {
        marq_activation usual = l + 1 < net->layers ? MARQ_TANH : MARQ_LINEAR;
        net->layer[l] =
            (marq_layer){widths[l], widths[l + 1], net->count, activations ? activations[l] : usual};
        net->count += widths[l + 1] * (widths[l] + 1);
    }
}

static int create_map(marq_scaling_map *map, size_t n) {
    map->shift = marq_alloc_doubles(n, 1);
    map->factor = marq_alloc_doubles(n, 1);
    if (!map->shift || !map->factor) return 0;
    for (size_t i = 0; i < n; i++) map->factor[i] = 1;
    return 1;
}

marq_net *marq_net_create(size_t sizes, const size_t *widths, const marq_activation *activations,
                          marq_error *error) {
    if (shape_is_wrong(sizes, widths, error)) return NULL;
    marq_net *net = marq_alloc(1, sizeof *net);
    int complete = net != NULL;
    if (complete) {
        net->layers = sizes - 1;
        net->normalisation = MARQ_NORMALISE_NONE;
        net->layer = marq_alloc(net->layers, sizeof *net->layer);
        complete =
            net->layer && create_map(&net->input, widths[0]) && create_map(&net->output, widths[sizes - 1]);
    }
    if (complete) {
        lay_out(net, widths, activations);
        net->theta = marq_alloc_doubles(net->count, 1);
        complete = net->theta != NULL;
    }
    if (complete) return net;
    marq_fail_memory(error, "a net");
    marq_net_destroy(net);
    return NULL;
}

static void destroy_names(marq_net *net) {
    if (!net->names) return;
    size_t count = marq_net_inputs(net) + marq_net_outputs(net);
    for (size_t i = 0; i < count; i++) free(net->names[i]);
    free(net->names);
    net->names = NULL;
}

void marq_net_destroy(marq_net *net) {
    if (!net) return;
    destroy_names(net);
    marq_net_free_classes(net);
    free(net->input.shift);
    free(net->input.factor);
    free(net->output.shift);
    free(net->output.factor);
    free(net->layer);
    free(net->theta);
    free(net);
}

static void copy_map(marq_scaling_map *to, const marq_scaling_map *from, size_t n) {
    memcpy(to->shift, from->shift, n * sizeof *to->shift);
    memcpy(to->factor, from->factor, n * sizeof *to->factor);
}

static marq_status copy_names(marq_net *to, const marq_net *from) {
    if (!from->names) return MARQ_OK;
    const char *const *names = (const char *const *)from->names;
    return marq_net_set_columns(to, names, names + marq_net_inputs(from));
}

marq_net *marq_net_copy(const marq_net *net, marq_error *error) {
    size_t *widths = marq_alloc(net->layers + 1, sizeof *widths);
    marq_activation *activations = marq_alloc(net->layers, sizeof *activations);
    marq_net *copy = NULL;
    if (widths && activations) {
        for (size_t l = 0; l <= net->layers; l++) widths[l] = marq_net_width(net, l);
        for (size_t l = 0; l < net->layers; l++) activations[l] = net->layer[l].activation;
        copy = marq_net_create(net->layers + 1, widths, activations, error);
    } else {
        marq_fail_memory(error, "a net");
    }
    free(widths);
    free(activations);
    if (!copy) return NULL;
    memcpy(copy->theta, net->theta, net->count * sizeof *net->theta);
    copy_map(&copy->input, &net->input, marq_net_inputs(net));
    copy_map(&copy->output, &net->output, marq_net_outputs(net));
    copy->normalisation = net->normalisation;
    copy->provenance = net->provenance;
    bool named = copy_names(copy, net) == MARQ_OK;
    if (named && marq_net_set_classes(copy, net->classes, (const char *const *)net->labels, NULL) == MARQ_OK)
        return copy;
    marq_fail_memory(error, "a net");
    marq_net_destroy(copy);
    return NULL;
}

size_t marq_net_layers(const marq_net *net) {
    return net->layers;
}

size_t marq_net_width(const marq_net *net, size_t layer) {
    return layer == 0 ? net->layer[0].in : net->layer[layer - 1].out;
}

size_t marq_net_inputs(const marq_net *net) {
    return net->layer[0].in;
}

size_t marq_net_outputs(const marq_net *net) {
    return net->layer[net->layers - 1].out;
}

marq_activation marq_net_activation(const marq_net *net, size_t layer) {
    return net->layer[layer - 1].activation;
}

size_t marq_net_count(const marq_net *net) {
    return net->count;
}

double *marq_net_parameters(marq_net *net) {
    return net->theta;
}

const double *marq_net_parameters_const(const marq_net *net) {
    return net->theta;
}

marq_provenance *marq_net_provenance(marq_net *net) {
    return &net->provenance;
}

marq_status marq_net_set_columns(marq_net *net, const char *const *inputs, const char *const *outputs) {
    destroy_names(net);
    if (!inputs || !outputs) return MARQ_OK;
    size_t in = marq_net_inputs(net), count = in + marq_net_outputs(net);
    net->names = marq_alloc(count, sizeof *net->names);
    int failed = !net->names;
    for (size_t i = 0; !failed && i < count; i++) {
        net->names[i] = marq_copy_text(i < in ? inputs[i] : outputs[i - in]);
        failed = !net->names[i];
    }
    if (!failed) return MARQ_OK;
    destroy_names(net);
    return MARQ_ERROR_MEMORY;
}

const char *marq_net_input_name(const marq_net *net, size_t input) {
    return net->names ? net->names[input] : NULL;
}

const char *marq_net_output_name(const marq_net *net, size_t output) {
    return net->names ? net->names[marq_net_inputs(net) + output] : NULL;
}
