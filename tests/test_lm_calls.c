/* What the solver tells and asks: progress records, counts of evaluations, finite differences, products. */
#include "known_problems.h"
#include "require.h"
#include "sine_problem.h"

#include <float.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdbool.h>

/* ---- Progress ---- */

typedef struct observer {
    const known *p;
    marq_progress last;
    double theta[MOST_PARAMETERS];
    size_t records, rejected;
    const char *wrong; /* the first thing that was */
} observer;

static bool close_to(double a, double b, double tolerance) {
    return fabs(a - b) <= tolerance * fmax(fabs(a), fabs(b)) + 1e-300;
}

/* To the rounding of the sums: at a minimum little is left of their terms. */
static bool is_gradient_norm(double value, const known *p, const double *theta) {
    double r[MOST_ROWS], J[MOST_ROWS * MOST_PARAMETERS] = {0}, most = 0, largest = 0;
    p->residual(theta, r);
    p->jacobian(theta, J);
    for (size_t j = 0; j < p->parameters; j++) {
        double g = 0;
        for (size_t i = 0; i < p->rows; i++) {
            g += J[i * p->parameters + j] * r[i];
            largest = fmax(largest, fabs(J[i * p->parameters + j] * r[i]));
        }
        most = fmax(most, fabs(g));
    }
    return fabs(value - most) <= 1e-13 * largest;
}

static const char *wrong_step(const observer *o, const marq_progress *now) {
    double squares = 0, most = 0;
    for (size_t j = 0; j < o->p->parameters; j++) {
        most = fmax(most, fabs(now->theta[j]));
        squares += (now->theta[j] - o->theta[j]) * (now->theta[j] - o->theta[j]);
    }
    if (!(now->cost < o->last.cost)) return "the cost does not fall";
    if (fabs(now->step_norm - sqrt(squares)) > 1e-12 * now->step_norm + 4 * DBL_EPSILON * most)
        return "step_norm is not the length of the step";
    if (!is_gradient_norm(now->gradient_norm, o->p, o->theta))
        return "gradient_norm is not that of the point before the step";
    if (!(now->gain_ratio > 0)) return "a step with a gain ratio of 0 or less was accepted";
    if (!(now->mu >= 0)) return "mu is below 0";
    if (!(now->seconds >= o->last.seconds)) return "time runs backwards";
    return NULL;
}

static const char *wrong_record(const observer *o, const marq_progress *now) {
    double r[MOST_ROWS], squares = 0;
    o->p->residual(now->theta, r);
    for (size_t i = 0; i < o->p->rows; i++) squares += r[i] * r[i];
    if (now->iteration != o->records) return "iterations are not 0, 1, 2, …";
    if (memcmp(r, now->residual, o->p->rows * sizeof *r) != 0) return "residual is not that of theta";
    if (!close_to(now->cost, 0.5 * squares, 1e-12)) return "cost is not half the sum of squares";
    if (now->iteration == 0)
        return memcmp(now->theta, o->p->start, o->p->parameters * sizeof *r) ? "record 0 is not the start"
                                                                             : NULL;
    return wrong_step(o, now);
}

static int observe(void *user, const marq_progress *now) {
    observer *o = user;
    if (!o->wrong) o->wrong = wrong_record(o, now);
    o->last = *now;
    memcpy(o->theta, now->theta, o->p->parameters * sizeof *o->theta);
    o->rejected += now->rejected;
    o->records++;
    return 0;
}

static void records_are_true_and_the_cost_falls(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++)
        for (int method = 0; method < 8; method++) {
            observer o = {.p = &problems[k]};
            marq_problem problem = problem_of(&problems[k]);
            marq_options options = marq_options_default();
            options.threads = 1;
            options.max_iterations = 30;
            options.polish = 0; /* its steps come after the last record */
            options.acceleration = method % 2;
            options.scaling = (marq_scaling)(method / 2 % 2);
            options.damping = (marq_damping)(method / 4);
            options.progress = observe;
            options.progress_user = &o;
            marq_result result;
            double theta[MOST_PARAMETERS];
            memcpy(theta, problems[k].start, sizeof theta);
            marq_solve(&problem, &options, theta, &result);
            REQUIRE(!o.wrong, "%s, method %d, record %zu: %s", problems[k].name, method, o.records, o.wrong);
            REQUIRE(o.records == result.iterations + 1, "%zu records of %zu iterations", o.records,
                    result.iterations);
            REQUIRE(o.last.cost == result.cost &&
                        memcmp(theta, o.theta, o.p->parameters * sizeof *theta) == 0,
                    "%s, method %d: the last record is not the result", problems[k].name, method);
            REQUIRE(o.last.step_norm == result.step_norm,
                    "%s, method %d: step_norm is %g, of the last accepted step %g", problems[k].name, method,
                    result.step_norm, o.last.step_norm);
        }
}

