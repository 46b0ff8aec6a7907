/* Reverse communication: the bits and counts of marq_solve, and handles that end wherever they are. */
#include "require.h"

#include "nist/nist.h"
#include <marq/reverse.h>
#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_ROWS = 250 };

/* What a host does: evaluates by the callbacks of `problem` until the solver has finished or `most` requests
 * were answered. Returns how many that were. */
typedef struct host {
    const marq_problem *problem;
    marq_reverse *solver;
    size_t residual_rows, jacobian_rows, progress;
    int answer;        /* to the next call */
    double last_cost;  /* of the progress */
    size_t stop_after; /* requests of progress; 0: never */
} host;

static int see(host *h) {
    const marq_progress *now = marq_reverse_progress(h->solver);
    REQUIRE(now && now->iteration == h->progress && now->theta == marq_reverse_theta(h->solver),
            "record %zu is of iteration %zu", h->progress, now ? now->iteration : 999);
    REQUIRE(h->progress == 0 || now->cost < h->last_cost, "the cost rises to %g", now->cost);
    h->last_cost = now->cost;
    return ++h->progress == h->stop_after ? MARQ_STOP_CALLER : 0;
}

static bool serve(host *h) {
    const marq_problem *p = h->problem;
    marq_request wanted = marq_reverse_next(h->solver, h->answer);
    const double *theta = marq_reverse_theta(h->solver);
    double *r = marq_reverse_residual(h->solver), *J = marq_reverse_jacobian(h->solver);
    size_t first, count = marq_reverse_rows(h->solver, &first);
    REQUIRE((r != NULL) == (wanted == MARQ_REQUEST_RESIDUAL) &&
                (J != NULL) == (wanted == MARQ_REQUEST_JACOBIAN) &&
                (marq_reverse_progress(h->solver) != NULL) == (wanted == MARQ_REQUEST_PROGRESS),
            "request %d: %p %p", wanted, (void *)r, (void *)J);
    switch (wanted) {
    case MARQ_REQUEST_RESIDUAL:
        h->residual_rows += count;
        h->answer = p->residual(p->user, theta, first, count, r);
        return true;
    case MARQ_REQUEST_JACOBIAN:
        h->jacobian_rows += count;
        h->answer = p->jacobian(p->user, theta, first, count, J, p->parameters);
        return true;
    case MARQ_REQUEST_PROGRESS:
        h->answer = see(h);
        return true;
    case MARQ_REQUEST_FINISHED:
        break;
    }
    return false;
}

static host begin(const marq_problem *problem, const marq_options *options, const double *theta, int what) {
    marq_error error = {0};
    host h = {.problem = problem, .solver = marq_reverse_create(problem, options, theta, what, &error)};
    REQUIRE(h.solver, "%s", error.message);
    return h;
}

static bool same_figures(const marq_result *a, const marq_result *b) {
    return a->status == b->status && a->iterations == b->iterations && a->rejected == b->rejected &&
           a->residual_evaluations == b->residual_evaluations &&
           a->jacobian_evaluations == b->jacobian_evaluations && a->factorisations == b->factorisations &&
           a->polish_steps == b->polish_steps && a->cost == b->cost && a->gradient_norm == b->gradient_norm &&
           a->step_norm == b->step_norm && a->mu == b->mu && strcmp(a->message, b->message) == 0;
}

/* Both ways from the same start: the same bits of theta and of the result but its seconds. */
static void agrees(const char *name, const marq_problem *problem, const marq_options *options,
                   const double *start, int what) {
    size_t n = problem->parameters;
    double expected[16], theta[16];
    marq_result by_callback, by_request;
    marq_problem own = *problem;
    if (!(what & MARQ_REVERSE_WITH_JACOBIAN)) own.jacobian = NULL;
    memcpy(expected, start, n * sizeof *expected);
    marq_solve(&own, options, expected, &by_callback);
    host h = begin(problem, options, start, what);
    assert_int_equal(marq_reverse_result(h.solver, theta, &by_request), MARQ_ERROR_ARGUMENT);
    while (serve(&h)) continue;
    assert_int_equal(marq_reverse_next(h.solver, 0), MARQ_REQUEST_FINISHED);
    marq_status status = marq_reverse_result(h.solver, theta, &by_request);
    marq_reverse_destroy(h.solver);
    REQUIRE(status == by_callback.status && memcmp(theta, expected, n * sizeof *theta) == 0,
            "%s, what %d: %s, with callbacks %s, or other bits", name, what, by_request.message,
            by_callback.message);
    REQUIRE(same_figures(&by_request, &by_callback),
            "%s, what %d: %zu residual and %zu Jacobian evaluations, with callbacks %zu and %zu; or other "
            "figures",
            name, what, by_request.residual_evaluations, by_request.jacobian_evaluations,
            by_callback.residual_evaluations, by_callback.jacobian_evaluations);
    REQUIRE(h.residual_rows == problem->rows * by_callback.residual_evaluations,
            "%s: %zu rows, counted were %zu", name, h.residual_rows, by_callback.residual_evaluations);
}

