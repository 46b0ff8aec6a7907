/* Fits with tied parameters (tied_decays.h has the problem and where its numbers come from), and their
 * uncertainties. */
#include "require.h"
#include "tied_decays.h"

#include <string.h>

/* ---- Fits ---- */

static const struct {
    const char *name;
    marq_method method;
    marq_form form;
    marq_jacobian jacobian;
    double digits; /* relative error of the parameters */
} ways[] = {
    {"trust region", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_AUTO, 1e-11},
    {"trust region, forward", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_FORWARD, 1e-8},
    {"trust region, central", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_CENTRAL, 1e-8},
    {"Gram", MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO, 1e-6},
    {"kernel", MARQ_METHOD_DAMPING, MARQ_FORM_KERNEL, MARQ_JACOBIAN_AUTO, 1e-6},
    {"Gram, central", MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_CENTRAL, 1e-6},
};

static void every_method_finds_the_fit_of_the_free_parameters(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (size_t k = 0; k < COUNT(ways); k++) {
            decays d = make_decays();
            marq_problem problem = problem_of(&d, cases[c].ties);
            marq_options options = marq_options_default();
            options.method = ways[k].method;
            options.form = ways[k].form;
            options.jacobian = ways[k].jacobian;
            if (ways[k].form == MARQ_FORM_KERNEL) options.scaling = MARQ_SCALING_NONE;
            double theta[N];
            memcpy(theta, start, sizeof theta);
            marq_result result;
            REQUIRE(marq_solve(&problem, &options, theta, &result) > 0, "%s, %s: %s", cases[c].name,
                    ways[k].name, result.message);
            REQUIRE(fabs(result.cost / known[cases[c].expected].cost - 1) < 1e-9, "%s, %s: cost %.15g",
                    cases[c].name, ways[k].name, result.cost);
            for (int j = 0; j < N; j++)
                REQUIRE(fabs(theta[j] / known[cases[c].expected].theta[j] - 1) < ways[k].digits,
                        "%s, %s: parameter %d is %.15g", cases[c].name, ways[k].name, j + 1, theta[j]);
            REQUIRE(d.residual_rows == ROWS * result.residual_evaluations,
                    "%s, %s: %zu rows, counted were %zu", cases[c].name, ways[k].name, d.residual_rows,
                    result.residual_evaluations);
        }
}

/* Blocks of 7 rows, so that threads share the work. */
static void the_bits_do_not_depend_on_threads(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
            double theta[2][N];
            for (int threads = 1; threads <= 2; threads++) {
                decays d = make_decays();
                marq_problem problem = problem_of(&d, cases[c].ties);
                problem.row_block = 7;
                marq_options options = marq_options_default();
                options.jacobian = (marq_jacobian)kind;
                options.threads = threads;
                memcpy(theta[threads - 1], start, sizeof start);
                assert_true(marq_solve(&problem, &options, theta[threads - 1], NULL) > 0);
            }
            assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
        }
}

static void uncertainties_come_out_for_all_parameters(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_FORWARD; kind++) {
            int e = cases[c].expected;
            decays d = make_decays();
            marq_problem problem = problem_of(&d, cases[c].ties);
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)kind;
            double theta[N], covariance[N * N], deviation[N];
            memcpy(theta, known[e].theta, sizeof theta);
            theta[A2] = theta[K2] = 1e9; /* not read */
            marq_uncertainty u;
            assert_int_equal(
                marq_covariance_at(&problem, &options, theta, 0, NULL, covariance, deviation, &u, NULL),
                MARQ_OK);
            REQUIRE(u.free == 3 && u.rank == 3 && u.dof == ROWS - 3 && !u.message[0], "%zu free, %zu dof",
                    u.free, u.dof);
            REQUIRE(fabs(u.variance / (2 * known[e].cost / u.dof) - 1) < 1e-9, "variance %g", u.variance);
            for (int j = 0; j < N; j++) {
                REQUIRE(fabs(deviation[j] / known[e].deviation[j] - 1) < 1e-6, "%s: deviation %d is %.12g",
                        cases[c].name, j + 1, deviation[j]);
                for (int k = 0; k < N; k++) assert_true(covariance[j * N + k] == covariance[k * N + j]);
            }
            double got[] = {covariance[A1 * N + A2], covariance[K1 * N + K2], covariance[K2 * N + C]},
                   expected[] = {known[e].a1_a2, known[e].k1_k2, known[e].k2_c};
            for (int k = 0; k < 3; k++)
                REQUIRE(fabs(got[k] / expected[k] - 1) < 1e-5, "%s: covariance %d is %.12g, expected %.12g",
                        cases[c].name, k, got[k], expected[k]);
        }
}

