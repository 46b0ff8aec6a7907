/* The plan of a solve: the form that costs least, within the memory that is allowed. */
#include "require.h"
#include "sine_problem.h"

#include "nn/problem.h"
#include <string.h>

static const marq_products gram_only = {.linearise = sines_linearise,
                                        .gram = sines_gram,
                                        .apply = sines_apply,
                                        .apply_transposed = sines_apply_transposed};
static const marq_products both = {.linearise = sines_linearise,
                                   .gram = sines_gram,
                                   .kernel = sines_kernel,
                                   .apply = sines_apply,
                                   .apply_transposed = sines_apply_transposed};

/* A problem of this size; its callbacks are never called. */
static marq_problem shape(size_t m, size_t n) {
    return (marq_problem){
        .rows = m, .parameters = n, .residual = sines_residual, .jacobian = sines_jacobian, .concurrent = 1};
}

/* As nets are trained: damping, D = I. */
static marq_options as_for_nets(double max_memory) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.max_memory = max_memory;
    return options;
}

/* ---- Which form ---- */

typedef struct expectation {
    size_t m, n;
    double max_memory;
    marq_form form;
    int held;
} expectation;

static const expectation expectations[] = {
    /* Without a limit, by flops: m n² + n³/3 against m² n + m³/3. */
    {1000, 50, 0, MARQ_FORM_GRAM, 1},
    {50, 1000, 0, MARQ_FORM_KERNEL, 1},
    {700, 681, 0, MARQ_FORM_GRAM, 1},
    {681, 700, 0, MARQ_FORM_KERNEL, 1},
    /* J of 128 MB and a little more: rows by tiles. */
    {16000, 1000, 0, MARQ_FORM_GRAM, 1},
    {16001, 1000, 0, MARQ_FORM_GRAM, 0},
    {1000000, 681, 0, MARQ_FORM_GRAM, 0},
    /* With a limit: J whole where it fits, then by tiles. */
    {1000000, 10, 200e6, MARQ_FORM_GRAM, 1},
    {1000000, 10, 100e6, MARQ_FORM_GRAM, 0},
    {1000000, 681, 20e9, MARQ_FORM_GRAM, 1},
    {1000000, 681, 100e6, MARQ_FORM_GRAM, 0},
    /* JᵀJ would be 3 GB, JJᵀ is 80 kB. */
    {100, 20000, 100e6, MARQ_FORM_KERNEL, 1},
    /* Both large: neither is factored. */
    {3000, 3000, 0, MARQ_FORM_GRAM, 1},
    {10000, 10000, 0, MARQ_FORM_ITERATIVE, 1},
    {10000, 10000, 1.2e9, MARQ_FORM_ITERATIVE, 1},
    /* Nor where there is room for J, but not for two matrices beside it. */
    {3000, 3000, 100e6, MARQ_FORM_ITERATIVE, 1},
};

static void the_cheapest_form_that_fits_is_taken(void **state) {
    (void)state;
    for (size_t k = 0; k < COUNT(expectations); k++) {
        const expectation *e = &expectations[k];
        marq_problem problem = shape(e->m, e->n);
        marq_options options = as_for_nets(e->max_memory);
        marq_plan plan;
        marq_error error = {0};
        REQUIRE(marq_plan_solve(&problem, &options, &plan, &error) == MARQ_OK, "%zu × %zu: %s", e->m, e->n,
                error.message);
        REQUIRE(plan.method == MARQ_METHOD_DAMPING && plan.form == e->form && plan.held == e->held,
                "%zu × %zu, at most %g bytes: form %d, held %d", e->m, e->n, e->max_memory, (int)plan.form,
                plan.held);
        REQUIRE(e->max_memory == 0 || plan.bytes <= e->max_memory, "%zu × %zu: %g bytes, %g allowed", e->m,
                e->n, plan.bytes, e->max_memory);
    }
}

static void products_and_their_costs_count(void **state) {
    (void)state;
    marq_problem problem = shape(700, 681);
    marq_options options = as_for_nets(0);
    marq_products products = both;
    marq_plan plan;
    problem.products = &products;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.form, MARQ_FORM_GRAM);
    assert_true(plan.products && !plan.held);
    products.kernel_cost.flops = 50e6; /* of JJᵀ from a net's layers; from J it were 325e6 */
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.form, MARQ_FORM_KERNEL);
    products.product_cost.flops = 1e6; /* of Jv and Jᵀw; from J they were 1.9e6 */
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.form, MARQ_FORM_KERNEL);
    products.product_cost.flops = 1e5;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.form, MARQ_FORM_ITERATIVE);
    products.product_cost.flops = 0;
    products.kernel_cost.bytes = 1e9;
    options.max_memory = 100e6;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.form, MARQ_FORM_GRAM);
    problem.products = &gram_only;
    options.form = MARQ_FORM_KERNEL; /* is not offered: rows */
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_true(plan.form == MARQ_FORM_KERNEL && !plan.products && plan.held);
}

