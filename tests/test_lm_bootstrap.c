/* The bootstrap. Oracle: for a straight line its moments are known. Residuals: the covariance of the samples
 * is s²(XᵀX)⁻¹, up to the finite number of them. Cases: the covariance tends to the sandwich (XᵀX)⁻¹ (Σ x_i
 * x_iᵀ r_i²) (XᵀX)⁻¹ (White 1980), which for many rows differs by terms of order 1/m. A standard deviation
 * from B normal samples has the relative error 1/√(2B). */
#include "require.h"

#include <marq/distribution.h>
#include <marq/inference.h>
#include <math.h>
#include <string.h>

enum { ROWS = 60 };

typedef struct line {
    double x[ROWS], y[ROWS];
    size_t calls, most; /* after so many a residual callback gives up; 0: never */
} line;

/* y = 1 + 2x + noise that grows with x: fixed numbers from a sum of sines. */
static line make_line(void) {
    line l = {.calls = 0};
    for (int i = 0; i < ROWS; i++) {
        l.x[i] = 0.1 * i;
        double noise = sin(12.9898 * i) + sin(78.233 * i) + sin(39.425 * i);
        l.y[i] = 1 + 2 * l.x[i] + 0.1 * (0.3 + l.x[i]) * noise;
    }
    return l;
}

static int residual(void *user, const double *p, size_t first, size_t count, double *r) {
    line *l = user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] + p[1] * l->x[first + i] - l->y[first + i];
    if (l->most == 0) return MARQ_CALLBACK_OK;
    return ++l->calls > l->most ? MARQ_CALLBACK_ABORT : MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *p, size_t first, size_t count, double *J, size_t stride) {
    const line *l = user;
    (void)p;
    for (size_t i = 0; i < count; i++) {
        J[i * stride] = 1;
        J[i * stride + 1] = l->x[first + i];
    }
    return MARQ_CALLBACK_OK;
}

static marq_problem problem_of(line *l) {
    return (marq_problem){.rows = ROWS,
                          .parameters = 2,
                          .user = l,
                          .residual = residual,
                          .jacobian = jacobian,
                          .concurrent = 1};
}

/* The covariance of the samples, about their mean. */
static void moments(const double *values, size_t samples, double mean[2], double c[3]) {
    mean[0] = mean[1] = c[0] = c[1] = c[2] = 0;
    for (size_t k = 0; k < samples; k++)
        for (int j = 0; j < 2; j++) mean[j] += values[2 * k + j] / (double)samples;
    for (size_t k = 0; k < samples; k++) {
        double a = values[2 * k] - mean[0], b = values[2 * k + 1] - mean[1];
        c[0] += a * a / (double)(samples - 1);
        c[1] += a * b / (double)(samples - 1);
        c[2] += b * b / (double)(samples - 1);
    }
}

enum { SAMPLES = 4000 };
static double values[SAMPLES * 2];

static void residual_samples_have_the_covariance_of_the_fit(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    double weights[ROWS];
    for (int weighted = 0; weighted < 2; weighted++) {
        for (int i = 0; i < ROWS; i++) weights[i] = i % 10 == 3 ? 0 : 1 / (0.3 + l.x[i]);
        if (weighted) problem.weights = weights;
        double p[2] = {0}, c[4], deviation[2], mean[2], got[3];
        marq_spread spreads[2];
        size_t used;
        marq_bootstrap_options options = marq_bootstrap_options_default();
        options.samples = SAMPLES;
        assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
        marq_covariance_at(&problem, NULL, p, 0, NULL, c, deviation, NULL, NULL);
        assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, values, &used, NULL), MARQ_OK);
        assert_int_equal(used, SAMPLES);
        moments(values, SAMPLES, mean, got);
        const double expected[] = {c[0], c[1], c[3]};
        for (int k = 0; k < 3; k++)
            REQUIRE(fabs(got[k] / expected[k] - 1) < 0.1, "entry %d: %g, expected %g", k, got[k],
                    expected[k]);
        for (int j = 0; j < 2; j++) {
            REQUIRE(fabs(spreads[j].deviation / deviation[j] - 1) < 0.05, "deviation %g, expected %g",
                    spreads[j].deviation, deviation[j]);
            REQUIRE(fabs(mean[j] - p[j]) < 4 * deviation[j] / sqrt(SAMPLES) &&
                        fabs(spreads[j].mean - mean[j]) < 1e-12,
                    "mean %g, fit %g", mean[j], p[j]);
            double low = p[j] - 1.959964 * deviation[j], high = p[j] + 1.959964 * deviation[j];
            REQUIRE(fabs(spreads[j].low - low) < 0.15 * deviation[j] &&
                        fabs(spreads[j].high - high) < 0.15 * deviation[j],
                    "%g … %g, normal %g … %g", spreads[j].low, spreads[j].high, low, high);
        }
    }
}

