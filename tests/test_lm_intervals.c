/* Profile-likelihood intervals. Oracles: the profile followed in mpmath 1.3 with 40 digits (Gauss–Newton over
 * the other parameters, regula falsi on τ − t); lmfit 1.3.4's conf_interval gives the same to 1e-7 for
 * BoxBOD, R 4.2's confint of nls, which interpolates by splines, to 4e-6 for Misra1a. With bounds: SciPy
 * 1.17's least_squares(bounds) inside brentq. */
#include "require.h"

#include "nist/nist.h"
#include <marq/distribution.h>
#include <marq/inference.h>
#include <math.h>
#include <string.h>

typedef struct fitted {
    marq_problem problem;
    double theta[NIST_MOST_PARAMETERS];
} fitted;

static fitted fit_nist(const char *name) {
    size_t k = 0;
    while (k < NIST_PROBLEMS && strcmp(nist_problems[k].name, name) != 0) k++;
    REQUIRE(k < NIST_PROBLEMS, "no problem %s", name);
    fitted f = {.problem = nist_as_marq(&nist_problems[k])};
    memcpy(f.theta, nist_problems[k].start[1], sizeof f.theta);
    assert_true(marq_solve(&f.problem, NULL, f.theta, NULL) > 0);
    return f;
}

static void require_near(const char *what, size_t j, double value, double expected, double tolerance) {
    REQUIRE(fabs(value - expected) <= tolerance * fabs(expected),
            "%s of parameter %zu: %.12g, expected %.12g", what, j + 1, value, expected);
}

static void require_ends(const marq_interval *intervals, size_t n, const double ends[][2], double tolerance) {
    for (size_t j = 0; j < n; j++) {
        REQUIRE(intervals[j].low.status == MARQ_END_FOUND, "low: %s", intervals[j].low.message);
        REQUIRE(intervals[j].high.status == MARQ_END_FOUND, "high: %s", intervals[j].high.message);
        require_near("low end", j, intervals[j].low.value, ends[j][0], tolerance);
        require_near("high end", j, intervals[j].high.value, ends[j][1], tolerance);
    }
}

/* ---- Values ---- */

static void intervals_of_curved_problems_are_the_profiles(void **state) {
    (void)state;
    static const struct {
        const char *name;
        double ends[4][2];
    } known[] = {
        {"Misra1a", {{233.1953079617, 245.0173692432}, {0.0005343182679287, 0.0005660298972764}}},
        {"BoxBOD", {{180.9670046735, 258.5677771072}, {0.3025896226931, 1.073053204951}}},
        {"MGH09",
         {{0.1635306821957, 0.2159056593437},
          {-0.007746908850227, 1.319633687792},
          {-0.03472379757212, 0.6267006223312},
          {0.03042294215429, 0.5477677103098}}},
        {"Rat43", /* a step along b2's curve leads into another valley, from which the way back must be found
                   */
         {{668.1015366445, 739.4279948744},
          {0.4482424495286, 12.49216714943},
          {0.4530181752732, 1.494571994964},
          {0.107754928033, 3.843635487589}}},
    };
    for (size_t k = 0; k < COUNT(known); k++) {
        fitted f = fit_nist(known[k].name);
        marq_interval intervals[NIST_MOST_PARAMETERS];
        marq_error error;
        REQUIRE(marq_profile_intervals(&f.problem, NULL, f.theta, NULL, intervals, NULL, &error) == MARQ_OK,
                "%s", error.message);
        require_ends(intervals, f.problem.parameters, known[k].ends, 1e-9);
    }
}

static void differences_for_the_jacobian_and_any_level_do(void **state) {
    (void)state;
    static const double one_sigma[][2] = {{199.485760026712, 229.91835435092304},
                                          {0.42957421160603637, 0.7055597309895484}}; /* lmfit */
    fitted f = fit_nist("BoxBOD");
    f.problem.jacobian = NULL;
    marq_interval_options options = marq_interval_options_default();
    options.level = 0.6826894921370859;
    marq_interval intervals[2];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, &options, intervals, NULL, NULL),
                     MARQ_OK);
    require_ends(intervals, 2, one_sigma, 1e-6);
    options.threshold = -marq_t_quantile((1 - options.level) / 2, 4);
    options.level = 0.5; /* not used */
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, &options, intervals, NULL, NULL),
                     MARQ_OK);
    require_ends(intervals, 2, one_sigma, 1e-6);
}