/* ---- Counts ---- */

/* Counts the rows that are asked for, and how many calls run at the same time. */
typedef struct counter {
    sines s;
    size_t block;
    double wall; /* θ_0 above it: not computable */
    atomic_size_t residual_rows, jacobian_rows, calls, wrong_ranges;
    atomic_int inside, most_inside;
} counter;

static void enter(counter *c, size_t first, size_t count) {
    int inside = atomic_fetch_add(&c->inside, 1) + 1, most = atomic_load(&c->most_inside);
    while (inside > most && !atomic_compare_exchange_weak(&c->most_inside, &most, inside)) continue;
    size_t left = c->s.m - first, expected = left < c->block ? left : c->block;
    atomic_fetch_add(&c->wrong_ranges, first % c->block != 0 || first >= c->s.m || count != expected);
}

static int counted_residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    counter *c = user;
    enter(c, first, count);
    atomic_fetch_add(&c->residual_rows, count);
    int answer =
        theta[0] > c->wall ? MARQ_CALLBACK_NOT_COMPUTABLE : sines_residual(&c->s, theta, first, count, r);
    atomic_fetch_sub(&c->inside, 1);
    return answer;
}

static int counted_jacobian(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                            size_t stride) {
    counter *c = user;
    enter(c, first, count);
    atomic_fetch_add(&c->jacobian_rows, count);
    sines_jacobian(&c->s, theta, first, count, jacobian, stride);
    atomic_fetch_sub(&c->inside, 1);
    return MARQ_CALLBACK_OK;
}

static marq_problem counted_problem(counter *c) {
    return (marq_problem){.rows = c->s.m,
                          .parameters = c->s.n,
                          .user = c,
                          .residual = counted_residual,
                          .jacobian = counted_jacobian,
                          .row_block = c->block == 1024 ? 0 : c->block};
}

static void counts_are_exact(void **state) {
    (void)state;
    static const size_t blocks[] = {1, 7, 50, 1024};
    for (size_t b = 0; b < COUNT(blocks); b++)
        for (int method = 0; method < 3 * 2 * 2; method++) {
            counter c = {.s = sines_create(50, 11, 0.5), .block = blocks[b], .wall = HUGE_VAL};
            marq_problem problem = counted_problem(&c);
            problem.concurrent = method / 6;
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)(method % 3);
            options.acceleration = method / 3 % 2;
            options.threads = 2;
            marq_result result;
            double theta[11] = {0};
            assert_true(marq_solve(&problem, &options, theta, &result) > 0);
            REQUIRE(c.residual_rows == result.residual_evaluations * c.s.m,
                    "method %d, blocks of %zu: %zu rows were asked for, counted were %zu vectors of %zu",
                    method, blocks[b], (size_t)c.residual_rows, result.residual_evaluations, c.s.m);
            size_t jacobians = c.jacobian_rows / c.s.m;
            REQUIRE(options.jacobian != MARQ_JACOBIAN_AUTO || jacobians == result.jacobian_evaluations,
                    "method %d: %zu Jacobians, counted were %zu", method, jacobians,
                    result.jacobian_evaluations);
            REQUIRE(c.wrong_ranges == 0, "%zu calls were not for a block of %zu rows", (size_t)c.wrong_ranges,
                    blocks[b]);
            REQUIRE(result.factorisations >= result.iterations, "%zu factorisations for %zu iterations",
                    result.factorisations, result.iterations);
            sines_destroy(&c.s);
        }
}

/* The cosine tolerances are off, so that the solve runs until rejections end it. */
static void rejected_steps_are_counted_to_the_end(void **state) {
    (void)state;
    counter c = {.s = sines_create(50, 4, 0.5), .block = 1024, .wall = HUGE_VAL};
    marq_problem problem = counted_problem(&c);
    marq_options options = marq_options_default();
    options.gradient_tolerance = options.step_tolerance = options.cost_tolerance = 0;
    options.acceleration = 0; /* one vector a trial */
    options.mu_max = 1e6;
    marq_result result;
    double theta[4] = {0};
    assert_int_equal(marq_solve(&problem, &options, theta, &result), MARQ_STOP_STALLED);
    REQUIRE(result.residual_evaluations == 1 + result.iterations + result.rejected,
            "%zu vectors for a start, %zu accepted and %zu rejected steps", result.residual_evaluations,
            result.iterations, result.rejected);
    sines_destroy(&c.s);
}

