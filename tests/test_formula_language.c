/* The language of formulas: precedence, names, errors and where they are, both sides, ties, printing. */
#include "formulas.h"

#include <stdio.h>

/* ---- Values ---- */

static void operators_bind_as_the_header_says(void **state) {
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {
        {"1 + 2*3", 7},
        {"(1 + 2)*3", 9},
        {"2 - 3 - 4", -5},
        {"2 - (3 - 4)", 3},
        {"24/4/3", 2},
        {"24/(4/3)", 18},
        {"24/4*3", 18},
        {"2^3^2", 512},
        {"(2^3)^2", 64},
        {"-2^2", -4},
        {"(-2)^2", 4},
        {"2^-2", 0.25},
        {"2^-2^2", 0.0625},
        {"-2^-2", -0.25},
        {"2*-3", -6},
        {"2--3", 5},
        {"- - 3", 3},
        {"+3 - +2", 1},
        {"3 > 2", 1},
        {"3 < 2", 0},
        {"2 >= 2", 1},
        {"2 <= 1", 0},
        {"1 == 1", 1},
        {"1 != 1", 0},
        {"1 + 1 == 2", 1},
        {"!0 + 1", 2},
        {"!(0 + 1)", 0},
        {"!2", 0},
        {"1 < 2 && 2 < 3", 1},
        {"0 || 0", 0},
        {"1 || 0 && 0", 1},
        {"(1 || 0) && 0", 0},
        {"1 ? 2 : 3", 2},
        {"0 ? 2 : 3", 3},
        {"0 ? 1 : 0 ? 2 : 3", 3},
        {"1 ? 0 ? 1 : 2 : 3", 2},
        {"1 > 2 ? 10 : 20 + 1", 21},
        {"(1 > 2 ? 10 : 20) + 1", 21},
        {"min(3, 1, 2)", 1},
        {"max(3, 1, 2)", 3},
        {".5 + 5. + 1e1 + 1E-1", 15.6},
        {"sqrt(16)*abs(-2)", 8},
        {"atan2(1, -1)/pi", 0.75},
        {"log(e)", 1},
        {"2 \t*\n3", 6},
        {"e^2 - exp(2)", 0},
        {"1/0", HUGE_VAL},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        double value = value_of(cases[i].text);
        REQUIRE(value == cases[i].value, "%s is %.17g, expected %.17g", cases[i].text, value, cases[i].value);
    }
    REQUIRE(isnan(value_of("log(-1)")), "log(-1) is %g", value_of("log(-1)"));
}

/* ---- Errors ---- */

static const char *const table[] = {"x", "y", "odd name", "temp", "µ"};

