/* Orthogonal distance regression. Oracles: York et al. 2004 (Am. J. Phys. 72, 367) for Pearson's data with
 * York's weights; a straight line with equal errors, whose answer is a singular vector; SciPy 1.17's
 * scipy.odr (ODRPACK, deriv = 1, sstol = partol = 1e-15, restarted from its own answer) for curves, two
 * inputs and standard errors. */
#include "require.h"

#include <marq/inference.h>
#include <marq/odr.h>
#include <math.h>
#include <string.h>

/* ---- Models ---- */

typedef struct data {
    const double *y;
    size_t calls, rows_seen;
} data;

static int line(void *user, const double *p, const double *x, size_t first, size_t count, double *r) {
    const data *d = user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] + p[1] * x[i] - d->y[first + i];
    return MARQ_CALLBACK_OK;
}

static int line_jacobian(void *user, const double *p, const double *x, size_t first, size_t count, double *J,
                         size_t stride) {
    (void)user, (void)p, (void)first;
    for (size_t i = 0; i < count; i++) {
        J[i * stride] = 1;
        J[i * stride + 1] = x[i];
    }
    return MARQ_CALLBACK_OK;
}

static int line_slopes(void *user, const double *p, const double *x, size_t first, size_t count,
                       double *slopes) {
    (void)user, (void)x, (void)first;
    for (size_t i = 0; i < count; i++) slopes[i] = p[1];
    return MARQ_CALLBACK_OK;
}

/* a exp(−b x) + c */
static int decay(void *user, const double *p, const double *x, size_t first, size_t count, double *r) {
    const data *d = user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] * exp(-p[1] * x[i]) + p[2] - d->y[first + i];
    return MARQ_CALLBACK_OK;
}

static int decay_jacobian(void *user, const double *p, const double *x, size_t first, size_t count, double *J,
                          size_t stride) {
    (void)user, (void)first;
    for (size_t i = 0; i < count; i++) {
        double e = exp(-p[1] * x[i]);
        J[i * stride] = e;
        J[i * stride + 1] = -p[0] * x[i] * e;
        J[i * stride + 2] = 1;
    }
    return MARQ_CALLBACK_OK;
}

static int decay_slopes(void *user, const double *p, const double *x, size_t first, size_t count,
                        double *slopes) {
    (void)user, (void)first;
    for (size_t i = 0; i < count; i++) slopes[i] = -p[0] * p[1] * exp(-p[1] * x[i]);
    return MARQ_CALLBACK_OK;
}

/* a u^b / (v + c) for the inputs u, v */
static int ratio(void *user, const double *p, const double *x, size_t first, size_t count, double *r) {
    const data *d = user;
    for (size_t i = 0; i < count; i++) {
        double u = x[2 * i], v = x[2 * i + 1];
        if (u < 0) return MARQ_CALLBACK_NOT_COMPUTABLE;
        r[i] = p[0] * pow(u, p[1]) / (v + p[2]) - d->y[first + i];
    }
    return MARQ_CALLBACK_OK;
}

static void require_near(const char *what, size_t j, double value, double expected, double tolerance) {
    REQUIRE(fabs(value - expected) <= tolerance * fabs(expected), "%s %zu: %.12g, expected %.12g", what, j,
            value, expected);
}

/* ---- Data ---- */

static const double decay_x[12] = {0.0,
                                   0.565698659871879,
                                   1.099060735569487,
                                   1.5836655638536057,
                                   2.0270905788307867,
                                   2.457181733050385,
                                   2.9083478452084366,
                                   3.404624734724053,
                                   3.947844899791309,
                                   4.5167355700302805,
                                   5.077389068155789,
                                   5.599952015858073};
static const double decay_y[12] = {4.55,
                                   3.2062393388141417,
                                   2.311316793964177,
                                   1.782143293900448,
                                   1.4882629283055528,
                                   1.2658052406991396,
                                   1.0299937768297247,
                                   0.8238211763582676,
                                   0.7189377965471975,
                                   0.6956782897108518,
                                   0.6626684620192062,
                                   0.5804733825974868};
static const double ratio_u[15] = {1.0,
                                   1.3070560004029934,
                                   1.5860292250900538,
                                   1.9206059242620876,
                                   2.1731713540999786,
                                   2.532514392007856,
                                   2.762450637661416,
                                   3.141832781926803,
                                   3.354721081899669,
                                   3.747818796420225,
                                   3.950598418795357,
                                   4.349995593005363,
                                   4.550411057327844,
                                   4.9481897693142045,
                                   5.154173922604219};
