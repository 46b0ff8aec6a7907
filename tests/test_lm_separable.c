/* Problems with linear parameters: variable projection. Oracles: NIST's certified values (fit/nist/data.c),
 * and otherwise the solve of all parameters, which other tests hold against published values. */
#include "require.h"

#include "nist/nist.h"
#include <marq/inference.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The parameters that enter linearly; all problems of the set that have one. */
static const struct {
    const char *name, *linear;
} masks[] = {
    {"Bennett5", "100"},    {"BoxBOD", "10"},       {"DanWood", "10"},      {"ENSO", "111011011"},
    {"Eckerle4", "100"},    {"Gauss1", "10100100"}, {"Gauss2", "10100100"}, {"Gauss3", "10100100"},
    {"Hahn1", "1111000"},   {"Kirby2", "11100"},    {"Lanczos1", "101010"}, {"Lanczos2", "101010"},
    {"Lanczos3", "101010"}, {"MGH09", "1000"},      {"MGH10", "100"},       {"MGH17", "11100"},
    {"Misra1a", "10"},      {"Misra1b", "10"},      {"Misra1c", "10"},      {"Misra1d", "10"},
    {"Nelson", "110"},      {"Rat42", "100"},       {"Rat43", "1000"},      {"Roszman1", "1100"},
    {"Thurber", "1111000"},
};

typedef struct separable {
    const nist_problem *nist;
    marq_problem problem;
    unsigned char linear[NIST_MOST_PARAMETERS];
    double theta[NIST_MOST_PARAMETERS];
} separable;

static void make(separable *s, size_t k, int start) {
    s->nist = nist_problems;
    while (strcmp(s->nist->name, masks[k].name) != 0) s->nist++;
    s->problem = nist_as_marq(s->nist);
    s->problem.linear = s->linear;
    memcpy(s->theta, s->nist->start[start], sizeof s->theta);
    for (size_t j = 0; j < s->nist->parameters; j++) s->linear[j] = masks[k].linear[j] == '1';
}

static void make_named(separable *s, const char *name, int start) {
    size_t k = 0;
    while (strcmp(masks[k].name, name) != 0) k++;
    make(s, k, start);
}

static int compare_sizes(const void *a, const void *b) {
    double x = fabs(*(const double *)a), y = fabs(*(const double *)b);
    return x < y ? -1 : x > y;
}

/* Digits of the worst parameter, by size: a sum of two exponentials has its terms in either order, and a
 * Gaussian's width either sign. */
static double digits(const separable *s) {
    size_t n = s->nist->parameters;
    double found[NIST_MOST_PARAMETERS], known[NIST_MOST_PARAMETERS], worst = 11;
    memcpy(found, s->theta, sizeof found);
    memcpy(known, s->nist->certified, sizeof known);
    qsort(found, n, sizeof *found, compare_sizes);
    qsort(known, n, sizeof *known, compare_sizes);
    for (size_t j = 0; j < n; j++) worst = fmin(worst, -log10(fabs(fabs(found[j]) / fabs(known[j]) - 1)));
    return worst;
}

/* ---- Answers ---- */

/* With default options, from NIST's starts for the others alone. The solve of all
 * parameters takes 2177 residual and 1044 Jacobian evaluations from these 50 starts. */
static void nist_is_solved_to_eight_digits_without_starts_for_linear_parameters(void **state) {
    (void)state;
    size_t residual = 0, jacobian = 0;
    for (size_t k = 0; k < COUNT(masks); k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            separable s;
            marq_result result;
            make(&s, k, start);
            for (size_t j = 0; j < s.nist->parameters; j++)
                if (s.linear[j]) s.theta[j] = -777;
            assert_true(marq_solve(&s.problem, NULL, s.theta, &result) > 0);
            REQUIRE(digits(&s) >= 8, "%s, start %d: %.2f digits (%s)", s.nist->name, start + 1, digits(&s),
                    result.message);
            REQUIRE(result.status <= MARQ_CONVERGED_COST, "%s, start %d: %s", s.nist->name, start + 1,
                    result.message);
            residual += result.residual_evaluations;
            jacobian += result.jacobian_evaluations;
        }
    REQUIRE(residual + jacobian < 2900, "%zu residual and %zu Jacobian evaluations", residual, jacobian);
}

