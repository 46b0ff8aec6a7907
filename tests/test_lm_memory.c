/* Nothing is allocated in the loop. This program's own malloc and its kin count what is allocated between the
 * second progress record and the end of a solve, by anyone but the OpenMP runtime (it allocates its tasks and
 * teams itself). The first iterations are left out: there OpenBLAS sets up the buffers of its threads. */
#define _GNU_SOURCE /* dladdr */
#include "require.h"
#include "sine_problem.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
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
static void *_Atomic last_caller;

#if CAN_COUNT
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static void count_call(void *caller) {
    static _Thread_local bool inside;
    if (!atomic_load(&counting) || inside) return;
    inside = true;
    Dl_info where;
    bool openmp = dladdr(caller, &where) && where.dli_fname &&
                  (strstr(where.dli_fname, "libgomp") || strstr(where.dli_fname, "libomp"));
    if (!openmp) {
        atomic_store(&last_caller, caller);
        atomic_fetch_add(&counted, 1);
    }
    inside = false;
}

#define COUNTED __attribute__((visibility("default"), noinline))
COUNTED void *malloc(size_t size) {
    count_call(__builtin_return_address(0));
    return __libc_malloc(size);
}

COUNTED void *calloc(size_t count, size_t size) {
    count_call(__builtin_return_address(0));
    return __libc_calloc(count, size);
}

COUNTED void *realloc(void *memory, size_t size) {
    count_call(__builtin_return_address(0));
    return __libc_realloc(memory, size);
}

COUNTED void *aligned_alloc(size_t alignment, size_t size) {
    count_call(__builtin_return_address(0));
    return __libc_memalign(alignment, size);
}

COUNTED int posix_memalign(void **memory, size_t alignment, size_t size) {
    count_call(__builtin_return_address(0));
    *memory = __libc_memalign(alignment, size);
    return *memory ? 0 : ENOMEM;
}
#endif

static int start_counting(void *user, const marq_progress *progress) {
    (void)user;
    if (progress->iteration == 2) atomic_store(&counting, true);
    return 0;
}

static void *volatile kept;

static void the_counter_counts(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    for (int start = 1; start >= 0; start--) { /* the threads' own start is not counted */
        atomic_store(&counting, !start);
        atomic_store(&counted, 0);
#pragma omp parallel num_threads(2)
        {
            void *memory[] = {malloc(10), calloc(1, 10), aligned_alloc(64, 64)};
            for (int i = 0; i < 3; i++) {
                kept = memory[i];
                free(memory[i]);
            }
        }
    }
    atomic_store(&counting, false);
    REQUIRE(atomic_load(&counted) == 6, "%zu of 6 allocations were counted", atomic_load(&counted));
}

static void nothing_is_allocated_in_the_loop(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    static const struct {
        size_t m, n;
        marq_form form;
    } cases[] = {{5000, 5, MARQ_FORM_GRAM}, {60, 200, MARQ_FORM_GRAM}, {200, 260, MARQ_FORM_KERNEL}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int method = 0; method < 3 * 2 * 3; method++) {
            sines s = sines_create(cases[k].m, cases[k].n, 0.5);
            marq_problem problem = sines_problem(&s);
            marq_options options = marq_options_default();
            options.form = cases[k].form;
            options.scaling = MARQ_SCALING_NONE;
            options.jacobian = (marq_jacobian)(method % 3);
            options.acceleration = method / 3 % 2;
            options.threads = 1 + method / 6;
            options.max_iterations = 6;
            options.mu = 100; /* so that a linear problem's end isn't met at once */
            options.progress = start_counting;
            double *theta = marq_alloc_doubles(s.n, 1);
            marq_result result;
            atomic_store(&counted, 0);
            marq_workspace *work = marq_workspace_create(&problem, &options, NULL);
            marq_solve_in(work, &problem, &options, theta, &result);
            atomic_store(&counting, false);
            marq_workspace_destroy(work);
            free(theta);
            sines_destroy(&s);
            REQUIRE(result.iterations > 3, "only %zu iterations: %s", result.iterations, result.message);
            Dl_info where = {0};
            dladdr(atomic_load(&last_caller), &where);
            REQUIRE(atomic_load(&counted) == 0,
                    "%zu × %zu, method %d: %zu allocations, the last from %s in %s", cases[k].m, cases[k].n,
                    method, atomic_load(&counted), where.dli_sname ? where.dli_sname : "?",
                    where.dli_fname ? where.dli_fname : "?");
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_counts),
        cmocka_unit_test(nothing_is_allocated_in_the_loop),
    };
    return cmocka_run_group_tests_name("lm_memory", tests, NULL, NULL);
}