static const double ratio_v[15] = {3.0,
                                   2.5403023058681398,
                                   1.5838531634528576,
                                   1.0100075033995546,
                                   1.3463563791363882,
                                   2.283662185463226,
                                   2.960170286650366,
                                   2.7539022543433047,
                                   1.8544999661913866,
                                   1.088869738115323,
                                   1.1609284709235475,
                                   2.004425697988051,
                                   2.8438539587324922,
                                   2.9074467814501963,
                                   2.1367372182078337};
static const double ratio_y[15] = {0.5,
                                   0.7441729742545687,
                                   1.5451841257292596,
                                   2.7484285925468734,
                                   2.732488972338687,
                                   2.354730047323396,
                                   2.3161162267297546,
                                   3.0669799544151823,
                                   4.308653078986405,
                                   6.846906817883494,
                                   7.263057192259284,
                                   6.139392195784847,
                                   5.055862857033605,
                                   5.534030572155975,
                                   7.454694971172186};

typedef struct decay_case {
    data d;
    double sigma[12], sigma_x[12];
    marq_odr odr;
} decay_case;

static void make_decay(decay_case *c) {
    c->d = (data){.y = decay_y};
    for (int i = 0; i < 12; i++) {
        c->sigma[i] = 0.03 + 0.005 * (i % 4);
        c->sigma_x[i] = 0.05 + 0.01 * i;
    }
    c->odr = (marq_odr){.rows = 12,
                        .parameters = 3,
                        .inputs = 1,
                        .user = &c->d,
                        .residual = decay,
                        .jacobian = decay_jacobian,
                        .slopes = decay_slopes,
                        .x = decay_x,
                        .sigma = c->sigma,
                        .sigma_x = c->sigma_x,
                        .concurrent = 1};
}

static marq_problem bind(const marq_odr *odr) {
    marq_problem problem;
    marq_error error;
    REQUIRE(marq_odr_bind(odr, &problem, &error) == MARQ_OK, "%s", error.message);
    return problem;
}

/* Fits from p, with standard errors; returns the sum of squares. */
static double fit(const marq_problem *problem, double *p, double *deviation) {
    marq_result result;
    REQUIRE(marq_solve(problem, NULL, p, &result) > 0, "%s", result.message);
    assert_int_equal(marq_covariance_at(problem, NULL, p, 0, NULL, NULL, deviation, NULL, NULL), MARQ_OK);
    return 2 * result.cost;
}

/* ---- Answers ---- */

static void pearsons_data_with_yorks_weights(void **state) {
    (void)state;
    static const double x[] = {0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4};
    static const double y[] = {5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5};
    static const double wx[] = {1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1};
    static const double wy[] = {1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500};
    double sigma[10], sigma_x[10], p[2], deviation[2];
    for (int i = 0; i < 10; i++) sigma[i] = 1 / sqrt(wy[i]), sigma_x[i] = 1 / sqrt(wx[i]);
    data d = {.y = y};
    marq_odr odr = {.rows = 10,
                    .parameters = 2,
                    .inputs = 1,
                    .user = &d,
                    .residual = line,
                    .x = x,
                    .sigma = sigma,
                    .sigma_x = sigma_x};
    for (int derivatives = 0; derivatives < 2; derivatives++) {
        odr.jacobian = derivatives ? line_jacobian : NULL;
        odr.slopes = derivatives ? line_slopes : NULL;
        marq_problem problem = bind(&odr);
        p[0] = 6, p[1] = -1;
        double sum = fit(&problem, p, deviation), tolerance = derivatives ? 1e-11 : 1e-8;
        require_near("parameter", 0, p[0], 5.47991022403, tolerance);
        require_near("parameter", 1, p[1], -0.48053340744620, tolerance);
        require_near("sum", 0, sum, 11.8663531940, 1e-9);
        require_near("deviation", 0, deviation[0], 0.359246522588321, 1e-6);
        require_near("deviation", 1, deviation[1], 0.070620269539716, 1e-6);
    }
}