static void nists_problems_have_the_bits_of_callbacks(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            marq_problem problem = nist_as_marq(&nist_problems[k]);
            const double *from = nist_problems[k].start[start];
            agrees(nist_problems[k].name, &problem, NULL, from, MARQ_REVERSE_WITH_JACOBIAN);
            if (start == 1) agrees(nist_problems[k].name, &problem, NULL, from, 0);
        }
}

static const nist_problem *named(const char *name) {
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        if (strcmp(nist_problems[k].name, name) == 0) return &nist_problems[k];
    fail_msg("%s is no problem of NIST's", name);
    return NULL;
}

static void cauchy(void *user, double z, double rho[3]) {
    assert_non_null(((const nist_problem *)user)->name); /* the caller's user, not the solver's */
    rho[0] = log1p(z);
    rho[1] = 1 / (1 + z);
    rho[2] = -rho[1] * rho[1];
}

static int half_of_the_first(void *user, double *theta) {
    assert_non_null(((const nist_problem *)user)->name);
    theta[1] = 0.5e-5 * theta[0] / 4;
    return MARQ_CALLBACK_OK;
}

static int slope_of_half(void *user, const double *theta, double *jacobian) {
    (void)user;
    (void)theta;
    jacobian[0] = 0.5e-5 / 4;
    return MARQ_CALLBACK_OK;
}

/* Bounds, weights, losses, ties, columns, every method and builder. */
static void constraints_and_options_are_those_of_marq_solve(void **state) {
    (void)state;
    const nist_problem *p = named("Misra1a");
    const double lower[] = {200, 0}, upper[] = {238, 1}, start[] = {230, 4e-4};
    double weights[MOST_ROWS];
    for (size_t i = 0; i < p->rows; i++) weights[i] = 1 + (double)(i % 3);
    const marq_jacobian columns[] = {MARQ_JACOBIAN_CENTRAL, MARQ_JACOBIAN_AUTO};
    const unsigned char second[] = {0, 1};
    const marq_ties ties = {.tied = second, .function = half_of_the_first, .derivative = slope_of_half};
    for (int parts = 0; parts < 16; parts++)
        for (int way = 0; way < 6; way++) {
            marq_problem problem = nist_as_marq(p);
            if (parts & 1) problem.lower = lower, problem.upper = upper;
            if (parts & 2) problem.weights = weights;
            if (parts & 4) problem.loss = MARQ_LOSS_CUSTOM, problem.loss_function = cauchy;
            if (parts & 8) problem.column_jacobian = columns;
            if (parts == 8 || parts == 2) problem.ties = &ties;
            marq_options options = marq_options_default();
            options.method = way % 2 ? MARQ_METHOD_DAMPING : MARQ_METHOD_TRUST_REGION;
            options.jacobian = (marq_jacobian)(way / 2);
            options.max_iterations = 40;
            options.threads = 1 + way / 4;
            agrees("Misra1a", &problem, &options, start, MARQ_REVERSE_WITH_JACOBIAN);
        }
}

static void rows_are_asked_for_by_blocks_where_the_problem_says_so(void **state) {
    (void)state;
    const nist_problem *p = named("Gauss1");
    marq_problem problem = nist_as_marq(p);
    problem.row_block = 7;
    for (int way = 0; way < 4; way++) {
        marq_options options = marq_options_default();
        options.method = way % 2 ? MARQ_METHOD_DAMPING : MARQ_METHOD_TRUST_REGION;
        options.max_iterations = 20;
        agrees(p->name, &problem, &options, p->start[1], way < 2 ? MARQ_REVERSE_WITH_JACOBIAN : 0);
    }
    host h = begin(&problem, NULL, p->start[1], 0);
    assert_true(serve(&h));
    size_t first;
    assert_int_equal(marq_reverse_rows(h.solver, &first), 7);
    assert_int_equal(first, 0);
    assert_true(serve(&h));
    assert_int_equal(marq_reverse_rows(h.solver, &first), 7);
    assert_int_equal(first, 7);
    marq_reverse_destroy(h.solver);
}

