/* A source of its own for each column of J: the callback, forward or central differences. The problem is y =
 * a exp(-b x) + c + d x, where the callback fills the columns that the test says and no other. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { ROWS = 30, PARAMETERS = 4 };

typedef struct curve {
    bool filled[PARAMETERS];
    double wrong[PARAMETERS]; /* added to a column */
    size_t residual_rows, jacobian_rows;
} curve;

static double x_of(size_t i) {
    return 0.1 * (double)i;
}

static int residual(void *user, const double *t, size_t first, size_t count, double *r) {
    curve *c = user;
    c->residual_rows += count;
    for (size_t i = 0; i < count; i++) {
        double x = x_of(first + i), y = 2 * exp(-1.5 * x) + 0.3 + 0.2 * x + 0.01 * sin(40 * x);
        r[i] = t[0] * exp(-t[1] * x) + t[2] + t[3] * x - y;
    }
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *t, size_t first, size_t count, double *J, size_t stride) {
    curve *c = user;
    c->jacobian_rows += count;
    for (size_t i = 0; i < count; i++) {
        double x = x_of(first + i), e = exp(-t[1] * x), row[] = {e, -t[0] * x * e, 1, x};
        for (size_t j = 0; j < PARAMETERS; j++)
            if (c->filled[j]) J[i * stride + j] = row[j] + c->wrong[j];
    }
    return MARQ_CALLBACK_OK;
}

static marq_problem problem_of(curve *c, const marq_jacobian *columns) {
    for (int j = 0; j < PARAMETERS; j++) c->filled[j] = !columns || columns[j] == MARQ_JACOBIAN_AUTO;
    return (marq_problem){.rows = ROWS,
                          .parameters = PARAMETERS,
                          .user = c,
                          .residual = residual,
                          .jacobian = jacobian,
                          .column_jacobian = columns};
}

static const marq_jacobian mixed[] = {MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_FORWARD, MARQ_JACOBIAN_CENTRAL,
                                      MARQ_JACOBIAN_AUTO};
static const double start[] = {1, 1, 0.1, 0.1};

static void each_column_is_the_one_of_its_source(void **state) {
    (void)state;
    double whole[3][ROWS * PARAMETERS], J[ROWS * PARAMETERS];
    for (int kind = 0; kind < 3; kind++) {
        curve c = {0};
        marq_problem problem = problem_of(&c, NULL);
        marq_options options = marq_options_default();
        options.jacobian = (marq_jacobian)kind;
        assert_int_equal(marq_jacobian_at(&problem, &options, start, whole[kind], NULL), MARQ_OK);
    }
    for (size_t block = 7; block <= ROWS; block += 23) {
        curve c = {0};
        marq_problem problem = problem_of(&c, mixed);
        problem.row_block = block;
        assert_int_equal(marq_jacobian_at(&problem, NULL, start, J, NULL), MARQ_OK);
        for (size_t k = 0; k < COUNT(J); k++)
            REQUIRE(J[k] == whole[mixed[k % PARAMETERS]][k], "entry %zu is %.17g, not %.17g", k, J[k],
                    whole[mixed[k % PARAMETERS]][k]);
        /* The residuals, one forward column, two vectors of a central one; the callback's rows once. */
        REQUIRE(c.residual_rows == 4 * ROWS && c.jacobian_rows == ROWS, "%zu and %zu rows", c.residual_rows,
                c.jacobian_rows);
    }
}

/* Without a callback AUTO means forward differences. */
static void without_a_callback_the_rest_is_forward(void **state) {
    (void)state;
    double forward[ROWS * PARAMETERS], central[ROWS * PARAMETERS], J[ROWS * PARAMETERS];
    curve c = {0};
    marq_problem problem = problem_of(&c, mixed);
    problem.jacobian = NULL;
    marq_options options = marq_options_default();
    assert_int_equal(marq_jacobian_at(&problem, &options, start, J, NULL), MARQ_OK);
    options.jacobian = MARQ_JACOBIAN_FORWARD;
    assert_int_equal(marq_jacobian_at(&problem, &options, start, forward, NULL), MARQ_OK);
    options.jacobian = MARQ_JACOBIAN_CENTRAL;
    assert_int_equal(marq_jacobian_at(&problem, &options, start, central, NULL), MARQ_OK);
    for (size_t k = 0; k < COUNT(J); k++) assert_true(J[k] == (k % PARAMETERS == 2 ? central : forward)[k]);
}