/* θ_0 stands at the wall: forward differences must look at the other side, which is one more vector. */
static void differences_at_a_wall_are_taken_from_the_other_side(void **state) {
    (void)state;
    for (int kind = MARQ_JACOBIAN_FORWARD; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
        counter c = {.s = sines_create(30, 3, 0.5), .block = 1024, .wall = 0};
        marq_problem problem = counted_problem(&c);
        marq_options options = marq_options_default();
        options.jacobian = (marq_jacobian)kind;
        options.max_iterations = 1;
        options.max_evaluations = 2; /* no trial step */
        double theta[3] = {0, 0.1, 0.2}, J[90], exact[90];
        marq_result result;
        marq_solve(&problem, &options, theta, &result);
        REQUIRE(c.residual_rows == result.residual_evaluations * c.s.m,
                "%zu rows, counted were %zu vectors of %zu", (size_t)c.residual_rows,
                result.residual_evaluations, c.s.m);
        theta[0] = 0;
        assert_int_equal(marq_jacobian_at(&problem, &options, theta, J, NULL), MARQ_OK);
        sines_jacobian(&c.s, theta, 0, c.s.m, exact, c.s.n);
        for (size_t k = 0; k < 90; k++)
            REQUIRE(fabs(J[k] - exact[k]) <= 1e-5, "J[%zu] = %g, exact: %g", k, J[k], exact[k]);
        sines_destroy(&c.s);
    }
}

static void callbacks_run_at_once_only_where_that_is_allowed(void **state) {
    (void)state;
    for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
        counter c = {.s = sines_create(400, 20, 0.5), .block = 8, .wall = HUGE_VAL};
        marq_problem problem = counted_problem(&c);
        marq_options options = marq_options_default();
        options.jacobian = (marq_jacobian)kind;
        options.threads = 4;
        options.max_iterations = 5;
        double theta[20] = {0};
        marq_solve(&problem, &options, theta, NULL);
        REQUIRE(c.most_inside == 1, "concurrent = 0, Jacobian %d: %d calls at once", kind, c.most_inside);
        sines_destroy(&c.s);
    }
}

/* ---- Differences ---- */

/* Where θ_j = 0, h is 1.5e-10 (forward) or 6e-8 (central): r loses that many digits. */
static void differences_agree_with_the_analytic_jacobian(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(problems); k++) {
        const known *p = &problems[k];
        size_t count = p->rows * p->parameters;
        double J[3][MOST_ROWS * MOST_PARAMETERS], most = 0;
        for (int kind = 0; kind < 3; kind++) {
            marq_problem problem = problem_of(p);
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)kind;
            assert_int_equal(marq_jacobian_at(&problem, &options, p->start, J[kind], NULL), MARQ_OK);
        }
        for (size_t i = 0; i < count; i++) most = fmax(most, fabs(J[0][i]));
        for (size_t i = 0; i < count; i++) {
            REQUIRE(fabs(J[1][i] - J[0][i]) <= 1e-4 * most, "%s: forward difference [%zu] %.12g, exact %.12g",
                    p->name, i, J[1][i], J[0][i]);
            REQUIRE(fabs(J[2][i] - J[0][i]) <= 1e-6 * most, "%s: central difference [%zu] %.12g, exact %.12g",
                    p->name, i, J[2][i], J[0][i]);
        }
    }
}

static void a_jacobian_that_is_not_there_is_an_error(void **state) {
    (void)state;
    counter c = {.s = sines_create(5, 2, 0.5), .block = 1024, .wall = HUGE_VAL};
    marq_problem problem = counted_problem(&c);
    double theta[2] = {0}, J[10];
    marq_error error = {0};
    assert_int_equal(marq_jacobian_at(&problem, NULL, NULL, J, &error), MARQ_ERROR_ARGUMENT);
    assert_true(error.message[0]);
    problem.rows = 0;
    assert_int_equal(marq_jacobian_at(&problem, NULL, theta, J, NULL), MARQ_ERROR_ARGUMENT);
    sines_destroy(&c.s);
}

/* ---- Products ---- */

static void solve_sines(const marq_problem *problem, marq_form form, double *theta, marq_result *result) {
    marq_options options = marq_options_default();
    options.scaling = MARQ_SCALING_NONE;
    options.form = form;
    options.acceleration = 1;
    memset(theta, 0, problem->parameters * sizeof *theta);
    marq_solve(problem, &options, theta, result);
    REQUIRE(result->status > 0, "form %d: %s", form, result->message);
}

