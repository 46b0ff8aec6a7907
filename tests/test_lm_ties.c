/* Tied parameters: y = a1 exp(-k1 x) + a2 exp(-k2 x) + c at x = 0.1 i, i = 0 … 39, with a2 and k2 tied to a1
 * and k1. Expected values: Newton's method on the gradient in (a1, k1, c) and T' (JᵀJ)⁻¹ T'ᵀ RSS/37, both in
 * 40 digits by mpmath, on these data in double precision. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { ROWS = 40, N = 5, A1 = 0, K1, A2, K2, C };

typedef struct decays {
    double x[ROWS], y[ROWS];
    size_t residual_rows;
    bool filled[N]; /* columns that the callback fills; all where none is */
    double wall;    /* k2 above it: the tie is not computable; 0: no wall */
    double wrong;   /* added to the derivative of the tie */
    size_t derivatives, functions;
    int answer; /* of the tie's function, if it isn't MARQ_CALLBACK_OK */
} decays;

static decays make_decays(void) {
    decays d = {0};
    for (int i = 0; i < ROWS; i++) {
        d.x[i] = 0.1 * i;
        d.y[i] = 1.2 * exp(-0.5 * d.x[i]) + 0.8 * exp(-d.x[i]) + 0.3 + 0.01 * sin(37.0 * i);
    }
    return d;
}

static int residual(void *user, const double *t, size_t first, size_t count, double *r) {
    decays *d = user;
#pragma omp atomic
    d->residual_rows += count;
    for (size_t i = 0; i < count; i++) {
        double x = d->x[first + i];
        r[i] = t[A1] * exp(-t[K1] * x) + t[A2] * exp(-t[K2] * x) + t[C] - d->y[first + i];
    }
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *t, size_t first, size_t count, double *J, size_t stride) {
    const decays *d = user;
    bool any = false;
    for (int j = 0; j < N; j++) any = any || d->filled[j];
    for (size_t i = 0; i < count; i++) {
        double x = d->x[first + i], e = exp(-t[K1] * x), f = exp(-t[K2] * x);
        double row[] = {e, -t[A1] * x * e, f, -t[A2] * x * f, 1};
        for (int j = 0; j < N; j++) J[i * stride + j] = !any || d->filled[j] ? row[j] : (double)NAN;
    }
    return MARQ_CALLBACK_OK;
}

/* ---- The two sets of ties ---- */

static const size_t from_a1[] = {A1}, from_k1[] = {K1};
static const double minus_one[] = {-1}, two[] = {2};
static const marq_linear_tie a2_and_k2[] = {{A2, 2, 1, from_a1, minus_one}, {K2, 0, 1, from_k1, two}};
static const marq_ties linear_ties = {.linear = a2_and_k2, .count = 2}; /* a2 = 2 − a1, k2 = 2 k1 */

/* k2 = 1/k1 − 1, and a2 = 2 − a1 as above. */
static int set_k2(void *user, double *t) {
    decays *d = user;
#pragma omp atomic
    d->functions++;
    if (d->answer != MARQ_CALLBACK_OK) return d->answer;
    if (d->wall > 0 && 1 / t[K1] - 1 > d->wall) return MARQ_CALLBACK_NOT_COMPUTABLE;
    t[K2] = 1 / t[K1] - 1;
    return MARQ_CALLBACK_OK;
}

static int slope_of_k2(void *user, const double *t, double *jacobian_of_k2) {
    decays *d = user;
#pragma omp atomic
    d->derivatives++;
    jacobian_of_k2[K1] = -1 / (t[K1] * t[K1]) + d->wrong;
    return MARQ_CALLBACK_OK;
}

static const unsigned char marks_k2[] = {0, 0, 0, 1, 0};
static const marq_ties function_ties = {a2_and_k2, 1, marks_k2, set_k2, slope_of_k2};
static const marq_ties differenced_ties = {a2_and_k2, 1, marks_k2, set_k2, NULL};

static const struct {
    double theta[N], cost, deviation[N], a1_a2, k1_k2, k2_c; /* the last three: covariances */
} known[2] = {
    {{1.205597671898378, 0.49663502641830589, 0.79440232810162201, 0.99327005283661179, 0.29472628738300202},
     0.00096080974364712644,
     {0.147593989173156, 0.0272957988337453, 0.147593989173156, 0.0545915976674906, 0.00441852301825915},
     -0.0217839856400455,
     0.00149012126794458,
     0.000119707839140356},
    {{1.2240672410266617, 0.49963834079479531, 0.77593275897333827, 1.0014476839572775, 0.29490170993029075},
     0.00096097863976048168,
     {0.0203432333741359, 0.00361678225666957, 0.0203432333741359, 0.0144880804372899, 0.00396649435799899},
     -0.000413847144114555,
     -5.24002322587917e-5,
     -1.53372018940339e-5}};

