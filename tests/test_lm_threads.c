/* Threads: the same bits for every number of them, and nothing of the caller's is changed. */
#include "require.h"
#include "sine_problem.h"

#include <omp.h>
#include <stdbool.h>
#include <string.h>

enum { WIDEST = 400 };

typedef struct shape {
    const char *name;
    size_t m, n;
    marq_form form;
    marq_jacobian jacobian;
} shape;

static const shape shapes[] = {
    {"tall", 5000, 5, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO},
    {"tall, differences", 5000, 5, MARQ_FORM_GRAM, MARQ_JACOBIAN_CENTRAL},
    {"square", 300, 300, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO},
    {"square, differences", 300, 300, MARQ_FORM_GRAM, MARQ_JACOBIAN_FORWARD},
    {"tall, QR", 9000, 40, MARQ_FORM_QR, MARQ_JACOBIAN_AUTO},
    {"wide", 200, 400, MARQ_FORM_KERNEL, MARQ_JACOBIAN_AUTO},
};

typedef struct answer {
    double theta[WIDEST];
    double cost, gradient_norm, mu;
    size_t iterations, residual_evaluations;
} answer;

/* Five accepted steps with the second-order correction: every stage has run. */
static answer solve_shape(const shape *what, int threads) {
    sines s = sines_create(what->m, what->n, 0.5);
    marq_problem problem = sines_problem(&s);
    marq_options options = marq_options_default();
    options.form = what->form;
    options.jacobian = what->jacobian;
    options.scaling = what->form == MARQ_FORM_KERNEL ? MARQ_SCALING_NONE : MARQ_SCALING_COLUMNS;
    options.acceleration = 1;
    options.max_iterations = 5;
    options.threads = threads;
    answer a = {{0}, 0, 0, 0, 0, 0};
    marq_result result;
    marq_solve(&problem, &options, a.theta, &result);
    a.cost = result.status > 0 ? result.cost : (double)NAN;
    a.gradient_norm = result.gradient_norm;
    a.mu = result.mu;
    a.iterations = result.iterations;
    a.residual_evaluations = result.residual_evaluations;
    sines_destroy(&s);
    return a;
}

static bool same_bits(const answer *a, const answer *b) {
    return isfinite(a->cost) && memcmp(a, b, sizeof *a) == 0;
}

static void bits_do_not_depend_on_threads_or_on_the_run(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(shapes); k++) {
        answer one = solve_shape(&shapes[k], 1);
        REQUIRE(one.iterations > 0, "%s: no step was taken", shapes[k].name);
        for (int threads = 1; threads <= 4; threads++) {
            answer other = solve_shape(&shapes[k], threads);
            REQUIRE(same_bits(&one, &other), "%s: %d threads give the cost %.17g, one thread %.17g",
                    shapes[k].name, threads, other.cost, one.cost);
        }
    }
}

/* openblas-openmp would run more threads in a region of one thread, if it could see them. */
static void one_thread_is_one_thread_under_any_setting_of_the_caller(void **state) {
    (void)state;
    int before = omp_get_max_threads();
    for (size_t k = 0; k < COUNT(shapes); k++) {
        omp_set_num_threads(1);
        answer one = solve_shape(&shapes[k], 0);
        omp_set_num_threads(4);
        answer other = solve_shape(&shapes[k], 1);
        REQUIRE(same_bits(&one, &other), "%s: omp_set_num_threads(4) around threads = 1 changes bits",
                shapes[k].name);
    }
    omp_set_num_threads(before);
}

static void two_threads_may_solve_two_problems_at_once(void **state) {
    (void)state;
    for (size_t k = 0; k + 1 < COUNT(shapes); k++)
        for (int inner = 1; inner <= 3; inner++) {
            answer alone[2] = {solve_shape(&shapes[k], 1), solve_shape(&shapes[k + 1], 1)}, together[2];
            int before = omp_get_max_threads(), after[2], set[2];
#pragma omp parallel for num_threads(2) schedule(static, 1)
            for (int i = 0; i < 2; i++) {
                set[i] = omp_get_max_threads();
                together[i] = solve_shape(&shapes[k + (size_t)i], inner);
                after[i] = omp_get_max_threads();
            }
            for (int i = 0; i < 2; i++) {
                REQUIRE(same_bits(&alone[i], &together[i]),
                        "%s: other bits in a parallel region, %d threads inside", shapes[k + (size_t)i].name,
                        inner);
                REQUIRE(after[i] == set[i], "omp_get_max_threads() was %d, is %d", set[i], after[i]);
            }
            assert_int_equal(omp_get_max_threads(), before);
        }
}

static int threads_inside(void *user, const marq_progress *progress) {
    (void)progress;
    *(int *)user = omp_get_max_threads();
    return 0;
}

/* Also where a call fails. */
static void the_callers_setting_is_restored(void **state) {
    (void)state;
    int before = omp_get_max_threads();
    sines s = sines_create(30, 4, 0.5);
    for (int callers = 1; callers <= 4; callers++)
        for (int threads = 0; threads <= 3; threads++) {
            omp_set_num_threads(callers);
            int inside = -1;
            marq_problem problem = sines_problem(&s);
            marq_options options = marq_options_default();
            options.threads = threads;
            options.progress = threads_inside;
            options.progress_user = &inside;
            double theta[4] = {0}, jacobian[120];
            marq_solve(&problem, &options, theta, NULL);
            assert_int_equal(omp_get_max_threads(), callers);
            assert_int_equal(inside, threads > 0 ? threads : callers);
            marq_jacobian_at(&problem, &options, theta, jacobian, NULL);
            assert_int_equal(omp_get_max_threads(), callers);
            theta[0] = (double)NAN;
            assert_int_equal(marq_solve(&problem, &options, theta, NULL), MARQ_ERROR_START);
            assert_int_equal(marq_jacobian_at(&problem, &options, theta, jacobian, NULL), MARQ_ERROR_START);
            assert_int_equal(omp_get_max_threads(), callers);
        }
    sines_destroy(&s);
    omp_set_num_threads(before);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bits_do_not_depend_on_threads_or_on_the_run),
        cmocka_unit_test(one_thread_is_one_thread_under_any_setting_of_the_caller),
        cmocka_unit_test(two_threads_may_solve_two_problems_at_once),
        cmocka_unit_test(the_callers_setting_is_restored),
    };
    return cmocka_run_group_tests_name("lm_threads", tests, NULL, NULL);
}
