/* What a Levenberg–Marquardt step of a net costs, in calls: a retry with another damping one factorisation,
 * the products of its solves and the evaluations of its trial, and no matrix. */
#include "training_data.h"

#include <nn/problem.h>

typedef struct counter {
    marq_net_problem net; /* first: it is what its callbacks get */
    marq_products real;   /* its products */
    size_t linearised, grams, kernels, applied, transposed, evaluated;
} counter;

static int linearise(void *user, const double *theta) {
    counter *c = user;
    c->linearised++;
    return c->real.linearise(user, theta);
}

static int gram(void *user, const double *w, double *jtj, double *jtw) {
    counter *c = user;
    c->grams++;
    return c->real.gram(user, w, jtj, jtw);
}

static int kernel(void *user, double *jjt) {
    counter *c = user;
    c->kernels++;
    return c->real.kernel(user, jjt);
}

static int apply(void *user, const double *v, double *jv) {
    counter *c = user;
    c->applied++;
    return c->real.apply(user, v, jv);
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    counter *c = user;
    c->transposed++;
    return c->real.apply_transposed(user, w, jtw);
}

static int evaluate(void *user, const double *theta, double *r) {
    counter *c = user;
    c->evaluated++;
    return c->real.evaluate(user, theta, r);
}

static marq_options options_of(marq_form form, int acceleration) {
    marq_options o = marq_options_default();
    o.method = MARQ_METHOD_DAMPING;
    o.scaling = MARQ_SCALING_NONE;
    o.damping = MARQ_DAMPING_FACTORS;
    o.form = form;
    o.mu = 1e-6; /* so low that steps are rejected */
    o.acceleration = acceleration;
    o.gradient_tolerance = o.step_tolerance = o.cost_tolerance = 0;
    o.max_iterations = 12;
    return o;
}

/* Solves with counted products. */
static marq_result solve(counter *c, const samples *s, const marq_options *options) {
    marq_net *net = start_net(4, (size_t[]){2, 9, 9, 1}, MARQ_INIT_NGUYEN_WIDROW, 3);
    marq_targets targets = {.loss = MARQ_NET_SQUARES, .outputs = 1, .Y = s->Y};
    marq_problem problem;
    marq_error error = {0};
    *c = (counter){0};
    marq_status status =
        marq_net_problem_create(&c->net, net, s->rows, s->X, &targets, options, &problem, &error);
    REQUIRE(status == MARQ_OK, "%s", error.message);
    c->real = *problem.products;
    marq_products counted = c->real;
    counted.linearise = linearise;
    counted.gram = gram;
    counted.kernel = kernel;
    counted.apply = apply;
    counted.apply_transposed = apply_transposed;
    if (c->real.evaluate) counted.evaluate = evaluate;
    problem.products = &counted;
    problem.user = c;
    marq_result result;
    marq_solve(&problem, options, marq_net_parameters(net), &result);
    marq_net_problem_destroy(&c->net);
    marq_net_destroy(net);
    return result;
}

static void a_retry_costs_one_factorisation(void **state) {
    (void)state;
    samples s = waves(80, 1, 0.1, 5);
    for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++)
        for (int acceleration = 0; acceleration < 2; acceleration++) {
            counter c;
            marq_options options = options_of((marq_form)form, acceleration);
            marq_result r = solve(&c, &s, &options);
            size_t trials = r.iterations + r.rejected, points = r.iterations; /* the last is not linearised */
            REQUIRE(r.iterations == 12 && r.rejected >= 3, "%zu steps, %zu rejected", r.iterations,
                    r.rejected);
            assert_int_equal(r.factorisations, trials);
            assert_int_equal(c.linearised, points);
            assert_int_equal(c.grams, form == MARQ_FORM_GRAM ? points : 0);
            assert_int_equal(c.kernels, form == MARQ_FORM_KERNEL ? points : 0);
            assert_true(r.residual_evaluations <= 1 + trials * (size_t)(1 + acceleration));
            size_t solves = trials * (size_t)(1 + acceleration);
            if (form == MARQ_FORM_KERNEL) { /* J s is free; every solve takes one Jᵀα, the gradient one */
                assert_int_equal(c.applied, 0);
                assert_true(c.transposed <= solves + points);
                assert_int_equal(c.evaluated, r.residual_evaluations);
            } else { /* Jᵀr comes with JᵀJ */
                assert_true(c.applied <= trials * (size_t)acceleration);
                assert_true(c.transposed <= trials * (size_t)acceleration);
            }
        }
    samples_destroy(&s);
}

/* tr (A + αI)⁻¹ takes one factor more at each estimate, of the matrix at hand. */
static void an_estimate_of_the_evidence_costs_one_factorisation(void **state) {
    (void)state;
    samples s = waves(80, 1, 0.1, 5);
    for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++) {
        counter c;
        marq_options options = options_of((marq_form)form, 1);
        options.decay = 0.1;
        options.evidence = 2;
        marq_result r = solve(&c, &s, &options);
        assert_int_equal(r.iterations, 12);
        assert_int_equal(r.factorisations, r.iterations + r.rejected + 6);
        assert_true(c.linearised <= r.iterations + 1 && c.grams + c.kernels == c.linearised);
    }
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_retry_costs_one_factorisation),
        cmocka_unit_test(an_estimate_of_the_evidence_costs_one_factorisation),
    };
    return cmocka_run_group_tests_name("nn_steps", tests, NULL, NULL);
}
