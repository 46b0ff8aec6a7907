/* Counts of values in bins of equal width, by set. */
#ifndef PLOTS_HISTOGRAM_H
#define PLOTS_HISTOGRAM_H

#include <plots/plots.h>

enum { PLOTS_LEAST_BINS = 10, PLOTS_MOST_BINS = 80 };

typedef struct plots_histogram {
    size_t bins;
    double low, width; /* bin b is low + b·width … low + (b+1)·width */
    size_t count[PLOTS_MOST_BINS][PLOTS_SETS];
    size_t values, outside; /* finite ones in all; those too far away to be counted in a bin */
    double mean, deviation; /* of all finite ones */
} plots_histogram;

/* Of measured − fitted. Width by Freedman and Diaconis (1981), 2·IQR·n^(−1/3), with 10 to 80 bins. Values
 * more than eight interquartile ranges beyond the quartiles are outside: a few of them would press all others
 * into one bin. False: out of memory. */
int plots_histogram_of_residuals(plots_histogram *histogram, const plots_rows *rows);

#endif
