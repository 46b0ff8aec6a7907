/* The linker's --wrap sends calls of NAME to __wrap_NAME, and of __real_NAME to the C library. Sizes are what
 * the allocator gave (malloc_usable_size), so that free() needs no record of its own. */
#include "heap.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_long in_use, most;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *memory);

static void *note(void *memory) {
    long now = atomic_fetch_add(&in_use, (long)malloc_usable_size(memory)) + (long)malloc_usable_size(memory);
    long before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now)) continue;
    return memory;
}

void *__wrap_malloc(size_t size) {
    return note(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size) {
    return note(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size) {
    atomic_fetch_sub(&in_use, (long)malloc_usable_size(memory));
    void *moved = __real_realloc(memory, size);
    return moved ? note(moved) : moved;
}

void *__wrap_aligned_alloc(size_t alignment, size_t size) {
    return note(__real_aligned_alloc(alignment, size));
}

void __wrap_free(void *memory) {
    atomic_fetch_sub(&in_use, (long)malloc_usable_size(memory));
    __real_free(memory);
}

size_t bench_heap_now(void) {
    return (size_t)atomic_load(&in_use);
}

size_t bench_heap_peak(void) {
    return (size_t)atomic_load(&most);
}

void bench_heap_reset(void) {
    atomic_store(&most, atomic_load(&in_use));
}