/* A tie of two: z = x + y is determined where x and y are not, and w = 2x is not. */
static int sum_residual(void *user, const double *t, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) r[i] = t[0] + t[1] - 3 + 0.1 * ((double)(first + i) - 1);
    return MARQ_CALLBACK_OK;
}

static void a_sum_is_determined_where_its_parts_are_not(void **state) {
    (void)state;
    const size_t both[] = {0, 1}, x[] = {0};
    const double ones[] = {1, 1};
    const marq_linear_tie sum[] = {{2, 0, 2, both, ones}, {3, 0, 1, x, two}};
    const marq_ties ties = {.linear = sum, .count = 2};
    marq_problem problem = {.rows = 3, .parameters = 4, .residual = sum_residual, .ties = &ties};
    const char *const names[] = {"x", "y", "z", "w"};
    double t[4] = {1, 1, 0, 0}, deviation[4];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, t, NULL) > 0);
    assert_int_equal(marq_covariance_at(&problem, NULL, t, 0, names, NULL, deviation, &u, NULL), MARQ_OK);
    /* The mean of three values 3 − 0.1, 3, 3 + 0.1: variance 0.02 / dof, with 2 free parameters dof 1; a
     * third of it for the mean. */
    REQUIRE(fabs(t[2] - 3) < 1e-7 && fabs(deviation[2] - sqrt(0.02 / 3)) < 1e-7, "%g ± %g", t[2],
            deviation[2]);
    REQUIRE(isinf(deviation[0]) && isinf(deviation[1]) && isinf(deviation[3]), "%g %g %g", deviation[0],
            deviation[1], deviation[3]);
    REQUIRE(strncmp(u.message, "x and y matter only together", 28) == 0, "%s", u.message);
    assert_int_equal(u.free, 2);
}

static void ties_may_follow_each_other(void **state) {
    (void)state;
    /* a2 = 2 − a1; c = 0.1 a2 + 0.2 a1 − 0.05; k2 = 1/k1 − 1. */
    const size_t sources[] = {A2, A1};
    const double factors[] = {0.1, 0.2};
    const marq_linear_tie chain[] = {{A2, 2, 1, from_a1, minus_one}, {C, -0.05, 2, sources, factors}};
    for (int way = 0; way < 2; way++) {
        const marq_ties ties = {chain, 2, marks_k2, set_k2, way ? slope_of_k2 : NULL};
        double theta[2][N], deviation[2][N];
        for (int kind = 0; kind < 2; kind++) { /* J T' against differences of r(T(φ)) */
            decays d = make_decays();
            marq_problem problem = problem_of(&d, &ties);
            if (kind) problem.jacobian = NULL;
            memcpy(theta[kind], start, sizeof start);
            assert_true(marq_solve(&problem, NULL, theta[kind], NULL) > 0);
            marq_covariance_at(&problem, NULL, theta[kind], 0, NULL, NULL, deviation[kind], NULL, NULL);
        }
        const double *t = theta[0];
        assert_true(t[A2] == 2 - t[A1] && fabs(t[C] - (0.1 * t[A2] + 0.2 * t[A1] - 0.05)) < 1e-15);
        for (int j = 0; j < N; j++) {
            REQUIRE(fabs(theta[1][j] / t[j] - 1) < 1e-8, "parameter %d: %.15g and %.15g", j + 1, t[j],
                    theta[1][j]);
            REQUIRE(fabs(deviation[1][j] / deviation[0][j] - 1) < 1e-6, "deviation %d: %.15g and %.15g",
                    j + 1, deviation[0][j], deviation[1][j]);
        }
    }
}