static void case_samples_have_the_sandwich_covariance(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    double p[2] = {0}, mean[2], got[3], r[ROWS], x2 = 0, x1 = 0, meat[3] = {0};
    marq_spread spreads[2];
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.resampling = MARQ_RESAMPLING_CASES;
    options.samples = SAMPLES;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, values, NULL, NULL), MARQ_OK);
    moments(values, SAMPLES, mean, got);
    residual(&l, p, 0, ROWS, r);
    for (int i = 0; i < ROWS; i++) {
        x1 += l.x[i], x2 += l.x[i] * l.x[i];
        meat[0] += r[i] * r[i], meat[1] += l.x[i] * r[i] * r[i], meat[2] += l.x[i] * l.x[i] * r[i] * r[i];
    }
    double d = ROWS * x2 - x1 * x1, a = x2 / d, b = -x1 / d, e = ROWS / d; /* (XᵀX)⁻¹ = (a b; b e) */
    const double expected[] = {a * a * meat[0] + 2 * a * b * meat[1] + b * b * meat[2],
                               a * b * meat[0] + (a * e + b * b) * meat[1] + b * e * meat[2],
                               b * b * meat[0] + 2 * b * e * meat[1] + e * e * meat[2]};
    for (int k = 0; k < 3; k++)
        REQUIRE(fabs(got[k] / expected[k] - 1) < 0.15, "entry %d: %g, expected %g", k, got[k], expected[k]);
    /* The noise grows with x: the residuals' covariance is far from this one. */
    double c[4];
    marq_covariance_at(&problem, NULL, p, 0, NULL, c, NULL, NULL, NULL);
    assert_true(fabs(c[0] / expected[0] - 1) > 0.3);
}

/* Sorted values at (1 ± level)/2 of the way from the first to the last, by straight lines between them. */
static void the_percentiles_are_those_of_the_values(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    double p[2] = {0}, sorted[11];
    marq_spread spreads[2];
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.samples = 11;
    options.level = 0.5;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, values, NULL, NULL), MARQ_OK);
    for (int k = 0; k < 11; k++) {
        int at = k;
        for (; at > 0 && sorted[at - 1] > values[2 * k]; at--) sorted[at] = sorted[at - 1];
        sorted[at] = values[2 * k];
    }
    double low = 0.5 * (sorted[2] + sorted[3]), high = 0.5 * (sorted[7] + sorted[8]);
    REQUIRE(fabs(spreads[0].low - low) < 1e-14 && fabs(spreads[0].high - high) < 1e-14,
            "%.17g … %.17g, expected %.17g … %.17g", spreads[0].low, spreads[0].high, low, high);
}

static void samples_follow_the_seed_and_nothing_else(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    double p[2] = {0}, first[80], again[80];
    marq_spread spreads[2];
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    for (int kind = 0; kind < 2; kind++)
        for (int threads = 1; threads <= 4; threads++) {
            marq_bootstrap_options options = marq_bootstrap_options_default();
            marq_options solve = marq_options_default();
            options.resampling = (marq_resampling)kind;
            options.samples = threads == 4 ? 20 : 40; /* more samples only add to the fewer */
            solve.threads = threads;
            double *to = threads == 1 ? first : again;
            assert_int_equal(marq_bootstrap(&problem, &solve, p, &options, spreads, to, NULL, NULL), MARQ_OK);
            assert_memory_equal(first, to, 2 * options.samples * sizeof *to);
            options.seed = 2;
            marq_bootstrap(&problem, &solve, p, &options, spreads, again, NULL, NULL);
            assert_memory_not_equal(first, again, sizeof *first);
        }
}

