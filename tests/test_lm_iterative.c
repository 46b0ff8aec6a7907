/* The iterative form: conjugate gradients lead where Cholesky leads. */
#include "require.h"
#include "sine_problem.h"

#include <stdbool.h>
#include <string.h>

static const size_t shapes[][2] = {{40, 7}, {300, 300}, {60, 200}, {5000, 20}, {1, 1}};

/* The products of A diag(cos θ), counted. */
static int sines_diagonal(void *user, double *d) {
    const sines *s = user;
    for (size_t j = 0; j < s->n; j++) {
        d[j] = 0;
        for (size_t i = 0; i < s->m; i++) d[j] += s->J[i * s->n + j] * s->J[i * s->n + j];
    }
    return MARQ_CALLBACK_OK;
}

/* The exact inverse of (diag(JᵀJ) + μI)/2: any positive definite M will do. */
static int sines_precondition(void *user, double mu, const double *v, double *out) {
    const sines *s = user;
    double d[SINES_MOST];
    sines_diagonal(user, d);
    for (size_t j = 0; j < s->n; j++) out[j] = 2 * v[j] / (d[j] + mu);
    return MARQ_CALLBACK_OK;
}

static const marq_products vectors_only = {
    .linearise = sines_linearise, .apply = sines_apply, .apply_transposed = sines_apply_transposed};
static const marq_products with_diagonal = {.linearise = sines_linearise,
                                            .apply = sines_apply,
                                            .apply_transposed = sines_apply_transposed,
                                            .diagonal = sines_diagonal};
static const marq_products preconditioned = {.linearise = sines_linearise,
                                             .apply = sines_apply,
                                             .apply_transposed = sines_apply_transposed,
                                             .precondition = sines_precondition};

typedef struct answer {
    double theta[SINES_MOST];
    double cost, gain_ratio;
    size_t iterations, linear_iterations, factorisations;
} answer;

static int keep_gain_ratio(void *user, const marq_progress *progress) {
    *(double *)user = progress->gain_ratio;
    return 0;
}

static answer solve(const marq_problem *problem, marq_options options, marq_form form) {
    answer a;
    marq_result result;
    memset(&a, 0, sizeof a);
    options.method = MARQ_METHOD_DAMPING;
    options.form = form;
    options.progress = keep_gain_ratio;
    options.progress_user = &a.gain_ratio;
    marq_solve(problem, &options, a.theta, &result);
    REQUIRE(result.status > 0, "%zu × %zu: %s", problem->rows, problem->parameters, result.message);
    a.cost = result.cost;
    a.iterations = result.iterations;
    a.linear_iterations = result.linear_iterations;
    a.factorisations = result.factorisations;
    return a;
}

/* The minimum of the exact steps, in about as many of them, each by a bounded number of products. */
static void check_against_cholesky(const marq_problem *problem, const marq_options *options,
                                   const char *what) {
    answer exact = solve(problem, *options, MARQ_FORM_GRAM),
           by_cg = solve(problem, *options, MARQ_FORM_ITERATIVE);
    size_t m = problem->rows, n = problem->parameters;
    double scale = fmax(exact.cost, 1e-10);
    REQUIRE(fabs(by_cg.cost - exact.cost) <= 1e-8 * scale, "%s, %zu × %zu: cost %.12g, by Cholesky %.12g",
            what, m, n, by_cg.cost, exact.cost);
    REQUIRE(by_cg.iterations <= 3 * exact.iterations + 10, "%s, %zu × %zu: %zu iterations, by Cholesky %zu",
            what, m, n, by_cg.iterations, exact.iterations);
    size_t each = (m < n ? m : n) + 20;
    REQUIRE(by_cg.linear_iterations <= 4 * each * by_cg.iterations,
            "%s, %zu × %zu: %zu linear iterations in %zu steps", what, m, n, by_cg.linear_iterations,
            by_cg.iterations);
    REQUIRE(by_cg.factorisations == 0 && by_cg.linear_iterations > 0, "%s: something was factored", what);
}

static void it_finds_the_minima_of_cholesky(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(shapes); k++)
        for (int acceleration = 0; acceleration < 2; acceleration++)
            for (int scaling = MARQ_SCALING_COLUMNS; scaling <= MARQ_SCALING_NONE; scaling++) {
                sines s = sines_create(shapes[k][0], shapes[k][1], 0.5);
                marq_problem problem = sines_problem(&s);
                marq_options options = marq_options_default();
                options.acceleration = acceleration;
                options.scaling = (marq_scaling)scaling;
                check_against_cholesky(&problem, &options, "rows");
                sines_destroy(&s);
            }
}

static void constraints_and_losses_hold_in_it(void **state) {
    (void)state;
    sines s = sines_create(60, 8, 0.5);
    double lower[8], upper[8], weights[60];
    unsigned char fixed[8] = {0, 0, 0, 1};
    for (size_t j = 0; j < 8; j++) {
        lower[j] = -0.3;
        upper[j] = 0.2;
    }
    for (size_t i = 0; i < 60; i++) weights[i] = 1 + (double)(i % 3);
    marq_options options = marq_options_default();
    marq_problem problem = sines_problem(&s);
    problem.lower = lower;
    problem.upper = upper;
    check_against_cholesky(&problem, &options, "bounds");
    problem.fixed = fixed;
    check_against_cholesky(&problem, &options, "bounds and a fixed parameter");
    problem = sines_problem(&s);
    problem.weights = weights;
    check_against_cholesky(&problem, &options, "weights");
    problem.loss = MARQ_LOSS_SOFT_L1;
    check_against_cholesky(&problem, &options, "weights and a loss");
    sines_destroy(&s);
}