/* ---- A straight line: the profile is exact ---- */

enum { ROWS = 12 };
static const double line_y[ROWS] = {0.9, 3.2, 4.8, 7.1, 9.3, 10.8, 13.1, 15, 16.7, 19.2, 21, 22.9};

static int line_residual(void *user, const double *p, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] + p[1] * (double)(first + i) - line_y[first + i];
    return MARQ_CALLBACK_OK;
}

static void a_linear_problem_has_the_symmetric_interval_of_its_standard_error(void **state) {
    (void)state;
    static const double weights[ROWS] = {2, 2, 2, 2, 1, 1, 1, 1, 0.5, 0.5, 0, 3};
    marq_problem problem = {.rows = ROWS, .parameters = 2, .residual = line_residual, .weights = weights};
    double p[2] = {0}, deviation[2];
    marq_interval intervals[2];
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    for (int absolute = 0; absolute < 2; absolute++) {
        marq_interval_options options = marq_interval_options_default();
        options.absolute = absolute;
        options.level = 0.9;
        assert_int_equal(marq_profile_intervals(&problem, NULL, p, &options, intervals, NULL, NULL), MARQ_OK);
        marq_covariance_at(&problem, NULL, p, absolute, NULL, NULL, deviation, NULL, NULL);
        double quantile = absolute ? marq_normal_quantile(0.95) : marq_t_quantile(0.95, ROWS - 1 - 2);
        for (size_t j = 0; j < 2; j++) {
            require_near("low end", j, intervals[j].low.value, p[j] - quantile * deviation[j], 1e-7);
            require_near("high end", j, intervals[j].high.value, p[j] + quantile * deviation[j], 1e-7);
        }
    }
}

static void the_curve_comes_in_order_and_holds_the_estimate(void **state) {
    (void)state;
    fitted f = fit_nist("Rat43");
    marq_interval intervals[4];
    static marq_curve_point points[4 * MARQ_CURVE_POINTS];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, NULL, intervals, points, NULL),
                     MARQ_OK);
    double quantile = marq_t_quantile(0.975, 11);
    for (size_t j = 0; j < 4; j++) {
        const marq_curve_point *curve = points + j * MARQ_CURVE_POINTS;
        size_t n = intervals[j].points, zero = 0;
        REQUIRE(n >= 9 && n <= MARQ_CURVE_POINTS, "%zu points", n);
        for (size_t i = 0; i < n; i++) zero += curve[i].value == f.theta[j] && curve[i].tau == 0;
        assert_int_equal(zero, 1);
        for (size_t i = 1; i < n; i++)
            REQUIRE(curve[i].value > curve[i - 1].value && curve[i].tau > curve[i - 1].tau,
                    "parameter %zu, point %zu: (%g, %g) after (%g, %g)", j + 1, i, curve[i].value,
                    curve[i].tau, curve[i - 1].value, curve[i - 1].tau);
        REQUIRE(curve[0].tau <= -quantile && curve[n - 1].tau >= quantile, "the curve ends at %g and %g",
                curve[0].tau, curve[n - 1].tau);
    }
}

/* ---- Bounds, fixed and unwanted parameters ---- */