static void fixed_and_tied_parameters_follow(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    const unsigned char fixed[] = {1, 0};
    double p[2] = {1, 0};
    marq_spread spreads[2];
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.samples = 50;
    problem.fixed = fixed;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, NULL), MARQ_OK);
    assert_true(spreads[0].deviation == 0 && spreads[0].low == 1 && spreads[0].mean == 1 &&
                spreads[1].deviation > 0);
    problem.fixed = NULL;
    const size_t source = 1;
    const double factor = 0.5;
    const marq_linear_tie tie = {0, 0, 1, &source, &factor};
    const marq_ties ties = {.linear = &tie, .count = 1};
    problem.ties = &ties;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, values, NULL, NULL), MARQ_OK);
    for (int k = 0; k < 50; k++) assert_true(values[2 * k] == 0.5 * values[2 * k + 1]);
}

typedef struct counter {
    size_t calls, stop_at;
} counter;

static int count_samples(void *user, size_t done, size_t total) {
    counter *c = user;
    c->calls++;
    assert_int_equal(total, 30);
    return done == c->stop_at;
}

static void progress_counts_and_may_stop_and_errors_say_why(void **state) {
    (void)state;
    line l = make_line();
    marq_problem problem = problem_of(&l);
    double p[2] = {0};
    marq_spread spreads[2];
    marq_error error;
    counter c = {0};
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.samples = 30;
    options.progress = count_samples;
    options.progress_user = &c;
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, NULL), MARQ_OK);
    assert_int_equal(c.calls, 30);
    c = (counter){.stop_at = 4};
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, NULL),
                     MARQ_STOP_CALLER);
    options.progress = NULL;
    problem.concurrent = 0;
    l.most = 25;
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, NULL),
                     MARQ_ERROR_CALLBACK);
    l.most = 0;
    problem.rows = 2;
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, &error),
                     MARQ_ERROR_DATA);
    REQUIRE(strstr(error.message, "degrees of freedom"), "%s", error.message);
    options.samples = 1;
    assert_int_equal(marq_bootstrap(&problem, NULL, p, &options, spreads, NULL, NULL, &error),
                     MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(error.message, "2 samples"), "%s", error.message);
}

/* Computable within 1e-3 of the fit only: the minimum of nearly every sample lies beyond. */
static int near_the_fit(void *user, const double *p, size_t first, size_t count, double *r) {
    const double *at = user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] - (double)(first + i) * (double)(first + i);
    return fabs(p[0] - *at) < 1e-3 ? MARQ_CALLBACK_OK : MARQ_CALLBACK_NOT_COMPUTABLE;
}

static void fits_that_fail_are_left_out_or_end_in_an_error(void **state) {
    (void)state;
    double mean = 0, p, failing[60];
    for (int i = 0; i < 8; i++) mean += i * i / 8.0;
    p = mean;
    marq_problem problem = {.rows = 8, .parameters = 1, .user = &mean, .residual = near_the_fit};
    marq_spread spread;
    size_t used = 99;
    marq_error error;
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.samples = 60;
    assert_int_equal(marq_bootstrap(&problem, NULL, &p, &options, &spread, failing, &used, &error),
                     MARQ_ERROR_DATA);
    size_t there = 0;
    for (int k = 0; k < 60; k++) there += !isnan(failing[k]);
    REQUIRE(there == used && used < 30 && strstr(error.message, "of 60"), "%zu used, %zu there: %s", used,
            there, error.message);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(residual_samples_have_the_covariance_of_the_fit),
        cmocka_unit_test(case_samples_have_the_sandwich_covariance),
        cmocka_unit_test(the_percentiles_are_those_of_the_values),
        cmocka_unit_test(samples_follow_the_seed_and_nothing_else),
        cmocka_unit_test(fixed_and_tied_parameters_follow),
        cmocka_unit_test(progress_counts_and_may_stop_and_errors_say_why),
        cmocka_unit_test(fits_that_fail_are_left_out_or_end_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
