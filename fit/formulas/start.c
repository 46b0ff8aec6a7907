/* Start values from the data. Peaks: the highest point of what the peaks before it leave, with the width at
 * half of its height h (h above the least value):
 *     area ≈ h · w · √(π/(4 ln 2)),  sigma = w / (2 √(2 ln 2)),  gamma = w/2.
 * Others: amplitudes from the ends of the data, scales from the range of x. Parameters without a shape start
 * from many places (search.c). */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct series {
    size_t rows;
    const double *x; /* stride */
    size_t stride;
    double *y; /* what is left to explain */
    size_t group;
    double x_low, x_high, y_low, y_high;
} series;

static double x_at(const series *s, size_t i) {
    return s->x[i * s->stride];
}

static void measure(series *s) {
    s->x_low = s->y_low = HUGE_VAL;
    s->x_high = s->y_high = -HUGE_VAL;
    for (size_t i = 0; i < s->rows; i++) {
        s->x_low = fmin(s->x_low, x_at(s, i));
        s->x_high = fmax(s->x_high, x_at(s, i));
        s->y_low = fmin(s->y_low, s->y[i]);
        s->y_high = fmax(s->y_high, s->y[i]);
    }
}

/* A shared parameter starts at the mean over the groups. */
static void propose(formula_outcome *o, const series *s, const marq_formula_shape *shape, size_t k,
                    double value) {
    if (shape->parameters[k] == MARQ_FORMULA_NONE || !isfinite(value)) return;
    size_t j = o->groups.place[s->group * o->groups.local + shape->parameters[k]];
    if (o->given[j] == START_GIVEN) return;
    double before = o->given[j] ? (double)s->group : 0;
    o->start[j] = (before * o->start[j] + value) / (before + 1);
    o->given[j] = START_FROM_DATA;
}

/* The distance from the peak to where y falls to half, on the nearer side. */
static double half_width(const series *s, size_t peak, double base) {
    double half = base + 0.5 * (s->y[peak] - base), nearest = HUGE_VAL;
    for (size_t i = 0; i < s->rows; i++)
        if (s->y[i] < half) nearest = fmin(nearest, fabs(x_at(s, i) - x_at(s, peak)));
    return isfinite(nearest) && nearest > 0 ? nearest : (s->x_high - s->x_low) / 20;
}

static void start_peak(formula_outcome *o, const marq_formula_shape *shape, series *s) {
    size_t peak = 0;
    measure(s);
    for (size_t i = 0; i < s->rows; i++)
        if (s->y[i] > s->y[peak]) peak = i;
    double base = s->y_low, height = s->y[peak] - base, center = x_at(s, peak);
    double width = 2 * half_width(s, peak, base), sigma = width / (2 * sqrt(2 * log(2)));
    double area = height * sigma * sqrt(2 * acos(-1));
    propose(o, s, shape, 0, shape->sign < 0 ? -area : area);
    propose(o, s, shape, 1, center);
    switch (shape->shape) {
    case MARQ_LINESHAPE_GAUSS:
        propose(o, s, shape, 2, sigma);
        break;
    case MARQ_LINESHAPE_LORENTZ:
        propose(o, s, shape, 2, width / 2);
        break;
    case MARQ_LINESHAPE_VOIGT:
        propose(o, s, shape, 2, 0.7 * sigma);
        propose(o, s, shape, 3, 0.25 * width);
        break;
    default:
        propose(o, s, shape, 2, width);
        propose(o, s, shape, 3, 0.5);
    }
    for (size_t i = 0; i < s->rows; i++) {
        double t = (x_at(s, i) - center) / sigma;
        s->y[i] -= height * exp(-0.5 * t * t);
    }
}