static void errors_say_where_and_why(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t position, length;
        const char *part;
    } cases[] = {
        {"", 0, 0, "the formula ends where a number, a name or '(' should stand"},
        {"y =", 3, 0, "the formula ends where"},
        {"y = a*", 6, 0, "the formula ends where"},
        {"y = a*x +", 9, 0, "the formula ends where"},
        {"y = (a*x", 4, 1, "never closed"},
        {"y = sin(a*x", 7, 1, "never closed"},
        {"y = a*x)", 7, 1, "closes nothing"},
        {"y = a*x b", 8, 1, "operator is missing before 'b'"},
        {"y = 2x", 5, 1, "operator is missing before 'x'"},
        {"y = a**x", 5, 2, "a power is written ^"},
        {"y = a*/x", 6, 1, "'/' stands where a number"},
        {"y = a*foo(x)", 6, 3, "'foo' is no function"},
        {"y = a*sine(x)", 6, 4, "did you mean 'sin'"},
        {"y = ln(a*x)", 4, 2, "the natural logarithm is log(u)"},
        {"y = a*sin(x, 2)", 6, 9, "sin takes 1 argument, not 2"},
        {"y = atan2(x)", 4, 8, "atan2 takes 2 arguments, not 1"},
        {"y = min(x)", 4, 6, "min takes 2 arguments or more, not 1"},
        {"y = sin()", 8, 1, "')' stands where a number"},
        {"y = a*x, 3", 7, 1, "comma only parts arguments"},
        {"y = a == x == 2", 11, 2, "comparisons are not chained"},
        {"y = a ? x", 9, 0, "the formula ends where the ':'"},
        {"y = x ? 1 ; 2", 10, 1, "no meaning"},
        {"y = a*x & 2", 8, 1, "'and' is written &&"},
        {"y = a*$x", 6, 1, "no meaning"},
        {"y = a*1e999*x", 6, 5, "not a number that a double can hold"},
        {"y = a \xE2\x88\x92 x", 6, 3, "this minus is a typographic one"},
        {"y = a*x\xC2\xB2", 7, 2, "write ^2 for a square"},
        {"y = a*`odd name", 6, 1, "back-quote that ends this name is missing"},
        {"y = a*`old name`", 6, 10, "'old name' is no column; did you mean 'odd name'?"},
        {"y = a*b", 4, 3, "no column on the right side; there are x, y, odd name, temp"},
        {"z = a*x", 0, 1, "'z' is no column"},
        {"Temp = a*x", 0, 4, "did you mean 'temp'?"},
        {"2 = a*x", 0, 2, "no column left of '='"},
        {"y = a*y", 6, 1, "'y' is the response"},
        {"y + x = a*x*y", 0, 6, "one column left of '='"},
        {"y + temp = a*x", 0, 9, "one column left of '='"},
        {"y = x = a", 6, 1, "equality is written =="},
        {"y = polynomial", 4, 10, "the degree of the polynomial is missing"},
        {"y = polynomial(21)", 15, 2, "from 0 to 20"},
        {"y = polynomial(1.5)", 15, 3, "from 0 to 20"},
        {"y = gauss(x, 2)", 11, 1, "gauss takes one expression, or none"},
    };
    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = COUNT(table);
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *formula;
        marq_formula_place place;
        marq_error error = {0};
        marq_status status = marq_formula_parse(cases[i].text, &options, &formula, &place, &error);
        REQUIRE(status == MARQ_ERROR_FORMAT && formula == NULL, "%s: status %d", cases[i].text, status);
        REQUIRE(strstr(error.message, cases[i].part), "%s: %s", cases[i].text, error.message);
        REQUIRE(place.position == cases[i].position && place.length == cases[i].length &&
                    place.tie == MARQ_FORMULA_NONE,
                "%s: at %zu, %zu bytes, expected %zu, %zu (%s)", cases[i].text, place.position, place.length,
                cases[i].position, cases[i].length, error.message);
        REQUIRE(!strchr(error.message, '\n'), "%s: more than one line", cases[i].text);
    }
}

static void carets_stand_under_the_place(void **state) {
    (void)state;
    char long_text[301], out[512], expected[512];
    static const struct {
        const char *text, *marked;
        size_t position, length;
    } cases[] = {
        {"y = a*foo(x)", "y = a*foo(x)\n      ^~~\n", 6, 3},
        {"y = a*", "y = a*\n      ^\n", 6, 0},
        {"y = µ*foo(x)", "y = µ*foo(x)\n      ^~~\n", 7, 3}, /* µ is two bytes */
        {"y\t=\n2", "y = 2\n    ^\n", 4, 1},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula_place place = {MARQ_FORMULA_NONE, cases[i].position, cases[i].length};
        assert_string_equal(marq_formula_mark(cases[i].text, &place, out, sizeof out), cases[i].marked);
    }
    for (int i = 0; i < 300; i++) long_text[i] = (char)('a' + i % 26);
    long_text[300] = '\0';
    marq_formula_place place = {MARQ_FORMULA_NONE, 200, 2};
    snprintf(expected, sizeof expected, "%.72s\n%36s^~\n", long_text + 164, "");
    assert_string_equal(marq_formula_mark(long_text, &place, out, sizeof out), expected);
    char small[8];
    assert_true(strlen(marq_formula_mark(long_text, &place, small, sizeof small)) == 7);
}

