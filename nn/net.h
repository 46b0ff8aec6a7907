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
    char **names;   /* inputs, then outputs; NULL: none */
    size_t classes; /* 0: no classifier */
    char **labels;  /* classes */
    marq_provenance provenance;
};

/* rows × n values: out ← (in − shift) · factor, and back. in and out may be the same. */
void marq_scale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out);
void marq_unscale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out);

/* Σ w (y − ȳ)² over rows of one output about their weighted mean, exactly 0 if it is constant, and over all
 * outputs. root: rows × outputs, √w; NULL: all 1. Values that are NaN or weigh nothing are left out. */
double marq_output_spread(size_t rows, size_t outputs, size_t output, const double *Y, const double *root);
double marq_spread(size_t rows, size_t outputs, const double *Y, const double *root);

/* classes.c: of one row's outputs a, by the logistic function (2 classes) or the softmax: the probabilities p
 * (classes values); −log p of a class; the likeliest class, the first of equal ones. */
void marq_probabilities(size_t classes, const double *a, double *p);
double marq_log_loss(size_t classes, const double *a, size_t class_number);
size_t marq_likeliest(size_t classes, const double *a);
void marq_net_free_classes(marq_net *net);

/* evaluate.c: A (rows × outputs) ← the outputs, in units of the data; of a classifier before they become
 * probabilities. */
marq_status marq_net_outputs_at(const marq_net *net, size_t rows, const double *X, double *A, int threads);

#endif