static void start_other(formula_outcome *o, const marq_formula_shape *shape, series *s) {
    measure(s);
    double range = s->x_high > s->x_low ? s->x_high - s->x_low : 1, sign = shape->sign < 0 ? -1 : 1;
    switch (shape->shape) {
    case MARQ_LINESHAPE_EXPONENTIAL:
        propose(o, s, shape, 0, sign * (s->y_high - s->y_low));
        propose(o, s, shape, 1, 3 / range);
        break;
    case MARQ_LINESHAPE_POWER_LAW:
        propose(o, s, shape, 0, sign * s->y_high / (s->x_high > 0 ? s->x_high : 1));
        propose(o, s, shape, 1, 1);
        break;
    case MARQ_LINESHAPE_LOGISTIC:
        propose(o, s, shape, 0, sign * (s->y_high - s->y_low));
        propose(o, s, shape, 1, 0.5 * (s->x_low + s->x_high));
        propose(o, s, shape, 2, 8 / range);
        break;
    default:
        propose(o, s, shape, 0, sign * s->y_low);
        for (size_t k = 1; k < shape->parameter_count; k++) propose(o, s, shape, k, 0);
    }
}

static bool is_peak(marq_lineshape shape) {
    return shape == MARQ_LINESHAPE_GAUSS || shape == MARQ_LINESHAPE_LORENTZ ||
           shape == MARQ_LINESHAPE_VOIGT || shape == MARQ_LINESHAPE_PSEUDO_VOIGT;
}

/* The shapes of one sign in one group; left: room for its rows. */
static void start_group(formula_outcome *o, size_t group, bool negative, double *left) {
    marq_formula_data data = formula_data(o);
    size_t first = o->groups.first[group], rows = formula_group_size(o, group);
    marq_formula_left(o->formula, &data, first, rows, left);
    for (size_t i = 0; negative && i < rows; i++) left[i] = -left[i];
    for (size_t k = 0; k < marq_formula_shape_count(o->formula); k++) {
        const marq_formula_shape *shape = marq_formula_shape_at(o->formula, k);
        if (shape->predictor == MARQ_FORMULA_NONE || (shape->sign < 0) != negative) continue;
        series s = {.rows = rows,
                    .x = o->columns[shape->predictor] + first * o->table.columns,
                    .stride = o->table.columns,
                    .y = left,
                    .group = group};
        if (is_peak(shape->shape))
            start_peak(o, shape, &s);
        else
            start_other(o, shape, &s);
    }
}

void formula_start_shapes(formula_outcome *o) {
    if (marq_formula_shape_count(o->formula) == 0) return;
    double *left = marq_alloc_doubles(o->rows, 1);
    if (!left) return; /* then all start at 1 */
    for (size_t g = 0; g < o->groups.count; g++) {
        start_group(o, g, false, left);
        start_group(o, g, true, left);
    }
    free(left);
}

/* ---- Without a start ---- */

void formula_open_clear(formula_open *open) {
    free(open->flags);
    free(open->ranges);
    *open = (formula_open){0};
}

/* The ranges of the formula's parameters hold for each group's. */
static marq_status find_ranges(const formula_outcome *o, formula_open *open, marq_error *error) {
    size_t local = o->groups.local;
    double theta[FORMULA_MOST_PARAMETERS];
    unsigned char held[FORMULA_MOST_PARAMETERS];
    marq_formula_range *ranges = marq_alloc(local, sizeof *ranges);
    if (!ranges) return marq_fail_memory(error, "ranges of parameters");
    formula_local(o, 0, o->start, theta);
    for (size_t i = 0; i < local; i++) held[i] = o->fixed[o->groups.place[i]] || o->given[o->groups.place[i]];
    marq_formula_data data = formula_data(o);
    marq_status status = marq_formula_ranges(o->formula, &data, theta, held, ranges, error);
    for (size_t k = 0; status == MARQ_OK && k < local * o->groups.count; k++)
        open->ranges[o->groups.place[k]] = ranges[k % local];
    free(ranges);
    return status;
}

marq_status formula_find_open(const formula_outcome *o, formula_open *open, marq_error *error) {
    size_t n = o->parameters;
    *open = (formula_open){0, marq_alloc(n, 1), marq_alloc(n, sizeof *open->ranges)};
    if (!open->flags || !open->ranges) return marq_fail_memory(error, "the starts");
    for (size_t j = 0; j < n; j++) {
        open->flags[j] =
            !(o->given[j] || o->fixed[j] || formula_is_tied(o, j) || (o->linear && o->linear[j]));
        open->count += open->flags[j];
    }
    return open->count > 0 ? find_ranges(o, open, error) : MARQ_OK;
}
