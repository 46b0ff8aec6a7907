/* Tied parameters (tied_decays.h) in the other calls of the library: many starts, the check of the Jacobian,
 * progress, workspaces; and ties that are refused. */
#include "require.h"
#include "tied_decays.h"

#include <string.h>

/* ---- What else sees ties ---- */

static void many_starts_draw_the_free_parameters(void **state) {
    (void)state;
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &function_ties);
    const double low[] = {0.5, 0.3, (double)NAN, (double)NAN, 0},
                 high[] = {1.5, 0.7, (double)NAN, (double)NAN, 1};
    double theta[N], points[4 * N];
    memcpy(theta, start, sizeof theta);
    marq_minimum minima[4];
    size_t found;
    marq_error error = {0};
    REQUIRE(marq_solve_many(&problem, NULL, low, high, 6, 1, theta, minima, points, 4, &found, &error) > 0,
            "%s", error.message);
    for (int j = 0; j < N; j++)
        REQUIRE(fabs(points[j] / known[1].theta[j] - 1) < 1e-9, "parameter %d is %.15g", j + 1, points[j]);
    REQUIRE(minima[0].count >= 5, "%zu of 7 starts", minima[0].count);
}

static void the_check_is_of_the_callbacks_as_they_are(void **state) {
    (void)state;
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &function_ties);
    double theta[] = {1, 0.6, 99, 99, 0.1}, J[ROWS * N], exact[ROWS * N];
    const double point[] = {1, 0.6, 1, 1 / 0.6 - 1, 0.1};
    marq_error error = {0};
    assert_int_equal(marq_check_jacobian(&problem, NULL, theta, 0, J, NULL, NULL, &error), MARQ_OK);
    jacobian(&d, point, 0, ROWS, exact, N);
    assert_memory_equal(J, exact, sizeof J); /* of all five, at the tied point */
    d.wrong = 0.01;
    assert_int_equal(marq_check_jacobian(&problem, NULL, theta, 0, NULL, NULL, NULL, &error),
                     MARQ_ERROR_JACOBIAN);
    REQUIRE(strstr(error.message, "tied parameter 4 by parameter 2"), "%s", error.message);
}

static int see(void *user, const marq_progress *now) {
    size_t *wrong = user;
    *wrong += now->theta[K2] != 2 * now->theta[K1] || now->theta[A2] != 2 - now->theta[A1];
    return now->iteration == 2 ? MARQ_STOP_CALLER : 0;
}

static void progress_sees_all_parameters(void **state) {
    (void)state;
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &linear_ties);
    size_t wrong = 0;
    marq_options options = marq_options_default();
    options.progress = see;
    options.progress_user = &wrong;
    double theta[N];
    memcpy(theta, start, sizeof theta);
    assert_int_equal(marq_solve(&problem, &options, theta, NULL), MARQ_STOP_CALLER);
    assert_int_equal(wrong, 0);
    assert_true(theta[K2] == 2 * theta[K1] && theta[A2] == 2 - theta[A1]);
}

static void a_tie_that_is_not_computable_rejects_the_trial(void **state) {
    (void)state;
    decays d = make_decays();
    d.wall = 1.05; /* k1 above 1/2.05: the minimum is inside, near it */
    marq_problem problem = problem_of(&d, &differenced_ties);
    double theta[] = {1, 0.52, 0, 0, 0.1}, wanted[] = {1, 0.2, 7, 7, 0.1};
    marq_result result;
    REQUIRE(marq_solve(&problem, NULL, theta, &result) > 0, "%s", result.message);
    for (int j = 0; j < N; j++)
        REQUIRE(fabs(theta[j] / known[1].theta[j] - 1) < 1e-9, "parameter %d is %.15g", j + 1, theta[j]);
    assert_int_equal(marq_solve(&problem, NULL, wanted, &result), MARQ_ERROR_START);
    REQUIRE(strstr(result.message, "tied parameters"), "%s", result.message);
    d.answer = MARQ_CALLBACK_ABORT;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_CALLBACK);
}

static void a_workspace_serves_ties_of_the_same_kind(void **state) {
    (void)state;
    const double half[] = {0.5};
    const size_t from_c[] = {C};
    const marq_linear_tie others[] = {{A1, 2, 1, from_c, minus_one}, {K2, 0.7, 1, from_k1, half}};
    const marq_ties other_ties = {.linear = others, .count = 2};
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &linear_ties), other = problem_of(&d, &other_ties),
                 less = problem_of(&d, &function_ties), none = problem_of(&d, NULL);
    marq_workspace *work = marq_workspace_create(&problem, NULL, NULL);
    double theta[2][N], unused[N];
    marq_result result;
    for (int way = 0; way < 2; way++) {
        memcpy(theta[way], start, sizeof start);
        memcpy(unused, start, sizeof start);
        marq_solve_in(work, &problem, NULL, unused, NULL);
        if (way)
            marq_solve(&other, NULL, theta[way], &result);
        else
            marq_solve_in(work, &other, NULL, theta[way], &result);
        REQUIRE(result.status > 0, "%s", result.message);
    }
    assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
    assert_int_equal(marq_solve_in(work, &less, NULL, unused, NULL), MARQ_ERROR_ARGUMENT);
    assert_int_equal(marq_solve_in(work, &none, NULL, unused, NULL), MARQ_ERROR_ARGUMENT);
    marq_workspace_destroy(work);
    work = marq_workspace_create(&none, NULL, NULL);
    assert_int_equal(marq_solve_in(work, &problem, NULL, unused, NULL), MARQ_ERROR_ARGUMENT);
    marq_workspace_destroy(work);
}