static void differences_for_all_or_some_columns_do(void **state) {
    (void)state;
    static const marq_jacobian central[] = {MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_CENTRAL, MARQ_JACOBIAN_FORWARD,
                                            MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_CENTRAL};
    for (int mixed = 0; mixed < 2; mixed++) {
        separable s;
        make_named(&s, "MGH17", 1);
        if (mixed)
            s.problem.column_jacobian = central;
        else
            s.problem.jacobian = NULL;
        assert_true(marq_solve(&s.problem, NULL, s.theta, NULL) > 0);
        REQUIRE(digits(&s) >= 7, "mixed %d: %.2f digits", mixed, digits(&s));
    }
}

static void weights_and_bounds_hold(void **state) {
    (void)state;
    double weights[33];
    for (int i = 0; i < 33; i++) weights[i] = i == 5 ? 0 : 10 + i % 7;
    /* MGH17's b4 ends at a bound; then b2, which is linear, has a bound too, and b1 is fixed. */
    const double lower[] = {-HUGE_VAL, -HUGE_VAL, -HUGE_VAL, 0.0135, -HUGE_VAL};
    const double upper[] = {HUGE_VAL, HUGE_VAL, HUGE_VAL, 0.018, HUGE_VAL},
                 linear_too[] = {HUGE_VAL, 1.7, HUGE_VAL, 0.018, HUGE_VAL};
    const unsigned char fixed[] = {1, 0, 0, 0, 0};
    for (int kind = 0; kind < 3; kind++) {
        separable s;
        make_named(&s, "MGH17", 1);
        s.problem.weights = weights;
        if (kind >= 1) {
            s.problem.lower = lower;
            s.problem.upper = kind == 1 ? upper : linear_too;
            s.theta[3] = 0.015;
        }
        if (kind == 2) s.problem.fixed = fixed;
        marq_problem all = s.problem;
        all.linear = NULL;
        double plain[5];
        memcpy(plain, s.theta, sizeof plain);
        assert_true(marq_solve(&all, NULL, plain, NULL) > 0);
        assert_true(marq_solve(&s.problem, NULL, s.theta, NULL) > 0);
        for (size_t j = 0; j < 5; j++)
            REQUIRE(fabs(s.theta[j] - plain[j]) <= 1e-9 * fabs(plain[j]), "kind %d, b%zu: %.12g and %.12g",
                    kind, j + 1, s.theta[j], plain[j]);
        REQUIRE(kind == 0 || s.theta[3] == (kind == 1 ? 0.0135 : 0.018), "b4 = %.9g", s.theta[3]);
        assert_true(kind < 2 || s.theta[0] == 0.5);
    }
}

/* ---- A basis that is deficient ---- */

enum { ROWS = 20 };

/* y = 3 exp(−0.4 x) + small; a exp(−b x) + c exp(−b x) + d·0, so a and c matter only together and d not at
 * all. */
static int twins(void *user, const double *p, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) {
        double x = 0.3 * (double)(first + i), e = exp(-p[1] * x);
        r[i] = p[0] * e + p[2] * e + 0 * p[3] - 3 * exp(-0.4 * x) - 0.01 * sin(5 * x);
    }
    return MARQ_CALLBACK_OK;
}

static void parameters_that_matter_only_together_are_found_as_such(void **state) {
    (void)state;
    static const unsigned char linear[] = {1, 0, 1, 1};
    marq_problem problem = {.rows = ROWS, .parameters = 4, .residual = twins, .linear = linear};
    marq_problem one = {
        .rows = ROWS, .parameters = 4, .residual = twins, .fixed = (const unsigned char[]){0, 0, 1, 1}};
    double p[] = {0, 1, 0, 0}, q[] = {1, 1, 0, 0}, deviation[4];
    marq_uncertainty u;
    assert_true(marq_solve(&one, NULL, q, NULL) > 0);
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    REQUIRE(fabs(p[0] + p[2] - q[0]) < 1e-7 && fabs(p[1] - q[1]) < 1e-7,
            "a + c = %.9g, b = %.9g, alone %.9g, %.9g", p[0] + p[2], p[1], q[0], q[1]);
    assert_int_equal(marq_covariance_at(&problem, NULL, p, 0, NULL, NULL, deviation, &u, NULL), MARQ_OK);
    assert_int_equal(u.rank, 2);
    REQUIRE(isinf(deviation[0]) && isfinite(deviation[1]) && isinf(deviation[2]), "%g %g %g", deviation[0],
            deviation[1], deviation[2]);
}

