/* QR of J where JᵀJ loses digits: a polynomial of degree 13 in powers of x on [0, 1]. The condition of its
 * JᵀJ, scaled to a unit diagonal, is 6e18. */
#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <string.h>

enum { TERMS = 14, ROWS = 60 };

static double noise(size_t i) {
    return 1e-3 * sin(37.0 * (double)i);
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const size_t *terms = user;
    for (size_t i = 0; i < count; i++) {
        double x = (double)(first + i) / (ROWS - 1), power = 1;
        r[i] = noise(first + i);
        for (size_t k = 0; k < *terms; k++, power *= x) r[i] += (theta[k] - 1) * power;
    }
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *J, size_t stride) {
    (void)theta;
    const size_t *terms = user;
    for (size_t i = 0; i < count; i++) {
        double x = (double)(first + i) / (ROWS - 1), power = 1;
        for (size_t k = 0; k < *terms; k++, power *= x) J[i * stride + k] = power;
    }
    return MARQ_CALLBACK_OK;
}

static marq_problem polynomial(size_t *terms) {
    return (marq_problem){
        .rows = ROWS, .parameters = *terms, .user = terms, .residual = residual, .jacobian = jacobian};
}

static marq_options damping(marq_form form) {
    marq_options options = marq_options_default();
    options.method = MARQ_METHOD_DAMPING;
    options.form = form;
    options.threads = 1;
    return options;
}

/* The normal equations of the same doubles solved with 60 digits by mpmath 1.3.0 (lu_solve). */
static const double exact[TERMS] = {0.999736758165354, 1.18953428967829, -6.61262787162551, 125.4015094199,
                                    -1114.34713814226, 6227.74610713711, -23107.8091906827, 59013.0447862194,
                                    -105206.022306629, 130654.288966533, -110689.603192448, 60937.2302218363,
                                    -19626.5662721496, 2805.05925615532};

static double worst_error(marq_form form, marq_result *result) {
    size_t terms = TERMS;
    marq_problem problem = polynomial(&terms);
    marq_options options = damping(form);
    double theta[TERMS] = {0}, worst = 0;
    assert_true(marq_solve(&problem, &options, theta, result) > 0);
    for (int k = 0; k < TERMS; k++) worst = fmax(worst, fabs(theta[k] / exact[k] - 1));
    return worst;
}

static void qr_takes_over_where_the_gram_matrix_loses_digits(void **state) {
    (void)state;
    marq_result gram, qr, chosen;
    double by_gram = worst_error(MARQ_FORM_GRAM, &gram), by_qr = worst_error(MARQ_FORM_QR, &qr),
           by_choice = worst_error(MARQ_FORM_AUTO, &chosen);
    print_message("errors: Gram %.1e (%zu iterations), QR %.1e (%zu), chosen %.1e (%zu)\n", by_gram,
                  gram.iterations, by_qr, qr.iterations, by_choice, chosen.iterations);
    REQUIRE(by_qr < 1e-6, "QR: %g", by_qr);
    REQUIRE(by_choice < 2e-5 && chosen.iterations <= 60, "chosen: %g after %zu iterations", by_choice,
            chosen.iterations);
    REQUIRE(by_gram > 10 * by_choice, "the Gram form is as good: %g, %g", by_gram, by_choice);
}

static void cholesky_stays_where_it_is_good_enough(void **state) {
    (void)state;
    size_t terms = 5;
    marq_problem problem = polynomial(&terms);
    marq_options by_gram = damping(MARQ_FORM_GRAM), by_choice = damping(MARQ_FORM_AUTO);
    double gram[TERMS] = {0}, chosen[TERMS] = {0};
    marq_result a, b;
    marq_solve(&problem, &by_gram, gram, &a);
    marq_solve(&problem, &by_choice, chosen, &b);
    assert_true(a.status > 0 && a.status == b.status && a.factorisations == b.factorisations);
    assert_memory_equal(gram, chosen, sizeof gram);
}

static void weight_decay_is_refused_with_words(void **state) {
    (void)state;
    size_t terms = 5;
    marq_problem problem = polynomial(&terms);
    marq_options options = damping(MARQ_FORM_QR);
    options.scaling = MARQ_SCALING_NONE;
    options.decay = 1;
    double theta[TERMS] = {0};
    marq_result result;
    assert_int_equal(marq_solve(&problem, &options, theta, &result), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(result.message, "QR"), "%s", result.message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(qr_takes_over_where_the_gram_matrix_loses_digits),
        cmocka_unit_test(cholesky_stays_where_it_is_good_enough),
        cmocka_unit_test(weight_decay_is_refused_with_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