static const struct {
    const char *name;
    const marq_ties *ties;
    int expected;
} cases[] = {{"linear ties", &linear_ties, 0},
             {"a function and its derivative", &function_ties, 1},
             {"a function alone", &differenced_ties, 1}};

static marq_problem problem_of(decays *d, const marq_ties *ties) {
    return (marq_problem){.rows = ROWS,
                          .parameters = N,
                          .user = d,
                          .residual = residual,
                          .jacobian = jacobian,
                          .concurrent = 1,
                          .ties = ties};
}

static const double start[N] = {1, 0.52, 99, -99, 0.1}; /* those of a2 and k2 are not read */

/* ---- Fits ---- */

static const struct {
    const char *name;
    marq_method method;
    marq_form form;
    marq_jacobian jacobian;
    double digits; /* relative error of the parameters */
} ways[] = {
    {"trust region", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_AUTO, 1e-11},
    {"trust region, forward", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_FORWARD, 1e-8},
    {"trust region, central", MARQ_METHOD_TRUST_REGION, MARQ_FORM_AUTO, MARQ_JACOBIAN_CENTRAL, 1e-8},
    {"Gram", MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_AUTO, 1e-6},
    {"kernel", MARQ_METHOD_DAMPING, MARQ_FORM_KERNEL, MARQ_JACOBIAN_AUTO, 1e-6},
    {"Gram, central", MARQ_METHOD_DAMPING, MARQ_FORM_GRAM, MARQ_JACOBIAN_CENTRAL, 1e-6},
};

static void every_method_finds_the_fit_of_the_free_parameters(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (size_t k = 0; k < COUNT(ways); k++) {
            decays d = make_decays();
            marq_problem problem = problem_of(&d, cases[c].ties);
            marq_options options = marq_options_default();
            options.method = ways[k].method;
            options.form = ways[k].form;
            options.jacobian = ways[k].jacobian;
            if (ways[k].form == MARQ_FORM_KERNEL) options.scaling = MARQ_SCALING_NONE;
            double theta[N];
            memcpy(theta, start, sizeof theta);
            marq_result result;
            REQUIRE(marq_solve(&problem, &options, theta, &result) > 0, "%s, %s: %s", cases[c].name,
                    ways[k].name, result.message);
            REQUIRE(fabs(result.cost / known[cases[c].expected].cost - 1) < 1e-9, "%s, %s: cost %.15g",
                    cases[c].name, ways[k].name, result.cost);
            for (int j = 0; j < N; j++)
                REQUIRE(fabs(theta[j] / known[cases[c].expected].theta[j] - 1) < ways[k].digits,
                        "%s, %s: parameter %d is %.15g", cases[c].name, ways[k].name, j + 1, theta[j]);
            REQUIRE(d.residual_rows == ROWS * result.residual_evaluations,
                    "%s, %s: %zu rows, counted were %zu", cases[c].name, ways[k].name, d.residual_rows,
                    result.residual_evaluations);
        }
}

/* Blocks of 7 rows, so that threads share the work. */
static void the_bits_do_not_depend_on_threads(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++) {
            double theta[2][N];
            for (int threads = 1; threads <= 2; threads++) {
                decays d = make_decays();
                marq_problem problem = problem_of(&d, cases[c].ties);
                problem.row_block = 7;
                marq_options options = marq_options_default();
                options.jacobian = (marq_jacobian)kind;
                options.threads = threads;
                memcpy(theta[threads - 1], start, sizeof start);
                assert_true(marq_solve(&problem, &options, theta[threads - 1], NULL) > 0);
            }
            assert_memory_equal(theta[0], theta[1], sizeof theta[0]);
        }
}