/* ---- What is refused ---- */

static void impossible_ties_are_refused_with_words(void **state) {
    (void)state;
    const size_t k2[] = {K2}, far[] = {9}, both[] = {A1, K1};
    const double bad[] = {(double)NAN}, ones[] = {1, 1};
    const double lower[] = {0, 0, 0, 0.1, 0}, upper[] = {1, 1, 1, 1, 1}, high[] = {0, 0.6, 0, 0, 0},
                 above[] = {0, 0, 0, 5, 0};
    const unsigned char fixed[] = {0, 0, 0, 1, 0};
    const marq_linear_tie self[] = {{K2, 0, 1, k2, two}},
                          later[] = {{A2, 0, 1, k2, two}, {K2, 0, 1, from_k1, two}},
                          twice[] = {{K2, 0, 1, from_k1, two}, {K2, 0, 1, from_a1, two}},
                          range[] = {{N, 0, 1, from_k1, two}}, source[] = {{K2, 0, 1, far, two}},
                          factor[] = {{K2, 0, 1, from_k1, bad}}, lacking[] = {{K2, 0, 1, NULL, two}},
                          sum[] = {{K2, 0, 2, both, ones}},
                          all[] = {{A1, 0, 0, NULL, NULL},
                                   {K1, 0, 0, NULL, NULL},
                                   {A2, 0, 0, NULL, NULL},
                                   {K2, 0, 0, NULL, NULL},
                                   {C, 0, 0, NULL, NULL}};
    const struct {
        const char *words;
        marq_ties ties;
        const double *lower, *upper;
        const unsigned char *fixed;
    } refused[] = {
        {"parameter 4 is tied to itself", {.linear = self, .count = 1}, NULL, NULL, NULL},
        {"put its tie first", {.linear = later, .count = 2}, NULL, NULL, NULL},
        {"parameter 4 is tied twice", {.linear = twice, .count = 2}, NULL, NULL, NULL},
        {"parameter 6 is tied, but there are 5", {.linear = range, .count = 1}, NULL, NULL, NULL},
        {"source 10", {.linear = source, .count = 1}, NULL, NULL, NULL},
        {"not finite", {.linear = factor, .count = 1}, NULL, NULL, NULL},
        {"lacks sources", {.linear = lacking, .count = 1}, NULL, NULL, NULL},
        {"linear is NULL", {.count = 1}, NULL, NULL, NULL},
        {"function is NULL", {.tied = marks_k2}, NULL, NULL, NULL},
        {"tied twice", {.linear = twice, .count = 1, .tied = marks_k2, .function = set_k2}, NULL, NULL, NULL},
        {"none is left", {.linear = all, .count = 5}, NULL, NULL, NULL},
        {"tied and fixed", {.linear = twice, .count = 1}, NULL, NULL, fixed},
        {"put bounds on those", {.linear = sum, .count = 1}, lower, NULL, NULL},
        {"put bounds on those", {.tied = marks_k2, .function = set_k2}, NULL, upper, NULL},
        {"leave no value", {.linear = twice, .count = 1}, high, upper, NULL},
        {"lower bound is above", {.linear = twice, .count = 1}, above, upper, NULL},
    };
    for (size_t k = 0; k < COUNT(refused); k++) {
        decays d = make_decays();
        marq_problem problem = problem_of(&d, &refused[k].ties);
        problem.lower = refused[k].lower;
        problem.upper = refused[k].upper;
        problem.fixed = refused[k].fixed;
        double theta[N] = {0.5, 0.5, 0.5, 0.5, 0.5}, J[ROWS * N];
        const double before[N] = {0.5, 0.5, 0.5, 0.5, 0.5};
        marq_result result;
        assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
        REQUIRE(strstr(result.message, refused[k].words), "case %zu: %s", k, result.message);
        assert_memory_equal(theta, before, sizeof theta);
        if (!refused[k].lower && !refused[k].upper && !refused[k].fixed)
            assert_int_equal(marq_jacobian_at(&problem, NULL, theta, J, NULL), MARQ_ERROR_ARGUMENT);
        assert_int_equal(d.residual_rows, 0);
    }
}

/* The start of the free one lies outside of what the bound of the tied one leaves. */
static void a_start_outside_the_bound_of_a_follower_is_refused(void **state) {
    (void)state;
    const double upper[] = {9, 9, 9, 0.96, 9};
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &linear_ties);
    problem.upper = upper;
    double theta[] = {1, 0.5, 0, 0, 0.3};
    marq_result result;
    assert_int_equal(marq_solve(&problem, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "parameter 2 starts at 0.5, outside its bounds -inf to 0.48"), "%s",
            result.message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_starts_draw_the_free_parameters),
        cmocka_unit_test(the_check_is_of_the_callbacks_as_they_are),
        cmocka_unit_test(progress_sees_all_parameters),
        cmocka_unit_test(a_tie_that_is_not_computable_rejects_the_trial),
        cmocka_unit_test(a_workspace_serves_ties_of_the_same_kind),
        cmocka_unit_test(impossible_ties_are_refused_with_words),
        cmocka_unit_test(a_start_outside_the_bound_of_a_follower_is_refused),
    };
    return cmocka_run_group_tests_name("lm_ties_calls", tests, NULL, NULL);
}