/* ---- Where the mask is not used, or is wrong ---- */

static void with_a_loss_or_damping_the_solve_is_the_plain_one(void **state) {
    (void)state;
    for (int kind = 0; kind < 3; kind++) {
        separable s;
        make_named(&s, "Misra1a", 1);
        const size_t source = 1;
        const double factor = 4e5;
        const marq_linear_tie tie = {0, 20, 1, &source, &factor};
        const marq_ties ties = {.linear = &tie, .count = 1};
        marq_options options = marq_options_default();
        if (kind == 0) s.problem.loss = MARQ_LOSS_HUBER, s.problem.loss_scale = 0.1;
        if (kind == 1) options.method = MARQ_METHOD_DAMPING;
        if (kind == 2) s.problem.ties = &ties;
        marq_problem all = s.problem;
        all.linear = NULL;
        double theta[2] = {s.theta[0], s.theta[1]};
        marq_result masked, plain;
        marq_solve(&s.problem, &options, s.theta, &masked);
        marq_solve(&all, &options, theta, &plain);
        assert_memory_equal(s.theta, theta, sizeof theta);
        assert_int_equal(masked.residual_evaluations, plain.residual_evaluations);
    }
}

/* MGH17's b4 is a rate. */
static void a_wrong_mark_is_noticed(void **state) {
    (void)state;
    separable s;
    make_named(&s, "MGH17", 1);
    s.linear[3] = 1;
    assert_true(marq_solve(&s.problem, NULL, s.theta, NULL) > 0);
    REQUIRE(digits(&s) >= 8, "%.2f digits", digits(&s));
    make_named(&s, "Misra1a", 1);
    s.linear[0] = 0;
    s.linear[1] = 1;
    s.problem.jacobian = NULL; /* the residuals tell */
    assert_true(marq_solve(&s.problem, NULL, s.theta, NULL) > 0);
    REQUIRE(digits(&s) >= 7, "%.2f digits", digits(&s));
}

/* a exp(−b x) with a Jacobian that divides by a. */
static int decay(void *user, const double *p, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) {
        double x = 0.3 * (double)(first + i);
        r[i] = p[0] * exp(-p[1] * x) - 3 * exp(-0.4 * x) - 0.01 * sin(5 * x);
    }
    return MARQ_CALLBACK_OK;
}

static int decay_slopes(void *user, const double *p, size_t first, size_t count, double *J, size_t stride) {
    (void)user;
    for (size_t i = 0; i < count; i++) {
        double x = 0.3 * (double)(first + i), y = p[0] * exp(-p[1] * x);
        J[i * stride] = y / p[0];
        J[i * stride + 1] = -x * y;
    }
    return MARQ_CALLBACK_OK;
}

static void a_basis_that_cannot_be_computed_leaves_the_plain_solve(void **state) {
    (void)state;
    static const unsigned char linear[] = {1, 0};
    marq_problem problem = {
        .rows = ROWS, .parameters = 2, .residual = decay, .jacobian = decay_slopes, .linear = linear};
    marq_problem all = problem;
    all.linear = NULL;
    double p[] = {1, 1}, q[] = {1, 1};
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_true(marq_solve(&all, NULL, q, NULL) > 0);
    assert_memory_equal(p, q, sizeof p);
    problem.jacobian = NULL; /* differences need no a ≠ 0 */
    p[0] = 0;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    REQUIRE(fabs(p[0] - q[0]) < 1e-8 && fabs(p[1] - q[1]) < 1e-8, "%.10g %.10g, expected %.10g %.10g", p[0],
            p[1], q[0], q[1]);
}