static void uncertainties_come_out_for_all_parameters(void **state) {
    (void)state;
    for (size_t c = 0; c < COUNT(cases); c++)
        for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_FORWARD; kind++) {
            int e = cases[c].expected;
            decays d = make_decays();
            marq_problem problem = problem_of(&d, cases[c].ties);
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)kind;
            double theta[N], covariance[N * N], deviation[N];
            memcpy(theta, known[e].theta, sizeof theta);
            theta[A2] = theta[K2] = 1e9; /* not read */
            marq_uncertainty u;
            assert_int_equal(
                marq_covariance_at(&problem, &options, theta, 0, NULL, covariance, deviation, &u, NULL),
                MARQ_OK);
            REQUIRE(u.free == 3 && u.rank == 3 && u.dof == ROWS - 3 && !u.message[0], "%zu free, %zu dof",
                    u.free, u.dof);
            REQUIRE(fabs(u.variance / (2 * known[e].cost / u.dof) - 1) < 1e-9, "variance %g", u.variance);
            for (int j = 0; j < N; j++) {
                REQUIRE(fabs(deviation[j] / known[e].deviation[j] - 1) < 1e-6, "%s: deviation %d is %.12g",
                        cases[c].name, j + 1, deviation[j]);
                for (int k = 0; k < N; k++) assert_true(covariance[j * N + k] == covariance[k * N + j]);
            }
            double got[] = {covariance[A1 * N + A2], covariance[K1 * N + K2], covariance[K2 * N + C]},
                   expected[] = {known[e].a1_a2, known[e].k1_k2, known[e].k2_c};
            for (int k = 0; k < 3; k++)
                REQUIRE(fabs(got[k] / expected[k] - 1) < 1e-5, "%s: covariance %d is %.12g, expected %.12g",
                        cases[c].name, k, got[k], expected[k]);
        }
}

/* A tie of two: z = x + y is determined where x and y are not, and w = 2x is not. */
static int sum_residual(void *user, const double *t, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) r[i] = t[0] + t[1] - 3 + 0.1 * ((double)(first + i) - 1);
    return MARQ_CALLBACK_OK;
}

static void a_sum_is_determined_where_its_parts_are_not(void **state) {
    (void)state;
    const size_t both[] = {0, 1}, x[] = {0};
    const double ones[] = {1, 1};
    const marq_linear_tie sum[] = {{2, 0, 2, both, ones}, {3, 0, 1, x, two}};
    const marq_ties ties = {.linear = sum, .count = 2};
    marq_problem problem = {.rows = 3, .parameters = 4, .residual = sum_residual, .ties = &ties};
    const char *const names[] = {"x", "y", "z", "w"};
    double t[4] = {1, 1, 0, 0}, deviation[4];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, t, NULL) > 0);
    assert_int_equal(marq_covariance_at(&problem, NULL, t, 0, names, NULL, deviation, &u, NULL), MARQ_OK);
    /* The mean of three values 3 − 0.1, 3, 3 + 0.1: variance 0.02 / dof, with 2 free parameters dof 1; a
     * third of it for the mean. */
    REQUIRE(fabs(t[2] - 3) < 1e-7 && fabs(deviation[2] - sqrt(0.02 / 3)) < 1e-7, "%g ± %g", t[2],
            deviation[2]);
    REQUIRE(isinf(deviation[0]) && isinf(deviation[1]) && isinf(deviation[3]), "%g %g %g", deviation[0],
            deviation[1], deviation[3]);
    REQUIRE(strncmp(u.message, "x and y matter only together", 28) == 0, "%s", u.message);
    assert_int_equal(u.free, 2);
}

static void ties_may_follow_each_other(void **state) {
    (void)state;
    /* a2 = 2 − a1; c = 0.1 a2 + 0.2 a1 − 0.05; k2 = 1/k1 − 1. */
    const size_t sources[] = {A2, A1};
    const double factors[] = {0.1, 0.2};
    const marq_linear_tie chain[] = {{A2, 2, 1, from_a1, minus_one}, {C, -0.05, 2, sources, factors}};
    for (int way = 0; way < 2; way++) {
        const marq_ties ties = {chain, 2, marks_k2, set_k2, way ? slope_of_k2 : NULL};
        double theta[2][N], deviation[2][N];
        for (int kind = 0; kind < 2; kind++) { /* J T' against differences of r(T(φ)) */
            decays d = make_decays();
            marq_problem problem = problem_of(&d, &ties);
            if (kind) problem.jacobian = NULL;
            memcpy(theta[kind], start, sizeof start);
            assert_true(marq_solve(&problem, NULL, theta[kind], NULL) > 0);
            marq_covariance_at(&problem, NULL, theta[kind], 0, NULL, NULL, deviation[kind], NULL, NULL);
        }
        const double *t = theta[0];
        assert_true(t[A2] == 2 - t[A1] && fabs(t[C] - (0.1 * t[A2] + 0.2 * t[A1] - 0.05)) < 1e-15);
        for (int j = 0; j < N; j++) {
            REQUIRE(fabs(theta[1][j] / t[j] - 1) < 1e-8, "parameter %d: %.15g and %.15g", j + 1, t[j],
                    theta[1][j]);
            REQUIRE(fabs(deviation[1][j] / deviation[0][j] - 1) < 1e-6, "deviation %d: %.15g and %.15g",
                    j + 1, deviation[0][j], deviation[1][j]);
        }
    }
}

