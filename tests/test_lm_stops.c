/* How a solve ends: every status, what it leaves behind, and what is refused. */
#include "known_problems.h"
#include "require.h"

#include <omp.h>
#include <stdbool.h>
#include <stdio.h>

/* ---- Stop tests ---- */

/* No test is on but the ones that a case sets. */
static marq_options no_tests(void) {
    marq_options options = marq_options_default();
    options.gradient_tolerance = options.step_tolerance = options.cost_tolerance = 0;
    options.threads = 1;
    return options;
}

static int stop_at_second(void *user, const marq_progress *progress) {
    return progress->iteration == 2 ? *(int *)user : 0;
}

static double squares_at(const known *p, const double *theta) {
    double r[MOST_ROWS], sum = 0;
    p->residual(theta, r);
    for (size_t i = 0; i < p->rows; i++) sum += r[i] * r[i];
    return sum;
}

/* Solves, and checks what every usable result has. */
static marq_result ends_with(marq_status expected, const known *p, const marq_options *options) {
    double theta[MOST_PARAMETERS];
    memcpy(theta, p->start, sizeof theta);
    marq_problem problem = problem_of(p);
    marq_result result;
    marq_status status = marq_solve(&problem, options, theta, &result);
    REQUIRE(status == expected, "%s ends with \"%s\", expected \"%s\"", p->name, marq_status_key(status),
            marq_status_key(expected));
    assert_int_equal(result.status, status);
    assert_string_equal(result.message, marq_status_text(status));
    REQUIRE(isfinite(result.cost), "status %s has the cost %g", marq_status_key(status), result.cost);
    double at_theta = 0.5 * squares_at(p, theta), at_start = 0.5 * squares_at(p, p->start);
    REQUIRE(fabs(at_theta - result.cost) <= 1e-12 * result.cost, "cost %.17g, at theta it is %.17g",
            result.cost, at_theta);
    REQUIRE(result.cost <= at_start, "the cost rose from %g to %g", at_start, result.cost);
    assert_true(result.seconds >= 0);
    return result;
}

static const known *problem_named(const char *name) {
    for (size_t k = 0; k < COUNT(problems); k++)
        if (strcmp(problems[k].name, name) == 0) return &problems[k];
    fail_msg("no problem %s", name);
    return NULL;
}

static void tolerances_end_a_solve(void **state) {
    (void)state;
    const known *p = problem_named("Bard");
    marq_options options = no_tests();
    options.gradient_tolerance = 1e-5;
    ends_with(MARQ_CONVERGED_GRADIENT, p, &options);
    options = no_tests();
    options.step_tolerance = 1e-5;
    ends_with(MARQ_CONVERGED_STEP, p, &options);
    options = no_tests();
    options.cost_tolerance = 1e-5;
    ends_with(MARQ_CONVERGED_COST, p, &options);
    options = no_tests();
    options.cost_goal = 0.01;
    marq_result result = ends_with(MARQ_CONVERGED_GOAL, p, &options);
    REQUIRE(result.cost <= 0.01, "goal 0.01, cost %g", result.cost);
}

static void a_start_that_is_good_enough_is_left_as_it_is(void **state) {
    (void)state;
    known p = *problem_named("Rosenbrock");
    p.start[0] = p.start[1] = 1;
    marq_options options = marq_options_default();
    marq_result result = ends_with(MARQ_CONVERGED_ZERO, &p, &options);
    assert_int_equal(result.iterations, 0);
    assert_int_equal(result.residual_evaluations, 1);
    p.start[0] = 1.001;
    options.cost_goal = 1;
    result = ends_with(MARQ_CONVERGED_GOAL, &p, &options);
    assert_int_equal(result.residual_evaluations, 1);
}