static void the_trust_region_gives_way_where_it_does_not_fit(void **state) {
    (void)state;
    marq_problem problem = shape(1000000, 10);
    marq_options options = marq_options_default();
    marq_plan plan;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.method, MARQ_METHOD_TRUST_REGION);
    options.max_memory = 150e6;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.method, MARQ_METHOD_DAMPING);
    options.method = MARQ_METHOD_TRUST_REGION;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_ERROR_MEMORY);
}

static void a_solve_that_does_not_fit_is_refused_with_figures(void **state) {
    (void)state;
    marq_problem problem =
        shape(20000, 20000); /* J, for conjugate gradients: JᵀJ and its factor were twice that */
    marq_options options = as_for_nets(1e9);
    marq_error error;
    marq_plan plan;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, &error), MARQ_ERROR_MEMORY);
    assert_string_equal(error.message, "the solve needs 3.2 GB, the limit on memory allows 1.0 GB");
    static double theta[20000];
    marq_result result;
    assert_int_equal(marq_solve(&problem, &options, theta, &result), MARQ_ERROR_MEMORY);
    assert_string_equal(result.message, error.message);
}

static void a_plan_is_told_in_words(void **state) {
    (void)state;
    static const struct {
        size_t m, n;
        const char *words;
    } cases[] = {
        {1000, 50,
         "Cholesky of JᵀJ, 50 × 50, from J, QR of J if that loses digits: 1.0 MB, about 2.5 MFLOP a step"},
        {300, 1000, "Cholesky of JJᵀ, 300 × 300, from J: 3.9 MB, about 99 MFLOP a step"},
        {1000000, 681, "Cholesky of JᵀJ, 681 × 681, from J by blocks of rows: 48 MB, about 464 GFLOP a step"},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        marq_problem problem = shape(cases[k].m, cases[k].n);
        marq_options options = as_for_nets(0);
        marq_plan plan;
        char text[200];
        assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
        marq_plan_text(&plan, text, sizeof text);
        assert_string_equal(text, cases[k].words);
    }
}

static void the_caller_may_choose_between_cholesky_and_qr(void **state) {
    (void)state;
    static const struct {
        marq_form asked, form;
        int qr;
        const char *words;
    } cases[] = {
        {MARQ_FORM_AUTO, MARQ_FORM_GRAM, 1,
         "Cholesky of JᵀJ, 300 × 300, from J, QR of J if that loses digits: "},
        {MARQ_FORM_GRAM, MARQ_FORM_GRAM, 0, "Cholesky of JᵀJ, 300 × 300, from J: "},
        {MARQ_FORM_QR, MARQ_FORM_QR, 0, "QR of J, 2000 × 300: "},
    };
    for (size_t k = 0; k < COUNT(cases); k++) {
        marq_problem problem = shape(2000, 300);
        marq_options options = marq_options_default();
        options.method = MARQ_METHOD_DAMPING;
        options.form = cases[k].asked;
        marq_plan plan;
        char text[200];
        assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
        assert_true(plan.form == cases[k].form && plan.qr == cases[k].qr && plan.held);
        marq_plan_text(&plan, text, sizeof text);
        REQUIRE(strncmp(text, cases[k].words, strlen(cases[k].words)) == 0, "%s", text);
    }
    /* Where memory does not do for both, Cholesky's method alone. */
    marq_problem problem = shape(2000, 300);
    marq_options options = marq_options_default();
    marq_plan plan;
    options.method = MARQ_METHOD_DAMPING;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    options.max_memory = plan.bytes - 1;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_true(plan.form == MARQ_FORM_GRAM && plan.held && !plan.qr);
}

/* ---- Nets ---- */

static marq_plan plan_of_net(size_t sizes, const size_t *widths, size_t rows, double max_memory) {
    marq_net *net = marq_net_create(sizes, widths, NULL, NULL);
    marq_options options = as_for_nets(max_memory);
    marq_net_problem own;
    marq_problem problem;
    marq_targets targets = marq_plain_targets(marq_net_outputs(net), NULL);
    marq_error error = {0};
    REQUIRE(marq_net_problem_create(&own, net, rows, NULL, &targets, &options, &problem, &error) == MARQ_OK,
            "%s", error.message);
    marq_plan plan = own.plan;
    marq_net_problem_destroy(&own);
    marq_net_destroy(net);
    return plan;
}

static void nets_take_the_kernel_form_for_few_rows_and_never_hold_many(void **state) {
    (void)state;
    static const size_t widths[] = {1, 20, 20, 10, 1}; /* 681 parameters */
    marq_plan plan = plan_of_net(5, widths, 700, 0);
    assert_true(plan.form == MARQ_FORM_KERNEL && plan.products);
    plan = plan_of_net(5, widths, 5000, 0);
    assert_true(plan.form == MARQ_FORM_GRAM && plan.products);
    plan = plan_of_net(5, widths, 1000000, 0);
    assert_true(plan.form == MARQ_FORM_GRAM && plan.products);
    /* J would take 5.4 GB. */
    REQUIRE(plan.bytes < 60e6, "a million rows take %g bytes", plan.bytes);
}