/* open, n times, then middle, then close n times. */
static char *nested(const char *head, const char *open, const char *middle, const char *close, size_t n) {
    char *text = calloc(strlen(head) + n * (strlen(open) + strlen(close)) + strlen(middle) + 1, 1),
         *at = text;
    assert_non_null(text);
    at += sprintf(at, "%s", head);
    for (size_t i = 0; i < n; i++) at += sprintf(at, "%s", open);
    at += sprintf(at, "%s", middle);
    for (size_t i = 0; i < n; i++) at += sprintf(at, "%s", close);
    return text;
}

static void depth_and_length_have_limits(void **state) {
    (void)state;
    static const struct {
        const char *open, *middle, *close;
        size_t n;
        const char *part; /* NULL: fine */
    } cases[] = {
        {"(", "x", ")", 90, NULL},
        {"(", "x", ")", 4000, "levels of nesting"},
        {"-", "x", "", 190, NULL},
        {"-", "x", "", 8000, "levels of nesting"},
        {"sin(", "x", ")", 90, NULL},
        {"sin(", "x", ")", 1500, "levels of nesting"},
        {"x^", "x", "", 150, NULL},
        {"x^", "x", "", 4000, "levels of nesting"},
        {"x ? ", "x", " : x", 800, "levels of nesting"},
        {"", "x", "+x", 4000, NULL},
        {"", "x", "*x", 4000, "too many values at once"},
        {"", "a*x", "+a*sin(b*x)", 700, NULL},
        {"", "x", "+x", 5000, "longer than 8192 bytes"},
    };
    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = 2;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char *text = nested("y = ", cases[i].open, cases[i].middle, cases[i].close, cases[i].n);
        marq_formula *formula;
        marq_error error = {0};
        marq_status status = marq_formula_parse(text, &options, &formula, NULL, &error);
        if (cases[i].part)
            REQUIRE(status == MARQ_ERROR_FORMAT && strstr(error.message, cases[i].part), "%zu times %s: %s",
                    cases[i].n, cases[i].open, error.message);
        else
            REQUIRE(status == MARQ_OK, "%zu times %s%s: %s", cases[i].n, cases[i].open, cases[i].close,
                    error.message);
        marq_formula_destroy(formula);
        free(text);
    }
}

static void too_many_parameters_are_refused(void **state) {
    (void)state;
    char text[8192] = "y = x";
    for (int i = 0; i <= 500; i++) sprintf(text + strlen(text), "+p%d*x", i);
    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = 2;
    marq_formula *formula;
    marq_error error = {0};
    assert_int_equal(marq_formula_parse(text, &options, &formula, NULL, &error), MARQ_ERROR_FORMAT);
    assert_string_equal(error.message, "more than 500 parameters");
    *strrchr(text, '+') = '\0';
    formula = parse_with(text, &options);
    unsigned char linear[500];
    assert_int_equal(marq_formula_linear(formula, NULL, linear), 500);
    marq_formula_destroy(formula);
}

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

/* ---- Lineshapes ---- */

