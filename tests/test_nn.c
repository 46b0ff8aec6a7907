/* Nets: shape, keys, names, start values, prediction and its error, summary. */
#include "require.h"

#include <base/memory.h>
#include <marq/nn.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static marq_net *make_net(size_t sizes, const size_t *widths, const marq_activation *activations) {
    marq_error error = {0};
    marq_net *net = marq_net_create(sizes, widths, activations, &error);
    REQUIRE(net, "%s", error.message);
    return net;
}

/* ---- Shape ---- */

static void a_net_has_the_shape_that_was_asked_for(void **state) {
    (void)state;
    static const size_t widths[] = {1, 20, 20, 10, 1};
    marq_net *net = make_net(5, widths, NULL);
    assert_int_equal(marq_net_count(net), 681);
    assert_int_equal(marq_net_inputs(net), 1);
    assert_int_equal(marq_net_outputs(net), 1);
    assert_int_equal(marq_net_layers(net), 4);
    for (size_t l = 0; l <= 4; l++) assert_int_equal(marq_net_width(net, l), widths[l]);
    for (size_t l = 1; l <= 3; l++) assert_int_equal(marq_net_activation(net, l), MARQ_TANH);
    assert_int_equal(marq_net_activation(net, 4), MARQ_LINEAR);
    for (size_t j = 0; j < 681; j++) assert_true(marq_net_parameters(net)[j] == 0);
    assert_ptr_equal(marq_net_parameters(net), marq_net_parameters_const(net));
    marq_net_destroy(net);
    marq_net_destroy(NULL);
}

/* The layout that marq/nn.h gives: W row by row, then b, layer by layer. */
static void parameters_lie_layer_by_layer(void **state) {
    (void)state;
    marq_net *net = make_net(3, (size_t[]){2, 2, 1}, (marq_activation[]){MARQ_RELU, MARQ_LINEAR});
    static const double theta[] = {1, 2, 3, -4, 0.5, -0.25, 10, 100, 7}; /* W_1, b_1, W_2, b_2 */
    memcpy(marq_net_parameters(net), theta, sizeof theta);
    const double X[] = {1, 1, 2, -1}, expected[] = {10 * 3.5 + 100 * 0 + 7, 10 * 0.5 + 100 * 9.75 + 7};
    double Y[2];
    assert_int_equal(marq_net_predict(net, 2, X, Y, 1), MARQ_OK);
    for (int i = 0; i < 2; i++)
        REQUIRE(Y[i] == expected[i], "row %d: %.17g, by hand %.17g", i, Y[i], expected[i]);
    marq_net_destroy(net);
}

static void bad_shapes_are_refused_with_words(void **state) {
    (void)state;
    static const struct {
        size_t sizes, widths[3];
    } cases[] = {{0, {1, 1, 1}},   {1, {1, 1, 1}},      {2, {0, 1, 1}},     {3, {1, 0, 1}},
                 {3, {1, 1, 0}},   {3, {1, 100001, 1}}, {2, {SIZE_MAX, 1}}, {2, {1, (size_t)1 << 40}},
                 {1001, {1, 1, 1}}};
    for (size_t c = 0; c < COUNT(cases); c++) {
        marq_error error = {0};
        marq_net *net = marq_net_create(cases[c].sizes, cases[c].widths, NULL, &error);
        REQUIRE(!net && error.status == MARQ_ERROR_ARGUMENT && error.message[0],
                "case %zu: status %d, \"%s\"", c, error.status, error.message);
        assert_null(marq_net_create(cases[c].sizes, cases[c].widths, NULL, NULL));
    }
    marq_error error = {0};
    assert_null(marq_net_create(2, NULL, NULL, &error));
    assert_int_equal(error.status, MARQ_ERROR_ARGUMENT);
}