static void bounds_end_intervals_and_hold_the_other_parameters(void **state) {
    (void)state;
    fitted f = fit_nist("MGH09");
    const double lower[] = {-HUGE_VAL, 0, -HUGE_VAL, -HUGE_VAL},
                 upper[] = {HUGE_VAL, HUGE_VAL, HUGE_VAL, 0.3};
    f.problem.lower = lower;
    f.problem.upper = upper;
    marq_interval v[4];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, NULL, v, NULL, NULL), MARQ_OK);
    require_near("low end", 0, v[0].low.value, 0.165788552, 1e-7);
    require_near("high end", 0, v[0].high.value, 0.215905659, 1e-7);
    REQUIRE(v[1].low.status == MARQ_END_BOUND && v[1].low.value == 0 && strstr(v[1].low.message, "bound"),
            "%g (%s)", v[1].low.value, v[1].low.message);
    require_near("tau at the bound", 1, v[1].low.tau, -2.18499211, 1e-6);
    require_near("high end", 1, v[1].high.value, 0.705570874, 1e-7);
    require_near("low end", 2, v[2].low.value, -0.0347237976, 1e-7);
    require_near("high end", 2, v[2].high.value, 0.490947931, 1e-7);
    require_near("low end", 3, v[3].low.value, 0.0308163625, 1e-7);
    REQUIRE(v[3].high.status == MARQ_END_BOUND && v[3].high.value == 0.3, "%g", v[3].high.value);
}

/* Misra1a with b1 ≥ 240, above its best value: the estimate lies at the bound, and S is measured from there.
 */
static void an_estimate_at_its_bound_has_an_interval_on_the_other_side(void **state) {
    (void)state;
    fitted f = fit_nist("Misra1a");
    const double lower[] = {240, -HUGE_VAL};
    f.problem.lower = lower;
    f.theta[0] = 241;
    assert_true(marq_solve(&f.problem, NULL, f.theta, NULL) > 0);
    assert_true(f.theta[0] == 240);
    marq_interval v[2];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, NULL, v, NULL, NULL), MARQ_OK);
    assert_true(v[0].low.status == MARQ_END_BOUND && v[0].low.value == 240);
    assert_true(v[0].high.status == MARQ_END_FOUND && v[0].high.value > 241 && v[0].high.value < 250);
}

static void fixed_and_unwanted_parameters_have_no_interval(void **state) {
    (void)state;
    fitted f = fit_nist("MGH09");
    const unsigned char fixed[] = {0, 1, 0, 0}, wanted[] = {1, 1, 0, 1};
    f.problem.fixed = fixed;
    marq_interval_options options = marq_interval_options_default();
    options.wanted = wanted;
    marq_interval v[4];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, &options, v, NULL, NULL), MARQ_OK);
    for (size_t j = 1; j <= 2; j++)
        assert_true(v[j].low.status == MARQ_END_NONE && isnan(v[j].high.value) && v[j].points == 0);
    assert_true(v[0].low.status == MARQ_END_FOUND && v[3].high.status == MARQ_END_FOUND);
}

/* Misra1a with b2 = 2e-6 b1 + constant, through the certified values: one free parameter is left. */
static void tied_parameters_have_no_interval_of_their_own(void **state) {
    (void)state;
    fitted f = fit_nist("Misra1a");
    const size_t source = 0;
    const double factor = 2e-6;
    const marq_linear_tie tie = {1, f.theta[1] - factor * f.theta[0], 1, &source, &factor};
    const marq_ties ties = {.linear = &tie, .count = 1};
    f.problem.ties = &ties;
    assert_true(marq_solve(&f.problem, NULL, f.theta, NULL) > 0);
    marq_interval v[2];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, NULL, v, NULL, NULL), MARQ_OK);
    assert_true(v[1].low.status == MARQ_END_NONE && v[1].high.status == MARQ_END_NONE);
    /* with one parameter the profile is the cost itself */
    double r[14], at[2] = {v[0].high.value, tie.constant + factor * v[0].high.value}, squares[2] = {0};
    for (int end = 0; end < 2; end++) {
        f.problem.residual(f.problem.user, end ? at : f.theta, 0, 14, r);
        for (int i = 0; i < 14; i++) squares[end] += r[i] * r[i];
    }
    double tau = sqrt((squares[1] - squares[0]) / (squares[0] / 13));
    require_near("tau at the high end", 0, tau, marq_t_quantile(0.975, 13), 1e-7);
}

/* ---- Ends that are not there ---- */

/* As b2 → ∞ BoxBOD's model is a constant, whose best Σ r² is Σ (y − ȳ)² = 9771.5: |τ| stays below √((9771.5 −
 * 1168.0088766)/292.0022192) = 5.428, the quantile for 99.9 % and 4 degrees of freedom is 8.610. */
