/* Bounds, fixed parameters, weights and losses. Expected values: SciPy 1.x least_squares (trf, xtol = ftol =
 * gtol = 1e-15) on the same data: y = 3 exp(-1.3 x) + 0.5 + 0.02 sin(37 i) + 1.5 where i mod 9 = 4, x = 0.1
 * i, i = 0 ... 39, residuals weighted by 1 + (i mod 3)/2, f_scale 0.1, start (2, 1, 1), bounds (0, 0, 0.6)
 * and (10, 1.1, 2). */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { ROWS = 40 };

typedef struct decay {
    double x[ROWS], y[ROWS], weight[ROWS];
} decay;

static decay make_decay(void) {
    decay d;
    for (int i = 0; i < ROWS; i++) {
        d.x[i] = 0.1 * i;
        d.y[i] = 3 * exp(-1.3 * d.x[i]) + 0.5 + 0.02 * sin(37.0 * i) + (i % 9 == 4 ? 1.5 : 0);
        d.weight[i] = 1 + 0.5 * (i % 3);
    }
    return d;
}

static int residual(void *user, const double *t, size_t first, size_t count, double *r) {
    const decay *d = user;
    for (size_t i = 0; i < count; i++) r[i] = t[0] * exp(-t[1] * d->x[first + i]) + t[2] - d->y[first + i];
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *t, size_t first, size_t count, double *J, size_t stride) {
    const decay *d = user;
    for (size_t i = 0; i < count; i++) {
        double e = exp(-t[1] * d->x[first + i]);
        J[i * stride] = e;
        J[i * stride + 1] = -t[0] * d->x[first + i] * e;
        J[i * stride + 2] = 1;
    }
    return MARQ_CALLBACK_OK;
}

static marq_problem problem_of(decay *d) {
    return (marq_problem){.rows = ROWS,
                          .parameters = 3,
                          .user = d,
                          .residual = residual,
                          .jacobian = jacobian,
                          .weights = d->weight};
}

static const double lower[] = {0, 0, 0.6}, upper[] = {10, 1.1, 2};

static const struct {
    const char *name;
    marq_loss loss;
    bool bounded;
    double theta[3], cost;
} scipy[] = {
    {"linear", MARQ_LOSS_SQUARES, false, {2.97882854861, 1.16910095138, 0.582359399306}, 9.05335117717},
    {"linear in bounds", MARQ_LOSS_SQUARES, true, {2.85446358199, 1.1, 0.6}, 9.13319425712},
    {"soft_l1", MARQ_LOSS_SOFT_L1, false, {2.98502546017, 1.2801684323, 0.501317163427}, 0.863437326531},
    {"soft_l1 in bounds", MARQ_LOSS_SOFT_L1, true, {2.56883702642, 1.1, 0.6}, 1.26697196683},
    {"huber", MARQ_LOSS_HUBER, false, {2.98579925702, 1.28131146586, 0.50084352167}, 0.883057378083},
    {"huber in bounds", MARQ_LOSS_HUBER, true, {2.55239128706, 1.1, 0.6}, 1.37150361904},
    {"cauchy", MARQ_LOSS_CAUCHY, false, {2.98574631062, 1.28667145579, 0.496932480016}, 0.133019825638},
    {"cauchy in bounds", MARQ_LOSS_CAUCHY, true, {2.36405783628, 1.1, 0.6}, 0.394060974522},
    {"arctan", MARQ_LOSS_ARCTAN, false, {2.98621983813, 1.28763927909, 0.496644637533}, 0.0403610681524},
};

static void losses_and_bounds_agree_with_scipy(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(scipy); k++)
        for (int way = 0; way < 6; way++) {
            decay d = make_decay();
            marq_problem problem = problem_of(&d);
            problem.loss = scipy[k].loss;
            problem.loss_scale = 0.1;
            if (scipy[k].bounded) problem.lower = lower, problem.upper = upper;
            marq_options options = marq_options_default();
            options.threads = 1 + way % 2;
            options.method = (marq_method)(MARQ_METHOD_TRUST_REGION + way / 2);
            double theta[] = {2, 1, 1};
            marq_result result;
            assert_true(marq_solve(&problem, &options, theta, &result) > 0);
            REQUIRE(fabs(result.cost - scipy[k].cost) <= 1e-10 * scipy[k].cost, "%s, way %d: cost %.12g",
                    scipy[k].name, way, result.cost);
            for (int j = 0; j < 3; j++)
                REQUIRE(fabs(theta[j] - scipy[k].theta[j]) <= 2e-7 * scipy[k].theta[j],
                        "%s, way %d: parameter %d is %.12g", scipy[k].name, way, j + 1, theta[j]);
        }
}

