/* Weight decay and its estimate by the evidence, on a linear problem where both have known answers. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <string.h>

enum { ROWS = 40, TERMS = 6 };

/* r = Xθ − y with X_ij = cos(0.7 i + 1.3 j + 0.1 ij) and y = Xw + 0.3 sin(11 i + i²/2). */
static double design(size_t i, size_t j) {
    return cos(0.7 * (double)i + 1.3 * (double)j + 0.1 * (double)(i * j));
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    (void)user;
    static const double w[TERMS] = {1, -2, 0.5, 0, 0.1, 3};
    for (size_t k = 0; k < count; k++) {
        double i = (double)(first + k);
        r[k] = -0.3 * sin(11 * i + 0.5 * i * i);
        for (size_t j = 0; j < TERMS; j++) r[k] += design(first + k, j) * (theta[j] - w[j]);
    }
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *J, size_t stride) {
    (void)user, (void)theta;
    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < TERMS; j++) J[k * stride + j] = design(first + k, j);
    return MARQ_CALLBACK_OK;
}

static const marq_problem problem = {
    .rows = ROWS, .parameters = TERMS, .residual = residual, .jacobian = jacobian};

static marq_options with_decay(marq_form form, double decay, size_t evidence) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.form = form;
    options.decay = decay;
    options.evidence = evidence;
    options.cost_tolerance = options.step_tolerance = 0;
    options.gradient_tolerance = evidence ? 0 : 1e-13;
    options.mu_max = 1e6;
    return options;
}

static void close_to(const double *theta, const double *expected, double tolerance) {
    for (size_t j = 0; j < TERMS; j++)
        REQUIRE(fabs(theta[j] - expected[j]) <= tolerance, "parameter %zu is %.15g, expected %.15g", j + 1,
                theta[j], expected[j]);
}

/* numpy 2: solve(X'X + 2.5 I, X'y). */
static const double ridge[TERMS] = {1.0882261467996623,  -1.709353463887019,  0.4060768190312426,
                                    -0.2417987864877997, -0.3281224746300379, 2.406548495237681};

/* scikit-learn 1.9.1: BayesianRidge(fit_intercept=False, no hyperpriors, tol 1e-14): decay = lambda_/alpha_.
 */
static const double bayes[TERMS] = {1.0797346589705692,  -1.8808759343659984, 0.5594620918764303,
                                    0.03340506700728907, 0.01802023021536936, 2.90636044079423};
static const double bayes_decay = 0.022137135097651087, bayes_effective = 5.9337883913372105;

/* Of the same fit: (N − γ)/‖r‖², with its θ and γ. */
static double bayes_beta(void) {
    double r[ROWS], sum = 0;
    residual(NULL, bayes, 0, ROWS, r);
    for (size_t i = 0; i < ROWS; i++) sum += r[i] * r[i];
    return (ROWS - bayes_effective) / sum;
}

static void fixed_decay_is_ridge_regression(void **state) {
    (void)state;
    for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_ITERATIVE; form++) {
        double theta[TERMS] = {0};
        marq_options options = with_decay((marq_form)form, 2.5, 0);
        marq_result result;
        marq_status status = marq_solve(&problem, &options, theta, &result);
        REQUIRE(status > 0, "form %d: %s", form, result.message);
        close_to(theta, ridge, 3e-8);
        assert_true(result.decay == 2.5);
        assert_true(isnan(result.effective) && isnan(result.beta));
    }
}

static void the_evidence_finds_the_decay(void **state) {
    (void)state;
    for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++) {
        double theta[TERMS] = {0};
        marq_options options = with_decay((marq_form)form, 1, 1);
        marq_result result;
        marq_status status = marq_solve(&problem, &options, theta, &result);
        REQUIRE(status > 0, "form %d: %s", form, result.message);
        REQUIRE(fabs(result.decay / bayes_decay - 1) < 1e-5, "form %d: decay %.12g, expected %.12g", form,
                result.decay, bayes_decay);
        REQUIRE(fabs(result.effective / bayes_effective - 1) < 1e-6, "form %d: γ %.12g, expected %.12g", form,
                result.effective, bayes_effective);
        REQUIRE(fabs(result.beta / bayes_beta() - 1) < 1e-5, "form %d: β %.12g, expected %.12g", form,
                result.beta, bayes_beta());
        close_to(theta, bayes, 1e-6);
    }
}