static void progress_is_a_request(void **state) {
    (void)state;
    const nist_problem *p = named("MGH09");
    marq_problem problem = nist_as_marq(p);
    host h = begin(&problem, NULL, p->start[0], MARQ_REVERSE_WITH_JACOBIAN | MARQ_REVERSE_WITH_PROGRESS);
    while (serve(&h)) continue;
    marq_result result;
    marq_reverse_result(h.solver, NULL, &result);
    REQUIRE(h.progress == result.iterations + 1, "%zu records of %zu iterations", h.progress,
            result.iterations);
    marq_reverse_destroy(h.solver);
    h = begin(&problem, NULL, p->start[0], MARQ_REVERSE_WITH_JACOBIAN | MARQ_REVERSE_WITH_PROGRESS);
    h.stop_after = 3;
    while (serve(&h)) continue;
    assert_int_equal(marq_reverse_result(h.solver, NULL, NULL), MARQ_STOP_CALLER);
    assert_int_equal(h.progress, 3);
    marq_reverse_destroy(h.solver);
}

static void the_covariance_is_that_of_marq_covariance_at(void **state) {
    (void)state;
    const nist_problem *p = named("Thurber");
    size_t n = p->parameters;
    for (int absolute = 0; absolute < 2; absolute++) {
        marq_problem problem = nist_as_marq(p);
        int what = MARQ_REVERSE_WITH_JACOBIAN |
                   (absolute ? MARQ_REVERSE_WITH_ABSOLUTE : MARQ_REVERSE_WITH_COVARIANCE);
        double theta[NIST_MOST_PARAMETERS], deviation[2][NIST_MOST_PARAMETERS],
            covariance[2][NIST_MOST_PARAMETERS * NIST_MOST_PARAMETERS];
        marq_uncertainty u[2];
        host h = begin(&problem, NULL, p->start[1], what);
        assert_int_equal(marq_reverse_covariance(h.solver, NULL, NULL, NULL), MARQ_ERROR_ARGUMENT);
        while (serve(&h)) continue;
        assert_true(marq_reverse_result(h.solver, theta, NULL) > 0);
        assert_int_equal(marq_reverse_covariance(h.solver, covariance[0], deviation[0], &u[0]), MARQ_OK);
        marq_reverse_destroy(h.solver);
        marq_covariance_at(&problem, NULL, theta, absolute, NULL, covariance[1], deviation[1], &u[1], NULL);
        assert_memory_equal(deviation[0], deviation[1], n * sizeof(double));
        assert_memory_equal(covariance[0], covariance[1], n * n * sizeof(double));
        assert_int_equal(u[0].dof, u[1].dof);
    }
}

/* ---- Answers and ends ---- */

static void an_answer_may_say_not_computable_or_give_up(void **state) {
    (void)state;
    const nist_problem *p = named("Misra1a");
    marq_problem problem = nist_as_marq(p);
    host h = begin(&problem, NULL, p->start[0], MARQ_REVERSE_WITH_JACOBIAN);
    serve(&h);
    h.answer = MARQ_CALLBACK_NOT_COMPUTABLE; /* of the start */
    assert_int_equal(marq_reverse_next(h.solver, h.answer), MARQ_REQUEST_FINISHED);
    assert_int_equal(marq_reverse_result(h.solver, NULL, NULL), MARQ_ERROR_START);
    marq_reverse_destroy(h.solver);
    h = begin(&problem, NULL, p->start[0], MARQ_REVERSE_WITH_JACOBIAN);
    for (int k = 0; k < 4; k++) serve(&h); /* r, J, then a trial, which may be rejected */
    h.answer = MARQ_CALLBACK_NOT_COMPUTABLE;
    while (serve(&h)) continue;
    double theta[2];
    assert_true(marq_reverse_result(h.solver, theta, NULL) > 0);
    REQUIRE(fabs(theta[0] / p->certified[0] - 1) < 1e-9, "%.12g", theta[0]);
    marq_reverse_destroy(h.solver);
    for (int requests = 1; requests < 6; requests++) {
        h = begin(&problem, NULL, p->start[0], requests % 2 ? MARQ_REVERSE_WITH_JACOBIAN : 0);
        for (int k = 0; k < requests; k++) serve(&h);
        assert_int_equal(marq_reverse_next(h.solver, MARQ_CALLBACK_ABORT), MARQ_REQUEST_FINISHED);
        assert_int_equal(marq_reverse_result(h.solver, NULL, NULL), MARQ_ERROR_CALLBACK);
        marq_reverse_destroy(h.solver);
    }
}

