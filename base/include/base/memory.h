/* Checked allocation: sizes cannot overflow, arrays of doubles lie on cache lines. NULL on failure. */
#ifndef MARQ_BASE_MEMORY_H
#define MARQ_BASE_MEMORY_H

#include <stddef.h>

/* count × size bytes, zeroed, 64-byte aligned; never NULL for count 0 unless out of memory. Free with free().
 */
void *marq_alloc(size_t count, size_t size);

/* rows × columns doubles, zeroed, 64-byte aligned. */
double *marq_alloc_doubles(size_t rows, size_t columns);

/* A copy of text (NULL gives NULL). */
char *marq_copy_text(const char *text);

#endif