static void products_with_vectors_are_enough(void **state) {
    (void)state;
    static const struct {
        const char *name;
        const marq_products *products;
    } offers[] = {
        {"vectors only", &vectors_only}, {"diagonal", &with_diagonal}, {"precondition", &preconditioned}};
    for (size_t k = 0; k < COUNT(offers); k++) {
        sines s = sines_create(50, 30, 0.5);
        marq_problem rows = sines_problem(&s), problem = rows;
        problem.jacobian = NULL;
        problem.products = offers[k].products;
        marq_options options = marq_options_default();
        options.scaling = MARQ_SCALING_NONE;
        marq_plan plan;
        options.method = MARQ_METHOD_DAMPING;
        assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL),
                         MARQ_OK); /* nothing else is offered */
        assert_true(plan.form == MARQ_FORM_ITERATIVE && plan.products);
        answer exact = solve(&rows, options, MARQ_FORM_GRAM),
               by_cg = solve(&problem, options, MARQ_FORM_AUTO);
        REQUIRE(fabs(by_cg.cost - exact.cost) <= 1e-8 * exact.cost, "%s: cost %.12g, by Cholesky %.12g",
                offers[k].name, by_cg.cost, exact.cost);
        sines_destroy(&s);
    }
}

/* Columns of very different norms: D, or the preconditioner, makes up for them. */
static void badly_scaled_columns_cost_little_more(void **state) {
    (void)state;
    enum { M = 400, N = 100 };
    size_t counts[2];
    for (int scaled = 0; scaled < 2; scaled++) {
        sines s = sines_create(M, N, 0.5);
        for (size_t i = 0; scaled && i < M; i++)
            for (size_t j = 0; j < N; j++) s.A[i * N + j] *= j % 2 ? 1e3 : 1;
        marq_problem problem = sines_problem(&s);
        marq_options options = marq_options_default();
        options.max_iterations = 20;
        counts[scaled] = solve(&problem, options, MARQ_FORM_ITERATIVE).linear_iterations;
        sines_destroy(&s);
    }
    REQUIRE(counts[1] <= 3 * counts[0], "%zu linear iterations, %zu with columns alike", counts[1],
            counts[0]);
}

/* CG's truncated step keeps the identity that the prediction uses: near the minimum the model is right. */
static void the_gain_ratio_of_inexact_steps_is_right(void **state) {
    (void)state;
    sines s = sines_create(200, 50, 0.01);
    marq_problem problem = sines_problem(&s);
    marq_options options = marq_options_default();
    options.acceleration = 0;
    options.linear_tolerance = 0.5;
    options.max_iterations = 6;
    answer a = solve(&problem, options, MARQ_FORM_ITERATIVE);
    REQUIRE(fabs(a.gain_ratio - 1) <= 0.1, "gain ratio %g of step %zu", a.gain_ratio, a.iterations);
    sines_destroy(&s);
}

static void its_bits_do_not_depend_on_threads(void **state) {
    (void)state;
    sines s = sines_create(5000, 40, 0.5);
    marq_problem problem = sines_problem(&s);
    marq_options options = marq_options_default();
    options.max_iterations = 5;
    options.threads = 1;
    answer one = solve(&problem, options, MARQ_FORM_ITERATIVE);
    for (int threads = 2; threads <= 4; threads++) {
        options.threads = threads;
        answer many = solve(&problem, options, MARQ_FORM_ITERATIVE);
        REQUIRE(memcmp(&one, &many, sizeof one) == 0, "%d threads give the cost %.17g, one thread %.17g",
                threads, many.cost, one.cost);
    }
    sines_destroy(&s);
}

static int gives_up(void *user, const double *v, double *jv) {
    (void)user, (void)v, (void)jv;
    return MARQ_CALLBACK_ABORT;
}

static void a_product_that_gives_up_ends_the_solve(void **state) {
    (void)state;
    sines s = sines_create(20, 5, 0.5);
    marq_products products = vectors_only;
    products.apply = gives_up;
    marq_problem problem = sines_problem(&s);
    problem.jacobian = NULL;
    problem.products = &products;
    marq_options options = marq_options_default();
    options.scaling = MARQ_SCALING_NONE;
    double theta[5] = {0};
    assert_int_equal(marq_solve(&problem, &options, theta, NULL), MARQ_ERROR_CALLBACK);
    sines_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_finds_the_minima_of_cholesky),
        cmocka_unit_test(constraints_and_losses_hold_in_it),
        cmocka_unit_test(products_with_vectors_are_enough),
        cmocka_unit_test(badly_scaled_columns_cost_little_more),
        cmocka_unit_test(the_gain_ratio_of_inexact_steps_is_right),
        cmocka_unit_test(its_bits_do_not_depend_on_threads),
        cmocka_unit_test(a_product_that_gives_up_ends_the_solve),
    };
    return cmocka_run_group_tests_name("lm_iterative", tests, NULL, NULL);
}
