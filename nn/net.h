/* Inside of a net. */
#ifndef MARQ_NN_NET_H
#define MARQ_NN_NET_H

#include <marq/nn.h>

/* a_l = φ(W a_{l−1} + b): W is out × in, row-major, at theta + offset; b follows it. */
typedef struct marq_layer {
    size_t in, out, offset;
    marq_activation activation;
} marq_layer;

/* normalised = (value − shift) · factor */
typedef struct marq_scaling_map {
    double *shift, *factor;
} marq_scaling_map;

struct marq_net {
    size_t layers;
    marq_layer *layer;
    size_t count;
    double *theta;
    marq_scaling_map input, output;
    marq_normalisation normalisation;
    char **names; /* inputs, then outputs; NULL: none */
    marq_provenance provenance;
};

/* rows × n values: out ← (in − shift) · factor, and back. in and out may be the same. */
void marq_scale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out);
void marq_unscale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out);

/* Σ w (y − ȳ)² over rows of one output about their weighted mean, exactly 0 if it is constant, and over all
 * outputs. root: rows × outputs, √w; NULL: all 1. Values that are NaN or weigh nothing are left out. */
double marq_output_spread(size_t rows, size_t outputs, size_t output, const double *Y, const double *root);
double marq_spread(size_t rows, size_t outputs, const double *Y, const double *root);

#endif
