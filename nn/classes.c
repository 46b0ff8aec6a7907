/* Classifiers: outputs a become the probabilities of classes,
 *     two classes   one output, p_1 = 1/(1 + e^−a), p_0 = 1 − p_1
 *     more          p_k = e^{a_k} / Σ_j e^{a_j}
 * and −log p is computed from a, so that it is exact for the smallest p. */
#include "net.h"

#include "pass.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/text.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- Probabilities ---- */

static double largest(size_t n, const double *a) {
    double most = a[0];
    for (size_t k = 1; k < n; k++) most = fmax(most, a[k]);
    return most;
}

void marq_probabilities(size_t classes, const double *a, double *p) {
    if (classes == 2) {
        double logit = a[0]; /* p may be a */
        p[0] = 1 / (1 + exp(logit));
        p[1] = 1 / (1 + exp(-logit));
        return;
    }
    double most = largest(classes, a), sum = 0;
    for (size_t k = 0; k < classes; k++) sum += p[k] = exp(a[k] - most);
    for (size_t k = 0; k < classes; k++) p[k] /= sum;
}

/* log(1 + e^x) */
static double softplus(double x) {
    return x > 0 ? x + log1p(exp(-x)) : log1p(exp(x));
}

/* −log p_c = log(1 + Σ_{k≠c} e^{a_k − a_c}), without a difference of large numbers. */
double marq_log_loss(size_t classes, const double *a, size_t c) {
    if (classes == 2) return softplus(c == 1 ? -a[0] : a[0]);
    double most = largest(classes, a), others = 0;
    for (size_t k = 0; k < classes; k++)
        if (k != c) others += exp(a[k] - most);
    if (a[c] == most) return log1p(others);
    return most - a[c] + log(others + exp(a[c] - most));
}

size_t marq_likeliest(size_t classes, const double *a) {
    size_t best = 0;
    if (classes == 2) return a[0] > 0;
    for (size_t k = 1; k < classes; k++)
        if (a[k] > a[best]) best = k;
    return best;
}

/* ---- The classes of a net ---- */

void marq_net_free_classes(marq_net *net) {
    for (size_t k = 0; net->labels && k < net->classes; k++) free(net->labels[k]);
    free(net->labels);
    net->labels = NULL;
    net->classes = 0;
}

static char *label_of(const char *const *labels, size_t k) {
    char number[32];
    if (labels) return marq_copy_text(labels[k]);
    marq_format(number, sizeof number, "%zu", k);
    return marq_copy_text(number);
}

marq_status marq_net_set_classes(marq_net *net, size_t classes, const char *const *labels,
                                 marq_error *error) {
    size_t outputs = classes == 2 ? 1 : classes;
    if (classes == 1 || (classes > 0 && outputs != marq_net_outputs(net)))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "%zu classes do not go with %zu outputs: one output makes two classes, others one each", classes,
            marq_net_outputs(net));
    if (classes > 0 && net->layer[net->layers - 1].activation != MARQ_LINEAR)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the output layer of a classifier must be linear");
    marq_net made = {.classes = classes, .labels = classes ? marq_alloc(classes, sizeof *made.labels) : NULL};
    bool complete = made.labels || classes == 0;
    for (size_t k = 0; complete && k < classes; k++)
        complete = (made.labels[k] = label_of(labels, k)) != NULL;
    if (!complete) {
        marq_net_free_classes(&made);
        return marq_fail_memory(error, "the classes");
    }
    marq_net_free_classes(net);
    net->classes = made.classes;
    net->labels = made.labels;
    return MARQ_OK;
}

size_t marq_net_classes(const marq_net *net) {
    return net->classes;
}

const char *marq_net_class_name(const marq_net *net, size_t class_number) {
    return class_number < net->classes ? net->labels[class_number] : NULL;
}

size_t marq_net_predicted(const marq_net *net) {
    return net->classes ? net->classes : marq_net_outputs(net);
}

/* ---- How well it does ---- */

static bool is_class(const marq_net *net, double y) {
    return y >= 0 && y < (double)net->classes && y == floor(y);
}

marq_status marq_net_evaluate_classes(const marq_net *net, size_t rows, const double *X, const double *Y,
                                      double *cross_entropy, double *accuracy, size_t *counts, int threads) {
    size_t outputs = marq_net_outputs(net), classes = net->classes, right = 0, present = 0;
    if (classes == 0) return MARQ_ERROR_ARGUMENT;
    for (size_t i = 0; i < rows; i++)
        if (!isnan(Y[i]) && !is_class(net, Y[i])) return MARQ_ERROR_ARGUMENT;
    double *a = marq_alloc_doubles(rows, outputs), sum = 0;
    marq_status status = a ? marq_net_outputs_at(net, rows, X, a, threads) : MARQ_ERROR_MEMORY;
    if (counts) memset(counts, 0, classes * classes * sizeof *counts);
    for (size_t i = 0; status == MARQ_OK && i < rows; i++) {
        if (isnan(Y[i])) continue;
        size_t c = (size_t)Y[i], given = marq_likeliest(classes, a + i * outputs);
        sum += marq_log_loss(classes, a + i * outputs, c);
        right += given == c;
        present++;
        if (counts) counts[c * classes + given]++;
    }
    free(a);
    if (cross_entropy) *cross_entropy = present ? sum / (double)present : (double)NAN;
    if (accuracy) *accuracy = present ? (double)right / (double)present : (double)NAN;
    return status;
}