static void products_give_the_answer_of_the_rows(void **state) {
    (void)state;
    static const marq_products offers[] = {
        {.linearise = sines_linearise,
         .gram = sines_gram,
         .apply = sines_apply,
         .apply_transposed = sines_apply_transposed},
        {.linearise = sines_linearise,
         .kernel = sines_kernel,
         .apply = sines_apply,
         .apply_transposed = sines_apply_transposed},
        {.linearise = sines_linearise,
         .gram = sines_gram,
         .kernel = sines_kernel,
         .apply = sines_apply,
         .apply_transposed = sines_apply_transposed},
    };
    static const size_t sizes[][2] = {{40, 7}, {12, 12}, {9, 30}};
    for (size_t k = 0; k < COUNT(sizes); k++)
        for (size_t offer = 0; offer < COUNT(offers); offer++)
            for (int with_rows = 0; with_rows < 2; with_rows++)
                for (int form = MARQ_FORM_AUTO; form <= MARQ_FORM_KERNEL; form++) {
                    sines s = sines_create(sizes[k][0], sizes[k][1], 0.1);
                    marq_problem problem = sines_problem(&s);
                    double expected[30], theta[30], other[40], difference = 0;
                    marq_result by_rows, by_products;
                    solve_sines(&problem, MARQ_FORM_GRAM, expected, &by_rows);
                    problem.products = &offers[offer];
                    if (!with_rows) problem.jacobian = NULL;
                    solve_sines(&problem, (marq_form)form, theta, &by_products);
                    REQUIRE(fabs(by_products.cost - by_rows.cost) <= 1e-9 * by_rows.cost + 1e-20,
                            "%zu × %zu, offer %zu, form %d: cost %.15g, by rows %.15g", s.m, s.n, offer, form,
                            by_products.cost, by_rows.cost);
                    for (size_t j = 0; j < s.n; j++) other[j] = theta[j] - expected[j];
                    sines_linearise(&s, expected); /* wide: many θ have the same residuals */
                    double image[40];
                    sines_apply(&s, other, image);
                    for (size_t i = 0; i < s.m; i++) difference = fmax(difference, fabs(image[i]));
                    REQUIRE(difference <= 1e-5, "%zu × %zu, offer %zu, form %d: the fits differ by %g", s.m,
                            s.n, offer, form, difference);
                    sines_destroy(&s);
                }
}

static int one_large_row(void *user, const double *theta, size_t first, size_t count, double *r) {
    (void)user, (void)theta;
    for (size_t i = 0; i < count; i++) r[i] = first + i == 0 ? 1e8 : 1;
    return MARQ_CALLBACK_OK;
}

/* Σ = 1e16 + 1e5: 1e16 + 1 is 1e16 in a plain sum. */
static void the_cost_is_right_to_the_last_digits_however_many_rows_there_are(void **state) {
    (void)state;
    static const marq_loss losses[] = {MARQ_LOSS_SQUARES, MARQ_LOSS_HUBER};
    for (size_t k = 0; k < COUNT(losses); k++) {
        marq_problem problem = {
            .rows = 100001, .parameters = 1, .residual = one_large_row, .loss = losses[k], .loss_scale = 2e8};
        marq_options options = marq_options_default();
        options.max_iterations = 0;
        double theta = 1;
        marq_result result;
        marq_solve(&problem, &options, &theta, &result);
        double expected = 0.5 * (1e16 + 1e5);
        REQUIRE(fabs(result.cost / expected - 1) < 1e-15, "loss %zu: %.17g", k, result.cost);
    }
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(records_are_true_and_the_cost_falls),
        cmocka_unit_test(counts_are_exact),
        cmocka_unit_test(rejected_steps_are_counted_to_the_end),
        cmocka_unit_test(differences_at_a_wall_are_taken_from_the_other_side),
        cmocka_unit_test(callbacks_run_at_once_only_where_that_is_allowed),
        cmocka_unit_test(differences_agree_with_the_analytic_jacobian),
        cmocka_unit_test(a_jacobian_that_is_not_there_is_an_error),
        cmocka_unit_test(products_give_the_answer_of_the_rows),
        cmocka_unit_test(the_cost_is_right_to_the_last_digits_however_many_rows_there_are),
    };
    return cmocka_run_group_tests_name("lm_calls", tests, NULL, NULL);
}
