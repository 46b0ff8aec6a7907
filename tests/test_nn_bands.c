/* How sure a net's predictions are: against linear regression, against the truth, far from the data. */
#include "training_data.h"

#include <marq/bands.h>
#include <marq/distribution.h>
#include <stdio.h>
#include <unistd.h>

static void require_close(double value, double expected, double tolerance, const char *what) {
    REQUIRE(fabs(value - expected) <= tolerance * fabs(expected), "%s: %.15g instead of %.15g", what, value,
            expected);
}

static marq_net_bands *make_bands(const marq_net *net, const marq_data *data, marq_bands_options options) {
    marq_error error = {0};
    marq_net_bands *bands = marq_net_bands_create(net, data, &options, &error);
    REQUIRE(bands, "%s", error.message);
    return bands;
}

/* ---- Linear regression ---- */

/* R 4.2.2: predict(lm(y ~ x1 + x2), se.fit = TRUE), and with weights 1/sigma²; the standard deviation of a
 * prediction from predict(…, interval = "prediction"), half its width over qt(0.975, 5). */
enum { REGRESSION_ROWS = 8, NEW_ROWS = 3 };
static const double regression_X[] = {0.2, 1.0,  0.5, -0.4, 1.1, 0.3, 1.7, 1.2,
                                      2.0, -0.9, 2.6, 0.1,  3.3, 0.8, 3.9, -0.2};
static const double regression_y[] = {1.43, 0.61, 2.05, 3.38, 1.22, 2.87, 4.31, 3.45};
static const double regression_z[] = {0.3, -0.8, 0.1, 0.9, -1.2, 0.3, 0.4, -0.4};
static const double regression_sigma[] = {1, 1, 2, 1, 0.5, 1, 2, 1};
static const double new_X[] = {1, 0, 2, 0.5, 6, -2};

static marq_net *regress(const marq_data *data, size_t outputs) {
    marq_error error = {0};
    marq_net *net = start_net(2, (size_t[]){2, outputs}, MARQ_INIT_XAVIER, 1);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.batch = data->rows;
    REQUIRE(marq_net_train(net, data, &options, NULL, &error) > 0, "%s", error.message);
    return net;
}

static void a_linear_net_has_the_errors_of_regression(void **state) {
    (void)state;
    static const double deviation_y[] = {0.1062690996798527, 0.0862946862192595, 0.3592116131986623},
                        deviation_z[] = {0.117295894708650, 0.095248877229448, 0.396484469020704},
                        prediction_y[] = {0.249987968596735, 0.242172739518791, 0.424539569360903};
    double Y[2 * REGRESSION_ROWS], deviation[2 * NEW_ROWS], prediction[2 * NEW_ROWS];
    for (size_t i = 0; i < REGRESSION_ROWS; i++) Y[2 * i] = regression_y[i], Y[2 * i + 1] = regression_z[i];
    const double weights[] = {4, 1}; /* an output is judged by itself: they change nothing */
    for (int weighted = 0; weighted < 2; weighted++) {
        marq_data data = {
            .rows = REGRESSION_ROWS, .X = regression_X, .Y = Y, .output_weights = weighted ? weights : NULL};
        marq_net *net = regress(&data, 2);
        marq_net_bands *bands = make_bands(net, &data, marq_bands_options_default());
        marq_net_bands_at(bands, NEW_ROWS, new_X, (const double[]){1, 1, 1}, deviation, prediction, NULL);
        for (size_t i = 0; i < NEW_ROWS; i++) {
            require_close(deviation[2 * i], deviation_y[i], 1e-7, "standard error of y");
            require_close(deviation[2 * i + 1], deviation_z[i], 1e-7, "standard error of z");
            require_close(prediction[2 * i], prediction_y[i], 1e-7, "deviation of a measurement of y");
        }
        marq_bands_facts y = marq_net_bands_facts(bands, 0), z = marq_net_bands_facts(bands, 1);
        require_close(y.effective, 6, 1e-8, "effective parameters of both");
        require_close(y.dof, 5, 1e-8, "degrees of freedom");
        require_close(z.dof, 5, 1e-8, "degrees of freedom");
        require_close(z.noise, 0.249755149428566, 1e-8, "noise of z");
        if (!weighted) require_close(y.largest, 0.477136114621881, 1e-8, "max(hatvalues(lm))");
        marq_net_bands_destroy(bands);
        marq_net_destroy(net);
    }
}

