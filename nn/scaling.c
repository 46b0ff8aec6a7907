/* Normalisation of columns: normalised = (value − shift) · factor, fitted to given rows.
 *     range     to [−1, 1]:  shift = (max + min)/2, factor = 2/(max − min)
 *     unit      to [0, 1]:   shift = min,           factor = 1/(max − min)
 *     standard  to mean 0, deviation 1: shift = mean, factor = 1/deviation
 * A constant column has factor 1. Missing values (NaN) take no part. */
#include "net.h"

#include <math.h>

typedef struct column {
    double least, most, mean, deviation;
} column;

/* Of the values that are not NaN. */
static column describe(size_t rows, size_t n, const double *values, size_t j) {
    column c = {(double)NAN, (double)NAN, 0, 0};
    size_t present = 0;
    for (size_t i = j; i < rows * n; i += n) present += !isnan(values[i]);
    for (size_t i = j; i < rows * n; i += n) {
        double v = values[i];
        if (isnan(v)) continue;
        c.least = fmin(c.least, v); /* fmin, fmax pass over NaN */
        c.most = fmax(c.most, v);
        c.mean += v / (double)present;
    }
    for (size_t i = j; i < rows * n; i += n) {
        double d = values[i] - c.mean;
        if (!isnan(d)) c.deviation += d * d / (double)present;
    }
    c.deviation = sqrt(c.deviation);
    return c;
}

/* 1/width, or 1 where the column is constant, or the width or the quotient would overflow. */
static double factor_for(double width) {
    double factor = 1 / width;
    return width > 0 && factor > 0 && isfinite(factor) ? factor : 1;
}

static void fit_map(marq_scaling_map *map, marq_normalisation kind, size_t rows, size_t n,
                    const double *values) {
    for (size_t j = 0; j < n; j++) {
        map->shift[j] = 0;
        map->factor[j] = 1;
        if (kind == MARQ_NORMALISE_NONE || rows == 0) continue;
        column c = describe(rows, n, values, j);
        if (isnan(c.least)) continue;
        if (kind == MARQ_NORMALISE_RANGE) {
            double half = c.most / 2 - c.least / 2; /* the difference itself may overflow */
            map->shift[j] = c.least + half;
            map->factor[j] = factor_for(half);
        } else if (kind == MARQ_NORMALISE_UNIT) {
            map->shift[j] = c.least;
            map->factor[j] = factor_for(c.most - c.least);
        } else {
            map->shift[j] = c.mean;
            map->factor[j] = c.most > c.least ? factor_for(c.deviation) : 1;
        }
    }
}

void marq_net_normalise(marq_net *net, marq_normalisation normalisation, size_t rows, const double *X,
                        const double *Y) {
    net->normalisation = normalisation;
    fit_map(&net->input, normalisation, rows, marq_net_inputs(net), X);
    fit_map(&net->output, net->classes ? MARQ_NORMALISE_NONE : normalisation, rows, marq_net_outputs(net), Y);
}

void marq_scale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) out[i * n + j] = (in[i * n + j] - map->shift[j]) * map->factor[j];
}

void marq_unscale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) out[i * n + j] = in[i * n + j] / map->factor[j] + map->shift[j];
}
