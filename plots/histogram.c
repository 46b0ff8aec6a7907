#include "histogram.h"

#include "rows.h"
#include "sort.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { QUARTILE_SAMPLE = 100000 };

static double residual(const plots_rows *rows, size_t i) {
    return rows->measured[i] - rows->fitted[i];
}

/* Moments by updating (Welford 1962), and the ends. */
static plots_range find_moments(plots_histogram *h, const plots_rows *rows) {
    plots_range range = plots_range_empty;
    double squares = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        double value = residual(rows, i);
        if (!plots_plottable(value)) continue;
        double before = value - h->mean;
        h->mean += before / (double)++h->values;
        squares += before * (value - h->mean);
        plots_range_add(&range, value);
    }
    h->deviation = h->values > 1 ? sqrt(squares / (double)(h->values - 1)) : 0;
    return range;
}

/* The quartiles, of every k-th value if there are very many. */
static int find_quartiles(const plots_rows *rows, double quartile[2]) {
    size_t every = 1 + (rows->rows - 1) / QUARTILE_SAMPLE, count = 0;
    double *sample = marq_alloc_doubles(rows->rows / every + 1, 1);
    if (!sample) return 0;
    for (size_t i = 0; i < rows->rows; i += every)
        if (plots_plottable(residual(rows, i))) sample[count++] = residual(rows, i);
    plots_sort(sample, count);
    quartile[0] = count ? sample[count / 4] : 0;
    quartile[1] = count ? sample[(3 * count) / 4 - (count > 1 && count % 4 == 0)] : 0;
    free(sample);
    return 1;
}

/* All equal (or none): eleven bins with the value in the middle of the sixth. */
static void one_value_bins(plots_histogram *h, double value) {
    double size = fabs(value) > 1e-290 ? 0.1 * fabs(value) : 1;
    h->bins = 11;
    h->width = 2 * size / 11;
    h->low = value - size;
}

static void find_bins(plots_histogram *h, plots_range range, const double quartile[2]) {
    double spread = quartile[1] - quartile[0];
    if (spread > 0) {
        range.low = fmax(range.low, quartile[0] - 8 * spread);
        range.high = fmin(range.high, quartile[1] + 8 * spread);
    }
    double span = range.high - range.low;
    if (!(span > 1e-12 * fmax(fabs(range.low), fabs(range.high)))) {
        one_value_bins(h, range.low <= range.high ? range.low : 0);
        return;
    }
    double wanted = spread > 0 ? span / (2 * spread * pow((double)h->values, -1.0 / 3)) : PLOTS_LEAST_BINS;
    h->bins = (size_t)fmin(fmax(ceil(wanted), PLOTS_LEAST_BINS), PLOTS_MOST_BINS);
    h->width = span / (double)h->bins;
    h->low = range.low;
}

static void count_values(plots_histogram *h, const plots_rows *rows) {
    double high = h->low + h->width * (double)h->bins, slack = 1e-9 * h->width;
    for (size_t i = 0; i < rows->rows; i++) {
        double value = residual(rows, i);
        if (!plots_plottable(value)) continue;
        if (value < h->low - slack || value > high + slack) {
            h->outside++;
            continue;
        }
        double place = fmax(0, floor((value - h->low) / h->width));
        size_t bin = (size_t)fmin(place, (double)(h->bins - 1));
        h->count[bin][plots_set_of(rows, i)]++;
    }
}

int plots_histogram_of_residuals(plots_histogram *histogram, const plots_rows *rows) {
    double quartile[2];
    *histogram = (plots_histogram){0};
    plots_range range = find_moments(histogram, rows);
    if (!find_quartiles(rows, quartile)) return 0;
    find_bins(histogram, range, quartile);
    count_values(histogram, rows);
    return 1;
}