static void lineshapes_have_parameters_of_their_own(void **state) {
    (void)state;
    marq_formula *f =
        parse_model("y = gauss + polynomial(1) - voigt(log(temp)) + 2*gauss(temp)", table, COUNT(table));
    static const char *const names[] = {"gauss1_area",   "gauss1_center", "gauss1_sigma",  "polynomial_c0",
                                        "polynomial_c1", "voigt_area",    "voigt_center",  "voigt_sigma",
                                        "voigt_gamma",   "gauss2_area",   "gauss2_center", "gauss2_sigma"};
    static const struct {
        marq_lineshape shape;
        int sign;
        size_t predictor, first, count, position, length;
    } shapes[] = {
        {MARQ_LINESHAPE_GAUSS, 1, 0, 0, 3, 4, 5},
        {MARQ_LINESHAPE_POLYNOMIAL, 1, 0, 3, 2, 12, 13},
        {MARQ_LINESHAPE_VOIGT, -1, MARQ_FORMULA_NONE, 5, 4, 28, 16},
        {MARQ_LINESHAPE_GAUSS, 0, 3, 9, 3, 49, 11},
    };
    assert_int_equal(marq_formula_parameter_count(f), COUNT(names));
    for (size_t j = 0; j < COUNT(names); j++)
        assert_string_equal(marq_formula_parameter_name(f, j), names[j]);
    assert_int_equal(marq_formula_shape_count(f), COUNT(shapes));
    for (size_t k = 0; k < COUNT(shapes); k++) {
        const marq_formula_shape *s = marq_formula_shape_at(f, k);
        REQUIRE(s->shape == shapes[k].shape && s->sign == shapes[k].sign &&
                    s->predictor == shapes[k].predictor && s->parameter_count == shapes[k].count &&
                    s->place.position == shapes[k].position && s->place.length == shapes[k].length,
                "shape %zu: %s, sign %d, column %zu, %zu parameters, at %zu, %zu bytes", k,
                marq_lineshape_name(s->shape), s->sign, s->predictor, s->parameter_count, s->place.position,
                s->place.length);
        for (size_t j = 0; j < s->parameter_count; j++)
            assert_int_equal(s->parameters[j], shapes[k].first + j);
    }
    marq_formula_destroy(f);

    f = parse_model("pseudo-voigt*gauss", NAMES("x", "gauss")); /* a column hides a shape */
    assert_int_equal(marq_formula_shape_count(f), 1);
    assert_string_equal(marq_lineshape_name(marq_formula_shape_at(f, 0)->shape), "pseudo_voigt");
    marq_formula_destroy(f);

    marq_formula_options options = marq_formula_options_default();
    options.columns = table, options.column_count = COUNT(table);
    options.response = 0, options.predictor = 3; /* the main predictor as the caller says */
    f = parse_with("exponential", &options);
    assert_int_equal(marq_formula_shape_at(f, 0)->predictor, 3);
    marq_formula_destroy(f);
}

/* ---- Linear parameters ---- */

static void linear_parameters_are_found(void **state) {
    (void)state;
    static const struct {
        const char *text, *held, *linear; /* letters */
    } cases[] = {
        {"a*exp(-b*x) + c", "", "ac"},
        {"a*exp(-b*x) + c", "b", "ac"},
        {"a*exp(-b*x) + c", "a", "c"},
        {"a*b*x", "", "a"},
        {"a*b*x", "a", "b"},
        {"s*(a + b*x)", "", "ab"},
        {"(a + b*x)/(1 + c*x)", "", "ab"},
        {"a/x + b/c", "", "ab"},
        {"a - (b - -c*x)", "", "abc"},
        {"(a + b*x)^2", "", ""},
        {"a^2*x", "", ""},
        {"x > c ? a*x : b", "", "ab"},
        {"x > 1 ? a*x : b*a", "", "a"},
        {"log(x)*a + sqrt(b*x)", "", "a"},
        {"max(a, x)", "", ""},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f = parse_model(cases[i].text, NAMES("x"));
        size_t n = marq_formula_parameter_count(f), expected = 0;
        unsigned char held[8] = {0}, linear[8];
        for (size_t j = 0; j < n; j++)
            held[j] = strchr(cases[i].held, marq_formula_parameter_name(f, j)[0]) != NULL;
        size_t found = marq_formula_linear(f, cases[i].held[0] ? held : NULL, linear);
        for (size_t j = 0; j < n; j++) {
            const char *name = marq_formula_parameter_name(f, j);
            int is_expected = strchr(cases[i].linear, name[0]) != NULL;
            expected += (size_t)is_expected;
            REQUIRE(linear[j] == is_expected, "%s, held '%s': %s is %slinear", cases[i].text, cases[i].held,
                    name, linear[j] ? "" : "not ");
        }
        assert_int_equal(found, expected);
        marq_formula_destroy(f);
    }
}

/* ---- Printing ---- */