static void a_parameter_at_a_bound_is_on_it_and_has_no_error(void **state) {
    (void)state;
    decay d = make_decay();
    marq_problem problem = problem_of(&d);
    problem.lower = lower;
    problem.upper = upper;
    double theta[] = {2, 1, 1}, deviation[3];
    signed char side[3];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    assert_int_equal(marq_bound_sides(&problem, theta, side), 1);
    assert_int_equal(side[0], 0);
    assert_int_equal(side[1], 1);
    assert_int_equal(side[2], -1);
    assert_true(theta[1] == 1.1 && theta[2] == 0.6);
    assert_int_equal(marq_covariance_at(&problem, NULL, theta, 0, NULL, NULL, deviation, &u, NULL), MARQ_OK);
    assert_true(deviation[0] > 0 && deviation[1] == 0 && deviation[2] == 0);
    assert_int_equal(u.dof, ROWS - 1);
}

static void a_fixed_parameter_stays(void **state) {
    (void)state;
    decay d = make_decay();
    marq_problem problem = problem_of(&d);
    const unsigned char fixed[] = {0, 1, 0};
    problem.fixed = fixed;
    double theta[] = {2, 1.25, 1};
    signed char side[3];
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    assert_true(theta[1] == 1.25);
    assert_int_equal(marq_bound_sides(&problem, theta, side), 2);
    assert_int_equal(side[1], 2);
    /* The remaining problem is linear: the normal equations of its two parameters hold. */
    double r[ROWS], normal[2] = {0};
    residual(&d, theta, 0, ROWS, r);
    for (int i = 0; i < ROWS; i++) {
        double w = d.weight[i] * d.weight[i] * r[i];
        normal[0] += w * exp(-1.25 * d.x[i]);
        normal[1] += w;
    }
    assert_true(fabs(normal[0]) < 1e-11 && fabs(normal[1]) < 1e-11);
}

static void a_weight_of_zero_takes_a_row_out(void **state) {
    (void)state;
    decay d = make_decay();
    for (int i = 0; i < ROWS; i++) d.weight[i] = i % 9 == 4 ? 0 : 1;
    marq_problem problem = problem_of(&d);
    double theta[] = {2, 1, 1};
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    REQUIRE(fabs(theta[0] - 3) < 0.03 && fabs(theta[1] - 1.3) < 0.03, "%g, %g", theta[0], theta[1]);
    assert_int_equal(marq_covariance_at(&problem, NULL, theta, 0, NULL, NULL, NULL, &u, NULL), MARQ_OK);
    assert_int_equal(u.dof, ROWS - 4 - 3);
}

/* Any loss by callback: here Cauchy's. */
static void cauchy(void *user, double z, double rho[3]) {
    (void)user;
    rho[0] = log1p(z);
    rho[1] = 1 / (1 + z);
    rho[2] = -rho[1] * rho[1];
}

static void a_loss_by_callback_equals_the_built_in_one(void **state) {
    (void)state;
    double theta[2][3] = {{2, 1, 1}, {2, 1, 1}};
    for (int k = 0; k < 2; k++) {
        decay d = make_decay();
        marq_problem problem = problem_of(&d);
        problem.loss = k ? MARQ_LOSS_CUSTOM : MARQ_LOSS_CAUCHY;
        problem.loss_function = cauchy;
        problem.loss_scale = 0.1;
        assert_true(marq_solve(&problem, NULL, theta[k], NULL) > 0);
    }
    assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
}

