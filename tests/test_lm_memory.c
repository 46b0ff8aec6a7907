/* Nothing is allocated in the loop: between the second progress record and the end of a solve. The first
 * iterations are left out: there OpenBLAS sets up the buffers of its threads. And a plan knows what its
 * workspace takes. */
#include "allocations.h"
#include "sine_problem.h"

#include <stdio.h>

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
    } cases[] = {{5000, 5, MARQ_FORM_GRAM},
                 {60, 200, MARQ_FORM_GRAM},
                 {200, 260, MARQ_FORM_KERNEL},
                 {500, 50, MARQ_FORM_ITERATIVE}};
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
            REQUIRE_NONE_COUNTED("%zu × %zu, method %d", cases[k].m, cases[k].n, method);
        }
}

/* ---- Plans ---- */

static const struct planned {
    const char *name;
    size_t m, n;
    marq_method method;
    marq_form form;
    marq_jacobian jacobian;
    double max_memory;
    bool constrained;
} planned[] = {
    {"trust region", 5000, 20, MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_AUTO, 0, false},
    {"trust region, few rows", 10, 20, MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_FORWARD, 0,
     true},
    {"Gram", 5000, 200, MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO, 0, false},
    {"Gram, few parameters", 50000, 5, MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_CENTRAL, 0, true},
    {"Gram by tiles", 100000, 100, MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO, 30e6, false},
    {"Gram or QR", 5000, 60, MARQ_METHOD_DAMPING, MARQ_FORM_AUTO, MARQ_JACOBIAN_AUTO, 0, true},
    {"QR", 5000, 60, MARQ_METHOD_DAMPING, MARQ_FORM_QR, MARQ_JACOBIAN_AUTO, 0, false},
    {"kernel", 200, 1000, MARQ_METHOD_DAMPING, MARQ_FORM_KERNEL, MARQ_JACOBIAN_AUTO, 0, true},
    {"iterative", 2000, 1000, MARQ_METHOD_DAMPING, MARQ_FORM_ITERATIVE, MARQ_JACOBIAN_AUTO, 0, true},
};

static void a_plan_says_what_its_workspace_takes(void **state) {
    (void)state;
    if (!CAN_COUNT) skip();
    static const double weights[100000];
    static const unsigned char fixed[1000];
    for (size_t k = 0; k < COUNT(planned); k++) {
        const struct planned *c = &planned[k];
        marq_problem problem = {.rows = c->m,
                                .parameters = c->n,
                                .residual = sines_residual,
                                .jacobian = sines_jacobian,
                                .weights = c->constrained ? weights : NULL,
                                .fixed = c->constrained ? fixed : NULL};
        marq_options options = marq_options_default();
        options.method = c->method;
        options.form = c->form;
        options.jacobian = c->jacobian;
        options.scaling = MARQ_SCALING_NONE;
        options.max_memory = c->max_memory;
        options.threads = 1;
        marq_plan plan;
        assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
        atomic_store(&counted_bytes, 0);
        atomic_store(&counting, true);
        marq_workspace *work = marq_workspace_create(&problem, &options, NULL);
        atomic_store(&counting, false);
        marq_workspace_destroy(work);
        double taken = (double)atomic_load(&counted_bytes);
        /* An allocation is a whole number of cache lines. */
        REQUIRE(fabs(taken - plan.bytes) <= 1e4, "%s: the plan says %.0f bytes, %.0f were allocated", c->name,
                plan.bytes, taken);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_counter_counts),
        cmocka_unit_test(nothing_is_allocated_in_the_loop),
        cmocka_unit_test(a_plan_says_what_its_workspace_takes),
    };
    return cmocka_run_group_tests_name("lm_memory", tests, NULL, NULL);
}
