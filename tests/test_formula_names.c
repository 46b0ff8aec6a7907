/* The language of formulas: what names are, both sides, filters and quantities, ties. */
#include "formulas.h"

#include <stdio.h>

static const char *const table[] = {"x", "y", "odd name", "temp", "µ"};

/* ---- Names ---- */

static void names_are_columns_then_constants_then_parameters(void **state) {
    (void)state;
    marq_formula *f = parse_model("y = a*`odd name` + pi*e + exp*µ + sin(x)*a + _b2", table, COUNT(table));
    static const char *const parameters[] = {"a", "exp", "_b2"};
    assert_int_equal(marq_formula_parameter_count(f), 3);
    for (size_t j = 0; j < 3; j++) {
        assert_string_equal(marq_formula_parameter_name(f, j), parameters[j]);
        assert_int_equal(marq_formula_find_parameter(f, parameters[j]), j);
    }
    assert_true(marq_formula_find_parameter(f, "pi") == MARQ_FORMULA_NONE);
    static const size_t columns[] = {2, 4, 0};
    assert_int_equal(marq_formula_column_count(f), 3);
    for (size_t k = 0; k < 3; k++) assert_int_equal(marq_formula_column(f, k), columns[k]);
    assert_int_equal(marq_formula_response(f), 1);
    assert_false(marq_formula_is_transformed(f));
    assert_string_equal(marq_formula_left_text(f), "y");
    marq_formula_destroy(f);

    f = parse_model("e*x + pi", NAMES("e", "pi", "x")); /* columns hide constants */
    assert_int_equal(marq_formula_column_count(f), 3);
    assert_true(marq_formula_response(f) == MARQ_FORMULA_NONE);
    marq_formula_destroy(f);
}

static void a_parameter_like_a_column_is_warned_about(void **state) {
    (void)state;
    static const struct {
        const char *text, *warning;
    } cases[] = {
        {"y = a*x + X", "'X' is taken as a parameter, but there is a column 'x'"},
        {"y = Temp*x", "'Temp' is taken as a parameter, but there is a column 'temp'"},
        {"y = tmp*x", "'tmp' is taken as a parameter, but there is a column 'temp'"},
        {"y = tempo*x", "'tempo' is taken as a parameter, but there is a column 'temp'"},
        {"y = tamp*x", "'tamp' is taken as a parameter, but there is a column 'temp'"},
        {"y = a*x", NULL},
        {"y = tam*x", NULL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f = parse_model(cases[i].text, table, COUNT(table));
        const char *warning = marq_formula_warning(f, 0);
        REQUIRE((warning == NULL) == (cases[i].warning == NULL) &&
                    (!warning || strcmp(warning, cases[i].warning) == 0),
                "%s: %s", cases[i].text, warning ? warning : "no warning");
        marq_formula_destroy(f);
    }
}

/* e is one more parameter in the eyes of who writes a, b, c, d, e; not in e^u. */
static void a_constant_like_a_parameter_is_warned_about(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int warned;
    } cases[] = {{"y = a*exp(-b*x) + e", 1}, {"y = a + b*x + e*x^2 + e", 1},
                 {"y = x^e*a", 1},           {"y = a*e^(-b*x)", 0},
                 {"y = a*e^-b*x", 0},        {"y = a*sin(2*pi*x)", 0},
                 {"y = a*exp(1)*x", 0}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f = parse_model(cases[i].text, table, COUNT(table));
        REQUIRE(marq_formula_warning_count(f) == (size_t)cases[i].warned, "%s: %zu warnings", cases[i].text,
                marq_formula_warning_count(f));
        if (cases[i].warned)
            assert_string_equal(marq_formula_warning(f, 0),
                                "'e' is the number 2.718281828, not a parameter: name a "
                                "parameter otherwise, write exp(1) for the number");
        marq_formula_destroy(f);
    }
    marq_formula *f = parse_model("y = a*x + e", NAMES("x", "y", "e")); /* a column */
    assert_int_equal(marq_formula_warning_count(f), 0);
    marq_formula_destroy(f);
    double value = 0;
    assert_true(marq_formula_constant("pi", &value) && value == acos(-1.0));
    assert_true(marq_formula_constant("e", &value) && value == exp(1.0));
    assert_false(marq_formula_constant("ex", &value));
}