static void limits_end_a_solve(void **state) {
    (void)state;
    const known *p = problem_named("Bard");
    marq_options options = no_tests();
    options.max_iterations = 3;
    assert_int_equal(ends_with(MARQ_STOP_ITERATIONS, p, &options).iterations, 3);
    options = no_tests();
    options.acceleration = 0;
    options.max_evaluations = 4; /* one vector a trial: it is met exactly */
    assert_int_equal(ends_with(MARQ_STOP_EVALUATIONS, p, &options).residual_evaluations, 4);
    options = no_tests();
    options.max_seconds = 1e-9;
    ends_with(MARQ_STOP_TIME, p, &options);
    options = no_tests();
    options.mu_max = 1e3; /* at the minimum no step lowers the cost */
    marq_result result = ends_with(MARQ_STOP_STALLED, p, &options);
    REQUIRE(result.mu > 1e3, "stalled at a damping of %g", result.mu);
    REQUIRE(result.rejected > 0, "a stalled solve rejected %zu steps", result.rejected);
}

static void zero_iterations_evaluate_the_start_only(void **state) {
    (void)state;
    for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
        marq_options options = no_tests();
        options.max_iterations = 0;
        options.jacobian = (marq_jacobian)kind;
        marq_result result = ends_with(MARQ_STOP_ITERATIONS, problem_named("Bard"), &options);
        REQUIRE(result.residual_evaluations == 1 && result.jacobian_evaluations == 0,
                "%zu residual vectors and %zu Jacobians", result.residual_evaluations,
                result.jacobian_evaluations);
    }
}

static void the_progress_callback_ends_a_solve(void **state) {
    (void)state;
    static const struct {
        int answer;
        marq_status status;
    } cases[] = {{MARQ_STOP_VALIDATION, MARQ_STOP_VALIDATION},
                 {MARQ_CONVERGED_GOAL, MARQ_CONVERGED_GOAL},
                 {MARQ_STOP_CALLER, MARQ_STOP_CALLER},
                 {MARQ_STOP_CALLER + 1, MARQ_STOP_CALLER},
                 {12345, MARQ_STOP_CALLER},
                 {-1, MARQ_STOP_CALLER}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        marq_options options = no_tests();
        int answer = cases[c].answer;
        options.progress = stop_at_second;
        options.progress_user = &answer;
        assert_int_equal(ends_with(cases[c].status, problem_named("Bard"), &options).iterations, 2);
    }
}

/* ---- Points that can't be computed ---- */

/* One residual: φ(θ) − target, for φ that exists for θ > 0 only. A full step from the start leaves that
 * region. */
typedef struct half_line {
    double (*phi)(double), (*slope)(double);
    double start, target, solution;
    bool says_so; /* returns MARQ_CALLBACK_NOT_COMPUTABLE, else NaN */
} half_line;

static double sqrt_slope(double x) {
    return 0.5 / sqrt(x);
}

static double log_slope(double x) {
    return 1 / x;
}

static int half_line_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const half_line *h = user;
    (void)first, (void)count;
    if (!(theta[0] > 0) && h->says_so) return MARQ_CALLBACK_NOT_COMPUTABLE;
    r[0] = theta[0] > 0 ? h->phi(theta[0]) - h->target : (double)NAN;
    return MARQ_CALLBACK_OK;
}

static int half_line_jacobian(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                              size_t stride) {
    const half_line *h = user;
    (void)first, (void)count, (void)stride;
    jacobian[0] = h->slope(theta[0]);
    return MARQ_CALLBACK_OK;
}

static void trial_points_that_cannot_be_computed_are_rejected(void **state) {
    (void)state;
    static const half_line cases[] = {{sqrt, sqrt_slope, 4, 0.1, 0.01, false},
                                      {sqrt, sqrt_slope, 4, 0.1, 0.01, true},
                                      {log, log_slope, 3, -2, 0.13533528323661270, false},
                                      {log, log_slope, 3, -2, 0.13533528323661270, true}};
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int method = 0; method < 3 * 2 * 2; method++) {
            half_line h = cases[c];
            marq_problem problem = {.rows = 1,
                                    .parameters = 1,
                                    .user = &h,
                                    .residual = half_line_residual,
                                    .jacobian = half_line_jacobian};
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)(method % 3);
            options.acceleration = method / 3 % 2;
            options.damping = (marq_damping)(method / 6);
            double theta = h.start;
            marq_result result;
            marq_solve(&problem, &options, &theta, &result);
            REQUIRE(result.status > 0 && fabs(theta - h.solution) <= 1e-9 * h.solution,
                    "case %zu, method %d: theta %.12g (%s), solution %.12g", c, method, theta, result.message,
                    h.solution);
            REQUIRE(result.rejected > 0, "case %zu, method %d: no step was rejected", c, method);
        }
}