/* Equal errors: the line through the mean along the first singular vector of the centred data. */
static void a_line_with_equal_errors_is_the_principal_axis(void **state) {
    (void)state;
    double sx = 0, sy = 0, xx = 0, xy = 0, yy = 0, p[2] = {0, 0.3};
    for (int i = 0; i < 12; i++) sx += decay_x[i] / 12, sy += decay_y[i] / 12;
    for (int i = 0; i < 12; i++) {
        double u = decay_x[i] - sx, v = decay_y[i] - sy;
        xx += u * u, xy += u * v, yy += v * v;
    }
    double slope = (yy - xx + sqrt((yy - xx) * (yy - xx) + 4 * xy * xy)) / (2 * xy); /* Deming */
    data d = {.y = decay_y};
    marq_odr odr = {.rows = 12,
                    .parameters = 2,
                    .inputs = 1,
                    .user = &d,
                    .residual = line,
                    .jacobian = line_jacobian,
                    .x = decay_x};
    marq_problem problem = bind(&odr);
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    require_near("parameter", 1, p[1], slope, 1e-9);
    require_near("parameter", 0, p[0], sy - slope * sx, 1e-9);
}

static void a_curve_agrees_with_odrpack(void **state) {
    (void)state;
    static const double expected[] = {4.024231251631154, 0.717756270053129, 0.520371090238394};
    static const double deviations[] = {0.079442676660462, 0.023658055609603, 0.023686550867139};
    static const double delta[] = {-0.001790416729656, -0.002174768274635, 0.024139170195041,
                                   0.023317262121219,  -0.033907619512429, -0.074836264232068};
    decay_case c;
    make_decay(&c);
    for (int without = 0; without < 4; without++) {
        c.odr.slopes = without & 1 ? NULL : decay_slopes;
        c.odr.jacobian = without & 2 ? NULL : decay_jacobian;
        marq_problem problem = bind(&c.odr);
        double p[3] = {3, 1, 0}, deviation[3], x[12], r[12];
        double sum = fit(&problem, p, deviation), parts = 0, there[1];
        require_near("sum", 0, sum, 4.1650303863131, 1e-9);
        for (size_t j = 0; j < 3; j++) {
            require_near("parameter", j, p[j], expected[j], 2e-7); /* ODRPACK stops there */
            require_near("deviation", j, deviation[j], deviations[j], 1e-4);
        }
        assert_int_equal(marq_odr_points(&c.odr, p, x, r, NULL), MARQ_OK);
        for (size_t i = 0; i < 6; i++)
            REQUIRE(fabs(x[i] - decay_x[i] - delta[i]) < 1e-6, "row %zu: delta %g, expected %g", i,
                    x[i] - decay_x[i], delta[i]);
        for (size_t i = 0; i < 12; i++) {
            decay(&c.d, p, x + i, i, 1, there);
            REQUIRE(fabs(there[0] - r[i]) < 1e-14, "row %zu: %g and %g", i, there[0], r[i]);
            double u = (x[i] - decay_x[i]) / c.sigma_x[i], v = r[i] / c.sigma[i];
            parts += u * u + v * v;
        }
        require_near("sum of both parts", 0, parts, sum, 1e-12);
    }
}

static void two_inputs_agree_with_odrpack(void **state) {
    (void)state;
    static const double expected[] = {1.986642763025322, 1.50019865444727, 0.985773607294398};
    static const double deviations[] = {0.078956382036846, 0.019100278525962, 0.064825544833125};
    double x[30], sigma_x[30], sigma[15], p[3] = {1, 1, 2}, deviation[3];
    for (int i = 0; i < 15; i++) {
        x[2 * i] = ratio_u[i], x[2 * i + 1] = ratio_v[i], sigma[i] = 0.08;
        sigma_x[2 * i] = 0.05, sigma_x[2 * i + 1] = 0.02 + 0.01 * (i % 3);
    }
    data d = {.y = ratio_y};
    marq_odr odr = {.rows = 15,
                    .parameters = 3,
                    .inputs = 2,
                    .user = &d,
                    .residual = ratio,
                    .x = x,
                    .sigma = sigma,
                    .sigma_x = sigma_x};
    marq_problem problem = bind(&odr);
    require_near("sum", 0, fit(&problem, p, deviation), 4.672628971350159, 1e-9);
    for (size_t j = 0; j < 3; j++) {
        require_near("parameter", j, p[j], expected[j], 2e-7);
        require_near("deviation", j, deviation[j], deviations[j], 1e-4);
    }
}

/* ---- With the rest of the library ---- */