static void check_weighted(const marq_data *data) {
    static const double expected[] = {0.0824542948976477, 0.0844490845406054, 0.2705575136610591},
                        measured[] = {0.208792081514145, 0.209587858512099, 0.331657640880465};
    double deviation[NEW_ROWS], prediction[NEW_ROWS];
    marq_net *net = regress(data, 1);
    marq_net_bands *bands = make_bands(net, data, marq_bands_options_default());
    marq_net_bands_at(bands, NEW_ROWS, new_X, (const double[]){1, 1, 1}, deviation, prediction, NULL);
    for (size_t i = 0; i < NEW_ROWS; i++) {
        require_close(deviation[i], expected[i], 1e-7, "standard error");
        require_close(prediction[i], measured[i], 1e-7, "deviation of a measurement with sigma 1");
    }
    /* σ = 0.191821329773154 for sigma 1; the mean weight is 1.1875. */
    require_close(marq_net_bands_facts(bands, 0).noise, 0.191821329773154 / sqrt(1.1875), 1e-8, "noise");
    marq_net_bands_destroy(bands);
    marq_net_destroy(net);
}

/* Two classes: R 4.2.2, predict(glm(y ~ x, binomial), type = "response", se.fit = TRUE)$se.fit. Three:
 * Fisher's information of the softmax in NumPy, its pseudo-inverse, and the delta method; its probabilities
 * are those of tests/test_nn_classes.c, whose data these are. */
static void a_linear_classifier_has_the_errors_of_logistic_regression(void **state) {
    (void)state;
    enum { CLASS_ROWS = 24 };
    static const double X[] = {-0.8, 0.4,  -0.4, 2,    1.6, -1.6, 0.4,  -0.3, 2,   0.2, 1.9, -0.2,
                               -0.6, -1.3, 0.1,  1.2,  2.5, -0.0, 1.6,  -0.3, 1.2, 0.2, 0.6, -0.4,
                               -1,   -1.1, 2.5,  -0.2, 2,   0.2,  -1.7, -1.1, 0.8, 2.4, 0.6, 0.7,
                               -0.6, -2,   0.4,  1.5,  1.1, -1.1, 0.6,  0,    0.8, 1.2, 1.2, -2};
    static const size_t rows[] = {0, 7, 23};
    static const double two[] = {0.200222307194245, 0.174029922051260, 0.296320443414695};
    static const double three[][3] = {{0.0719820063550508, 0.0207366860713947, 0.0627458424274227},
                                      {0.219485371119774, 0.251832973196869, 0.0680637631739631},
                                      {0.258632178167691, 0.000108630919804077, 0.258645701899864}};
    for (size_t classes = 2; classes <= 3; classes++) {
        double Y[CLASS_ROWS], deviation[3 * CLASS_ROWS], leverage[3 * CLASS_ROWS];
        for (size_t i = 0; i < CLASS_ROWS; i++) Y[i] = classes == 2 ? i % 3 > 0 : (double)(i % 3);
        marq_data data = {.rows = CLASS_ROWS, .X = X, .Y = Y};
        marq_net *net = start_net(2, (size_t[]){2, classes == 2 ? 1 : 3}, MARQ_INIT_XAVIER, 1);
        assert_int_equal(marq_net_set_classes(net, classes, NULL, NULL), MARQ_OK);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.decay = 1e-12; /* all rows, and none but to part the classes' common shift */
        options.normalise = MARQ_NORMALISE_NONE;
        assert_true(marq_net_train(net, &data, &options, NULL, NULL) > 0);
        marq_net_bands *bands = make_bands(net, &data, marq_bands_options_default());
        marq_net_bands_at(bands, CLASS_ROWS, X, NULL, deviation, NULL, leverage);
        for (size_t r = 0; r < 3; r++)
            for (size_t k = 0; k < classes; k++)
                require_close(deviation[rows[r] * classes + k], classes == 2 ? two[r] : three[r][k], 1e-5,
                              "standard error of a probability");
        assert_true(isinf(marq_net_bands_facts(bands, 0).dof));
        double largest = 0;
        for (size_t i = 0; i < CLASS_ROWS; i++) largest = fmax(largest, leverage[i * (classes == 2 ? 1 : 3)]);
        require_close(marq_net_bands_facts(bands, 0).largest, largest, 1e-12, "largest leverage");
        marq_net_bands_destroy(bands);
        marq_net_destroy(net);
    }
}

