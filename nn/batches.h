/* The order in which a training takes its rows: all of them once an epoch, shuffled anew, in batches of one
 * size; the last batch of an epoch is what is left. The order is a function of the seed alone. */
#ifndef MARQ_NN_BATCHES_H
#define MARQ_NN_BATCHES_H

#include <base/random.h>
#include <stddef.h>

/* Some rows of a data set, by their numbers. */
typedef struct marq_row_list {
    const size_t *row;
    size_t count;
} marq_row_list;

typedef struct marq_batches {
    size_t rows, size;
    size_t *order; /* rows: which row comes when */
    marq_random random;
} marq_batches;

/* size: 1 … rows. 0 without memory. */
int marq_batches_create(marq_batches *batches, size_t rows, size_t size, uint64_t seed);
void marq_batches_destroy(marq_batches *batches);

/* A new order: before every epoch. */
void marq_batches_shuffle(marq_batches *batches);

static inline size_t marq_batches_count(const marq_batches *batches) {
    return (batches->rows + batches->size - 1) / batches->size;
}

static inline marq_row_list marq_batch(const marq_batches *batches, size_t b) {
    size_t first = b * batches->size, left = batches->rows - first;
    return (marq_row_list){batches->order + first, left < batches->size ? left : batches->size};
}

#endif