/* A tie without terms is a constant, as a fixed parameter. */
static void a_constant_equals_a_fixed_parameter(void **state) {
    (void)state;
    const marq_linear_tie constant[] = {{K2, 1.1, 0, NULL, NULL}};
    const marq_ties ties = {.linear = constant, .count = 1};
    const unsigned char fixed[] = {0, 0, 0, 1, 0};
    double theta[2][N];
    marq_uncertainty u;
    for (int way = 0; way < 2; way++) {
        decays d = make_decays();
        marq_problem problem = problem_of(&d, way ? &ties : NULL);
        if (!way) problem.fixed = fixed;
        double deviation[N];
        memcpy(theta[way], (double[]){1, 0.5, 1, way ? -3 : 1.1, 0.1}, sizeof theta[way]);
        assert_true(marq_solve(&problem, NULL, theta[way], NULL) > 0);
        marq_covariance_at(&problem, NULL, theta[way], 0, NULL, NULL, deviation, &u, NULL);
        assert_int_equal(u.free, 4);
        assert_true(deviation[K2] == 0);
    }
    for (int j = 0; j < N; j++)
        REQUIRE(fabs(theta[1][j] / theta[0][j] - 1) < 1e-9, "parameter %d: %.15g and %.15g", j + 1,
                theta[1][j], theta[0][j]);
}

/* ---- Bounds, weights, losses, columns ---- */

/* The tied problem against the same written by hand in (a1, k1, c). */
static int by_hand(void *user, const double *p, size_t first, size_t count, double *r) {
    double t[] = {p[0], p[1], 2 - p[0], 2 * p[1], p[2]};
    return residual(user, t, first, count, r);
}

static void bounds_weights_and_losses_are_those_of_the_problem_by_hand(void **state) {
    (void)state;
    /* k2 ≤ 0.96 is k1 ≤ 0.48, a2 ≥ 0.85 is a1 ≤ 1.15. */
    const double lower[] = {0, 0, 0.85, -HUGE_VAL, 0.25}, upper[] = {9, 9, HUGE_VAL, 0.96, 9};
    const double lower3[] = {0, 0, 0.25}, upper3[] = {2 - 0.85, 0.48, 9};
    double weights[ROWS];
    for (int i = 0; i < ROWS; i++) weights[i] = i % 3;
    static const marq_method methods[] = {MARQ_METHOD_TRUST_REGION, MARQ_METHOD_DAMPING, MARQ_METHOD_DOGLEG};
    for (int way = 0; way < 6; way++) {
        decays d = make_decays();
        marq_problem problem = problem_of(&d, &linear_ties), own = problem;
        own.parameters = 3;
        own.residual = by_hand;
        own.jacobian = NULL;
        own.ties = NULL;
        problem.lower = lower, problem.upper = upper, own.lower = lower3, own.upper = upper3;
        if (way / 3) {
            problem.weights = own.weights = weights;
            problem.loss = own.loss = MARQ_LOSS_CAUCHY;
            problem.loss_scale = own.loss_scale = 0.01;
        }
        marq_options options = marq_options_default();
        options.method = methods[way % 3];
        double theta[] = {1, 0.4, 0, 0, 0.3}, expected[] = {1, 0.4, 0.3};
        marq_result result, other;
        marq_solve(&problem, &options, theta, &result);
        options.jacobian = MARQ_JACOBIAN_CENTRAL;
        marq_solve(&own, &options, expected, &other);
        REQUIRE(result.status > 0 && fabs(result.cost / other.cost - 1) < 1e-8,
                "way %d: %.15g, by hand %.15g", way, result.cost, other.cost);
        double all[] = {expected[0], expected[1], 2 - expected[0], 2 * expected[1], expected[2]};
        for (int j = 0; j < N; j++)
            REQUIRE(fabs(theta[j] - all[j]) < 1e-6, "way %d, parameter %d: %.15g, by hand %.15g", way, j + 1,
                    theta[j], all[j]);
        REQUIRE(theta[K2] <= 0.96 && theta[A2] >= 0.85, "%.17g, %.17g", theta[K2], theta[A2]);
    }
}

