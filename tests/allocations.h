/* Counts what this program allocates: its own malloc and its kin note every call while `counting` is on, by
 * anyone but the OpenMP runtime (it allocates its tasks and teams itself). Defines _GNU_SOURCE's dladdr:
 * include it first, in one file of a program. */
#ifndef MARQ_TESTS_ALLOCATIONS_H
#define MARQ_TESTS_ALLOCATIONS_H

#define _GNU_SOURCE /* dladdr */
#include "require.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Sanitizers bring their own malloc; clang's OpenMP runtime allocates through libc, where it can't be told
 * apart. */
#if defined(__SANITIZE_ADDRESS__) || !defined(__GLIBC__) || defined(__clang__)
#define CAN_COUNT 0
#else
#define CAN_COUNT 1
#endif

static atomic_bool counting;
static atomic_size_t counted;
static __attribute__((unused)) atomic_size_t counted_bytes; /* not by every test */
static void *_Atomic last_caller;

#if CAN_COUNT
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count_call(void *caller, size_t size) {
    static _Thread_local bool inside;
    if (!atomic_load(&counting) || inside) return;
    inside = true;
    Dl_info where;
    bool openmp = dladdr(caller, &where) && where.dli_fname &&
                  (strstr(where.dli_fname, "libgomp") || strstr(where.dli_fname, "libomp"));
    if (!openmp) {
        atomic_store(&last_caller, caller);
        atomic_fetch_add(&counted, 1);
        atomic_fetch_add(&counted_bytes, size);
    }
    inside = false;
}

#define COUNTED __attribute__((visibility("default"), noinline))
COUNTED void *malloc(size_t size) {
    count_call(__builtin_return_address(0), size);
    return __libc_malloc(size);
}

COUNTED void *calloc(size_t count, size_t size) {
    count_call(__builtin_return_address(0), count * size);
    return __libc_calloc(count, size);
}

COUNTED void *realloc(void *memory, size_t size) {
    count_call(__builtin_return_address(0), size);
    return __libc_realloc(memory, size);
}

COUNTED void *aligned_alloc(size_t alignment, size_t size) {
    count_call(__builtin_return_address(0), size);
    return __libc_memalign(alignment, size);
}

COUNTED int posix_memalign(void **memory, size_t alignment, size_t size) {
    count_call(__builtin_return_address(0), size);
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}
#endif

/* Who allocated last, for a message. */
static inline Dl_info last_allocation(void) {
    Dl_info where = {0};
    dladdr(atomic_load(&last_caller), &where);
    if (!where.dli_sname) where.dli_sname = "?";
    if (!where.dli_fname) where.dli_fname = "?";
    return where;
}

#define REQUIRE_NONE_COUNTED(...)                                                                            \
    do {                                                                                                     \
        char what_[200];                                                                                     \
        snprintf(what_, sizeof what_, __VA_ARGS__);                                                          \
        Dl_info where_ = last_allocation();                                                                  \
        REQUIRE(atomic_load(&counted) == 0, "%s: %zu allocations, the last from %s in %s", what_,            \
                atomic_load(&counted), where_.dli_sname, where_.dli_fname);                                  \
    } while (0)

#endif