static void keys_and_values_belong_together(void **state) {
    (void)state;
#define CHECK(NAME, value, key)                                                                              \
    do {                                                                                                     \
        marq_##NAME found = (marq_##NAME)99;                                                                 \
        assert_string_equal(marq_##NAME##_key(value), key);                                                  \
        assert_int_equal(marq_##NAME##_find(key, &found), 1);                                                \
        assert_int_equal(found, value);                                                                      \
        assert_int_equal(marq_##NAME##_find(key "x", &found), 0);                                            \
        assert_int_equal(marq_##NAME##_find("", &found), 0);                                                 \
        assert_int_equal(found, value);                                                                      \
    } while (0);
#define CHECK_ACTIVATION(value, key)    CHECK(activation, value, key)
#define CHECK_INITIALISER(value, key)   CHECK(initialiser, value, key)
#define CHECK_NORMALISATION(value, key) CHECK(normalisation, value, key)
#define CHECK_RECIPE(value, key)        CHECK(recipe, value, key)
    MARQ_ACTIVATION_LIST(CHECK_ACTIVATION)
    MARQ_INITIALISER_LIST(CHECK_INITIALISER)
    MARQ_NORMALISATION_LIST(CHECK_NORMALISATION)
    MARQ_RECIPE_LIST(CHECK_RECIPE)
}

static void names_are_copied_and_can_be_removed(void **state) {
    (void)state;
    marq_net *net = make_net(2, (size_t[]){2, 1}, NULL);
    assert_null(marq_net_input_name(net, 0));
    assert_null(marq_net_output_name(net, 0));
    char first[] = "length", second[] = "width", out[] = "area";
    assert_int_equal(marq_net_set_columns(net, (const char *[]){first, second}, (const char *[]){out}),
                     MARQ_OK);
    memset(first, 'x', 3), memset(out, 'x', 3);
    assert_string_equal(marq_net_input_name(net, 0), "length");
    assert_string_equal(marq_net_input_name(net, 1), "width");
    assert_string_equal(marq_net_output_name(net, 0), "area");
    marq_net *copy = marq_net_copy(net, NULL);
    assert_int_equal(marq_net_set_columns(net, NULL, NULL), MARQ_OK);
    assert_null(marq_net_input_name(net, 1));
    assert_string_equal(marq_net_input_name(copy, 1), "width");
    marq_net_destroy(net);
    marq_net_destroy(copy);
}

/* ---- Start values ---- */

static const double *initialised(marq_net *net, marq_initialiser initialiser, uint64_t seed) {
    marq_net_initialise(net, initialiser, seed);
    return marq_net_parameters_const(net);
}

static void seeds_give_their_own_parameters(void **state) {
    (void)state;
    marq_net *a = make_net(4, (size_t[]){3, 8, 5, 2}, NULL), *b = make_net(4, (size_t[]){3, 8, 5, 2}, NULL);
    size_t size = marq_net_count(a) * sizeof(double);
    for (int i = MARQ_INIT_NGUYEN_WIDROW; i <= MARQ_INIT_XAVIER; i++) {
        marq_initialiser kind = (marq_initialiser)i;
        REQUIRE(memcmp(initialised(a, kind, 7), initialised(b, kind, 7), size) == 0, "%s: one seed, two nets",
                marq_initialiser_key(kind));
        REQUIRE(memcmp(initialised(a, kind, 7), initialised(b, kind, 8), size) != 0,
                "%s: seeds 7 and 8 give one net", marq_initialiser_key(kind));
        REQUIRE(memcmp(initialised(a, kind, 7), initialised(b, kind, 7 + ((uint64_t)1 << 32)), size) != 0,
                "%s: the upper half of a seed is ignored", marq_initialiser_key(kind));
    }
    marq_net_destroy(a);
    marq_net_destroy(b);
}

static void xavier_is_uniform_within_its_limit(void **state) {
    (void)state;
    marq_net *net = make_net(3, (size_t[]){40, 60, 30}, NULL);
    const double *theta = initialised(net, MARQ_INIT_XAVIER, 3);
    for (size_t l = 1; l <= 2; l++) {
        size_t in = marq_net_width(net, l - 1), out = marq_net_width(net, l);
        double limit = sqrt(6.0 / (double)(in + out)), most = 0, squares = 0;
        for (size_t i = 0; i < in * out; i++) {
            most = fmax(most, fabs(theta[i]));
            squares += theta[i] * theta[i] / (double)(in * out);
        }
        REQUIRE(most <= limit && most > 0.99 * limit, "layer %zu: largest weight %g, limit %g", l, most,
                limit);
        REQUIRE(fabs(squares / (limit * limit) * 3 - 1) < 0.1, "layer %zu: variance %g, limit²/3 = %g", l,
                squares, limit * limit / 3);
        theta += in * out;
        for (size_t i = 0; i < out; i++) REQUIRE(theta[i] == 0, "layer %zu: bias %g", l, theta[i]);
        theta += out;
    }
    marq_net_destroy(net);
}

/* Nguyen & Widrow 1990: rows of W of length β = 0.7·S^(1/R) for inputs in ±1, biases that spread the active
 * regions evenly; initnw scales both to the active range of tanh, ±2; marq takes a quarter of it. */
static void nguyen_widrow_rows_have_their_length(void **state) {
    (void)state;
    static const size_t inputs[] = {1, 3, 6}, neurons[] = {1, 5, 20};
    for (size_t i = 0; i < COUNT(inputs); i++)
        for (size_t k = 0; k < COUNT(neurons); k++)
            for (int initnw = 0; initnw < 2; initnw++) {
                size_t R = inputs[i], S = neurons[k];
                marq_net *net = make_net(3, (size_t[]){R, S, 1}, NULL);
                const double *W = initialised(net, initnw ? MARQ_INIT_INITNW : MARQ_INIT_NGUYEN_WIDROW, 11),
                             *b = W + R * S;
                double length = (initnw ? 2 : 0.5) * 0.7 * pow((double)S, 1.0 / (double)R);
                for (size_t s = 0; s < S; s++) {
                    double squares = 0;
                    for (size_t q = 0; q < R; q++) squares += W[s * R + q] * W[s * R + q];
                    double place = S > 1 ? -1 + 2 * (double)s / (double)(S - 1) : 0;
                    REQUIRE(fabs(sqrt(squares) - length) <= 1e-13,
                            "%zu inputs, %zu neurons: row %zu has length %g, not %g", R, S, s, sqrt(squares),
                            length);
                    REQUIRE(fabs(fabs(b[s]) - fabs(place) * length) <= 1e-13,
                            "bias %zu of %zu is %g, not ±%g", s, S, b[s], fabs(place) * length);
                }
                marq_net_destroy(net);
            }
}

/* ---- Prediction and its error ---- */

static void errors_are_those_of_the_definition(void **state) {
    (void)state;
    enum { ROWS = 150 };
    marq_net *net = make_net(3, (size_t[]){2, 4, 2}, NULL);
    marq_net_initialise(net, MARQ_INIT_XAVIER, 5);
    double X[2 * ROWS], Y[2 * ROWS], fit[2 * ROWS], mse, r2;
    for (int i = 0; i < 2 * ROWS; i++) X[i] = sin(i), Y[i] = 3 + (i % 2 ? 10 : 1) * cos(1.3 * i);
    marq_net_normalise(net, MARQ_NORMALISE_STANDARD, ROWS, X, Y);
    marq_net_predict(net, ROWS, X, fit, 1);
    double errors = 0, spread = 0;
    for (int o = 0; o < 2; o++) {
        double mean = 0;
        for (int i = 0; i < ROWS; i++) mean += Y[2 * i + o] / ROWS;
        for (int i = 0; i < ROWS; i++) {
            errors += pow(Y[2 * i + o] - fit[2 * i + o], 2);
            spread += pow(Y[2 * i + o] - mean, 2);
        }
    }
    assert_int_equal(marq_net_evaluate(net, ROWS, X, Y, &mse, &r2, 2), MARQ_OK);
    REQUIRE(fabs(mse - errors / (2 * ROWS)) <= 1e-13 * mse, "mse %.17g, by hand %.17g", mse,
            errors / (2 * ROWS));
    REQUIRE(fabs(r2 - (1 - errors / spread)) <= 1e-13, "r2 %.17g, by hand %.17g", r2, 1 - errors / spread);
    assert_int_equal(marq_net_evaluate(net, ROWS, X, Y, NULL, NULL, 0), MARQ_OK);
    assert_int_equal(marq_net_evaluate(net, ROWS, X, fit, &mse, &r2, 1), MARQ_OK);
    REQUIRE(mse == 0 && r2 == 1, "a perfect fit has mse %g and r2 %g", mse, r2);
    marq_net_destroy(net);
}

static void r2_of_constant_outputs_is_nan(void **state) {
    (void)state;
    marq_net *net = make_net(2, (size_t[]){1, 1}, NULL);
    static const double constants[] = {0, 0.1, 1e6 / 3, -7e-5};
    for (size_t c = 0; c < COUNT(constants); c++)
        for (size_t rows = 1; rows <= 60; rows++) {
            double X[60], Y[60], mse, r2;
            for (size_t i = 0; i < rows; i++) X[i] = (double)i, Y[i] = constants[c];
            marq_net_evaluate(net, rows, X, Y, &mse, &r2, 1);
            REQUIRE(isnan(r2), "%zu rows of %g: r2 is %g", rows, constants[c], r2);
        }
    marq_net_destroy(net);
}

static void a_value_that_is_not_finite_predicts_none(void **state) {
    (void)state;
#define CHECK_NAN(name, key)                                                                                 \
    {                                                                                                        \
        marq_net *net = make_net(3, (size_t[]){1, 3, 1}, (marq_activation[]){name, MARQ_LINEAR});            \
        marq_net_initialise(net, MARQ_INIT_XAVIER, 1);                                                       \
        double X[] = {(double)NAN, 1}, Y[2];                                                                 \
        marq_net_predict(net, 2, X, Y, 1);                                                                   \
        REQUIRE(isnan(Y[0]) && isfinite(Y[1]), "%s: NaN predicts %g, 1 predicts %g", key, Y[0], Y[1]);       \
        marq_net_destroy(net);                                                                               \
    }
    MARQ_ACTIVATION_LIST(CHECK_NAN)
}

/* ---- Copies and words ---- */

static void a_copy_is_the_same_and_its_own(void **state) {
    (void)state;
    marq_net *net = make_net(3, (size_t[]){2, 5, 1}, (marq_activation[]){MARQ_SIGMOID, MARQ_RELU});
    marq_net_initialise(net, MARQ_INIT_INITNW, 4);
    double X[] = {1, 2, 3, 4, -5, 6}, Y[] = {1, 2, 5}, before[3], after[3];
    marq_net_normalise(net, MARQ_NORMALISE_UNIT, 3, X, Y);
    marq_net_provenance(net)->seed = 99;
    marq_net *copy = marq_net_copy(net, NULL);
    marq_net_predict(net, 3, X, before, 1);
    memset(marq_net_parameters(net), 0, marq_net_count(net) * sizeof(double));
    marq_net_normalise(net, MARQ_NORMALISE_NONE, 3, X, Y);
    marq_net_destroy(net);
    marq_net_predict(copy, 3, X, after, 1);
    assert_memory_equal(before, after, sizeof before);
    assert_int_equal(marq_net_activation(copy, 2), MARQ_RELU);
    assert_int_equal(marq_net_provenance(copy)->seed, 99);
    marq_net_destroy(copy);
}

static void the_summary_has_the_numbers(void **state) {
    (void)state;
    marq_net *net =
        make_net(4, (size_t[]){2, 11, 7, 1}, (marq_activation[]){MARQ_TANH, MARQ_RELU, MARQ_LINEAR});
    assert_int_equal(marq_net_set_columns(net, (const char *[]){"age", "height"}, (const char *[]){"mass"}),
                     MARQ_OK);
    double X[] = {0, 100, 50, 300}, Y[] = {-5, 15};
    marq_net_normalise(net, MARQ_NORMALISE_RANGE, 2, X, Y);
    size_t length = marq_net_summary(net, NULL, 0);
    char *text = malloc(length + 1), cut[11];
    assert_int_equal(marq_net_summary(net, text, length + 1), length);
    assert_int_equal(strlen(text), length);
    static const char *const parts[] = {
        "2-11-7-1", "125 parameters", "tanh",  "relu", "linear", "33",   "84",         "age",
        "height",   "mass",           "range", "0.04", "200",    "0.01", "not trained"};
    for (size_t i = 0; i < COUNT(parts); i++)
        REQUIRE(strstr(text, parts[i]), "no \"%s\" in:\n%s", parts[i], text);
    assert_int_equal(marq_net_summary(net, cut, sizeof cut), length);
    assert_int_equal(strlen(cut), sizeof cut - 1);
    assert_memory_equal(cut, text, sizeof cut - 1);
    free(text);
    marq_net_destroy(net);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_net_has_the_shape_that_was_asked_for),
        cmocka_unit_test(parameters_lie_layer_by_layer),
        cmocka_unit_test(bad_shapes_are_refused_with_words),
        cmocka_unit_test(keys_and_values_belong_together),
        cmocka_unit_test(names_are_copied_and_can_be_removed),
        cmocka_unit_test(seeds_give_their_own_parameters),
        cmocka_unit_test(xavier_is_uniform_within_its_limit),
        cmocka_unit_test(nguyen_widrow_rows_have_their_length),
        cmocka_unit_test(errors_are_those_of_the_definition),
        cmocka_unit_test(r2_of_constant_outputs_is_nan),
        cmocka_unit_test(a_value_that_is_not_finite_predicts_none),
        cmocka_unit_test(a_copy_is_the_same_and_its_own),
        cmocka_unit_test(the_summary_has_the_numbers),
    };
    return cmocka_run_group_tests_name("nn", tests, NULL, NULL);
}