static void an_open_end_is_infinite_and_says_how_far_the_curve_went(void **state) {
    (void)state;
    fitted f = fit_nist("BoxBOD");
    marq_interval_options options = marq_interval_options_default();
    options.level = 0.999;
    marq_interval v[2];
    assert_int_equal(marq_profile_intervals(&f.problem, NULL, f.theta, &options, v, NULL, NULL), MARQ_OK);
    REQUIRE(v[1].high.status == MARQ_END_OPEN && v[1].high.value == HUGE_VAL, "%g: %s", v[1].high.value,
            v[1].high.message);
    require_near("last tau", 1, v[1].high.tau, 5.428, 1e-4);
    REQUIRE(strstr(v[1].high.message, "no limit on this side: |tau| is 5.43 of 8.61"), "%s",
            v[1].high.message);
    assert_true(v[1].low.status == MARQ_END_FOUND);
}

/* The line, with a slope that can be computed only up to 2.003. */
static int edge_residual(void *user, const double *p, size_t first, size_t count, double *r) {
    line_residual(user, p, first, count, r);
    return p[1] > 2.003 ? MARQ_CALLBACK_NOT_COMPUTABLE : MARQ_CALLBACK_OK;
}

static void a_curve_that_breaks_off_is_said_to(void **state) {
    (void)state;
    marq_problem problem = {.rows = ROWS, .parameters = 2, .residual = edge_residual};
    double p[2] = {0};
    marq_interval v[2];
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, NULL, v, NULL, NULL), MARQ_OK);
    REQUIRE(v[1].high.status == MARQ_END_LOST && v[1].high.value == HUGE_VAL, "%g: %s", v[1].high.value,
            v[1].high.message);
    REQUIRE(v[1].high.reached > 2.002 && v[1].high.reached <= 2.003, "reached %.9g", v[1].high.reached);
    assert_true(v[1].low.status == MARQ_END_FOUND);
}

/* r = (x² − 1, (x + 1)/5): a minimum near 0.98 and a lower one near −1. */
static int two_minima(void *user, const double *x, size_t first, size_t count, double *r) {
    (void)user;
    const double all[] = {x[0] * x[0] - 1, (x[0] + 1) / 5};
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static void a_lower_minimum_on_the_way_is_reported_with_its_place(void **state) {
    (void)state;
    marq_problem problem = {.rows = 2, .parameters = 1, .residual = two_minima};
    double x = 1, better = 7;
    marq_interval v;
    assert_true(marq_solve(&problem, NULL, &x, NULL) > 0 && x > 0.9);
    marq_interval_options options = marq_interval_options_default();
    options.threshold = 4;
    options.better = &better;
    assert_int_equal(marq_profile_intervals(&problem, NULL, &x, &options, &v, NULL, NULL), MARQ_OK);
    REQUIRE(v.low.status == MARQ_END_LOWER && v.low.value == -HUGE_VAL &&
                strstr(v.low.message, "lower minimum"),
            "%s", v.low.message);
    REQUIRE(better < 0, "the better point is %g", better);
    assert_true(v.high.status == MARQ_END_FOUND);
}

static void problems_without_intervals_are_errors(void **state) {
    (void)state;
    marq_problem problem = {.rows = 2, .parameters = 2, .residual = line_residual};
    double p[2] = {0};
    marq_interval v[2];
    marq_error error;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, NULL, v, NULL, &error), MARQ_ERROR_DATA);
    REQUIRE(strstr(error.message, "degrees of freedom"), "%s", error.message);
    marq_interval_options options = marq_interval_options_default();
    options.absolute = 1; /* known deviations need no degrees of freedom */
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, &options, v, NULL, NULL), MARQ_OK);
    require_near("high end", 0, v[0].high.value, p[0] + 1.959963984540054, 1e-7);
    options.level = 1;
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, &options, v, NULL, &error),
                     MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(error.message, "level"), "%s", error.message);
}

/* ---- Threads and callbacks ---- */

