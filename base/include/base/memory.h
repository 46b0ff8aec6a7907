/* Checked allocation: sizes cannot overflow, arrays of doubles lie on cache lines. NULL on failure. */
#ifndef MARQ_BASE_MEMORY_H
#define MARQ_BASE_MEMORY_H

#include <stddef.h>

/* count × size bytes, zeroed, 64-byte aligned; never NULL for count 0 unless out of memory. Free with free().
 */
void *marq_alloc(size_t count, size_t size);

/* rows × columns doubles, zeroed, 64-byte aligned. */
double *marq_alloc_doubles(size_t rows, size_t columns);

/* ---- First touch ----
 * Where memory has several nodes, a page lies with the thread that touches it first. Arrays that the threads
 * of a team share by rows are zeroed by them: block after block of rows, as `schedule(static)` deals them out
 * in the loops that use them. omp_get_max_threads() threads; the caller alone where an array is small. */

/* rows × columns doubles as those of marq_alloc_doubles. */
double *marq_alloc_shared(size_t rows, size_t columns, size_t block);

/* The two steps of it, for several arrays in one allocation: `doubles` values that nobody has touched;
 * zeroes. */
double *marq_alloc_untouched(size_t doubles);
void marq_first_touch(double *array, size_t rows, size_t columns, size_t block);

/* A copy of text (NULL gives NULL). */
char *marq_copy_text(const char *text);

#endif