/* A leak or a hang would show under the sanitizers, or as a time-out. */
static void a_handle_may_be_destroyed_at_any_request(void **state) {
    (void)state;
    const nist_problem *p = named("Hahn1");
    marq_problem problem = nist_as_marq(p);
    marq_reverse_destroy(NULL);
    for (int what = 0; what < 8; what++)
        for (int requests = 0; requests < 40; requests += 1 + requests / 4) {
            host h = begin(&problem, NULL, p->start[1], what);
            for (int k = 0; k < requests && serve(&h); k++) continue;
            marq_reverse_destroy(h.solver);
        }
}

static void several_handles_take_turns(void **state) {
    (void)state;
    const char *const names[] = {"Misra1a", "MGH09", "Thurber"};
    marq_problem problems[3];
    host h[3];
    bool open[3] = {true, true, true};
    for (int k = 0; k < 3; k++) {
        problems[k] = nist_as_marq(named(names[k]));
        h[k] = begin(&problems[k], NULL, named(names[k])->start[1], MARQ_REVERSE_WITH_JACOBIAN);
    }
    while (open[0] || open[1] || open[2])
        for (int k = 0; k < 3; k++) open[k] = open[k] && serve(&h[k]);
    for (int k = 0; k < 3; k++) {
        double theta[NIST_MOST_PARAMETERS];
        assert_true(marq_reverse_result(h[k].solver, theta, NULL) > 0);
        REQUIRE(fabs(theta[0] / named(names[k])->certified[0] - 1) < 1e-8, "%s: %.12g", names[k], theta[0]);
        marq_reverse_destroy(h[k].solver);
    }
}

/* A handle that one thread made, another uses up. */
static void *finish(void *argument) {
    host *h = argument;
    while (serve(h)) continue;
    return NULL;
}

static void a_handle_may_move_to_another_thread(void **state) {
    (void)state;
    const nist_problem *p = named("Misra1a");
    marq_problem problem = nist_as_marq(p);
    host h = begin(&problem, NULL, p->start[0], MARQ_REVERSE_WITH_JACOBIAN);
    serve(&h);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, finish, &h), 0);
    pthread_join(thread, NULL);
    assert_true(marq_reverse_result(h.solver, NULL, NULL) > 0);
    marq_reverse_destroy(h.solver);
}

static void what_cannot_be_solved_is_refused_at_once(void **state) {
    (void)state;
    const nist_problem *p = named("Misra1a");
    marq_problem problem = nist_as_marq(p);
    marq_options options = marq_options_default();
    options.mu = -1;
    marq_error error = {0};
    assert_null(marq_reverse_create(NULL, NULL, p->start[0], 0, &error));
    assert_null(marq_reverse_create(&problem, NULL, NULL, 0, &error));
    assert_null(marq_reverse_create(&problem, &options, p->start[0], 0, &error));
    REQUIRE(error.status == MARQ_ERROR_ARGUMENT && strstr(error.message, "mu"), "%s", error.message);
    /* A start outside of the bounds is the result of the solve, as with marq_solve. */
    const double lower[] = {1e6, 0};
    problem.lower = lower;
    host h = begin(&problem, NULL, p->start[0], 0);
    assert_false(serve(&h));
    marq_result result;
    assert_int_equal(marq_reverse_result(h.solver, NULL, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "parameter 1"), "%s", result.message);
    marq_reverse_destroy(h.solver);
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nists_problems_have_the_bits_of_callbacks),
        cmocka_unit_test(constraints_and_options_are_those_of_marq_solve),
        cmocka_unit_test(rows_are_asked_for_by_blocks_where_the_problem_says_so),
        cmocka_unit_test(progress_is_a_request),
        cmocka_unit_test(the_covariance_is_that_of_marq_covariance_at),
        cmocka_unit_test(an_answer_may_say_not_computable_or_give_up),
        cmocka_unit_test(a_handle_may_be_destroyed_at_any_request),
        cmocka_unit_test(several_handles_take_turns),
        cmocka_unit_test(a_handle_may_move_to_another_thread),
        cmocka_unit_test(what_cannot_be_solved_is_refused_at_once),
    };
    return cmocka_run_group_tests_name("lm_reverse", tests, NULL, NULL);
}
