/* Powell's dogleg: the first step from a point, for radii on all three parts of its path. The expected points
 * are those of Powell's construction (Nocedal & Wright 2006, section 4.1), by hand for r = (2x − 8, y − 5). */
#include "require.h"

#include <marq/lm.h>
#include <math.h>

static int residual(void *user, const double *t, size_t first, size_t count, double *r) {
    (void)user;
    const double all[] = {2 * t[0] - 8, t[1] - 5};
    for (size_t i = 0; i < count; i++) r[i] = all[first + i];
    return MARQ_CALLBACK_OK;
}

static const marq_problem problem = {.rows = 2, .parameters = 2, .residual = residual};

static const double start[] = {0.6, 0.8};                    /* of length 1: the radius is the option */
static const double newton[] = {4 - 0.6, 5 - 0.8};           /* to the minimum */
static const double gradient[] = {2 * (1.2 - 8), 0.8 - 5};   /* Jᵀr, J = diag(2, 1) */

/* −g ‖g‖² / ‖Jg‖² */
static void set_cauchy(double *cauchy) {
    double g = gradient[0] * gradient[0] + gradient[1] * gradient[1];
    double Jg = 4 * gradient[0] * gradient[0] + gradient[1] * gradient[1];
    for (int j = 0; j < 2; j++) cauchy[j] = -gradient[j] * g / Jg;
}

static void first_step(double radius, double *step) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DOGLEG;
    options.scaling = MARQ_SCALING_NONE;
    options.radius = radius;
    options.max_iterations = 1;
    options.polish = 0;
    options.jacobian = MARQ_JACOBIAN_CENTRAL;
    double theta[] = {start[0], start[1]};
    marq_result result;
    assert_true(marq_solve(&problem, &options, theta, &result) > 0);
    assert_int_equal(result.iterations, 1);
    for (int j = 0; j < 2; j++) step[j] = theta[j] - start[j];
}

static double cross(const double *a, const double *b) {
    return a[0] * b[1] - a[1] * b[0];
}

static void a_short_step_goes_down_the_steepest_descent(void **state) {
    (void)state;
    double cauchy[2], step[2];
    set_cauchy(cauchy);
    for (double share = 0.1; share < 1; share += 0.4) {
        double radius = share * hypot(cauchy[0], cauchy[1]);
        first_step(radius, step);
        for (int j = 0; j < 2; j++)
            REQUIRE(fabs(step[j] - share * cauchy[j]) < 1e-8, "radius %g, step %d is %.10g", radius, j + 1,
                    step[j]);
    }
}

static void a_longer_one_bends_towards_the_free_step(void **state) {
    (void)state;
    double cauchy[2], step[2];
    set_cauchy(cauchy);
    double inner = hypot(cauchy[0], cauchy[1]), outer = hypot(newton[0], newton[1]);
    assert_true(inner < outer);
    for (double share = 0.2; share < 1; share += 0.3) {
        double radius = inner + share * (outer - inner);
        first_step(radius, step);
        const double along[] = {newton[0] - cauchy[0], newton[1] - cauchy[1]};
        const double from[] = {step[0] - cauchy[0], step[1] - cauchy[1]};
        REQUIRE(fabs(hypot(step[0], step[1]) - radius) < 1e-8 && fabs(cross(from, along)) < 1e-8,
                "radius %g: step (%.10g, %.10g)", radius, step[0], step[1]);
    }
}

static void a_free_step_is_that_of_gauss_and_newton(void **state) {
    (void)state;
    double step[2];
    first_step(100, step);
    for (int j = 0; j < 2; j++)
        REQUIRE(fabs(step[j] - newton[j]) < 1e-8, "step %d is %.10g", j + 1, step[j]);
}

/* Trials cost one residual vector each: no second-order correction. */
static void a_step_costs_one_evaluation(void **state) {
    (void)state;
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DOGLEG;
    options.polish = 0;
    options.jacobian = MARQ_JACOBIAN_CENTRAL;
    double theta[] = {start[0], start[1]};
    marq_result result;
    assert_true(marq_solve(&problem, &options, theta, &result) > 0);
    assert_int_equal(result.residual_evaluations,
                     1 + 4 * result.jacobian_evaluations + result.iterations + result.rejected);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_step_goes_down_the_steepest_descent),
        cmocka_unit_test(a_longer_one_bends_towards_the_free_step),
        cmocka_unit_test(a_free_step_is_that_of_gauss_and_newton),
        cmocka_unit_test(a_step_costs_one_evaluation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