static void rows_weigh_by_sigma_and_missing_ones_nothing(void **state) {
    (void)state;
    marq_data data = {
        .rows = REGRESSION_ROWS, .X = regression_X, .Y = regression_y, .sigma = regression_sigma};
    check_weighted(&data);
    double X[2 * (REGRESSION_ROWS + 1)] = {9, 9}, Y[REGRESSION_ROWS + 1] = {(double)NAN},
                                    sigma[REGRESSION_ROWS + 1] = {1};
    memcpy(X + 2, regression_X, sizeof regression_X);
    memcpy(Y + 1, regression_y, sizeof regression_y);
    memcpy(sigma + 1, regression_sigma, sizeof regression_sigma);
    data = (marq_data){.rows = REGRESSION_ROWS + 1, .X = X, .Y = Y, .sigma = sigma, .mask = 1};
    check_weighted(&data);
}

/* ---- Coverage ---- */

static const double NOISE = 0.2;

static double truth(double x) {
    return sin(3 * x);
}

static double normal(marq_random *random) {
    return marq_normal_quantile(fmax(marq_random_uniform(random), 1e-15));
}

/* sin 3x + N(0, 0.2²), x uniform in ±1. */
static samples noisy_sine(size_t rows, uint64_t seed) {
    samples s = samples_create(rows, 1, 1, seed);
    marq_random random = {.seed = seed, .stream = 98};
    for (size_t i = 0; i < rows; i++) {
        s.X[i] = 2 * marq_random_uniform(&random) - 1;
        s.Y[i] = truth(s.X[i]) + NOISE * normal(&random);
    }
    return s;
}

static marq_net *trained(const samples *s, size_t hidden, uint64_t seed) {
    marq_net *net = start_net(3, (size_t[]){s->inputs, hidden, s->outputs}, MARQ_INIT_NGUYEN_WIDROW, seed);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 60;
    options.decay = 0.1;
    options.evidence = 2;
    options.threads = 1;
    train(net, s, options, NULL);
    return net;
}

static const marq_bands_options by_evidence = {.evidence = 1, .threads = 1};

static void bands_hold_the_truth_and_new_measurements(void **state) {
    (void)state;
    enum { SEEDS = 12, POINTS = 41 };
    double within = 0, measured = 0, width = 0, all = SEEDS * POINTS;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        samples s = noisy_sine(150, seed);
        marq_net *net = trained(&s, 6, seed);
        marq_data data = data_of(&s);
        marq_net_bands *bands = make_bands(net, &data, by_evidence);
        marq_random random = {.seed = seed, .stream = 97};
        double x[POINTS], y[POINTS], deviation[POINTS], prediction[POINTS],
            t = marq_t_quantile(0.975, marq_net_bands_facts(bands, 0).dof);
        for (size_t k = 0; k < POINTS; k++) x[k] = -0.9 + 1.8 * (double)k / (POINTS - 1);
        assert_int_equal(marq_net_predict(net, POINTS, x, y, 1), MARQ_OK);
        marq_net_bands_at(bands, POINTS, x, NULL, deviation, prediction, NULL);
        for (size_t k = 0; k < POINTS; k++) {
            double f = truth(x[k]);
            within += fabs(y[k] - f) <= t * deviation[k];
            measured += fabs(y[k] - f - NOISE * normal(&random)) <= t * prediction[k];
            width += deviation[k] / all;
        }
        marq_net_bands_destroy(bands);
        marq_net_destroy(net);
        samples_destroy(&s);
    }
    REQUIRE(within >= 0.85 * all, "95 %% bands hold the truth at %.3g of the points", within / all);
    REQUIRE(measured >= 0.91 * all && measured <= 0.985 * all, "95 %% limits hold %.3g of new measurements",
            measured / all);
    REQUIRE(width < NOISE / 2, "the standard error is %.3g on average, the noise %.3g", width, NOISE);
}

