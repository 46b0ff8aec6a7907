/* Activations and their derivatives in terms of their values:
 *     linear   a = z            φ' = 1
 *     tanh     a = tanh z       φ' = 1 − a²
 *     sigmoid  a = 1/(1+e^−z)   φ' = a(1 − a)
 *     relu     a = max(z, 0)    φ' = 1 for a > 0, else 0 */
#include "activation.h"

#include <base/vector_math.h>

static void vector_tanh(size_t n, double *z) {
    marq_vector_tanh(n, z, z);
}

static void linear(size_t n, double *z) {
    (void)n, (void)z;
}

static void linear_chain(size_t n, const double *a, double *d) {
    (void)n, (void)a, (void)d;
}

static void tanh_chain(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) d[i] *= 1 - a[i] * a[i];
}

static void sigmoid(size_t n, double *z) {
    for (size_t i = 0; i < n; i++) z[i] = -z[i];
    marq_vector_exp(n, z, z);
    for (size_t i = 0; i < n; i++) z[i] = 1 / (1 + z[i]);
}

static void sigmoid_chain(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) d[i] *= a[i] * (1 - a[i]);
}

static void relu(size_t n, double *z) {
    for (size_t i = 0; i < n; i++) z[i] = z[i] < 0 ? 0 : z[i]; /* NaN stays */
}

static void relu_chain(size_t n, const double *a, double *d) {
    for (size_t i = 0; i < n; i++) d[i] = a[i] > 0 ? d[i] : 0;
}

static void linear_float(size_t n, float *z) {
    (void)n, (void)z;
}

static void tanh_float(size_t n, float *z) {
    marq_vector_tanh_float(n, z, z);
}

static void sigmoid_float(size_t n, float *z) {
    for (size_t i = 0; i < n; i++) z[i] = -z[i];
    marq_vector_exp_float(n, z, z);
    for (size_t i = 0; i < n; i++) z[i] = 1 / (1 + z[i]);
}

static void relu_float(size_t n, float *z) {
    for (size_t i = 0; i < n; i++) z[i] = z[i] < 0 ? 0 : z[i];
}

/* Active ranges: where the activation is not flat, as MATLAB's tansig and logsig have them. */
static const struct entry {
    void (*activate)(size_t n, double *z);
    void (*chain)(size_t n, const double *a, double *d);
    void (*activate_float)(size_t n, float *z);
    marq_active_range range;
} table[] = {
    [MARQ_LINEAR] = {linear, linear_chain, linear_float, {0, 0, 0, 0}},
    [MARQ_TANH] = {vector_tanh, tanh_chain, tanh_float, {-2, 2, -1, 1}},
    [MARQ_SIGMOID] = {sigmoid, sigmoid_chain, sigmoid_float, {-4, 4, 0, 1}},
    [MARQ_RELU] = {relu, relu_chain, relu_float, {0, 0, 0, 0}},
};

void marq_activate(marq_activation activation, size_t n, double *z) {
    table[activation].activate(n, z);
}

void marq_activate_float(marq_activation activation, size_t n, float *z) {
    table[activation].activate_float(n, z);
}

void marq_chain(marq_activation activation, size_t n, const double *a, double *d) {
    table[activation].chain(n, a, d);
}

marq_active_range marq_active_range_of(marq_activation activation) {
    return table[activation].range;
}
