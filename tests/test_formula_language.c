/* The language of formulas: precedence, lineshapes, parameters that enter linearly. */
#include "formulas.h"

static const char *const table[] = {"x", "y", "odd name", "temp", "µ"};

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operators_bind_as_the_header_says),
        cmocka_unit_test(lineshapes_have_parameters_of_their_own),
        cmocka_unit_test(linear_parameters_are_found),
    };
    return cmocka_run_group_tests_name("formula_language", tests, NULL, NULL);
}