enum { LONG = 5000 };

typedef struct bad_row {
    size_t row;
    double value;
} bad_row;

static int long_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const bad_row *bad = user;
    for (size_t i = 0; i < count; i++)
        r[i] = first + i == bad->row ? bad->value : theta[0] - (double)(first + i);
    return MARQ_CALLBACK_OK;
}

static void a_start_that_is_not_finite_is_refused_with_its_row(void **state) {
    (void)state;
    static const bad_row cases[] = {{3210, (double)NAN}, {0, HUGE_VAL}, {4999, -HUGE_VAL}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        bad_row bad = cases[c];
        marq_problem problem = {
            .rows = LONG, .parameters = 1, .user = &bad, .residual = long_residual, .concurrent = 1};
        double theta = 7, jacobian[LONG];
        char words[32];
        marq_result result;
        marq_error error;
        snprintf(words, sizeof words, "row %zu ", bad.row + 1);
        assert_int_equal(marq_solve(&problem, NULL, &theta, &result), MARQ_ERROR_START);
        REQUIRE(strstr(result.message, words), "\"%s\" does not name %s", result.message, words);
        assert_true(theta == 7);
        assert_int_equal(marq_jacobian_at(&problem, NULL, &theta, jacobian, &error), MARQ_ERROR_START);
        REQUIRE(strstr(error.message, words), "\"%s\" does not name %s", error.message, words);
    }
}

static void a_start_that_cannot_be_computed_is_refused(void **state) {
    (void)state;
    half_line h = {sqrt, sqrt_slope, -1, 0.1, 0.01, true};
    marq_problem problem = {.rows = 1, .parameters = 1, .user = &h, .residual = half_line_residual};
    double theta = -1, jacobian;
    marq_result result;
    marq_error error;
    assert_int_equal(marq_solve(&problem, NULL, &theta, &result), MARQ_ERROR_START);
    assert_string_equal(result.message, marq_status_text(MARQ_ERROR_START));
    assert_int_equal(marq_jacobian_at(&problem, NULL, &theta, &jacobian, &error), MARQ_ERROR_START);
    REQUIRE(!strstr(error.message, "row 2"), "there is one row, but: %s", error.message);
}

/* ---- Callbacks that give up ---- */

/* Rosenbrock, until call number `last`, which answers `answer`. */
typedef struct giver {
    size_t calls, last;
    int answer;
    bool in_jacobian;
} giver;

static int giver_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    giver *g = user;
    (void)first, (void)count;
    rosenbrock(theta, r);
    return !g->in_jacobian && ++g->calls == g->last ? g->answer : MARQ_CALLBACK_OK;
}

static int giver_jacobian(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                          size_t stride) {
    giver *g = user;
    (void)first, (void)count, (void)stride;
    rosenbrock_jacobian(theta, jacobian);
    return g->in_jacobian && ++g->calls == g->last ? g->answer : MARQ_CALLBACK_OK;
}

/* Ends with the status, and leaves the best point that was found. */
static void gives_up(giver g, const marq_options *options, marq_status expected, const char *what) {
    marq_problem problem = {
        .rows = 2, .parameters = 2, .user = &g, .residual = giver_residual, .jacobian = giver_jacobian};
    double theta[2] = {-1.2, 1}, r[2];
    marq_result result;
    marq_status status = marq_solve(&problem, options, theta, &result);
    REQUIRE(g.calls >= g.last, "%s: only %zu calls", what, g.calls);
    REQUIRE(status == expected, "%s at call %zu ends with \"%s\", expected \"%s\"", what, g.last,
            marq_status_key(status), marq_status_key(expected));
    rosenbrock(theta, r);
    if (g.last == 1 && !g.in_jacobian) return; /* nothing was computed */
    REQUIRE(fabs(0.5 * (r[0] * r[0] + r[1] * r[1]) - result.cost) <= 1e-12 * result.cost,
            "%s at call %zu: theta is not the best point", what, g.last);
}

