#include <base/memory.h>

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CACHE_LINE = 64 };

void *marq_alloc(size_t count, size_t size) {
    if (size != 0 && count > (SIZE_MAX - CACHE_LINE) / size) return NULL;
    size_t bytes = count * size;
    size_t rounded = (bytes + CACHE_LINE) / CACHE_LINE * CACHE_LINE; /* at least one line */
    void *memory = aligned_alloc(CACHE_LINE, rounded);
    if (memory) memset(memory, 0, rounded);
    return memory;
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