/* At every step: γ parameters are used up, and what is left of the values shows the noise. */
typedef struct told {
    size_t estimates;
    double last;
} told;

static int check_beta(void *user, const marq_progress *p) {
    told *t = user;
    if (p->iteration == 0) {
        assert_true(isnan(p->beta) && isnan(p->effective));
        return 0;
    }
    if (p->iteration % 2 == 1) {
        assert_true(p->iteration == 1 ? isnan(p->beta) : p->beta == t->last);
        return 0;
    }
    double squares = 0;
    for (size_t i = 0; i < ROWS; i++) squares += p->residual[i] * p->residual[i];
    double expected = (ROWS - p->effective) / squares;
    REQUIRE(fabs(p->beta / expected - 1) < 1e-12, "step %zu: β %.15g, expected %.15g", p->iteration, p->beta,
            expected);
    t->last = p->beta;
    t->estimates++;
    return p->iteration == 6 ? MARQ_STOP_CALLER : 0;
}

static void every_step_tells_the_estimates(void **state) {
    (void)state;
    for (int form = MARQ_FORM_GRAM; form <= MARQ_FORM_KERNEL; form++) {
        double theta[TERMS] = {0};
        told t = {0};
        marq_options options = with_decay((marq_form)form, 1, 2);
        options.progress = check_beta;
        options.progress_user = &t;
        assert_int_equal(marq_solve(&problem, &options, theta, NULL), MARQ_STOP_CALLER);
        assert_int_equal(t.estimates, 3);
    }
}

static void the_cost_includes_the_penalty(void **state) {
    (void)state;
    double theta[TERMS] = {0}, r[ROWS], sum = 0;
    marq_options options = with_decay(MARQ_FORM_GRAM, 2.5, 0);
    marq_result result;
    marq_solve(&problem, &options, theta, &result);
    residual(NULL, theta, 0, ROWS, r);
    for (size_t i = 0; i < ROWS; i++) sum += r[i] * r[i];
    for (size_t j = 0; j < TERMS; j++) sum += 2.5 * theta[j] * theta[j];
    REQUIRE(fabs(result.cost - 0.5 * sum) < 1e-12 * sum, "cost %.15g, expected %.15g", result.cost,
            0.5 * sum);
}

static void refuses(marq_options options, const marq_problem *p, const char *word) {
    double theta[TERMS] = {0};
    marq_result result;
    assert_int_equal(marq_solve(p, &options, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, word), "message \"%s\" lacks \"%s\"", result.message, word);
}

static void what_does_not_go_with_decay_is_refused(void **state) {
    (void)state;
    marq_options options = with_decay(MARQ_FORM_GRAM, 1, 0);
    options.decay = -1;
    refuses(options, &problem, "decay");
    options = with_decay(MARQ_FORM_GRAM, 0, 2);
    refuses(options, &problem, "evidence");
    refuses(with_decay(MARQ_FORM_ITERATIVE, 1, 1), &problem, "evidence");
    options = with_decay(MARQ_FORM_GRAM, 1, 0);
    options.scaling = MARQ_SCALING_COLUMNS;
    refuses(options, &problem, "MARQ_SCALING_NONE");
    marq_problem bounded = problem;
    static const double lower[TERMS] = {-1, -3, -1, -1, -1, -1};
    bounded.lower = lower;
    refuses(with_decay(MARQ_FORM_GRAM, 1, 0), &bounded, "bounds");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_decay_is_ridge_regression),
        cmocka_unit_test(the_evidence_finds_the_decay),
        cmocka_unit_test(every_step_tells_the_estimates),
        cmocka_unit_test(the_cost_includes_the_penalty),
        cmocka_unit_test(what_does_not_go_with_decay_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