static void the_number_of_threads_does_not_change_a_bit(void **state) {
    (void)state;
    fitted f = fit_nist("MGH17");
    marq_interval first[5], again[5];
    static marq_curve_point points[5 * MARQ_CURVE_POINTS], others[5 * MARQ_CURVE_POINTS];
    for (int threads = 1; threads <= 4; threads++) {
        marq_options options = marq_options_default();
        options.threads = threads;
        marq_interval *to = threads == 1 ? first : again;
        assert_int_equal(marq_profile_intervals(&f.problem, &options, f.theta, NULL, to,
                                                threads == 1 ? points : others, NULL),
                         MARQ_OK);
        for (size_t j = 0; threads > 1 && j < 5; j++) {
            REQUIRE(first[j].low.value == again[j].low.value && first[j].high.value == again[j].high.value,
                    "parameter %zu on %d threads", j + 1, threads);
            assert_int_equal(first[j].points, again[j].points);
            assert_memory_equal(points + j * MARQ_CURVE_POINTS, others + j * MARQ_CURVE_POINTS,
                                first[j].points * sizeof *points);
        }
    }
}

typedef struct counter {
    size_t calls, last, stop_at;
} counter;

static int count_sides(void *user, size_t done, size_t total) {
    counter *c = user;
    c->calls++;
    c->last = total;
    return done == c->stop_at;
}

static void progress_counts_the_sides_and_may_stop(void **state) {
    (void)state;
    fitted f = fit_nist("BoxBOD");
    counter c = {0};
    marq_interval_options options = marq_interval_options_default();
    options.progress = count_sides;
    options.progress_user = &c;
    marq_options one = marq_options_default();
    one.threads = 1;
    marq_interval v[2];
    assert_int_equal(marq_profile_intervals(&f.problem, &one, f.theta, &options, v, NULL, NULL), MARQ_OK);
    assert_true(c.calls == 4 && c.last == 4);
    c = (counter){.stop_at = 2};
    assert_int_equal(marq_profile_intervals(&f.problem, &one, f.theta, &options, v, NULL, NULL),
                     MARQ_STOP_CALLER);
    assert_true(v[0].high.status == MARQ_END_FOUND && v[1].low.status == MARQ_END_NONE);
}

static int gives_up(void *user, const double *p, size_t first, size_t count, double *r) {
    size_t *left = user;
    line_residual(NULL, p, first, count, r);
    return *left && --*left ? MARQ_CALLBACK_OK : MARQ_CALLBACK_ABORT;
}

static void a_callback_that_gives_up_ends_the_call(void **state) {
    (void)state;
    size_t left = 10000;
    marq_problem problem = {.rows = ROWS, .parameters = 2, .user = &left, .residual = gives_up};
    double p[2] = {0};
    marq_interval v[2];
    marq_error error;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    left = 20;
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, NULL, v, NULL, &error), MARQ_ERROR_CALLBACK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals_of_curved_problems_are_the_profiles),
        cmocka_unit_test(differences_for_the_jacobian_and_any_level_do),
        cmocka_unit_test(a_linear_problem_has_the_symmetric_interval_of_its_standard_error),
        cmocka_unit_test(the_curve_comes_in_order_and_holds_the_estimate),
        cmocka_unit_test(bounds_end_intervals_and_hold_the_other_parameters),
        cmocka_unit_test(an_estimate_at_its_bound_has_an_interval_on_the_other_side),
        cmocka_unit_test(fixed_and_unwanted_parameters_have_no_interval),
        cmocka_unit_test(tied_parameters_have_no_interval_of_their_own),
        cmocka_unit_test(an_open_end_is_infinite_and_says_how_far_the_curve_went),
        cmocka_unit_test(a_curve_that_breaks_off_is_said_to),
        cmocka_unit_test(a_lower_minimum_on_the_way_is_reported_with_its_place),
        cmocka_unit_test(problems_without_intervals_are_errors),
        cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
        cmocka_unit_test(progress_counts_the_sides_and_may_stop),
        cmocka_unit_test(a_callback_that_gives_up_ends_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