static void exact_inputs_give_the_plain_fit(void **state) {
    (void)state;
    decay_case c;
    make_decay(&c);
    memset(c.sigma_x, 0, sizeof c.sigma_x);
    marq_problem problem = bind(&c.odr);
    double p[3] = {3, 1, 0}, x[12], gradient[3] = {0};
    assert_true(marq_solve(&problem, NULL, p, NULL) > 0);
    assert_int_equal(marq_odr_points(&c.odr, p, x, NULL, NULL), MARQ_OK);
    assert_memory_equal(x, decay_x, sizeof x);
    double r[12], J[36];
    decay(&c.d, p, decay_x, 0, 12, r);
    decay_jacobian(&c.d, p, decay_x, 0, 12, J, 3);
    for (int i = 0; i < 12; i++)
        for (int j = 0; j < 3; j++) gradient[j] += J[3 * i + j] * r[i] / (c.sigma[i] * c.sigma[i]);
    REQUIRE(fabs(gradient[0]) < 1e-8 && fabs(gradient[1]) < 1e-8 && fabs(gradient[2]) < 1e-8, "%g %g %g",
            gradient[0], gradient[1], gradient[2]);
}

static void fixed_parameters_agree_with_odrpack(void **state) {
    (void)state;
    decay_case c;
    make_decay(&c);
    marq_problem problem = bind(&c.odr);
    const unsigned char fixed[] = {0, 0, 1};
    const double lower[] = {-HUGE_VAL, -HUGE_VAL, 0.6};
    double p[3] = {3, 1, 0.6}, q[3] = {3, 1, 0.9}, deviation[3];
    problem.fixed = fixed;
    require_near("sum", 0, fit(&problem, p, deviation), 10.326770759419153, 1e-9);
    require_near("parameter", 0, p[0], 4.059703127302049, 1e-6);
    require_near("parameter", 1, p[1], 0.788496230791247, 1e-6);
    require_near("deviation", 0, deviation[0], 0.133255517122209, 1e-4);
    problem.fixed = NULL;
    problem.lower = lower; /* below it is better: the bound holds */
    assert_true(marq_solve(&problem, NULL, q, NULL) > 0);
    for (size_t j = 0; j < 3; j++) require_near("parameter at the bound", j, q[j], p[j], 1e-8);
}

static void intervals_work_on_distances(void **state) {
    (void)state;
    decay_case c;
    make_decay(&c);
    marq_problem problem = bind(&c.odr);
    double p[3] = {3, 1, 0}, deviation[3];
    marq_interval v[3];
    fit(&problem, p, deviation);
    assert_int_equal(marq_profile_intervals(&problem, NULL, p, NULL, v, NULL, NULL), MARQ_OK);
    for (size_t j = 0; j < 3; j++) { /* near ± 2.262 standard errors (t, 9), and not quite symmetric */
        double low = (p[j] - v[j].low.value) / deviation[j], high = (v[j].high.value - p[j]) / deviation[j];
        REQUIRE(v[j].low.status == MARQ_END_FOUND && fabs(low - 2.262) < 0.3 && fabs(high - 2.262) < 0.3,
                "%g %g", low, high);
    }
}

/* The Jacobian of the distances against differences of them, far from the answer. */
static void the_jacobian_of_distances_is_right(void **state) {
    (void)state;
    decay_case c;
    make_decay(&c);
    marq_problem problem = bind(&c.odr);
    const double points[][3] = {{4, 0.7, 0.5}, {2, 2, -1}, {-3, 0.1, 1}};
    for (size_t k = 0; k < COUNT(points); k++) {
        marq_error error = {0};
        REQUIRE(marq_check_jacobian(&problem, NULL, points[k], 1e-6, NULL, NULL, NULL, &error) == MARQ_OK,
                "point %zu: %s", k, error.message);
    }
}

static void threads_and_blocks_do_not_change_a_bit(void **state) {
    (void)state;
    enum { ROWS = 700 };
    static double x[ROWS], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i] = 0.01 * i;
        y[i] = 3 * exp(-0.6 * x[i]) + 0.2 + 0.05 * sin(12.9898 * i);
    }
    data d = {.y = y};
    double first[3];
    for (int threads = 1; threads <= 4; threads++) {
        marq_odr odr = {.rows = ROWS,
                        .parameters = 3,
                        .inputs = 1,
                        .user = &d,
                        .residual = decay,
                        .jacobian = decay_jacobian,
                        .x = x,
                        .concurrent = 1,
                        .row_block = threads == 4 ? 50 : 0};
        marq_problem problem = bind(&odr);
        marq_options options = marq_options_default();
        options.threads = threads;
        double p[3] = {1, 1, 0};
        assert_true(marq_solve(&problem, &options, p, NULL) > 0);
        if (threads == 1) memcpy(first, p, sizeof p);
        assert_memory_equal(first, p, sizeof p);
    }
}