static void the_fit_is_that_of_the_callback_and_counts_are_honest(void **state) {
    (void)state;
    static const marq_method methods[] = {MARQ_METHOD_TRUST_REGION, MARQ_METHOD_DAMPING};
    for (size_t k = 0; k < COUNT(methods); k++) {
        double theta[2][PARAMETERS], deviation[2][PARAMETERS];
        for (int way = 0; way < 2; way++) {
            curve c = {0};
            marq_problem problem = problem_of(&c, way ? mixed : NULL);
            marq_options options = marq_options_default();
            options.method = methods[k];
            marq_result result;
            memcpy(theta[way], start, sizeof start);
            REQUIRE(marq_solve(&problem, &options, theta[way], &result) > 0, "%s", result.message);
            REQUIRE(c.residual_rows == ROWS * result.residual_evaluations,
                    "%zu rows, counted were %zu vectors", c.residual_rows, result.residual_evaluations);
            REQUIRE(c.jacobian_rows == ROWS * result.jacobian_evaluations, "%zu rows, counted were %zu",
                    c.jacobian_rows, result.jacobian_evaluations);
            assert_int_equal(
                marq_covariance_at(&problem, NULL, theta[way], 0, NULL, NULL, deviation[way], NULL, NULL),
                MARQ_OK);
        }
        for (int j = 0; j < PARAMETERS; j++) {
            REQUIRE(fabs(theta[1][j] / theta[0][j] - 1) < 1e-7, "method %zu, parameter %d: %.12g, not %.12g",
                    k, j + 1, theta[1][j], theta[0][j]);
            REQUIRE(fabs(deviation[1][j] / deviation[0][j] - 1) < 1e-6, "deviation %d: %.12g, not %.12g",
                    j + 1, deviation[1][j], deviation[0][j]);
        }
    }
}

static void a_fixed_parameter_costs_no_difference(void **state) {
    (void)state;
    static const unsigned char fixed[] = {0, 1, 0, 0};
    static const double lower[] = {-9, -9, 0.1, -9}, upper[] = {9, 9, 0.1, 9};
    curve c = {0};
    marq_problem problem = problem_of(&c, NULL);
    problem.jacobian = NULL;
    problem.fixed = fixed;
    problem.lower = lower;
    problem.upper = upper;
    marq_options options = marq_options_default();
    options.max_evaluations = 2; /* no trial step: the start and one Jacobian */
    marq_result result;
    double theta[PARAMETERS];
    memcpy(theta, start, sizeof start);
    marq_solve(&problem, &options, theta, &result);
    REQUIRE(c.residual_rows == 3 * ROWS && result.residual_evaluations == 3,
            "%zu rows, counted were %zu vectors", c.residual_rows, result.residual_evaluations);
    /* The Jacobian by itself has all columns. */
    double J[ROWS * PARAMETERS];
    assert_int_equal(marq_jacobian_at(&problem, NULL, start, J, NULL), MARQ_OK);
    REQUIRE(fabs(J[PARAMETERS + 2] - 1) < 1e-6 && fabs(J[PARAMETERS + 1]) > 0.01, "%g, %g", J[PARAMETERS + 2],
            J[PARAMETERS + 1]);
}

static void options_win_over_columns(void **state) {
    (void)state;
    curve c = {0};
    marq_problem problem = problem_of(&c, mixed);
    marq_options options = marq_options_default();
    options.jacobian = MARQ_JACOBIAN_CENTRAL;
    double J[ROWS * PARAMETERS];
    assert_int_equal(marq_jacobian_at(&problem, &options, start, J, NULL), MARQ_OK);
    REQUIRE(c.jacobian_rows == 0 && c.residual_rows == (1 + 2 * PARAMETERS) * ROWS, "%zu and %zu rows",
            c.jacobian_rows, c.residual_rows);
}

static void the_check_is_of_the_columns_that_the_callback_fills(void **state) {
    (void)state;
    curve c = {.wrong = {0, 0, 0, 0.5}};
    marq_problem problem = problem_of(&c, mixed);
    marq_jacobian_error worst;
    marq_error error = {0};
    assert_int_equal(marq_check_jacobian(&problem, NULL, start, 0, NULL, NULL, &worst, &error),
                     MARQ_ERROR_JACOBIAN);
    assert_int_equal(worst.parameter, 3);
    c.wrong[3] = 0;
    /* Forward differences of parameter 2 would be off by more than the tolerance. */
    assert_int_equal(marq_check_jacobian(&problem, NULL, start, 1e-9, NULL, NULL, &worst, &error), MARQ_OK);
}

static void what_is_no_source_is_refused(void **state) {
    (void)state;
    const marq_jacobian wrong[] = {MARQ_JACOBIAN_AUTO, (marq_jacobian)3, MARQ_JACOBIAN_AUTO,
                                   MARQ_JACOBIAN_AUTO};
    curve c = {0};
    marq_problem problem = problem_of(&c, wrong);
    double theta[] = {1, 1, 0.1, 0.1};
    marq_result result;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "column_jacobian"), "%s", result.message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_column_is_the_one_of_its_source),
        cmocka_unit_test(without_a_callback_the_rest_is_forward),
        cmocka_unit_test(the_fit_is_that_of_the_callback_and_counts_are_honest),
        cmocka_unit_test(a_fixed_parameter_costs_no_difference),
        cmocka_unit_test(options_win_over_columns),
        cmocka_unit_test(the_check_is_of_the_columns_that_the_callback_fills),
        cmocka_unit_test(what_is_no_source_is_refused),
    };
    return cmocka_run_group_tests_name("lm_columns", tests, NULL, NULL);
}