/* ---- Limits, progress, threads ---- */

typedef struct record {
    const separable *s;
    size_t calls, last, stop_at;
    double cost, theta[NIST_MOST_PARAMETERS];
} record;

static int keep(void *user, const marq_progress *progress) {
    record *o = user;
    double squares = 0, again = 0, r[250];
    size_t m = o->s->nist->rows;
    REQUIRE(o->calls == 0 ? progress->iteration == 0 : progress->iteration == o->last + 1,
            "iteration %zu after %zu", progress->iteration, o->last);
    o->s->problem.residual(o->s->problem.user, progress->theta, 0, m, r);
    for (size_t i = 0; i < m; i++)
        squares += r[i] * r[i], again += progress->residual[i] * progress->residual[i];
    REQUIRE(fabs(2 * progress->cost - squares) <= 1e-9 * squares && fabs(again - squares) <= 1e-9 * squares,
            "iteration %zu: twice the cost %.12g, Σ r² of theta %.12g, of residual %.12g",
            progress->iteration, 2 * progress->cost, squares, again);
    REQUIRE(o->calls == 0 || progress->cost <= o->cost * (1 + 1e-12), "the cost rises to %g", progress->cost);
    o->calls++;
    o->last = progress->iteration;
    o->cost = progress->cost;
    memcpy(o->theta, progress->theta, o->s->nist->parameters * sizeof(double));
    return progress->iteration == o->stop_at ? MARQ_STOP_CALLER : 0;
}

static void progress_shows_all_parameters_in_one_count_of_iterations(void **state) {
    (void)state;
    separable s;
    marq_result result;
    make_named(&s, "MGH17", 0);
    record o = {.s = &s, .stop_at = 1000};
    marq_options options = marq_options_default();
    options.progress = keep;
    options.progress_user = &o;
    assert_true(marq_solve(&s.problem, &options, s.theta, &result) > 0);
    assert_true(o.last == result.iterations && o.calls == result.iterations + 1);
    make_named(&s, "MGH17", 0);
    o = (record){.s = &s, .stop_at = 4};
    assert_int_equal(marq_solve(&s.problem, &options, s.theta, &result), MARQ_STOP_CALLER);
    assert_int_equal(result.iterations, 4);
    assert_memory_equal(s.theta, o.theta, 5 * sizeof(double));
}

static void limits_hold_for_both_parts_together(void **state) {
    (void)state;
    separable s;
    marq_result all, result;
    make_named(&s, "MGH17", 0);
    assert_true(marq_solve(&s.problem, NULL, s.theta, &all) > 0);
    for (size_t most = 1; most < all.iterations; most++) {
        marq_options options = marq_options_default();
        options.max_iterations = most;
        make_named(&s, "MGH17", 0);
        assert_int_equal(marq_solve(&s.problem, &options, s.theta, &result), MARQ_STOP_ITERATIONS);
        assert_int_equal(result.iterations, most);
    }
    for (size_t most = 1; most < 40; most += 3) {
        marq_options options = marq_options_default();
        options.max_evaluations = most;
        make_named(&s, "MGH17", 0);
        assert_int_equal(marq_solve(&s.problem, &options, s.theta, &result), MARQ_STOP_EVALUATIONS);
        REQUIRE(result.residual_evaluations >= most && result.residual_evaluations <= most + 10,
                "%zu evaluations of at most %zu", result.residual_evaluations, most);
    }
}

static void the_number_of_threads_does_not_change_a_bit(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(masks); k += 3)
        for (int differences = 0; differences < 2; differences++) {
            double first[NIST_MOST_PARAMETERS];
            for (int threads = 1; threads <= 3; threads++) {
                separable s;
                marq_options options = marq_options_default();
                options.threads = threads;
                make(&s, k, 1);
                s.problem.row_block = 16;
                if (differences) s.problem.jacobian = NULL;
                assert_true(marq_solve(&s.problem, &options, s.theta, NULL) > 0);
                if (threads == 1) memcpy(first, s.theta, sizeof first);
                REQUIRE(memcmp(first, s.theta, s.nist->parameters * sizeof *first) == 0, "%s on %d threads",
                        s.nist->name, threads);
            }
        }
}

