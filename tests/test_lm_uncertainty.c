/* The covariance: against the normal equations of a straight line, and where the data do not determine
 * parameters. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <string.h>

enum { ROWS = 12 };

/* y = a + b x + c x, with any of three columns; deviations of the data by weights. */
typedef struct line {
    double y[ROWS];
    int columns; /* 2: a + b x; 3: a + (b + c) x; 4: the third column is zero */
} line;

static double column(int columns, size_t j, double x) {
    if (j == 0) return 1;
    return j == 2 && columns == 4 ? 0 : x;
}

static int residual(void *user, const double *p, size_t first, size_t count, double *r) {
    const line *l = user;
    size_t n = l->columns == 2 ? 2 : 3;
    for (size_t i = 0; i < count; i++) {
        r[i] = -l->y[first + i];
        for (size_t j = 0; j < n; j++) r[i] += p[j] * column(l->columns, j, (double)(first + i));
    }
    return MARQ_CALLBACK_OK;
}

static line make_line(int columns) {
    line l = {.columns = columns};
    for (int i = 0; i < ROWS; i++) l.y[i] = 1 + 2 * i + (i % 3 - 1) * 0.25;
    return l;
}

/* J is by differences here, hence 1e-7. For y = a + b x: var b = s²/Sxx, var a = s² (1/m + x̄²/Sxx), cov = −s²
 * x̄/Sxx (any textbook). */
static void a_straight_line_has_the_textbook_errors(void **state) {
    (void)state;
    line l = make_line(2);
    marq_problem problem = {.rows = ROWS, .parameters = 2, .user = &l, .residual = residual};
    double p[2] = {0}, c[4], deviation[2], r[ROWS], rss = 0;
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_covariance_at(&problem, NULL, p, 0, NULL, c, deviation, &u, NULL), MARQ_OK);
    residual(&l, p, 0, ROWS, r);
    for (int i = 0; i < ROWS; i++) rss += r[i] * r[i];
    double mean = 5.5, sxx = 143, s2 = rss / (ROWS - 2); /* of 0 … 11 */
    double expected[] = {s2 * (1.0 / ROWS + mean * mean / sxx), -s2 * mean / sxx, -s2 * mean / sxx, s2 / sxx};
    for (int k = 0; k < 4; k++)
        REQUIRE(fabs(c[k] / expected[k] - 1) < 1e-7, "entry %d: %g, expected %g", k, c[k], expected[k]);
    REQUIRE(fabs(deviation[1] - sqrt(expected[3])) < 1e-7, "%g", deviation[1]);
    REQUIRE(u.rank == 2 && u.dof == ROWS - 2 && fabs(u.variance / s2 - 1) < 1e-7 && !u.message[0], "%s",
            u.message);
    marq_covariance_at(&problem, NULL, p, 1, NULL, c, NULL, NULL, NULL);
    REQUIRE(fabs(c[3] * sxx - 1) < 1e-7, "absolute: %g", c[3]);
}

static void parameters_that_matter_only_together_are_named(void **state) {
    (void)state;
    line l = make_line(3);
    marq_problem problem = {.rows = ROWS, .parameters = 3, .user = &l, .residual = residual};
    const char *const names[] = {"a", "b", "c"};
    double p[3] = {0}, deviation[3];
    marq_uncertainty u;
    marq_result result;
    assert_true(marq_solve(&problem, NULL, p, &result) > 0);
    REQUIRE(isfinite(result.cost) && fabs(p[1] + p[2] - 2) < 0.1, "b + c = %g", p[1] + p[2]);
    assert_int_equal(marq_covariance_at(&problem, NULL, p, 0, names, NULL, deviation, &u, NULL), MARQ_OK);
    assert_int_equal(u.rank, 2);
    REQUIRE(strncmp(u.message, "b and c matter only together", 28) == 0, "%s", u.message);
    REQUIRE(isfinite(deviation[0]) && isinf(deviation[1]) && isinf(deviation[2]), "%g %g %g", deviation[0],
            deviation[1], deviation[2]);
}

static void a_parameter_without_effect_is_named(void **state) {
    (void)state;
    line l = make_line(4);
    marq_problem problem = {.rows = ROWS, .parameters = 3, .user = &l, .residual = residual};
    double p[3] = {0, 0, 7}, deviation[3];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_true(p[2] == 7);
    assert_int_equal(marq_covariance_at(&problem, NULL, p, 0, NULL, NULL, deviation, &u, NULL), MARQ_OK);
    REQUIRE(strncmp(u.message, "parameter 3 has no effect", 25) == 0, "%s", u.message);
    assert_true(isfinite(deviation[1]) && isinf(deviation[2]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_line_has_the_textbook_errors),
        cmocka_unit_test(parameters_that_matter_only_together_are_named),
        cmocka_unit_test(a_parameter_without_effect_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
