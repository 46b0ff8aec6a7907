#include "batches.h"

#include <base/memory.h>
#include <stdlib.h>

int marq_batches_create(marq_batches *batches, size_t rows, size_t size, uint64_t seed) {
    *batches = (marq_batches){.rows = rows,
                              .size = size,
                              .order = marq_alloc(rows, sizeof *batches->order),
                              .random = {.seed = seed, .stream = MARQ_STREAM_BATCHES}};
    for (size_t i = 0; batches->order && i < rows; i++) batches->order[i] = i;
    return batches->order != NULL;
}

void marq_batches_destroy(marq_batches *batches) {
    free(batches->order);
    *batches = (marq_batches){0};
}

void marq_batches_shuffle(marq_batches *batches) {
    if (batches->size < batches->rows) /* the order within a batch does not matter */
        marq_random_shuffle(&batches->random, batches->order, batches->rows);
}