/* Tukey's biweight from a good start gives outliers no weight at all. */
static void tukey_leaves_outliers_out(void **state) {
    (void)state;
    decay d = make_decay();
    marq_problem problem = problem_of(&d);
    double theta[] = {3, 1.3, 0.5}, clean[] = {3, 1.3, 0.5};
    problem.loss = MARQ_LOSS_TUKEY;
    problem.weights = NULL;
    problem.loss_scale = 0.5;
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    for (int i = 0; i < ROWS; i++) d.weight[i] = i % 9 == 4 ? 0 : 1;
    problem.weights = d.weight;
    assert_true(marq_solve(&problem, NULL, clean, NULL) > 0);
    for (int j = 0; j < 3; j++)
        REQUIRE(fabs(theta[j] / clean[j] - 1) < 1e-12, "%.17g, %.17g", theta[j], clean[j]);
}

/* The largest cosine of the angle between √ρ' r and a column of √ρ' J for Tukey's biweight, ρ' = (1 − z)². */
static double cosine_under_tukey(decay *d, const double *theta, double scale) {
    double r[ROWS], J[3 * ROWS], squares = 0, g[3] = {0}, norm[3] = {0}, most = 0;
    residual(d, theta, 0, ROWS, r);
    jacobian(d, theta, 0, ROWS, J, 3);
    for (int i = 0; i < ROWS; i++) {
        double z = r[i] / scale * (r[i] / scale), weight = z < 1 ? (1 - z) * (1 - z) : 0;
        squares += weight * r[i] * r[i];
        for (int j = 0; j < 3; j++) {
            g[j] += weight * r[i] * J[3 * i + j];
            norm[j] += weight * J[3 * i + j] * J[3 * i + j];
        }
    }
    for (int j = 0; j < 3; j++) most = fmax(most, fabs(g[j]) / sqrt(norm[j] * squares));
    return most;
}

/* Half of the rows are outliers, which raise the cost but have no part in the gradient. */
static void the_cosine_of_a_robust_fit_leaves_outliers_out(void **state) {
    (void)state;
    for (int method = MARQ_METHOD_TRUST_REGION; method <= MARQ_METHOD_DOGLEG; method++) {
        decay d = make_decay();
        for (int i = 0; i < ROWS; i++)
            d.y[i] = 3 * exp(-1.3 * d.x[i]) + 0.5 + 0.001 * sin(37.0 * i) + (i % 2 ? 5 : 0);
        marq_problem problem = problem_of(&d);
        problem.weights = NULL;
        problem.loss = MARQ_LOSS_TUKEY;
        problem.loss_scale = 0.2;
        marq_options options = marq_options_default();
        options.method = (marq_method)method;
        options.polish = 0;
        options.gradient_tolerance = 1e-2;
        options.step_tolerance = options.cost_tolerance = 0;
        marq_result result;
        double theta[] = {3.02, 1.31, 0.49};
        assert_int_equal(marq_solve(&problem, &options, theta, &result), MARQ_CONVERGED_GRADIENT);
        double cosine = cosine_under_tukey(&d, theta, 0.2);
        REQUIRE(cosine <= 1e-2, "method %d: the cosine is %g after %zu iterations", method, cosine,
                result.iterations);
    }
}

static void wrong_constraints_are_refused_with_words(void **state) {
    (void)state;
    decay d = make_decay();
    marq_result result;
    double theta[] = {2, 1, 0.5};
    marq_problem problem = problem_of(&d);
    problem.lower = lower;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "parameter 3"), "%s", result.message);
    problem = problem_of(&d);
    problem.lower = upper;
    problem.upper = lower;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    problem = problem_of(&d);
    d.weight[3] = -1;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    d.weight[3] = 1;
    problem.loss = MARQ_LOSS_CUSTOM;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses_and_bounds_agree_with_scipy),
        cmocka_unit_test(a_parameter_at_a_bound_is_on_it_and_has_no_error),
        cmocka_unit_test(a_fixed_parameter_stays),
        cmocka_unit_test(a_weight_of_zero_takes_a_row_out),
        cmocka_unit_test(a_loss_by_callback_equals_the_built_in_one),
        cmocka_unit_test(tukey_leaves_outliers_out),
        cmocka_unit_test(the_cosine_of_a_robust_fit_leaves_outliers_out),
        cmocka_unit_test(wrong_constraints_are_refused_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
