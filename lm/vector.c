#include "vector.h"

#include <math.h>

double marq_dot(size_t n, const double *x, const double *y) {
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++) sum += x[i] * y[i];
    return sum;
}

double marq_max_abs(size_t n, const double *x) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double size = fabs(x[i]);
        if (size > most || isnan(size)) most = size;
    }
    return most;
}

static double scale_entry(const double *d, size_t i) {
    return d ? d[i] : 1.0;
}

/* Σ (d_i x_i)²: several sums at once, for one waits for each of its additions. */
static double scaled_squares(size_t n, const double *d, const double *x) {
    enum { LANES = 8 };
    double lane[LANES] = {0}, sum = 0;
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
#pragma omp simd
        for (size_t l = 0; l < LANES; l++) {
            double v = d ? d[i + l] * x[i + l] : x[i + l];
            lane[l] += v * v;
        }
    for (size_t l = 0; l < LANES; l++) sum += lane[l];
    for (size_t i = whole; i < n; i++) {
        double v = scale_entry(d, i) * x[i];
        sum += v * v;
    }
    return sum;
}

double marq_scaled_norm(size_t n, const double *d, const double *x) {
    double sum = scaled_squares(n, d, x);
    if (isfinite(sum) && sum > 1e-280) return sqrt(sum);
    /* The plain sum over- or underflowed: divide by the largest entry first. */
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(scale_entry(d, i) * x[i]));
    if (most == 0 || !isfinite(most)) return isfinite(sum) ? most : sqrt(sum);
    sum = 0;
    for (size_t i = 0; i < n; i++) {
        double v = scale_entry(d, i) * x[i] / most;
        sum += v * v;
    }
    return most * sqrt(sum);
}

double marq_sum_of_squares(size_t n, const double *x) {
    enum { LANES = 8 };
    double sum[LANES] = {0}, rest[LANES] = {0}; /* apart, for vector registers */
    size_t whole = n / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES) {
#pragma omp simd
        for (size_t l = 0; l < LANES; l++) {
            marq_sum lane = {sum[l], rest[l]};
            marq_sum_add(&lane, x[i + l] * x[i + l]);
            sum[l] = lane.sum;
            rest[l] = lane.rest;
        }
    }
    marq_sum all = {0, 0};
    for (size_t i = whole; i < n; i++) marq_sum_add(&all, x[i] * x[i]);
    for (size_t l = 0; l < LANES; l++) {
        marq_sum_add(&all, sum[l]);
        all.rest += rest[l];
    }
    return marq_sum_value(&all);
}

double marq_norm(size_t n, const double *x) {
    return marq_scaled_norm(n, NULL, x);
}

bool marq_all_finite(size_t n, const double *x) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i])) return false;
    return true;
}

void marq_column_norms(size_t rows, size_t columns, const double *matrix, double *norms) {
    double most = marq_max_abs(rows * columns, matrix);
    bool plain = most < 1e140 && (most > 1e-140 || most == 0); /* squares neither overflow nor vanish */
    double unit = plain ? 1 : most;
    for (size_t j = 0; j < columns; j++) norms[j] = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            double v = matrix[i * columns + j] / unit;
            norms[j] += v * v;
        }
    for (size_t j = 0; j < columns; j++) norms[j] = unit * sqrt(norms[j]);
}
