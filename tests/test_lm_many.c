/* Many starts, and the check of a Jacobian callback. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <string.h>

/* r = (sin 3x + x/4, (x − 1)/50): several minima in [−4, 4]. */
static int waves(void *user, const double *x, size_t first, size_t count, double *r) {
    (void)user;
    const double all[] = {sin(3 * x[0]) + x[0] / 4, (x[0] - 1) / 50};
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static double wave_cost(double x) {
    double a = sin(3 * x) + x / 4, b = (x - 1) / 50;
    return 0.5 * (a * a + b * b);
}

/* The minima of ½‖r‖² on a fine grid: how many, and the lowest. */
static size_t count_on_grid(double *best) {
    enum { STEPS = 400000 };
    size_t count = 0;
    *best = HUGE_VAL;
    for (int k = 1; k < STEPS; k++) {
        double h = 8.0 / STEPS, x = -4 + k * h, here = wave_cost(x);
        if (here < wave_cost(x - h) && here <= wave_cost(x + h)) count++;
        *best = fmin(*best, here);
    }
    return count;
}

static void many_starts_find_every_minimum(void **state) {
    (void)state;
    double best, low = -4, high = 4;
    size_t expected = count_on_grid(&best);
    marq_problem problem = {.rows = 2, .parameters = 1, .residual = waves, .concurrent = 1};
    marq_minimum minima[20], again[20];
    double points[20], x = 3, first = 0;
    size_t found = 0;
    for (int threads = 1; threads <= 4; threads++) {
        marq_options options = marq_options_default();
        options.threads = threads;
        x = 3;
        marq_minimum *to = threads == 1 ? minima : again;
        assert_true(
            marq_solve_many(&problem, &options, &low, &high, 60, 7, &x, to, points, 20, &found, NULL) > 0);
        REQUIRE(fabs(2 * minima[0].cost - 2 * best) < 1e-8, "best %.12g, on the grid %.12g", minima[0].cost,
                best);
        if (threads == 1) first = x;
        assert_true(x == first && points[0] == x);
        for (size_t k = 0; threads > 1 && k < found && k < 20; k++)
            assert_true(minima[k].cost == again[k].cost && minima[k].count == again[k].count);
    }
    size_t inside = 0, total = 0;
    for (size_t k = 0; k < found && k < 20; k++) {
        inside += points[k] > low && points[k] < high;
        total += minima[k].count;
        REQUIRE(k == 0 || minima[k].cost >= minima[k - 1].cost, "minimum %zu is out of order", k);
    }
    REQUIRE(inside == expected, "%zu minima in the range, on the grid %zu", inside, expected);
    REQUIRE(total == 61, "%zu of 61 starts are counted", total);
}

/* A valley of minima, x₀ + x₁ = 1: ends lie close to one another in a chain, and each start counts once all
 * the same. */
static int valley(void *user, const double *x, size_t first, size_t count, double *r) {
    (void)user;
    const double all[] = {x[0] + x[1] - 1, 2 * (x[0] + x[1] - 1)};
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static void every_start_is_counted_once_in_a_valley_too(void **state) {
    (void)state;
    enum { STARTS = 1500 };
    static marq_minimum minima[STARTS + 1];
    marq_problem problem = {.rows = 2, .parameters = 2, .residual = valley, .concurrent = 1};
    const double low[] = {-1, -1}, high[] = {1, 1};
    double x[] = {0, 0};
    size_t found = 0, total = 0;
    assert_true(
        marq_solve_many(&problem, NULL, low, high, STARTS, 1, x, minima, NULL, STARTS + 1, &found, NULL) > 0);
    for (size_t k = 0; k < found; k++) total += minima[k].count;
    REQUIRE(total == STARTS + 1, "%zu of %d starts are counted in %zu minima", total, STARTS + 1, found);
}

/* Each ends in the minimum of its own valley, found by bisection of the cost's slope. */
static void given_places_are_solved_from(void **state) {
    (void)state;
    marq_problem problem = {.rows = 2, .parameters = 1, .residual = waves, .concurrent = 1};
    const double starts[] = {-3.4, 1.05, -3.45}, span = 8;
    marq_minimum minima[3];
    double points[3], x = 77;
    size_t found = 0;
    assert_true(marq_solve_starts(&problem, NULL, starts, 3, &span, &x, minima, points, 3, &found, NULL) > 0);
    assert_int_equal(found, 2);
    assert_int_equal(minima[0].count + minima[1].count, 3);
    for (size_t k = 0; k < 2; k++) {
        REQUIRE(fabs(points[k] - starts[minima[k].start]) < 0.3, "from %g to %g", starts[minima[k].start],
                points[k]);
        assert_true(wave_cost(points[k]) <= wave_cost(points[k] + 1e-4) &&
                    wave_cost(points[k]) <= wave_cost(points[k] - 1e-4));
    }
    assert_true(x == points[0]);
}

static void wrong_ranges_are_refused(void **state) {
    (void)state;
    marq_problem problem = {.rows = 2, .parameters = 1, .residual = waves};
    double low = 1, high = -1, x = 0;
    marq_error error;
    assert_int_equal(marq_solve_many(&problem, NULL, &low, &high, 3, 1, &x, NULL, NULL, 0, NULL, &error),
                     MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(error.message, "parameter 1"), "%s", error.message);
}

static int nowhere(void *user, const double *x, size_t first, size_t count, double *r) {
    (void)user, (void)x, (void)first, (void)count, (void)r;
    return MARQ_CALLBACK_NOT_COMPUTABLE;
}

static void no_usable_start_is_an_error(void **state) {
    (void)state;
    marq_problem problem = {.rows = 2, .parameters = 1, .residual = nowhere};
    double low = -1, high = 1, x = 0;
    size_t found = 9;
    assert_int_equal(marq_solve_many(&problem, NULL, &low, &high, 3, 1, &x, NULL, NULL, 0, &found, NULL),
                     MARQ_ERROR_START);
    assert_int_equal(found, 0);
}

static int wave_slopes(void *user, const double *x, size_t first, size_t count, double *J, size_t stride) {
    double wrong = *(const double *)user;
    for (size_t i = 0; i < count; i++)
        J[i * stride] = first + i == 0 ? 3 * cos(3 * x[0]) + 0.25 : 0.02 + wrong;
    return MARQ_CALLBACK_OK;
}

static void a_wrong_derivative_is_named(void **state) {
    (void)state;
    double wrong = 0, x = 0.3, analytic[2], difference[2];
    marq_problem problem = {
        .rows = 2, .parameters = 1, .user = &wrong, .residual = waves, .jacobian = wave_slopes};
    marq_jacobian_error worst;
    marq_error error;
    assert_int_equal(marq_check_jacobian(&problem, NULL, &x, 0, NULL, NULL, &worst, &error), MARQ_OK);
    REQUIRE(worst.relative < 1e-9, "%g", worst.relative);
    wrong = 0.5;
    assert_int_equal(marq_check_jacobian(&problem, NULL, &x, 0, analytic, difference, &worst, &error),
                     MARQ_ERROR_JACOBIAN);
    assert_int_equal(worst.row, 1);
    assert_int_equal(worst.parameter, 0);
    REQUIRE(strstr(error.message, "row 2 by parameter 1 is 0.52"), "%s", error.message);
    assert_true(fabs(analytic[1] - 0.52) < 1e-15 && fabs(difference[1] - 0.02) < 1e-9);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_starts_find_every_minimum),
        cmocka_unit_test(every_start_is_counted_once_in_a_valley_too),
        cmocka_unit_test(given_places_are_solved_from),
        cmocka_unit_test(wrong_ranges_are_refused),
        cmocka_unit_test(no_usable_start_is_an_error),
        cmocka_unit_test(a_wrong_derivative_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
