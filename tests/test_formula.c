/* Formulas: parse, evaluate, differentiate, fit. */
#include "require.h"

#include <marq/formula.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static marq_formula *parse(const char *text, const char *const *columns, size_t count) {
    marq_formula_options options = marq_formula_options_default();
    options.columns = columns, options.column_count = count;
    marq_formula *formula = NULL;
    marq_formula_place place;
    marq_error error = {0};
    char mark[256];
    if (marq_formula_parse(text, &options, &formula, &place, &error) != MARQ_OK)
        fail_msg("%s\n%s", error.message, marq_formula_mark(text, &place, mark, sizeof mark));
    return formula;
}

static void an_exponential_is_fitted(void **state) {
    (void)state;
    static const char *const columns[] = {"x", "y"};
    marq_formula *formula = parse("y = a*exp(-b*x) + c", columns, 2);
    double x[100], y[100], theta[3] = {1, 1, 0};
    for (int i = 0; i < 100; i++) x[i] = 0.05 * i, y[i] = 2.5 * exp(-1.3 * x[i]) + 0.5;
    const double *values[] = {x, y};
    marq_formula_data data = {.columns = values, .stride = 1, .rows = 100};
    marq_formula_problem *own;
    marq_problem problem;
    assert_int_equal(marq_formula_problem_create(formula, &data, &own, &problem, NULL), MARQ_OK);
    assert_int_equal(marq_check_jacobian(&problem, NULL, theta, 0, NULL, NULL, NULL, NULL), MARQ_OK);
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    static const double expected[] = {2.5, 1.3, 0.5};
    static const char *const names[] = {"a", "b", "c"};
    for (size_t j = 0; j < 3; j++) {
        assert_string_equal(marq_formula_parameter_name(formula, j), names[j]);
        REQUIRE(fabs(theta[j] - expected[j]) < 1e-12, "%s is %.17g", names[j], theta[j]);
    }
    unsigned char linear[3];
    assert_int_equal(marq_formula_linear(formula, NULL, linear), 2);
    REQUIRE(linear[0] && !linear[1] && linear[2], "linear: %d %d %d", linear[0], linear[1], linear[2]);
    marq_formula_problem_destroy(own);
    marq_formula_destroy(formula);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_exponential_is_fitted),
    };
    return cmocka_run_group_tests_name("formula", tests, NULL, NULL);
}
