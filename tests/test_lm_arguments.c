/* What is refused, and workspaces. */
#include "require.h"
#include "sine_problem.h"

#include <omp.h>
#include <stdbool.h>
#include <string.h>

/* ---- Arguments ---- */

typedef struct call {
    marq_problem problem;
    marq_products products;
    marq_options options;
} call;

static void no_rows(call *c) {
    c->problem.rows = 0;
}
static void no_parameters(call *c) {
    c->problem.parameters = 0;
}
static void too_many_rows(call *c) {
    c->problem.rows = (size_t)1 << 31;
}
static void no_residual(call *c) {
    c->problem.residual = NULL;
}
static void no_linearise(call *c) {
    c->products.linearise = NULL;
}
static void no_apply(call *c) {
    c->products.apply = NULL;
}
static void no_apply_transposed(call *c) {
    c->products.apply_transposed = NULL;
}
static void negative_linear_tolerance(call *c) {
    c->options.linear_tolerance = -1;
}

static void typical_size_zero(call *c) {
    c->options.typical_size = 0;
}
static void mu_zero(call *c) {
    c->options.mu = 0;
}
static void mu_nan(call *c) {
    c->options.mu = (double)NAN;
}
static void mu_infinite(call *c) {
    c->options.mu = (double)INFINITY;
}
static void mu_increase_one(call *c) {
    c->options.mu_increase = 1;
}
static void mu_decrease_one(call *c) {
    c->options.mu_decrease = 1;
}
static void mu_min_negative(call *c) {
    c->options.mu_min = -1;
}
static void mu_max_below_mu_min(call *c) {
    c->options.mu_min = 1, c->options.mu_max = 0.5;
}
static void acceleration_without_a_step(call *c) {
    c->options.acceleration = 1, c->options.acceleration_step = 0;
}
static void acceleration_without_a_limit(call *c) {
    c->options.acceleration = 1, c->options.acceleration_limit = 0;
}
static void threads_negative(call *c) {
    c->options.threads = -1;
}
static void kernel_form_with_scaled_columns(call *c) {
    c->options.form = MARQ_FORM_KERNEL;
}

#define CASE(name)                                                                                           \
    { #name, name }
static const struct {
    const char *name;
    void (*spoil)(call *);
} spoilers[] = {
    CASE(no_rows),
    CASE(no_parameters),
    CASE(too_many_rows),
    CASE(no_residual),
    CASE(no_linearise),
    CASE(no_apply),
    CASE(no_apply_transposed),
    CASE(negative_linear_tolerance),
    CASE(typical_size_zero),
    CASE(mu_zero),
    CASE(mu_nan),
    CASE(mu_infinite),
    CASE(mu_increase_one),
    CASE(mu_decrease_one),
    CASE(mu_min_negative),
    CASE(mu_max_below_mu_min),
    CASE(acceleration_without_a_step),
    CASE(acceleration_without_a_limit),
    CASE(threads_negative),
    CASE(kernel_form_with_scaled_columns),
};

static void invalid_arguments_are_refused_with_words(void **state) {
    (void)state;
    sines s = sines_create(6, 3, 0.1);
    for (size_t k = 0; k < COUNT(spoilers); k++) {
        call c = {sines_problem(&s),
                  {.linearise = sines_linearise,
                   .gram = sines_gram,
                   .kernel = sines_kernel,
                   .apply = sines_apply,
                   .apply_transposed = sines_apply_transposed},
                  marq_options_default()};
        c.problem.products = &c.products;
        double theta[3] = {1, 2, 3}, jacobian[18];
        marq_result result;
        assert_true(marq_solve(&c.problem, &c.options, theta, &result) > 0);
        spoilers[k].spoil(&c);
        marq_error error = {0};
        double before[3];
        memcpy(before, theta, sizeof before);
        marq_status status = marq_solve(&c.problem, &c.options, theta, &result);
        REQUIRE(status == MARQ_ERROR_ARGUMENT && result.status == status, "%s: status %d", spoilers[k].name,
                status);
        REQUIRE(result.message[0] && strcmp(result.message, marq_status_text(MARQ_OK)) != 0, "%s: no message",
                spoilers[k].name);
        assert_memory_equal(theta, before, sizeof before);
        REQUIRE(!marq_workspace_create(&c.problem, &c.options, &error) && error.status == MARQ_ERROR_ARGUMENT,
                "%s: a workspace was made", spoilers[k].name);
        assert_string_equal(error.message, result.message);
        bool about_products = strncmp(spoilers[k].name, "no_a", 4) == 0 ||
                              strstr(spoilers[k].name, "linearise") ||
                              strstr(spoilers[k].name, "kernel_form");
        if (!about_products) /* marq_jacobian_at needs rows only */
            REQUIRE(marq_jacobian_at(&c.problem, &c.options, theta, jacobian, NULL) == MARQ_ERROR_ARGUMENT,
                    "%s: a Jacobian was made", spoilers[k].name);
    }
    sines_destroy(&s);
}

static void null_arguments_are_refused_or_defaults(void **state) {
    (void)state;
    sines s = sines_create(6, 3, 0.1);
    marq_problem problem = sines_problem(&s);
    marq_options options = marq_options_default();
    double theta[3] = {0}, same[3] = {0};
    marq_result result;
    assert_int_equal(marq_solve(NULL, NULL, theta, &result), MARQ_ERROR_ARGUMENT);
    assert_true(result.message[0]);
    assert_int_equal(marq_solve(&problem, NULL, NULL, &result), MARQ_ERROR_ARGUMENT);
    assert_true(result.message[0]);
    assert_int_equal(marq_solve_in(NULL, &problem, NULL, theta, NULL), MARQ_ERROR_ARGUMENT);
    assert_null(marq_workspace_create(NULL, NULL, NULL));
    marq_workspace_destroy(NULL);
    assert_true(marq_solve(&problem, NULL, theta, NULL) > 0);
    assert_true(marq_solve(&problem, &options, same, &result) > 0);
    assert_memory_equal(theta, same, sizeof theta);
    sines_destroy(&s);
}

/* ---- Workspaces ---- */

static void a_workspace_can_be_used_again(void **state) {
    (void)state;
    for (int kind = MARQ_JACOBIAN_AUTO; kind <= MARQ_JACOBIAN_CENTRAL; kind++)
        for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++) {
            sines a = sines_create(20, 5, 0.5), b = sines_create(20, 5, 0.5);
            for (size_t i = 0; i < 20; i++) b.y[i] *= -0.5;
            marq_problem first = sines_problem(&a), second = sines_problem(&b);
            marq_options options = marq_options_default();
            options.jacobian = (marq_jacobian)kind;
            options.form = (marq_form)form;
            options.scaling = MARQ_SCALING_NONE;
            options.acceleration = 1;
            double fresh[5] = {0}, again[5] = {0}, other[5] = {0};
            marq_result result[2];
            marq_solve(&second, &options, fresh, &result[0]);
            marq_workspace *work = marq_workspace_create(&first, &options, NULL);
            assert_non_null(work);
            assert_true(marq_solve_in(work, &first, &options, other, NULL) > 0);
            marq_solve_in(work, &second, &options, again, &result[1]);
            marq_workspace_destroy(work);
            REQUIRE(memcmp(fresh, again, sizeof fresh) == 0,
                    "Jacobian %d, form %d: a used workspace changes bits", kind, form);
            REQUIRE(result[0].iterations == result[1].iterations &&
                        result[0].residual_evaluations == result[1].residual_evaluations,
                    "Jacobian %d, form %d: a used workspace changes counts", kind, form);
            sines_destroy(&a);
            sines_destroy(&b);
        }
}

