/* Whether data ask for a log axis. With p_i = (v_i − low)/(high − low) the place of the i-th smallest of n
 * values between the ends of an axis, max |i/(n−1) − p_i| (i from 0) is its distance to even spacing, as
 * Kolmogorov's: small if the values suit the axis. It is found for the values and for their logarithms. */
#include <plots/style.h>

#include "axis.h"
#include "sort.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { SAMPLE = 100000 };

static double distance_to_even(const double *sorted, size_t count) {
    double low = sorted[0], span = sorted[count - 1] - low, largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs((double)i / (double)(count - 1) - (sorted[i] - low) / span));
    return largest;
}

static int suits_log(double *sorted, size_t count) {
    double linear = distance_to_even(sorted, count);
    for (size_t i = 0; i < count; i++) sorted[i] = log(sorted[i]);
    return distance_to_even(sorted, count) < 0.5 * linear;
}

int plots_wants_log(const double *values, size_t count) {
    plots_range range = plots_range_empty;
    plots_range_add_all(&range, values, count);
    if (!(range.low > 0) || range.low > range.high || range.high / range.low <= 100) return 0;
    size_t every = 1 + (count - 1) / SAMPLE, kept = 0;
    double *sample = marq_alloc_doubles(count / every + 1, 1);
    if (!sample) return 0;
    for (size_t i = 0; i < count; i += every)
        if (plots_plottable(values[i])) sample[kept++] = values[i];
    plots_sort(sample, kept);
    int wants = kept > 2 && sample[0] < sample[kept - 1] && suits_log(sample, kept);
    free(sample);
    return wants;
}
