/* Start values from the data. Peaks: the highest point of what the peaks before it leave, with the width at
 * half of its height h (h above the least value):
 *     area ≈ h · w · √(π/(4 ln 2)),  sigma = w / (2 √(2 ln 2)),  gamma = w/2.
 * Others: amplitudes from the ends of the data, scales from the range of x. Parameters without a shape start
 * from many places. */
#include "formulas/fit.h"

#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct series {
    size_t rows;
    const double *x; /* stride */
    size_t stride;
    double *y; /* what is left to explain */
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

static void propose(formula_outcome *o, const marq_formula_shape *shape, size_t k, double value) {
    size_t j = shape->parameters[k];
    if (j == MARQ_FORMULA_NONE || o->given[j] || !isfinite(value)) return;
    o->start[j] = value;
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
    propose(o, shape, 0, shape->sign < 0 ? -area : area);
    propose(o, shape, 1, center);
    switch (shape->shape) {
    case MARQ_LINESHAPE_GAUSS:
        propose(o, shape, 2, sigma);
        break;
    case MARQ_LINESHAPE_LORENTZ:
        propose(o, shape, 2, width / 2);
        break;
    case MARQ_LINESHAPE_VOIGT:
        propose(o, shape, 2, 0.7 * sigma);
        propose(o, shape, 3, 0.25 * width);
        break;
    default:
        propose(o, shape, 2, width);
        propose(o, shape, 3, 0.5);
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
        propose(o, shape, 0, sign * (s->y_high - s->y_low));
        propose(o, shape, 1, 3 / range);
        break;
    case MARQ_LINESHAPE_POWER_LAW:
        propose(o, shape, 0, sign * s->y_high / (s->x_high > 0 ? s->x_high : 1));
        propose(o, shape, 1, 1);
        break;
    case MARQ_LINESHAPE_LOGISTIC:
        propose(o, shape, 0, sign * (s->y_high - s->y_low));
        propose(o, shape, 1, 0.5 * (s->x_low + s->x_high));
        propose(o, shape, 2, 8 / range);
        break;
    default:
        propose(o, shape, 0, sign * s->y_low);
        for (size_t k = 1; k < shape->parameter_count; k++) propose(o, shape, k, 0);
    }
}

static bool is_peak(marq_lineshape shape) {
    return shape == MARQ_LINESHAPE_GAUSS || shape == MARQ_LINESHAPE_LORENTZ ||
           shape == MARQ_LINESHAPE_VOIGT || shape == MARQ_LINESHAPE_PSEUDO_VOIGT;
}

void formula_start_shapes(formula_outcome *o) {
    size_t shapes = marq_formula_shape_count(o->formula);
    double *left = shapes ? marq_alloc_doubles(o->rows, 1) : NULL;
    if (!left) return; /* then all start at 1 */
    marq_formula_data data = formula_data(o);
    for (int negative = 0; negative < 2; negative++) {
        marq_formula_left(o->formula, &data, 0, o->rows, left);
        for (size_t i = 0; negative && i < o->rows; i++) left[i] = -left[i];
        for (size_t k = 0; k < shapes; k++) {
            const marq_formula_shape *shape = marq_formula_shape_at(o->formula, k);
            if (shape->predictor == MARQ_FORMULA_NONE || (shape->sign < 0) != negative) continue;
            series s = {o->rows, o->columns[shape->predictor], o->table.columns, left, 0, 0, 0, 0};
            if (is_peak(shape->shape))
                start_peak(o, shape, &s);
            else
                start_other(o, shape, &s);
        }
    }
    free(left);
}

/* Bounds where there are, else ±10. */
size_t formula_start_box(const formula_outcome *o, double *low, double *high) {
    size_t open = 0;
    for (size_t j = 0; j < o->parameters; j++) {
        low[j] = high[j] = o->start[j];
        if (o->given[j] || o->fixed[j] || (o->linear && o->linear[j])) continue;
        bool below = o->lower[j] > -HUGE_VAL, above = o->upper[j] < HUGE_VAL;
        low[j] = below ? o->lower[j] : above ? o->upper[j] - 20 : -10;
        high[j] = above ? o->upper[j] : below ? o->lower[j] + 20 : 10;
        open++;
    }
    return open;
}