static void a_workspace_serves_the_same_problem_twice_and_refuses_another(void **state) {
    (void)state;
    separable s;
    marq_result result;
    make_named(&s, "MGH17", 1);
    marq_workspace *work = marq_workspace_create(&s.problem, NULL, NULL);
    double first[5];
    for (int round = 0; round < 2; round++) {
        make_named(&s, "MGH17", 1);
        assert_true(marq_solve_in(work, &s.problem, NULL, s.theta, &result) > 0);
        if (round == 0) memcpy(first, s.theta, sizeof first);
        assert_memory_equal(first, s.theta, sizeof first);
    }
    s.linear[0] = 0;
    assert_int_equal(marq_solve_in(work, &s.problem, NULL, s.theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "linear"), "%s", result.message);
    marq_workspace_destroy(work);
}

/* ---- With the library's other calls ---- */

static void many_starts_need_no_range_for_linear_parameters(void **state) {
    (void)state;
    separable s;
    make_named(&s, "Lanczos3", 0);
    const double free_low[] = {-HUGE_VAL, 0.1, -HUGE_VAL, 0.1, -HUGE_VAL, 0.1};
    const double free_high[] = {HUGE_VAL, 10, HUGE_VAL, 10, HUGE_VAL, 10};
    marq_minimum minima[4];
    size_t found;
    marq_error error;
    REQUIRE(marq_solve_many(&s.problem, NULL, free_low, free_high, 10, 1, s.theta, minima, NULL, 4, &found,
                            &error) > 0,
            "%s", error.message);
    REQUIRE(digits(&s) >= 8, "%.2f digits", digits(&s));
}

static void intervals_and_covariance_do_not_depend_on_the_mask(void **state) {
    (void)state;
    separable s;
    make_named(&s, "BoxBOD", 1);
    marq_problem all = s.problem;
    all.linear = NULL;
    assert_true(marq_solve(&s.problem, NULL, s.theta, NULL) > 0);
    marq_interval masked[2], plain[2];
    double c[2][4];
    assert_int_equal(marq_profile_intervals(&s.problem, NULL, s.theta, NULL, masked, NULL, NULL), MARQ_OK);
    assert_int_equal(marq_profile_intervals(&all, NULL, s.theta, NULL, plain, NULL, NULL), MARQ_OK);
    for (int j = 0; j < 2; j++) assert_true(masked[j].low.value == plain[j].low.value);
    assert_int_equal(marq_covariance_at(&s.problem, NULL, s.theta, 0, NULL, c[0], NULL, NULL, NULL), MARQ_OK);
    assert_int_equal(marq_covariance_at(&all, NULL, s.theta, 0, NULL, c[1], NULL, NULL, NULL), MARQ_OK);
    assert_memory_equal(c[0], c[1], sizeof c[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nist_is_solved_to_eight_digits_without_starts_for_linear_parameters),
        cmocka_unit_test(differences_for_all_or_some_columns_do),
        cmocka_unit_test(weights_and_bounds_hold),
        cmocka_unit_test(parameters_that_matter_only_together_are_found_as_such),
        cmocka_unit_test(with_a_loss_or_damping_the_solve_is_the_plain_one),
        cmocka_unit_test(a_wrong_mark_is_noticed),
        cmocka_unit_test(a_basis_that_cannot_be_computed_leaves_the_plain_solve),
        cmocka_unit_test(progress_shows_all_parameters_in_one_count_of_iterations),
        cmocka_unit_test(limits_hold_for_both_parts_together),
        cmocka_unit_test(the_number_of_threads_does_not_change_a_bit),
        cmocka_unit_test(a_workspace_serves_the_same_problem_twice_and_refuses_another),
        cmocka_unit_test(many_starts_need_no_range_for_linear_parameters),
        cmocka_unit_test(intervals_and_covariance_do_not_depend_on_the_mask),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
