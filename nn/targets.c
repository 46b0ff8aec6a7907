#include "targets.h"

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

void marq_target_residuals(const marq_targets *t, size_t first, size_t rows, const double *a, double *r) {
    size_t m = t->outputs;
    const double *y = t->Y + first * m;
    if (marq_targets_are_plain(t)) {
        for (size_t i = 0; i < rows * m; i++) r[i] = a[i] - y[i];
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
    memset(seeds, 0, rows * m * m * sizeof *seeds);
    for (size_t i = 0; i < rows * m; i++) seeds[i * m + i % m] = own_slope(t, first * m + i, a[i]);
}

void marq_target_slope(const marq_targets *t, size_t row, const double *a, double *slope) {
    size_t m = t->outputs;
    for (size_t o = 0; o < m; o++) {
        size_t cell = row * m + o;
        double root = root_of(t, cell), f = root * (a[o] - t->Y[cell]);
        if (t->loss == MARQ_NET_HUBER) f = fmax(-t->threshold[o], fmin(f, t->threshold[o]));
        slope[o] = root * f;
    }
}