/* ---- The left side ---- */

static void transformed_responses_are_turned_back(void **state) {
    (void)state;
    static const char *const lefts[] = {"y",         "log(y)",    "log10(y)",  "sqrt(y)",   "1/y",
                                        "y^3",       "y/x",       "x*y",       "2 - 3*y",   "exp(-y)",
                                        "log(y/x)",  "-log(y)^2", "2^y",       "atan(y)",   "sinh(y)",
                                        "tanh(y/9)", "asin(y/9)", "acos(y/9)", "y^0.25 + x"};
    double x[] = {0.5, 1, 2.5}, y[] = {1.25, 3, 7.5}, left[3], back[3];
    marq_formula_data data = {.columns = (const double *const[]){x, y}, .stride = 1, .rows = 3};
    for (size_t i = 0; i < COUNT(lefts); i++) {
        char text[64];
        snprintf(text, sizeof text, "%s = a*x", lefts[i]);
        marq_formula *f = parse_model(text, NAMES("x", "y"));
        marq_error error = {0};
        assert_int_equal(marq_formula_response(f), 1);
        assert_string_equal(marq_formula_left_text(f), lefts[i]);
        assert_true(marq_formula_is_transformed(f) == (i > 0));
        marq_formula_left(f, &data, 0, 3, left);
        REQUIRE(marq_formula_back(f, &data, 0, 3, left, back, &error) == MARQ_OK, "%s: %s", lefts[i],
                error.message);
        for (int k = 0; k < 3; k++)
            REQUIRE(fabs(back[k] - y[k]) <= 2e-14 * y[k], "%s: %.17g became %.17g", lefts[i], y[k], back[k]);
        marq_formula_destroy(f);
    }
    marq_formula *f = parse_model("y + log(y) = a*x", NAMES("x", "y"));
    marq_error error = {0};
    assert_int_equal(marq_formula_back(f, &data, 0, 3, left, back, &error), MARQ_ERROR_ARGUMENT);
    assert_string_equal(error.message, "'y + log(y)' cannot be solved for the response");
    marq_formula_destroy(f);
}

/* ---- Other kinds ---- */

static void a_filter_has_columns_only(void **state) {
    (void)state;
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_COLUMNS;
    options.columns = table, options.column_count = 2;
    marq_formula *f = parse_with("x > 1 && y != 3", &options);
    double rows[] = {0, 1, 2, 1, 2, 3, 5, 3.5}, value[4];
    marq_formula_data data = {.columns = (const double *const[]){rows, rows + 1}, .stride = 2, .rows = 4};
    marq_formula_evaluate(f, &data, NULL, 0, 4, value);
    assert_true(value[0] == 0 && value[1] == 1 && value[2] == 0 && value[3] == 1);
    marq_formula_destroy(f);

    marq_error error = {0};
    assert_int_equal(marq_formula_parse("x > limit", &options, &f, NULL, &error), MARQ_ERROR_FORMAT);
    assert_string_equal(error.message, "'limit' is no column; there are x, y");
    assert_int_equal(marq_formula_parse("x = 2", &options, &f, NULL, &error), MARQ_ERROR_FORMAT);
    assert_string_equal(error.message, "equality is written ==");
}

static void a_quantity_has_the_given_parameters_only(void **state) {
    (void)state;
    marq_formula *f = parse_quantity("half = log(2)/b", NAMES("a", "b"));
    double theta[] = {3, 0.5}, value, gradient[2];
    assert_string_equal(marq_formula_left_text(f), "half");
    marq_formula_gradient(f, NULL, theta, 0, 1, &value, gradient, 2);
    REQUIRE(fabs(value - log(2) / 0.5) < 1e-15, "half is %.17g", value);
    REQUIRE(gradient[0] == 0 && fabs(gradient[1] + log(2) / 0.25) < 1e-15, "its slopes are %g, %.17g",
            gradient[0], gradient[1]);
    marq_formula_destroy(f);

    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_PARAMETERS;
    options.parameters = (const char *const[]){"a", "rate"}, options.parameter_count = 2;
    marq_error error = {0};
    assert_int_equal(marq_formula_parse("2/Rate", &options, &f, NULL, &error), MARQ_ERROR_FORMAT);
    assert_string_equal(error.message, "'Rate' is no parameter; did you mean 'rate'?");
    assert_int_equal(marq_formula_parse("2*a = rate", &options, &f, NULL, &error), MARQ_ERROR_FORMAT);
    assert_string_equal(error.message, "left of '=' stands one name");
}