static void an_active_bound_of_a_tied_parameter_is_told_of_the_one_that_it_follows(void **state) {
    (void)state;
    const double lower[] = {0, 0, 0, 1.04, 0};
    decays d = make_decays();
    marq_problem problem = problem_of(&d, &linear_ties);
    problem.lower = lower;
    double theta[] = {1, 0.6, 0, 0, 0.3}, deviation[N];
    signed char side[N];
    marq_uncertainty u;
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    REQUIRE(theta[K2] == 1.04, "%.17g", theta[K2]);
    assert_int_equal(marq_bound_sides(&problem, theta, side), 2);
    const signed char expected[] = {0, -1, 3, 3, 0};
    assert_memory_equal(side, expected, sizeof side);
    assert_int_equal(marq_covariance_at(&problem, NULL, theta, 0, NULL, NULL, deviation, &u, NULL), MARQ_OK);
    assert_true(deviation[K1] == 0 && deviation[K2] == 0 && deviation[A1] > 0 &&
                deviation[A1] == deviation[A2]);
    assert_int_equal(u.dof, ROWS - 2);
}

/* The callback leaves columns out (NaN here): what depends on them must be by differences. */
static void columns_of_mixed_sources_are_chained_where_they_can_be(void **state) {
    (void)state;
    static const marq_jacobian mixes[][N] = {{MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_CENTRAL, MARQ_JACOBIAN_AUTO},
                                             {MARQ_JACOBIAN_FORWARD, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO},
                                             {MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_AUTO,
                                              MARQ_JACOBIAN_AUTO, MARQ_JACOBIAN_FORWARD}};
    for (size_t k = 0; k < COUNT(mixes); k++)
        for (size_t c = 0; c < COUNT(cases); c++) {
            decays d = make_decays();
            for (int j = 0; j < N; j++) d.filled[j] = mixes[k][j] == MARQ_JACOBIAN_AUTO;
            marq_problem problem = problem_of(&d, cases[c].ties);
            problem.column_jacobian = mixes[k];
            double theta[N];
            memcpy(theta, start, sizeof theta);
            marq_result result;
            REQUIRE(marq_solve(&problem, NULL, theta, &result) > 0, "%s", result.message);
            for (int j = 0; j < N; j++)
                REQUIRE(fabs(theta[j] / known[cases[c].expected].theta[j] - 1) < 1e-8,
                        "%s, mix %zu: parameter %d is %.15g", cases[c].name, k, j + 1, theta[j]);
            REQUIRE(d.residual_rows == ROWS * result.residual_evaluations, "%zu rows, counted were %zu",
                    d.residual_rows, result.residual_evaluations);
        }
}

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
        cmocka_unit_test(every_method_finds_the_fit_of_the_free_parameters),
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
        cmocka_unit_test(uncertainties_come_out_for_all_parameters),
        cmocka_unit_test(a_sum_is_determined_where_its_parts_are_not),
        cmocka_unit_test(ties_may_follow_each_other),
        cmocka_unit_test(a_constant_equals_a_fixed_parameter),
        cmocka_unit_test(bounds_weights_and_losses_are_those_of_the_problem_by_hand),
        cmocka_unit_test(an_active_bound_of_a_tied_parameter_is_told_of_the_one_that_it_follows),
        cmocka_unit_test(columns_of_mixed_sources_are_chained_where_they_can_be),
        cmocka_unit_test(many_starts_draw_the_free_parameters),
        cmocka_unit_test(the_check_is_of_the_callbacks_as_they_are),
        cmocka_unit_test(progress_sees_all_parameters),
        cmocka_unit_test(a_tie_that_is_not_computable_rejects_the_trial),
        cmocka_unit_test(a_workspace_serves_ties_of_the_same_kind),
        cmocka_unit_test(impossible_ties_are_refused_with_words),
        cmocka_unit_test(a_start_outside_the_bound_of_a_follower_is_refused),
    };
    return cmocka_run_group_tests_name("lm_ties", tests, NULL, NULL);
}