static void far_from_the_data_leverage_is_large(void **state) {
    (void)state;
    samples s = noisy_sine(150, 5);
    marq_net *net = trained(&s, 6, 5);
    marq_data data = data_of(&s);
    marq_net_bands *bands = make_bands(net, &data, by_evidence);
    double largest = marq_net_bands_facts(bands, 0).largest, h[3];
    marq_net_bands_at(bands, 3, (const double[]){0, 0.5, 3}, NULL, NULL, NULL, h);
    REQUIRE(h[0] <= largest && h[1] <= largest, "leverages %g and %g within, %g among the training rows",
            h[0], h[1], largest);
    REQUIRE(h[2] > 3 * largest, "leverage %g far out, %g among the training rows", h[2], largest);
    marq_net_bands_destroy(bands);
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- Decay ---- */

/* 61 parameters, 20 rows. */
static void more_parameters_than_rows_need_the_evidence(void **state) {
    (void)state;
    enum { ROWS = 20 };
    samples s = waves(ROWS, 1, 0.1, 3);
    /* Not trained, and without scaling, so that σ is that of normalised outputs. */
    marq_net *net = start_net(3, (size_t[]){2, 15, 1}, MARQ_INIT_INITNW, 1);
    marq_data data = {.rows = s.rows, .X = s.X, .Y = s.Y};
    marq_error error = {0};
    assert_null(marq_net_bands_create(net, &data, NULL, &error));
    assert_int_equal(error.status, MARQ_ERROR_DATA);
    assert_non_null(strstr(error.message, "effective parameters"));
    marq_net_bands *bands = make_bands(net, &data, by_evidence);
    marq_bands_facts f = marq_net_bands_facts(bands, 0);
    double size = 0;
    for (size_t j = 0; j < marq_net_count(net); j++) size += pow(marq_net_parameters(net)[j], 2);
    double ratio = f.effective * f.noise * f.noise / (f.decay * size);
    REQUIRE(fabs(log(ratio)) <= 0.1, "γ σ² / (α ‖θ‖²) = %g for α = %g", ratio, f.decay);
    REQUIRE(f.effective > 0 && f.effective < ROWS, "%g effective parameters", f.effective);
    require_close(f.dof, ROWS - f.effective, 1e-9, "degrees of freedom");
    marq_net_bands_destroy(bands);
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- Bits, files, refusals ---- */

enum { FAN = 3 };

static void threads_give_the_same_bits(void **state) {
    (void)state;
    samples s = waves(300, FAN, 0.1, 7);
    marq_net *net = trained(&s, 12, 7);
    marq_data data = data_of(&s);
    size_t count = s.rows * FAN;
    double *expected = marq_alloc_doubles(count, 3), *got = marq_alloc_doubles(count, 3);
    for (int threads = 1; threads <= 4; threads++) {
        marq_net_bands *bands =
            make_bands(net, &data, (marq_bands_options){.evidence = 1, .threads = threads});
        double *to = threads == 1 ? expected : got;
        marq_net_bands_at(bands, s.rows, s.X, NULL, to, to + count, to + 2 * count);
        REQUIRE(threads == 1 || memcmp(got, expected, 3 * count * sizeof *got) == 0, "%d threads change bits",
                threads);
        marq_net_bands_destroy(bands);
    }
    free(expected);
    free(got);
    marq_net_destroy(net);
    samples_destroy(&s);
}

static void check_no_load(const char *path, const marq_net *net, const char *part) {
    marq_error error = {0};
    assert_null(marq_net_bands_load(path, net, 1, &error));
    REQUIRE(strstr(error.message, part), "\"%s\" does not say \"%s\"", error.message, part);
}

static void a_file_keeps_all_of_it(void **state) {
    (void)state;
    char path[] = "/tmp/marq-bands-XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    close(descriptor);
    samples s = waves(60, FAN, 0.1, 9);
    marq_net *net = trained(&s, 7, 9), *other = trained(&s, 6, 9);
    marq_data data = data_of(&s);
    marq_net_bands *bands = make_bands(net, &data, by_evidence);
    marq_error error = {0};
    REQUIRE(marq_net_bands_save(bands, path, &error) == MARQ_OK, "%s", error.message);
    marq_net_bands *loaded = marq_net_bands_load(path, net, 2, &error);
    REQUIRE(loaded, "%s", error.message);
    double a[3 * FAN], b[3 * FAN], c[3 * FAN], d[3 * FAN];
    marq_net_bands_at(bands, 3, s.X, NULL, a, b, NULL);
    marq_net_bands_at(loaded, 3, s.X, NULL, c, d, NULL);
    assert_memory_equal(a, c, sizeof a);
    assert_memory_equal(b, d, sizeof b);
    marq_bands_facts before = marq_net_bands_facts(bands, 1), after = marq_net_bands_facts(loaded, 1);
    assert_memory_equal(&before, &after, sizeof before);
    marq_net_bands_destroy(bands);
    marq_net_bands_destroy(loaded);
    check_no_load(path, other, "another net");
    assert_int_equal(truncate(path, 4000), 0);
    check_no_load(path, net, "incomplete");
    assert_int_equal(truncate(path, 4), 0);
    check_no_load(path, net, "no file of a net's bands");
    unlink(path);
    check_no_load(path, net, "No such file");
    marq_net_destroy(net);
    marq_net_destroy(other);
    samples_destroy(&s);
}

static void check_refused(const marq_net *net, const marq_data *data, marq_bands_options options,
                          marq_status status, const char *part) {
    marq_error error = {0};
    assert_null(marq_net_bands_create(net, data, &options, &error));
    assert_int_equal(error.status, status);
    REQUIRE(strstr(error.message, part), "\"%s\" does not say \"%s\"", error.message, part);
}

static void what_has_no_bands_is_refused(void **state) {
    (void)state;
    samples s = waves(20, 1, 0.1, 1);
    marq_data data = data_of(&s);
    marq_net *net = start_net(3, (size_t[]){2, 5, 1}, MARQ_INIT_XAVIER, 1);
    check_refused(net, &data, (marq_bands_options){.max_memory = 1000}, MARQ_ERROR_MEMORY, "21 parameters");
    check_refused(net, &data, (marq_bands_options){.decay = -1}, MARQ_ERROR_ARGUMENT, "-1");
    s.X[3] = (double)NAN;
    check_refused(net, &data, (marq_bands_options){.decay = 1}, MARQ_ERROR_DATA, "row 2 ");
    marq_net_destroy(net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_linear_net_has_the_errors_of_regression),
        cmocka_unit_test(a_linear_classifier_has_the_errors_of_logistic_regression),
        cmocka_unit_test(rows_weigh_by_sigma_and_missing_ones_nothing),
        cmocka_unit_test(bands_hold_the_truth_and_new_measurements),
        cmocka_unit_test(far_from_the_data_leverage_is_large),
        cmocka_unit_test(more_parameters_than_rows_need_the_evidence),
        cmocka_unit_test(threads_give_the_same_bits),
        cmocka_unit_test(a_file_keeps_all_of_it),
        cmocka_unit_test(what_has_no_bands_is_refused),
    };
    return cmocka_run_group_tests_name("nn_bands", tests, NULL, NULL);
}