/* ---- Ties ---- */

static void ties_replace_parameters(void **state) {
    (void)state;
    static const char *const ties[] = {"b = 2*c", "c = exp(k) + a", "gauss2_sigma = gauss1_sigma"};
    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = 2;
    options.ties = ties, options.tie_count = 3;
    marq_formula *f = parse_with("y = a*x + b + gauss + gauss", &options);
    static const char *const names[] = {
        "a", "k", "gauss1_area", "gauss1_center", "gauss1_sigma", "gauss2_area", "gauss2_center"};
    assert_int_equal(marq_formula_parameter_count(f), COUNT(names));
    for (size_t j = 0; j < COUNT(names); j++)
        assert_string_equal(marq_formula_parameter_name(f, j), names[j]);
    assert_true(marq_formula_shape_at(f, 1)->parameters[2] == MARQ_FORMULA_NONE);
    double x[] = {2}, theta[] = {3, 0.5, 0, 0, 1, 0, 0}, value, gradient[7];
    marq_formula_data data = {.columns = (const double *const[]){x, NULL}, .stride = 1, .rows = 1};
    marq_formula_gradient(f, &data, theta, 0, 1, &value, gradient, 7);
    REQUIRE(fabs(value - (6 + 2 * (exp(0.5) + 3))) < 1e-14, "value %.17g", value);
    REQUIRE(gradient[0] == 4 && fabs(gradient[1] - 2 * exp(0.5)) < 1e-14, "slopes %.17g, %.17g", gradient[0],
            gradient[1]);
    marq_formula_destroy(f);
}

static void wrong_ties_are_refused(void **state) {
    (void)state;
    static const struct {
        const char *ties[2];
        size_t tie, position;
        const char *part;
    } cases[] = {
        {{"b = 2*c", "c = b + a"}, 1, 4, "leads back to itself"},
        {{"b = 2*x", "c = 1"}, 0, 6, "'x' is a column; a tie is an expression of parameters"},
        {{"b = 2*power_law", "c = 1"}, 0, 6, "'power_law' is a lineshape; a tie is an expression"},
        {{"b = 2*", "c = 1"}, 0, 6, "ends where"},
        {{"b = 2*a)", "c = 1"}, 0, 7, "closes nothing"},
        {{"2*a", "c = 1"}, 0, 0, "a tie is written name = expression"},
        {{"b = 2", "b = 3"}, 1, 0, "'b' is tied twice"},
        {{"b = 2", "d = 3"}, 1, 0, "'d' is no parameter of the formula"},
        {{"x = 2", "c = 3"}, 0, 0, "'x' is a column, not a parameter"},
        {{"b = 2", "e = 3*a"}, 1, 0, "'e' is the number 2.718281828, not a parameter"},
    };
    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = 2;
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f;
        marq_formula_place place;
        marq_error error = {0};
        options.ties = cases[i].ties, options.tie_count = 2;
        assert_int_equal(marq_formula_parse("y = a*x + b + c", &options, &f, &place, &error),
                         MARQ_ERROR_FORMAT);
        REQUIRE(strstr(error.message, cases[i].part) && place.tie == cases[i].tie &&
                    place.position == cases[i].position,
                "%s; %s: tie %zu at %zu: %s", cases[i].ties[0], cases[i].ties[1], place.tie, place.position,
                error.message);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_columns_then_constants_then_parameters),
        cmocka_unit_test(a_parameter_like_a_column_is_warned_about),
        cmocka_unit_test(a_constant_like_a_parameter_is_warned_about),
        cmocka_unit_test(transformed_responses_are_turned_back),
        cmocka_unit_test(a_filter_has_columns_only),
        cmocka_unit_test(a_quantity_has_the_given_parameters_only),
        cmocka_unit_test(ties_replace_parameters),
        cmocka_unit_test(wrong_ties_are_refused),
    };
    return cmocka_run_group_tests_name("formula_names", tests, NULL, NULL);
}