static void an_abort_ends_the_solve_wherever_it_comes(void **state) {
    (void)state;
    const marq_method methods[] = {MARQ_METHOD_TRUST_REGION, MARQ_METHOD_DAMPING};
    for (size_t call = 1; call <= 10; call++)
        for (size_t m = 0; m < 2; m++) {
            marq_options options = marq_options_default();
            options.method = methods[m];
            const marq_status expected = MARQ_ERROR_CALLBACK;
            if (call <= 5) /* the trust region needs no more Jacobians than 6 */
                gives_up((giver){0, call, MARQ_CALLBACK_ABORT, true}, &options, expected,
                         "abort of a Jacobian");
            gives_up((giver){0, call, MARQ_CALLBACK_ABORT, false}, &options, expected,
                     "abort with acceleration");
            options.jacobian = MARQ_JACOBIAN_FORWARD;
            gives_up((giver){0, call, MARQ_CALLBACK_ABORT, false}, &options, expected,
                     "abort in forward differences");
            options.jacobian = MARQ_JACOBIAN_CENTRAL;
            gives_up((giver){0, call, MARQ_CALLBACK_ABORT, false}, &options, expected,
                     "abort in central differences");
            options = marq_options_default();
            options.method = methods[m];
            options.acceleration = 0;
            gives_up((giver){0, call, MARQ_CALLBACK_ABORT, false}, &options, expected, "abort of a residual");
        }
}

static int only_at_start(void *user, const double *theta, size_t first, size_t count, double *r) {
    (void)user, (void)first, (void)count;
    r[0] = 1;
    return theta[0] == 2 ? MARQ_CALLBACK_OK : MARQ_CALLBACK_NOT_COMPUTABLE;
}

static int nan_jacobian(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                        size_t stride) {
    (void)user, (void)theta, (void)first, (void)count, (void)stride;
    jacobian[0] = (double)NAN;
    return MARQ_CALLBACK_OK;
}

static void a_jacobian_that_cannot_be_computed_is_no_callback_error(void **state) {
    (void)state;
    marq_options options = marq_options_default();
    for (size_t call = 1; call <= 3; call++)
        gives_up((giver){0, call, MARQ_CALLBACK_NOT_COMPUTABLE, true}, &options, MARQ_ERROR_JACOBIAN,
                 "a Jacobian that is not computable");
    marq_problem problem = {.rows = 1, .parameters = 1, .residual = only_at_start};
    for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
        double theta = 2;
        problem.jacobian = kind == MARQ_JACOBIAN_AUTO ? nan_jacobian : NULL;
        options.jacobian = (marq_jacobian)kind;
        marq_status status = marq_solve(&problem, &options, &theta, NULL);
        REQUIRE(status == MARQ_ERROR_JACOBIAN, "Jacobian %d: \"%s\"", kind, marq_status_key(status));
        assert_true(theta == 2);
    }
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tolerances_end_a_solve),
        cmocka_unit_test(a_start_that_is_good_enough_is_left_as_it_is),
        cmocka_unit_test(limits_end_a_solve),
        cmocka_unit_test(zero_iterations_evaluate_the_start_only),
        cmocka_unit_test(the_progress_callback_ends_a_solve),
        cmocka_unit_test(trial_points_that_cannot_be_computed_are_rejected),
        cmocka_unit_test(a_start_that_is_not_finite_is_refused_with_its_row),
        cmocka_unit_test(a_start_that_cannot_be_computed_is_refused),
        cmocka_unit_test(an_abort_ends_the_solve_wherever_it_comes),
        cmocka_unit_test(a_jacobian_that_cannot_be_computed_is_no_callback_error),
    };
    return cmocka_run_group_tests_name("lm_stops", tests, NULL, NULL);
}