/* A workspace for `made`, used for `used`. */
static void is_refused(const marq_problem *made, const marq_options *with, const marq_problem *used,
                       const marq_options *options, const char *what) {
    marq_workspace *work = marq_workspace_create(made, with, NULL);
    double theta[3000] = {0};
    marq_result result;
    assert_non_null(work);
    marq_status status = marq_solve_in(work, used, options, theta, &result);
    marq_workspace_destroy(work);
    REQUIRE(status == MARQ_ERROR_ARGUMENT && strstr(result.message, "workspace"), "%s: status %d, %s", what,
            status, result.message);
}

static void a_workspace_of_another_kind_is_refused(void **state) {
    (void)state;
    sines s = sines_create(2000, 3, 0.5), shorter = sines_create(1999, 3, 0.5),
          wider = sines_create(2000, 4, 0.5);
    marq_problem problem = sines_problem(&s), other;
    marq_options options = marq_options_default(), changed;
    options.threads = 2;
    other = sines_problem(&shorter);
    is_refused(&problem, &options, &other, &options, "fewer rows");
    is_refused(&other, &options, &problem, &options, "more rows");
    other = sines_problem(&wider);
    is_refused(&problem, &options, &other, &options, "more parameters");
    is_refused(&other, &options, &problem, &options, "fewer parameters");
    changed = options;
    changed.jacobian = MARQ_JACOBIAN_CENTRAL;
    is_refused(&problem, &options, &problem, &changed, "differences");
    other = problem;
    other.jacobian = NULL;
    is_refused(&problem, &options, &other, &options, "no analytic Jacobian");
    changed = options;
    changed.threads = 3;
    is_refused(&problem, &options, &problem, &changed, "more threads");
    changed = options;
    changed.jacobian = MARQ_JACOBIAN_FORWARD;
    problem.row_block = 8;
    other = problem;
    other.row_block = 0;
    is_refused(&problem, &changed, &other, &changed, "larger blocks of rows for differences");
    sines_destroy(&s);
    sines_destroy(&shorter);
    sines_destroy(&wider);
}

static void another_form_needs_another_workspace(void **state) {
    (void)state;
    sines s = sines_create(20, 5, 0.5);
    marq_problem problem = sines_problem(&s);
    marq_options gram = marq_options_default(), kernel;
    gram.scaling = MARQ_SCALING_NONE;
    gram.form = MARQ_FORM_GRAM;
    kernel = gram;
    kernel.form = MARQ_FORM_KERNEL;
    is_refused(&problem, &gram, &problem, &kernel, "kernel form in memory for Gram");
    is_refused(&problem, &kernel, &problem, &gram, "Gram form in memory for kernel");
    sines_destroy(&s);
}

int main(void) {
    omp_set_num_threads(1); /* these problems are small; where threads matter, options say how many */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(invalid_arguments_are_refused_with_words),
        cmocka_unit_test(null_arguments_are_refused_or_defaults),
        cmocka_unit_test(a_workspace_can_be_used_again),
        cmocka_unit_test(a_workspace_of_another_kind_is_refused),
        cmocka_unit_test(another_form_needs_another_workspace),
    };
    return cmocka_run_group_tests_name("lm_arguments", tests, NULL, NULL);
}
