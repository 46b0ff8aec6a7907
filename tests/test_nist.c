/* NIST's nonlinear regression set with default options: digits, evaluations, standard errors. The certified
 * values are NIST's (fit/nist/data.c names the source). */
#include "require.h"

#include "nist/selftest.h"
#include <math.h>
#include <string.h>

/* Every model's derivatives against central differences of the solver, at the second start and at the
 * certified values (at the first start some models are flat or steep beyond what differences can show). */
static void derivatives_agree_with_differences(void **state) {
    (void)state;
    marq_options central = marq_options_default();
    central.jacobian = MARQ_JACOBIAN_CENTRAL;
    for (size_t k = 0; k < NIST_PROBLEMS; k++) {
        const nist_problem *p = &nist_problems[k];
        marq_problem problem = nist_as_marq(p);
        const double *points[] = {p->start[1], p->certified};
        double exact[250 * NIST_MOST_PARAMETERS], near[250 * NIST_MOST_PARAMETERS];
        for (int at = 0; at < 2; at++) {
            assert_int_equal(marq_jacobian_at(&problem, NULL, points[at], exact, NULL), MARQ_OK);
            assert_int_equal(marq_jacobian_at(&problem, &central, points[at], near, NULL), MARQ_OK);
            for (size_t j = 0; j < p->parameters; j++) {
                double norm = 0, difference = 0;
                for (size_t i = 0; i < p->rows; i++) {
                    norm = fmax(norm, fabs(exact[i * p->parameters + j]));
                    difference =
                        fmax(difference, fabs(exact[i * p->parameters + j] - near[i * p->parameters + j]));
                }
                REQUIRE(difference <= 1e-6 * norm, "%s, derivative by b%zu: %g of %g", p->name, j + 1,
                        difference, norm);
            }
        }
    }
}

static void certified_values_have_the_certified_sum_of_squares(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k++) {
        const nist_problem *p = &nist_problems[k];
        if (strcmp(p->name, "Lanczos1") == 0) continue; /* its printed digits cannot reproduce its RSS */
        marq_problem problem = nist_as_marq(p);
        double r[250], rss = 0;
        problem.residual(problem.user, p->certified, 0, p->rows, r);
        for (size_t i = 0; i < p->rows; i++) rss += r[i] * r[i];
        double tolerance = strcmp(p->name, "Lanczos2") == 0 ? 1e-7 : 1e-9;
        REQUIRE(fabs(rss - p->rss) <= tolerance * p->rss, "%s: %.11g, certified %.11g", p->name, rss, p->rss);
    }
}

static void every_problem_is_solved_to_eight_digits_within_the_evaluations_of_the_best_peer(void **state) {
    (void)state;
    size_t residual = 0, jacobian = 0;
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            const nist_problem *p = &nist_problems[k];
            selftest_score s = selftest_run(p, start, NULL);
            REQUIRE(s.parameters >= 8, "%s, start %d: LRE %.2f (%s)", p->name, start + 1, s.parameters,
                    s.result.message);
            REQUIRE(s.deviations >= 6 || strcmp(p->name, "Lanczos1") == 0,
                    "%s, start %d: LRE of the deviations %.2f", p->name, start + 1, s.deviations);
            REQUIRE(s.result.status <= MARQ_CONVERGED_COST, "%s, start %d: %s", p->name, start + 1,
                    s.result.message);
            residual += s.residual_evaluations;
            jacobian += s.jacobian_evaluations;
        }
    REQUIRE(residual <= 3500 && jacobian <= 2800, "%zu residual and %zu Jacobian evaluations", residual,
            jacobian);
}

static void forward_differences_give_six_digits(void **state) {
    (void)state;
    marq_options options = marq_options_default();
    options.jacobian = MARQ_JACOBIAN_FORWARD;
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            selftest_score s = selftest_run(&nist_problems[k], start, &options);
            REQUIRE(s.parameters >= 6, "%s, start %d: LRE %.2f", nist_problems[k].name, start + 1,
                    s.parameters);
        }
}

static void the_number_of_threads_does_not_change_a_bit(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k++) {
        const nist_problem *p = &nist_problems[k];
        marq_problem problem = nist_as_marq(p);
        double first[NIST_MOST_PARAMETERS];
        for (int threads = 1; threads <= 4; threads++) {
            marq_options options = marq_options_default();
            options.threads = threads;
            double theta[NIST_MOST_PARAMETERS];
            memcpy(theta, p->start[1], sizeof theta);
            assert_true(marq_solve(&problem, &options, theta, NULL) > 0);
            if (threads == 1) memcpy(first, theta, sizeof first);
            REQUIRE(memcmp(first, theta, p->parameters * sizeof *theta) == 0, "%s on %d threads", p->name,
                    threads);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_agree_with_differences),
        cmocka_unit_test(certified_values_have_the_certified_sum_of_squares),
        cmocka_unit_test(every_problem_is_solved_to_eight_digits_within_the_evaluations_of_the_best_peer),
        cmocka_unit_test(forward_differences_give_six_digits),
        cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
