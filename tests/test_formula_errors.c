/* The language of formulas: errors and where they are, limits. */
#include "formulas.h"

#include <stdio.h>

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

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_say_where_and_why),
        cmocka_unit_test(carets_stand_under_the_place),
        cmocka_unit_test(depth_and_length_have_limits),
        cmocka_unit_test(too_many_parameters_are_refused),
    };
    return cmocka_run_group_tests_name("formula_errors", tests, NULL, NULL);
}
