/* Ascending order of doubles without NaN. */
#ifndef PLOTS_SORT_H
#define PLOTS_SORT_H

#include <stddef.h>

void plots_sort(double *values, size_t count);

/* The order of the values: index[k] is that of the k-th smallest; of equal ones the first comes first. 0: out
 * of memory. */
int plots_sort_index(const double *values, size_t count, size_t *index);

#endif