/* A tie without terms is a constant, as a fixed parameter. */
static void a_constant_equals_a_fixed_parameter(void **state) {
    (void)state;
    const marq_linear_tie constant[] = {{K2, 1.1, 0, NULL, NULL}};
    const marq_ties ties = {.linear = constant, .count = 1};
    const unsigned char fixed[] = {0, 0, 0, 1, 0};
    double theta[2][N];
    marq_uncertainty u;
    for (int way = 0; way < 2; way++) {
        decays d = make_decays();
        marq_problem problem = problem_of(&d, way ? &ties : NULL);
        if (!way) problem.fixed = fixed;
        double deviation[N];
        memcpy(theta[way], (double[]){1, 0.5, 1, way ? -3 : 1.1, 0.1}, sizeof theta[way]);
        assert_true(marq_solve(&problem, NULL, theta[way], NULL) > 0);
        marq_covariance_at(&problem, NULL, theta[way], 0, NULL, NULL, deviation, &u, NULL);
        assert_int_equal(u.free, 4);
        assert_true(deviation[K2] == 0);
    }
    for (int j = 0; j < N; j++)
        REQUIRE(fabs(theta[1][j] / theta[0][j] - 1) < 1e-9, "parameter %d: %.15g and %.15g", j + 1,
                theta[1][j], theta[0][j]);
}

/* ---- Bounds, weights, losses, columns ---- */

/* The tied problem against the same written by hand in (a1, k1, c). */
static int by_hand(void *user, const double *p, size_t first, size_t count, double *r) {
    double t[] = {p[0], p[1], 2 - p[0], 2 * p[1], p[2]};
    return residual(user, t, first, count, r);
}

static void bounds_weights_and_losses_are_those_of_the_problem_by_hand(void **state) {
    (void)state;
    /* k2 ≤ 0.96 is k1 ≤ 0.48, a2 ≥ 0.85 is a1 ≤ 1.15. */
    const double lower[] = {0, 0, 0.85, -HUGE_VAL, 0.25}, upper[] = {9, 9, HUGE_VAL, 0.96, 9};
    const double lower3[] = {0, 0, 0.25}, upper3[] = {2 - 0.85, 0.48, 9};
    double weights[ROWS];
    for (int i = 0; i < ROWS; i++) weights[i] = i % 3;
    static const marq_method methods[] = {MARQ_METHOD_TRUST_REGION, MARQ_METHOD_DAMPING, MARQ_METHOD_DOGLEG};
    for (int way = 0; way < 6; way++) {
        decays d = make_decays();
        marq_problem problem = problem_of(&d, &linear_ties), own = problem;
        own.parameters = 3;
        own.residual = by_hand;
        own.jacobian = NULL;
        own.ties = NULL;
        problem.lower = lower, problem.upper = upper, own.lower = lower3, own.upper = upper3;
        if (way / 3) {
            problem.weights = own.weights = weights;
            problem.loss = own.loss = MARQ_LOSS_CAUCHY;
            problem.loss_scale = own.loss_scale = 0.01;
        }
        marq_options options = marq_options_default();
        options.method = methods[way % 3];
        double theta[] = {1, 0.4, 0, 0, 0.3}, expected[] = {1, 0.4, 0.3};
        marq_result result, other;
        marq_solve(&problem, &options, theta, &result);
        options.jacobian = MARQ_JACOBIAN_CENTRAL;
        marq_solve(&own, &options, expected, &other);
        REQUIRE(result.status > 0 && fabs(result.cost / other.cost - 1) < 1e-8,
                "way %d: %.15g, by hand %.15g", way, result.cost, other.cost);
        double all[] = {expected[0], expected[1], 2 - expected[0], 2 * expected[1], expected[2]};
        for (int j = 0; j < N; j++)
            REQUIRE(fabs(theta[j] - all[j]) < 1e-6, "way %d, parameter %d: %.15g, by hand %.15g", way, j + 1,
                    theta[j], all[j]);
        REQUIRE(theta[K2] <= 0.96 && theta[A2] >= 0.85, "%.17g, %.17g", theta[K2], theta[A2]);
    }
}

