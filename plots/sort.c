#include "sort.h"

#include <base/memory.h>
#include <stdlib.h>

typedef struct place {
    double value;
    size_t index;
} place;

static int ascending(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

static int ascending_place(const void *a, const void *b) {
    const place *left = a, *right = b;
    if (left->value != right->value) return left->value < right->value ? -1 : 1;
    return (left->index > right->index) - (left->index < right->index);
}

void plots_sort(double *values, size_t count) {
    qsort(values, count, sizeof *values, ascending);
}

int plots_sort_index(const double *values, size_t count, size_t *index) {
    place *places = marq_alloc(count, sizeof *places);
    if (!places) return 0;
    for (size_t i = 0; i < count; i++) places[i] = (place){values[i], i};
    qsort(places, count, sizeof *places, ascending_place);
    for (size_t i = 0; i < count; i++) index[i] = places[i].index;
    free(places);
    return 1;
}