/* ---- Trouble ---- */

/* √x near 0: a step of a foot to x < 0 must be taken back. */
static int root(void *user, const double *p, const double *x, size_t first, size_t count, double *r) {
    const data *d = user;
    for (size_t i = 0; i < count; i++) {
        if (x[i] < 0) return MARQ_CALLBACK_NOT_COMPUTABLE;
        r[i] = p[0] * sqrt(x[i]) - d->y[first + i];
    }
    return MARQ_CALLBACK_OK;
}

static int root_slopes(void *user, const double *p, const double *x, size_t first, size_t count,
                       double *slopes) {
    (void)user, (void)first;
    for (size_t i = 0; i < count; i++) slopes[i] = p[0] / (2 * sqrt(x[i]));
    return MARQ_CALLBACK_OK;
}

static void feet_stay_where_the_model_is_computable(void **state) {
    (void)state;
    static const double x[] = {0.01, 0.1, 0.5, 1, 2, 3}, y[] = {0.3, 0.55, 1.5, 2.1, 2.7, 3.6};
    data d = {.y = y};
    marq_odr odr = {
        .rows = 6, .parameters = 1, .inputs = 1, .user = &d, .residual = root, .slopes = root_slopes, .x = x};
    marq_problem problem = bind(&odr);
    double p = 1, x_true[6];
    marq_result result;
    assert_true(marq_solve(&problem, NULL, &p, &result) > 0);
    REQUIRE(p > 1.8 && p < 2.3, "%g: %s", p, result.message);
    assert_int_equal(marq_odr_points(&odr, &p, x_true, NULL, NULL), MARQ_OK);
    for (int i = 0; i < 6; i++) assert_true(x_true[i] >= 0);
}

static int gives_up(void *user, const double *p, const double *x, size_t first, size_t count, double *r) {
    (void)user, (void)p, (void)x, (void)first, (void)count, (void)r;
    return MARQ_CALLBACK_ABORT;
}

static void wrong_data_and_callbacks_that_give_up_are_errors(void **state) {
    (void)state;
    decay_case c;
    marq_problem problem;
    marq_error error;
    make_decay(&c);
    c.sigma[3] = 0;
    assert_int_equal(marq_odr_bind(&c.odr, &problem, &error), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(error.message, "sigma is not above 0"), "%s", error.message);
    make_decay(&c);
    c.sigma_x[3] = -1;
    assert_int_equal(marq_odr_bind(&c.odr, &problem, &error), MARQ_ERROR_ARGUMENT);
    REQUIRE(strstr(error.message, "sigma_x"), "%s", error.message);
    make_decay(&c);
    c.odr.inputs = 17;
    assert_int_equal(marq_odr_bind(&c.odr, &problem, &error), MARQ_ERROR_ARGUMENT);
    make_decay(&c);
    c.odr.residual = gives_up;
    double p[3] = {1, 1, 1};
    problem = bind(&c.odr);
    assert_int_equal(marq_solve(&problem, NULL, p, NULL), MARQ_ERROR_CALLBACK);
    assert_int_equal(marq_odr_points(&c.odr, p, NULL, NULL, &error), MARQ_ERROR_CALLBACK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pearsons_data_with_yorks_weights),
        cmocka_unit_test(a_line_with_equal_errors_is_the_principal_axis),
        cmocka_unit_test(a_curve_agrees_with_odrpack),
        cmocka_unit_test(two_inputs_agree_with_odrpack),
        cmocka_unit_test(exact_inputs_give_the_plain_fit),
        cmocka_unit_test(fixed_parameters_agree_with_odrpack),
        cmocka_unit_test(intervals_work_on_distances),
        cmocka_unit_test(the_jacobian_of_distances_is_right),
        cmocka_unit_test(threads_and_blocks_do_not_change_a_bit),
        cmocka_unit_test(feet_stay_where_the_model_is_computable),
        cmocka_unit_test(wrong_data_and_callbacks_that_give_up_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
