#include <base/least.h>
#include <base/memory.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

/* Whole cache lines, at least one; 0: too many bytes. */
static size_t lines_of(size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - CACHE_LINE) / size) return 0;
    return (count * size + CACHE_LINE) / CACHE_LINE * CACHE_LINE;
}

void *marq_alloc(size_t count, size_t size) {
    size_t bytes = lines_of(count, size);
    void *memory = bytes ? aligned_alloc(CACHE_LINE, bytes) : NULL;
    if (memory) memset(memory, 0, bytes);
    return memory;
}

double *marq_alloc_untouched(size_t doubles) {
    size_t bytes = lines_of(doubles, sizeof(double));
    return bytes ? aligned_alloc(CACHE_LINE, bytes) : NULL;
}

void marq_first_touch(double *array, size_t rows, size_t columns, size_t block) {
    enum { WORTH_IT = 1 << 20 }; /* bytes: less is some pages only */
    if (rows * columns * sizeof *array < WORTH_IT) {
        memset(array, 0, rows * columns * sizeof *array);
        return;
    }
#pragma omp parallel for schedule(static)
    for (size_t first = 0; first < rows; first += block) {
        size_t count = marq_least(rows - first, block);
        memset(array + first * columns, 0, count * columns * sizeof *array);
    }
}

double *marq_alloc_shared(size_t rows, size_t columns, size_t block) {
    if (columns != 0 && rows > SIZE_MAX / sizeof(double) / columns) return NULL;
    double *array = marq_alloc_untouched(rows * columns);
    if (array) marq_first_touch(array, rows, columns, block);
    return array;
}

double *marq_alloc_doubles(size_t rows, size_t columns) {
    if (columns != 0 && rows > SIZE_MAX / sizeof(double) / columns) return NULL;
    return marq_alloc(rows * columns, sizeof(double));
}

char *marq_copy_text(const char *text) {
    if (!text) return NULL;
    size_t size = strlen(text) + 1;
    char *copy = malloc(size);
    if (copy) memcpy(copy, text, size);
    return copy;
}
