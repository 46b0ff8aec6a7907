/* Normalisation of columns: normalised = (value − shift) · factor, fitted to given rows.
 *     range     to [−1, 1]:  shift = (max + min)/2, factor = 2/(max − min)
 *     unit      to [0, 1]:   shift = min,           factor = 1/(max − min)
 *     standard  to mean 0, deviation 1: shift = mean, factor = 1/deviation
 * A constant column has factor 1. Missing values (NaN) take no part. */
#include "dataset.h"
#include "net.h"

#include <base/least.h>
#include <math.h>

enum { MOST_COLUMNS = 32 }; /* that are described in one reading of the rows */

typedef struct column {
    double least, most, mean, deviation;
    size_t present; /* values that are not NaN */
} column;

/* What is described: columns first … first + count − 1 of n. data: what the values lie in, or NULL. */
typedef struct reading {
    size_t rows, n, first, count;
    const double *values;
    const marq_dataset *data;
} reading;

static const double *read_row(const reading *r, size_t i) {
    if (r->data && i % MARQ_RELEASE_ROWS == 0) marq_dataset_release(r->data);
    return r->values + i * r->n + r->first;
}

static void find_extremes(const reading *r, column *c) {
    for (size_t j = 0; j < r->count; j++) c[j] = (column){(double)NAN, (double)NAN, 0, 0, 0};
    for (size_t i = 0; i < r->rows; i++) {
        const double *v = read_row(r, i);
        for (size_t j = 0; j < r->count; j++) {
            c[j].least = fmin(c[j].least, v[j]); /* fmin, fmax pass over NaN */
            c[j].most = fmax(c[j].most, v[j]);
            c[j].present += !isnan(v[j]);
        }
    }
}

static void find_deviations(const reading *r, column *c) {
    for (size_t i = 0; i < r->rows; i++) {
        const double *v = read_row(r, i);
        for (size_t j = 0; j < r->count; j++)
            if (!isnan(v[j])) c[j].mean += v[j] / (double)c[j].present;
    }
    for (size_t i = 0; i < r->rows; i++) {
        const double *v = read_row(r, i);
        for (size_t j = 0; j < r->count; j++) {
            double d = v[j] - c[j].mean;
            if (!isnan(d)) c[j].deviation += d * d / (double)c[j].present;
        }
    }
    for (size_t j = 0; j < r->count; j++) c[j].deviation = sqrt(c[j].deviation);
}

/* 1/width, or 1 where the column is constant, or the width or the quotient would overflow. */
static double factor_for(double width) {
    double factor = 1 / width;
    return width > 0 && factor > 0 && isfinite(factor) ? factor : 1;
}

static void map_column(marq_normalisation kind, const column *c, double *shift, double *factor) {
    if (isnan(c->least)) return;
    if (kind == MARQ_NORMALISE_RANGE) {
        double half = c->most / 2 - c->least / 2; /* the difference itself may overflow */
        *shift = c->least + half;
        *factor = factor_for(half);
    } else if (kind == MARQ_NORMALISE_UNIT) {
        *shift = c->least;
        *factor = factor_for(c->most - c->least);
    } else {
        *shift = c->mean;
        *factor = c->most > c->least ? factor_for(c->deviation) : 1;
    }
}

static void fit_map(marq_scaling_map *map, marq_normalisation kind, size_t rows, size_t n,
                    const double *values, const marq_dataset *data) {
    column c[MOST_COLUMNS];
    for (size_t j = 0; j < n; j++) {
        map->shift[j] = 0;
        map->factor[j] = 1;
    }
    if (kind == MARQ_NORMALISE_NONE || rows == 0) return;
    for (size_t first = 0; first < n; first += MOST_COLUMNS) {
        size_t count = marq_least(n - first, MOST_COLUMNS);
        reading r = {rows, n, first, count, values, data};
        find_extremes(&r, c);
        if (kind == MARQ_NORMALISE_STANDARD) find_deviations(&r, c);
        for (size_t j = 0; j < count; j++)
            map_column(kind, &c[j], &map->shift[first + j], &map->factor[first + j]);
    }
}

static void fit_maps(marq_net *net, marq_normalisation kind, size_t rows, const double *X, const double *Y,
                     const marq_dataset *data) {
    net->normalisation = kind;
    fit_map(&net->input, kind, rows, marq_net_inputs(net), X, data);
    fit_map(&net->output, net->classes ? MARQ_NORMALISE_NONE : kind, rows, marq_net_outputs(net), Y, data);
}

void marq_net_normalise(marq_net *net, marq_normalisation normalisation, size_t rows, const double *X,
                        const double *Y) {
    fit_maps(net, normalisation, rows, X, Y, NULL);
}

void marq_net_normalise_by(marq_net *net, marq_normalisation normalisation, const marq_dataset *set) {
    fit_maps(net, normalisation, set->rows[MARQ_TRAIN], set->X[MARQ_TRAIN], set->Y[MARQ_TRAIN], set);
}

void marq_scale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) out[i * n + j] = (in[i * n + j] - map->shift[j]) * map->factor[j];
}

void marq_unscale_rows(const marq_scaling_map *map, size_t rows, size_t n, const double *in, double *out) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < n; j++) out[i * n + j] = in[i * n + j] / map->factor[j] + map->shift[j];
}