static void an_active_bound_of_a_tied_parameter_is_told_of_the_one_that_it_follows(void **state) {
    (void)state;
    const double lower[] = {0, 0, 0, 1.04, 0};
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &linear_ties);
    problem.lower = lower;
    double theta[] = {1, 0.6, 0, 0, 0.3}, deviation[N];
    signed char side[N];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    REQUIRE(theta[K2] == 1.04, "%.17g", theta[K2]);
    assert_int_equal(marq_bound_sides(&problem, theta, side), 2);
    const signed char expected[] = {0, -1, 3, 3, 0};
    assert_memory_equal(side, expected, sizeof side);
    assert_int_equal(marq_covariance_at(&problem, NULL, theta, 0, NULL, NULL, deviation, &u, NULL), MARQ_OK);
    assert_true(deviation[K1] == 0 && deviation[K2] == 0 && deviation[A1] > 0 &&
                deviation[A1] == deviation[A2]);
    assert_int_equal(u.dof, ROWS - 2);
}

/* The callback leaves columns out (NaN here): what depends on them must be by differences. */
static void columns_of_mixed_sources_are_chained_where_they_can_be(void **state) {
    (void)state;
    static const marq_jacobian mixes[][N] = {{MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_CENTRAL, MARQ_JACOBIAN_AUTO},
                                             {MARQ_JACOBIAN_FORWARD, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO},
                                             {MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_FORWARD}};
    for (size_t k = 0; k < COUNT(mixes); k++)
        for (size_t c = 0; c < COUNT(cases); c++) {
            decays d = make_decays();
            for (int j = 0; j < N; j++) d.filled[j] = mixes[k][j] == MARQ_JACOBIAN_AUTO;
            marq_problem problem = problem_of(&d, cases[c].ties);
            problem.column_jacobian = mixes[k];
            double theta[N];
            memcpy(theta, start, sizeof theta);
            marq_result result;
            REQUIRE(marq_solve(&problem, NULL, theta, &result) > 0, "%s", result.message);
            for (int j = 0; j < N; j++)
                REQUIRE(fabs(theta[j] / known[cases[c].expected].theta[j] - 1) < 1e-8,
                        "%s, mix %zu: parameter %d is %.15g", cases[c].name, k, j + 1, theta[j]);
            REQUIRE(d.residual_rows == ROWS * result.residual_evaluations, "%zu rows, counted were %zu",
                    d.residual_rows, result.residual_evaluations);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_finds_the_fit_of_the_free_parameters),
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
        cmocka_unit_test(uncertainties_come_out_for_all_parameters),
        cmocka_unit_test(a_sum_is_determined_where_its_parts_are_not),
        cmocka_unit_test(ties_may_follow_each_other),
        cmocka_unit_test(a_constant_equals_a_fixed_parameter),
        cmocka_unit_test(bounds_weights_and_losses_are_those_of_the_problem_by_hand),
        cmocka_unit_test(an_active_bound_of_a_tied_parameter_is_told_of_the_one_that_it_follows),
        cmocka_unit_test(columns_of_mixed_sources_are_chained_where_they_can_be),
    };
    return cmocka_run_group_tests_name("lm_ties", tests, NULL, NULL);
}
