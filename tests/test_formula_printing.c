/* The language of formulas: printing them and their derivatives. */
#include "formulas.h"

static const char *const table[] = {"x", "y", "odd name", "temp", "µ"};

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
        {"a*exp(-b*x)", "exp(-b*x)"},
        {"x^a", "x == 0 ? 0 : x^a*log(x)"},
        {"sin(a*x)", "cos(a*x)*x"},
        {"(a + x)^3", "3*(a + x)^2"},
        {"x/a", "-x/a/a"},
        {"gamma(a)*x", "x*(gamma(a)*digamma(a))"},
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
        cmocka_unit_test(printed_formulas_read_back),
        cmocka_unit_test(derivatives_are_printed),
    };
    return cmocka_run_group_tests_name("formula_printing", tests, NULL, NULL);
}