/* ---- Rows by tiles ---- */

enum { MANY = 70000, FEW = 32 }; /* J takes 17.9 MB, a tile at most 16.8 MB */

typedef struct answer {
    double theta[FEW], cost, mu;
    size_t iterations, trials, residuals, jacobians;
} answer;

static answer solve_sines(sines *s, marq_jacobian jacobian, bool held, bool weighted, int threads) {
    marq_problem problem = sines_problem(s);
    marq_options options = marq_options_default();
    marq_plan plan;
    options.method = MARQ_METHOD_DAMPING;
    options.form = MARQ_FORM_GRAM;
    options.jacobian = jacobian;
    options.threads = threads;
    options.max_iterations = 4;
    if (weighted) problem.loss = MARQ_LOSS_SOFT_L1;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_true(plan.held);
    if (!held) options.max_memory = plan.bytes - 1;
    assert_int_equal(marq_plan_solve(&problem, &options, &plan, NULL), MARQ_OK);
    assert_int_equal(plan.held, held);
    answer a;
    marq_result result;
    memset(&a, 0, sizeof a);
    marq_solve(&problem, &options, a.theta, &result);
    REQUIRE(result.status > 0, "%s", result.message);
    a.cost = result.cost;
    a.mu = result.mu;
    a.iterations = result.iterations;
    a.trials = result.iterations + result.rejected;
    a.residuals = result.residual_evaluations;
    a.jacobians = result.jacobian_evaluations;
    return a;
}

static void tiles_of_rows_give_the_steps_of_the_whole_jacobian(void **state) {
    (void)state;
    sines s = sines_create(MANY, FEW, 0.5);
    for (int weighted = 0; weighted < 2; weighted++)
        for (int jacobian = MARQ_JACOBIAN_AUTO; jacobian <= MARQ_JACOBIAN_FORWARD; jacobian++) {
            answer whole = solve_sines(&s, (marq_jacobian)jacobian, true, weighted, 2);
            answer tiles = solve_sines(&s, (marq_jacobian)jacobian, false, weighted, 2);
            /* The noise of differences is another at another θ, be it by a rounding. */
            double share = jacobian == MARQ_JACOBIAN_FORWARD ? 1e-6 : 1e-12;
            REQUIRE(whole.iterations == tiles.iterations &&
                        fabs(whole.cost - tiles.cost) <= share * whole.cost,
                    "%zu iterations to %.17g, but %zu to %.17g by tiles", whole.iterations, whole.cost,
                    tiles.iterations, tiles.cost);
            for (size_t j = 0; j < FEW; j++)
                REQUIRE(fabs(whole.theta[j] - tiles.theta[j]) <= 1e3 * share,
                        "θ[%zu] = %.15g, by tiles %.15g", j, whole.theta[j], tiles.theta[j]);
            /* One pass for JᵀJ and Jᵀr, one for the second-order correction of each trial. */
            size_t passes = whole.jacobians + whole.trials,
                   extra = jacobian == MARQ_JACOBIAN_FORWARD ? FEW * whole.trials : 0;
            REQUIRE(tiles.jacobians == passes, "%zu passes by tiles, not %zu", tiles.jacobians, passes);
            REQUIRE(tiles.residuals == whole.residuals + extra, "%zu residual vectors, not %zu + %zu",
                    tiles.residuals, whole.residuals, extra);
        }
    sines_destroy(&s);
}

static void bits_of_tiles_do_not_depend_on_threads(void **state) {
    (void)state;
    sines s = sines_create(MANY, FEW, 0.5);
    answer one = solve_sines(&s, MARQ_JACOBIAN_AUTO, false, false, 1);
    for (int threads = 2; threads <= 4; threads++) {
        answer many = solve_sines(&s, MARQ_JACOBIAN_AUTO, false, false, threads);
        REQUIRE(memcmp(&one, &many, sizeof one) == 0, "%d threads give the cost %.17g, one thread %.17g",
                threads, many.cost, one.cost);
    }
    sines_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cheapest_form_that_fits_is_taken),
        cmocka_unit_test(products_and_their_costs_count),
        cmocka_unit_test(the_trust_region_gives_way_where_it_does_not_fit),
        cmocka_unit_test(a_solve_that_does_not_fit_is_refused_with_figures),
        cmocka_unit_test(a_plan_is_told_in_words),
        cmocka_unit_test(the_caller_may_choose_between_cholesky_and_qr),
        cmocka_unit_test(nets_take_the_kernel_form_for_few_rows_and_never_hold_many),
        cmocka_unit_test(tiles_of_rows_give_the_steps_of_the_whole_jacobian),
        cmocka_unit_test(bits_of_tiles_do_not_depend_on_threads),
    };
    return cmocka_run_group_tests_name("lm_plan", tests, NULL, NULL);
}