/* Printed, and printed again from what was printed. */
static void printed_formulas_read_back(void **state) {
    (void)state;
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"a*exp( -b*x)+c", "a*exp(-b*x) + c"},
        {"a-(b-x)", "a - (b - x)"},
        {"a-b-x", "a - b - x"},
        {"a/(b*x)", "a/(b*x)"},
        {"a/b*x", "a/b*x"},
        {"(a^b)^x", "(a^b)^x"},
        {"a^b^x", "a^b^x"},
        {"(-a)^x", "(-a)^x"},
        {"-a^x", "-a^x"},
        {"a^-x", "a^-x"},
        {"a^(-x*b)", "a^(-x*b)"},
        {"-(a + x)", "-(a + x)"},
        {"(a + b)*x", "(a + b)*x"},
        {"x*0.1", "0.1*x"},
        {"x*2*pi/e", "6.283185307179586*x/e"},
        {"a + pi*x", "a + pi*x"},
        {"1e-300*x", "1e-300*x"},
        {"`odd name`*x", "`odd name`*x"},
        {"x < 1 && !(a > x) || b == x", "x < 1 && !(x < a) || b == x"},
        {"(x < 1) < a", "(x < 1) < a"},
        {"(x ? a : b) ? x : 1", "(x ? a : b) ? x : 1"},
        {"(x ? a : b) + 1", "(x ? a : b) + 1"},
        {"atan2(a, min(x, b, 1))", "atan2(a, min(min(x, b), 1))"},
        {"x*x", "x^2"},
        {"x + x", "2*x"},
        {"x - -a", "x + a"},
        {"0*a + x/1 + 0", "x"},
        {"sqrt(x)^2", "sqrt(x)^2"},
        {"voigt_profile(x, a, b)", "voigt_profile(x, a, b)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f = parse_model(cases[i].text, table, COUNT(table));
        char *printed = marq_formula_text(f);
        assert_string_equal(printed, cases[i].printed);
        marq_formula *again = parse_model(printed, table, COUNT(table));
        char *second = marq_formula_text(again);
        assert_string_equal(second, printed);
        free(printed), free(second);
        marq_formula_destroy(f), marq_formula_destroy(again);
    }
}

static void derivatives_are_printed(void **state) {
    (void)state;
    static const struct {
        const char *text, *by_a;
    } cases[] = {
        {"a*exp(-b*x)", "exp(-b*x)"}, {"x^a", "x == 0 ? 0 : x^a*log(x)"},
        {"sin(a*x)", "cos(a*x)*x"},   {"(a + x)^3", "3*(a + x)^2"},
        {"x/a", "-x/a/a"},          {"gamma(a)*x", "x*(gamma(a)*digamma(a))"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *f = parse_model(cases[i].text, NAMES("x"));
        char *printed = marq_formula_derivative_text(f, marq_formula_find_parameter(f, "a"));
        assert_string_equal(printed, cases[i].by_a);
        free(printed);
        marq_formula_destroy(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_the_header_says),
        cmocka_unit_test(errors_say_where_and_why),
        cmocka_unit_test(carets_stand_under_the_place),
        cmocka_unit_test(depth_and_length_have_limits),
        cmocka_unit_test(too_many_parameters_are_refused),
        cmocka_unit_test(names_are_columns_then_constants_then_parameters),
        cmocka_unit_test(a_parameter_like_a_column_is_warned_about),
        cmocka_unit_test(transformed_responses_are_turned_back),
        cmocka_unit_test(a_filter_has_columns_only),
        cmocka_unit_test(a_quantity_has_the_given_parameters_only),
        cmocka_unit_test(ties_replace_parameters),
        cmocka_unit_test(wrong_ties_are_refused),
        cmocka_unit_test(lineshapes_have_parameters_of_their_own),
        cmocka_unit_test(linear_parameters_are_found),
        cmocka_unit_test(printed_formulas_read_back),
        cmocka_unit_test(derivatives_are_printed),
    };
    return cmocka_run_group_tests_name("formula_language", tests, NULL, NULL);
}
