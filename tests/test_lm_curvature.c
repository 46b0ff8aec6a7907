/* Large residuals with curvature: Gauss-Newton steps run to and fro there, and the trust region has to learn
 * the second-order part of the Hessian. Brown & Dennis' and Freudenstein & Roth's problems
 * (known_problems.h); without that part the first takes 1298, 80 and 581 iterations. */
#include "known_problems.h"
#include "require.h"

#include <stdbool.h>

enum { CAP = 40 };

static const known *find(const char *name) {
    for (size_t k = 0; k < COUNT(problems); k++)
        if (strcmp(problems[k].name, name) == 0) return &problems[k];
    fail_msg("no problem %s", name);
    return NULL;
}

static marq_result solve_from(const known *p, const marq_problem *problem, const marq_options *options,
                              double factor, double *theta) {
    for (size_t j = 0; j < p->parameters; j++) theta[j] = factor * p->start[j];
    marq_result result;
    marq_solve(problem, options, theta, &result);
    return result;
}

static void few_iterations_are_enough(void **state) {
    (void)state;
    const char *const names[] = {"Brown and Dennis", "Freudenstein and Roth"};
    for (size_t k = 0; k < COUNT(names); k++)
        for (int jacobian = 0; jacobian < 3; jacobian++)
            for (double factor = 1; factor <= 100; factor *= 10) {
                const known *p = find(names[k]);
                marq_problem problem = problem_of(p);
                marq_options options = marq_options_default();
                options.jacobian = (marq_jacobian)jacobian;
                double theta[MOST_PARAMETERS];
                marq_result result = solve_from(p, &problem, &options, factor, theta);
                bool found = fabs(2 * result.cost - p->minima[0]) <= p->unit ||
                             fabs(2 * result.cost - p->minima[1]) <= p->unit;
                REQUIRE(found && result.status > 0 && result.status < MARQ_CONVERGED_COST &&
                            result.iterations <= CAP,
                        "%s from %g times its start, Jacobian %d: %.10g after %zu iterations (%s)", names[k],
                        factor, jacobian, 2 * result.cost, result.iterations, result.message);
            }
}

/* Weights that are all a power of two change no digit of the steps. */
static void weights_do_not_change_the_path(void **state) {
    (void)state;
    const known *p = find("Brown and Dennis");
    marq_problem problem = problem_of(p);
    double plain[MOST_PARAMETERS], weighted[MOST_PARAMETERS], weights[MOST_ROWS];
    marq_result a = solve_from(p, &problem, NULL, 1, plain);
    for (size_t i = 0; i < p->rows; i++) weights[i] = 0.125;
    problem.weights = weights;
    marq_result b = solve_from(p, &problem, NULL, 1, weighted);
    assert_int_equal(a.iterations, b.iterations);
    for (size_t j = 0; j < p->parameters; j++)
        REQUIRE(fabs(plain[j] / weighted[j] - 1) <= 1e-12, "parameter %zu: %.17g, %.17g", j + 1, plain[j],
                weighted[j]);
}

/* The residuals at the minimum are 1 … 219: soft-L1 of scale 100 bends the larger ones. Costs of
 * SciPy 1.17.1, least_squares(r, x0, J, loss="soft_l1", f_scale=100, x_scale="jac", ftol=1e-15, xtol=1e-15,
 * gtol=1e-15), from the same start, without a bound after 893 evaluations. */
static void a_loss_and_a_bound_keep_it_fast(void **state) {
    (void)state;
    const known *p = find("Brown and Dennis");
    for (int bounded = 0; bounded < 2; bounded++) {
        marq_problem problem = problem_of(p);
        const double none = HUGE_VAL, lower[] = {-10, -none, -none, -none};
        problem.loss = MARQ_LOSS_SOFT_L1;
        problem.loss_scale = 100;
        if (bounded) problem.lower = lower;
        double theta[MOST_PARAMETERS];
        marq_result result = solve_from(p, &problem, NULL, 1, theta);
        static const double cost[] = {33223.699325548, 33564.421072141};
        REQUIRE(fabs(result.cost / cost[bounded] - 1) < 1e-10 && result.iterations <= CAP,
                "bounded %d: cost %.12g after %zu iterations (%s)", bounded, result.cost, result.iterations,
                result.message);
        assert_true(!bounded || theta[0] == -10);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_iterations_are_enough),
        cmocka_unit_test(weights_do_not_change_the_path),
        cmocka_unit_test(a_loss_and_a_bound_keep_it_fast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
