#include "targets.h"

#include "net.h"
#include <math.h>
#include <string.h>

bool marq_targets_are_plain(const marq_targets *t) {
    return t->loss == MARQ_NET_SQUARES && !t->root;
}

static double root_of(const marq_targets *t, size_t cell) {
    return t->root ? t->root[cell] : 1;
}

size_t marq_targets_missing(const marq_targets *t, size_t rows) {
    size_t count = 0;
    for (size_t i = 0; t->root && i < rows * t->outputs; i++) count += t->root[i] == 0;
    return count;
}

/* √(2ρ(f)) with the sign of f. */
static double huber_residual(double f, double t) {
    double size = fabs(f);
    return size <= t ? f : copysign(sqrt(t * (2 * size - t)), f);
}

/* ---- Cross-entropy ---- */

/* Logits whose probabilities are below e^−600 count as if they were that. */
static const double FARTHEST = 600;

size_t marq_target_class(const marq_targets *t, size_t row) {
    const double *y = t->Y + row * t->outputs;
    if (t->outputs == 1) return y[0] > 0.5;
    for (size_t k = 0; k < t->outputs; k++)
        if (y[k] > 0.5) return k;
    return 0;
}

/* (1 − p)/p = e^−a, and p(1 − p) = 1/(e^{a/2} + e^{−a/2})². */
static double logistic_residual(double root, double y, double a) {
    return y > 0.5 ? -root * exp(0.5 * fmin(-a, FARTHEST)) : root * exp(0.5 * fmin(a, FARTHEST));
}

static double logistic_seed(double root, double a) {
    return root * 0.5 / cosh(0.5 * fmax(-FARTHEST, fmin(a, FARTHEST)));
}

static void softmax_residuals(const marq_targets *t, size_t row, const double *a, double *r) {
    size_t n = t->outputs, c = marq_target_class(t, row);
    double root = t->root ? t->root[row * n] : 1;
    double distance = fmin(marq_log_loss(n, a, c), FARTHEST), others = 0; /* −log p_c; 1 − p_c */
    marq_probabilities(n, a, r);
    for (size_t k = 0; k < n; k++)
        if (k != c) others += r[k];
    for (size_t k = 0; k < n; k++) r[k] = root * sqrt(r[k]);
    r[c] = -root * others * exp(0.5 * distance);
}

/* seeds (n × n): row o is √p_o (e_o − p). Row 0 holds p until the last. */
static void softmax_seeds(const marq_targets *t, size_t row, const double *a, double *seeds) {
    size_t n = t->outputs;
    double root = t->root ? t->root[row * n] : 1, *p = seeds;
    marq_probabilities(n, a, p);
    for (size_t o = n; o-- > 0;) {
        double factor = root * sqrt(p[o]), others = 0;
        for (size_t k = 0; k < n; k++)
            if (k != o) others += p[k];
        for (size_t k = 0; k < n; k++) seeds[o * n + k] = k == o ? factor * others : -factor * p[k];
    }
}

double marq_target_cost(const marq_targets *t, size_t first, size_t rows, const double *r) {
    size_t n = t->outputs;
    double sum = 0;
    for (size_t i = 0; i < rows; i++) {
        double squares = 0, root = t->root ? t->root[(first + i) * n] : 1;
        for (size_t k = 0; k < n; k++) squares += r[i * n + k] * r[i * n + k];
        if (t->loss != MARQ_NET_CROSS_ENTROPY)
            sum += 0.5 * squares;
        else if (root > 0)
            sum += root * root * log1p(squares / root / root);
    }
    return sum;
}

static void class_slope(const marq_targets *t, size_t row, const double *a, double *slope) {
    size_t n = t->outputs;
    double weight = t->root ? t->root[row * n] * t->root[row * n] : 1, both[2];
    if (n > 1)
        marq_probabilities(n, a, slope);
    else
        marq_probabilities(2, a, both), slope[0] = both[1];
    for (size_t k = 0; k < n; k++) slope[k] = weight * (slope[k] - t->Y[row * n + k]);
}

static void class_residuals(const marq_targets *t, size_t first, size_t rows, const double *a, double *r) {
    size_t n = t->outputs;
    for (size_t i = first; i < first + rows; i++, a += n, r += n) {
        if (n > 1)
            softmax_residuals(t, i, a, r);
        else
            r[0] = logistic_residual(root_of(t, i), t->Y[i], a[0]);
    }
}

static void class_seeds(const marq_targets *t, size_t first, size_t rows, const double *a, double *seeds) {
    size_t n = t->outputs;
    for (size_t i = first; i < first + rows; i++, a += n, seeds += n * n) {
        if (n > 1)
            softmax_seeds(t, i, a, seeds);
        else
            seeds[0] = logistic_seed(root_of(t, i), a[0]);
    }
}

/* ---- All losses ---- */

void marq_target_residuals(const marq_targets *t, size_t first, size_t rows, const double *a, double *r) {
    size_t m = t->outputs;
    const double *y = t->Y + first * m;
    if (marq_targets_are_plain(t)) {
        for (size_t i = 0; i < rows * m; i++) r[i] = a[i] - y[i];
        return;
    }
    if (t->loss == MARQ_NET_CROSS_ENTROPY) {
        class_residuals(t, first, rows, a, r);
        return;
    }
    for (size_t i = 0; i < rows * m; i++) {
        double f = root_of(t, first * m + i) * (a[i] - y[i]);
        r[i] = t->loss == MARQ_NET_HUBER ? huber_residual(f, t->threshold[i % m]) : f;
    }
}

void marq_huber_residuals(const marq_targets *t, double *f) {
    for (size_t o = 0; o < t->outputs; o++) f[o] = huber_residual(f[o], t->threshold[o]);
}

/* ∂r/∂a of one output. */
static double own_slope(const marq_targets *t, size_t cell, double a) {
    double root = root_of(t, cell);
    if (t->loss != MARQ_NET_HUBER) return root;
    double f = root * (a - t->Y[cell]), most = t->threshold[cell % t->outputs];
    return fabs(f) <= most ? root : root * most / fabs(huber_residual(f, most));
}

void marq_target_seeds(const marq_targets *t, size_t first, size_t rows, const double *a, double *seeds) {
    size_t m = t->outputs;
    if (t->loss == MARQ_NET_CROSS_ENTROPY) {
        class_seeds(t, first, rows, a, seeds);
        return;
    }
    memset(seeds, 0, rows * m * m * sizeof *seeds);
    for (size_t i = 0; i < rows * m; i++) seeds[i * m + i % m] = own_slope(t, first * m + i, a[i]);
}

void marq_target_slope(const marq_targets *t, size_t row, const double *a, double *slope) {
    size_t m = t->outputs;
    if (t->loss == MARQ_NET_CROSS_ENTROPY) {
        class_slope(t, row, a, slope);
        return;
    }
    for (size_t o = 0; o < m; o++) {
        size_t cell = row * m + o;
        double root = root_of(t, cell), f = root * (a[o] - t->Y[cell]);
        if (t->loss == MARQ_NET_HUBER) f = fmax(-t->threshold[o], fmin(f, t->threshold[o]));
        slope[o] = root * f;
    }
}
