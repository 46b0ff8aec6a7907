/* Formulas on data: rows, blocks and strides, the binding to the solver, what is not finite, C source. */
#include "formulas.h"

#include <dlfcn.h>
#include <omp.h>
#include <stdio.h>
#include <unistd.h>

enum { ROWS = 2500 };

/* Functions whose vectors do not depend on their neighbours, so that rows can be compared bit by bit. */
static const char text[] = "y = a*exp(-b*x)/(1 + z^2) + c*log(x)*(z > 0.5 ? x : z) + x^d";

typedef struct fixture {
    marq_formula *formula;
    double table[ROWS][3]; /* x, y, z */
    double x[ROWS], y[ROWS], z[ROWS];
    double theta[4];
} fixture;

static fixture *set_up(void) {
    fixture *f = calloc(1, sizeof *f);
    assert_non_null(f);
    f->formula = parse_model(text, NAMES("x", "y", "z"));
    for (int i = 0; i < ROWS; i++) {
        f->table[i][0] = f->x[i] = 0.1 + 0.003 * i;
        f->table[i][1] = f->y[i] = 1 + 0.1 * (i % 7);
        f->table[i][2] = f->z[i] = 0.01 * (i % 100);
    }
    static const double theta[] = {2, 0.7, 0.3, 1.25};
    memcpy(f->theta, theta, sizeof theta);
    return f;
}

static void tear_down(fixture *f) {
    marq_formula_destroy(f->formula);
    free(f);
}

static void rows_do_not_depend_on_how_they_are_asked_for(void **state) {
    (void)state;
    fixture *f = set_up();
    const double *by_column[] = {f->x, f->y, f->z},
                 *by_row[] = {f->table[0], f->table[0] + 1, f->table[0] + 2};
    marq_formula_data columns = {by_column, 1, ROWS}, rows = {by_row, 3, ROWS};
    static double value[ROWS], gradient[ROWS * 4], slopes[ROWS * 2];
    marq_formula_gradient(f->formula, &columns, f->theta, 0, ROWS, value, gradient, 4);
    marq_formula_slopes(f->formula, &columns, f->theta, 0, ROWS, slopes, 2);
    for (size_t first = 0; first < ROWS; first += 97) {
        size_t count = first % 23 + 1 < ROWS - first ? first % 23 + 1 : ROWS - first;
        double v[23], g[23 * 6], s[23 * 2];
        marq_formula_evaluate(f->formula, &rows, f->theta, first, count, v);
        REQUIRE(memcmp(v, value + first, count * sizeof *v) == 0, "values of %zu rows from %zu", count,
                first);
        marq_formula_gradient(f->formula, &rows, f->theta, first, count, v, g, 6); /* a wider stride */
        for (size_t i = 0; i < count; i++)
            REQUIRE(memcmp(g + i * 6, gradient + (first + i) * 4, 4 * sizeof *g) == 0,
                    "derivatives of row %zu", first + i);
        marq_formula_slopes(f->formula, &rows, f->theta, first, count, s, 2);
        REQUIRE(memcmp(s, slopes + first * 2, count * 2 * sizeof *s) == 0, "slopes of %zu rows from %zu",
                count, first);
    }
    tear_down(f);
}

static void rows_outside_are_not_touched(void **state) {
    (void)state;
    fixture *f = set_up();
    const double *by_column[] = {f->x, f->y, f->z};
    marq_formula_data data = {by_column, 1, ROWS};
    for (size_t count = 0; count < 20; count++) {
        double value[24], gradient[24 * 4];
        for (int i = 0; i < 24; i++) value[i] = -77;
        for (int i = 0; i < 24 * 4; i++) gradient[i] = -77;
        marq_formula_gradient(f->formula, &data, f->theta, 5, count, value, gradient, 4);
        for (size_t i = count; i < 24; i++)
            REQUIRE(value[i] == -77, "%zu rows: value %zu is written", count, i);
        for (size_t i = 4 * count; i < 24 * 4; i++)
            REQUIRE(gradient[i] == -77, "%zu rows: derivative %zu", count, i);
    }
    tear_down(f);
}

static void threads_may_share_a_formula(void **state) {
    (void)state;
    fixture *f = set_up();
    const double *by_column[] = {f->x, f->y, f->z};
    marq_formula_data data = {by_column, 1, ROWS};
    static double one[ROWS], many[ROWS];
    marq_formula_evaluate(f->formula, &data, f->theta, 0, ROWS, one);
#pragma omp parallel for num_threads(4) schedule(static, 1)
    for (size_t first = 0; first < ROWS; first += 100)
        marq_formula_evaluate(f->formula, &data, f->theta, first, 100, many + first);
    assert_memory_equal(one, many, sizeof one);
    tear_down(f);
}

/* ---- Fits ---- */

/* Data without noise: the fit must find what they were made of. On the transformed scale these are straight
 * lines. */
static void a_transformed_response_is_fitted_on_its_scale(void **state) {
    (void)state;
    double x[30], y[30], theta[] = {1, 1};
    for (int i = 0; i < 30; i++) x[i] = 0.2 * i, y[i] = exp(0.5 - 1.25 * x[i]);
    marq_formula *formula = parse_model("log(y) = a + b*x", NAMES("x", "y"));
    marq_formula_data data = {.columns = (const double *const[]){x, y}, .stride = 1, .rows = 30};
    marq_formula_problem *own;
    marq_problem problem;
    marq_result result;
    assert_int_equal(marq_formula_problem_create(formula, &data, &own, &problem, NULL), MARQ_OK);
    assert_int_equal(marq_check_jacobian(&problem, NULL, theta, 0, NULL, NULL, NULL, NULL), MARQ_OK);
    assert_true(marq_solve(&problem, NULL, theta, &result) > 0);
    REQUIRE(fabs(theta[0] - 0.5) < 1e-13 && fabs(theta[1] + 1.25) < 1e-13, "a %.17g, b %.17g", theta[0],
            theta[1]);
    double fitted[30], back[30];
    marq_formula_evaluate(formula, &data, theta, 0, 30, fitted);
    assert_int_equal(marq_formula_back(formula, &data, 0, 30, fitted, back, NULL), MARQ_OK);
    for (int i = 0; i < 30; i++) REQUIRE(fabs(back[i] - y[i]) < 1e-12 * y[i], "row %d: %.17g", i, back[i]);
    marq_formula_problem_destroy(own);
    marq_formula_destroy(formula);
}

static void two_peaks_on_a_background_are_fitted(void **state) {
    (void)state;
    enum { POINTS = 200 };
    static const char *const truth[] = {"gauss1_area",   "gauss1_center", "gauss1_sigma",  "gauss2_area",
                                        "gauss2_center", "gauss2_sigma",  "polynomial_c0", "polynomial_c1"};
    static const double made_of[] = {30, 4, 0.5, 10, 6.5, 0.8, 2, 0.1},
                        start[] = {20, 3.7, 0.7, 20, 6.9, 0.5, 0, 0};
    double x[POINTS], y[POINTS] = {0}, theta[8];
    marq_formula *formula = parse_model("gauss + gauss + polynomial(1)", NAMES("x", "y"));
    marq_formula *response = parse_model("y = gauss + gauss + polynomial(1)", NAMES("x", "y"));
    marq_formula_data data = {.columns = (const double *const[]){x, y}, .stride = 1, .rows = POINTS};
    for (int i = 0; i < POINTS; i++) x[i] = 0.05 * i;
    marq_formula_evaluate(formula, &data, made_of, 0, POINTS, y);
    marq_formula_problem *own;
    marq_problem problem;
    marq_result result;
    assert_int_equal(marq_formula_problem_create(response, &data, &own, &problem, NULL), MARQ_OK);
    memcpy(theta, start, sizeof theta);
    assert_true(marq_solve(&problem, NULL, theta, &result) > 0);
    for (size_t j = 0; j < 8; j++) {
        assert_string_equal(marq_formula_parameter_name(response, j), truth[j]);
        REQUIRE(fabs(theta[j] - made_of[j]) < 1e-10, "%s is %.17g (%s)", truth[j], theta[j], result.message);
    }
    marq_formula_problem_destroy(own);
    marq_formula_destroy(formula);
    marq_formula_destroy(response);
}

static void the_binding_refuses_what_it_cannot_bind(void **state) {
    (void)state;
    double x[] = {1, 2, 3}, y[] = {1, -2, 3};
    marq_formula_data data = {.columns = (const double *const[]){x, y}, .stride = 1, .rows = 3};
    static const struct {
        const char *text, *message;
        marq_status status;
    } cases[] = {
        {"a*x", "the formula has no response: write y = …", MARQ_ERROR_ARGUMENT},
        {"y = 2*x", "the formula has no parameters to fit", MARQ_ERROR_ARGUMENT},
        {"log(2*y) = a*x", "row 2: log(2*y) is not a number: 2*y is -4", MARQ_ERROR_DATA},
        {"1/(y + 2) = a*x", "row 2: 1/(y + 2) is infinite: y + 2 is 0", MARQ_ERROR_DATA},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *formula = parse_model(cases[i].text, NAMES("x", "y"));
        marq_formula_problem *own;
        marq_problem problem;
        marq_error error = {0};
        assert_int_equal(marq_formula_problem_create(formula, &data, &own, &problem, &error),
                         cases[i].status);
        assert_string_equal(error.message, cases[i].message);
        assert_null(own);
        marq_formula_destroy(formula);
    }
}

/* ---- What is not finite ---- */

static void trouble_names_the_row_and_the_subexpression(void **state) {
    (void)state;
    double x[] = {-1, 0, 0.5, 2, 4}, y[] = {1, 2, 3, 4, 5};
    marq_formula_data data = {.columns = (const double *const[]){x, y}, .stride = 1, .rows = 5};
    static const struct {
        const char *text;
        double theta[2];
        size_t row, position, length;
        const char *message;
    } cases[] = {
        {"y = a*log(b - x)", {1, 1}, 3, 6, 10, "log(b - x) is not a number: b - x is -1"},
        {"y = a*log(b - x)", {1, 2}, 3, 6, 10, "log(b - x) is infinite: b - x is 0"},
        {"y = sqrt(a*x)*sin(b)", {1, 1}, 0, 4, 9, "sqrt(a*x) is not a number: a*x is -1"},
        {"y = x > 0 ? a*log(x - b) : 1/b", {1, 0.25}, 5, 0, 0, NULL},
        {"y = x > 0 ? a*log(x - b) : 1/b", {1, 1}, 2, 14, 10, "log(x - b) is not a number: x - b is -0.5"},
        {"y = a*exp(b*x)", {1, 500}, 3, 6, 8, "exp(b*x) is infinite: b*x is 1000"},
        {"y = (a - x)^b", {0, 0.5}, 2, 4, 9, "(a - x)^b is not a number: a - x is -0.5, b is 0.5"},
        {"y = gauss*a/b", {1, 0}, 0, 4, 9, NULL},
        {"y = x + sqrt(a)*b", {0, 1}, 0, 8, 7, "the derivative by a of sqrt(a) is infinite"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *formula = parse_model(cases[i].text, NAMES("x", "y"));
        double theta[8] = {cases[i].theta[0], cases[i].theta[1], 1, 1, 0};
        marq_formula_trouble trouble;
        int found = marq_formula_find_trouble(formula, &data, theta, 0, 5, &trouble);
        REQUIRE(found == (cases[i].row < 5), "%s: found %d (%s)", cases[i].text, found, trouble.message);
        if (found && cases[i].message) {
            assert_string_equal(trouble.message, cases[i].message);
            REQUIRE(trouble.row == cases[i].row && trouble.place.position == cases[i].position &&
                        trouble.place.length == cases[i].length,
                    "%s: row %zu, at %zu, %zu bytes", cases[i].text, trouble.row, trouble.place.position,
                    trouble.place.length);
        }
        marq_formula_destroy(formula);
    }
}

/* ---- C source ---- */

typedef double c_function(const double *x, const double *p);

/* Compiles the sources f0, f1, … to a shared library in a new folder and loads it; the folder is removed. */
static void *load(char *const *sources, size_t count) {
    char folder[] = "/tmp/marq_formula_XXXXXX", library[64], command[1024];
    assert_non_null(mkdtemp(folder));
    snprintf(library, sizeof library, "%s/f.so", folder);
    for (size_t i = 0; i < count; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/f%zu.c", folder, i);
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fputs(sources[i], file);
        assert_int_equal(fclose(file), 0);
    }
    snprintf(command, sizeof command,
             "%s -std=c99 -Wall -Wextra -Werror -O1 -shared -fPIC -o %s %s/*.c -lcerf -lm", MARQ_C_COMPILER,
             library, folder);
    REQUIRE(system(command) == 0, "the compiler fails");
    void *handle = dlopen(library, RTLD_NOW);
    REQUIRE(handle, "%s", dlerror());
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    return handle;
}

static void c_source_has_the_same_values(void **state) {
    (void)state;
    static const char *const texts[] = {
        "a*exp(-b*x) + c*z^2 - x/z",
        "(x < z) + (a >= b && !(x == z) || c) + (x > 1 ? a/2 : b/3)/2",
        "1/(1 + (x < z))",
        "min(a, x, z) + max(a*x, b)*abs(-x) - -2^-z",
        "gamma(x) + lgamma(x)*j0(x) + j1(x) - y0(x)/y1(z) + erf(x) + erfc(z)",
        "voigt + pseudo-voigt(z) + gauss + polynomial(3, z)",
        "sin(x)^2 + cos(x)^2 + tan(z) + asin(z/9) + acos(z/9) + atan(x) + atan2(x, z) + sinh(x) + cosh(z) + "
        "tanh(x)",
        "sqrt(log(x + 2)) + log10(x + 1)^x^z + (x + z*(x + z*(x + z*(x + z*(x + z*(x + z*(x + z*(x + "
        "z*a))))))))",
    };
    double x[] = {0.5, 1.25, 2}, z[] = {2.25, 0.75, 1.5}, theta[32];
    marq_formula_data data = {.columns = (const double *const[]){x, z}, .stride = 1, .rows = 3};
    char *sources[COUNT(texts)];
    for (int j = 0; j < 32; j++) theta[j] = 0.75 + 0.0625 * j;
    for (size_t i = 0; i < COUNT(texts); i++) {
        marq_formula *formula = parse_model(texts[i], NAMES("x", "z"));
        char name[8];
        snprintf(name, sizeof name, "f%d", (int)i);
        sources[i] = marq_formula_c_source(formula, name);
        assert_non_null(sources[i]);
        marq_formula_destroy(formula);
    }
    void *handle = load(sources, COUNT(texts));
    for (size_t i = 0; i < COUNT(texts); i++) {
        marq_formula *formula = parse_model(texts[i], NAMES("x", "z"));
        char name[8];
        snprintf(name, sizeof name, "f%d", (int)i);
        union {
            void *from;
            c_function *to;
        } function = {dlsym(handle, name)};
        assert_non_null(function.from);
        for (size_t row = 0; row < 3; row++) {
            double values[2], expected;
            for (size_t k = 0; k < marq_formula_column_count(formula); k++)
                values[k] = data.columns[marq_formula_column(formula, k)][row];
            marq_formula_evaluate(formula, &data, theta, row, 1, &expected);
            double value = function.to(values, theta);
            REQUIRE(fabs(value - expected) <= 1e-13 * fabs(expected), "%s, row %zu: %.17g in C, %.17g here",
                    texts[i], row, value, expected);
        }
        marq_formula_destroy(formula);
    }
    dlclose(handle);
    for (size_t i = 0; i < COUNT(texts); i++) free(sources[i]);
}

/* ---- Ranges ---- */

static void parameters_are_looked_for_where_the_data_put_them(void **state) {
    (void)state;
    static const struct {
        const char *text, *name;
        double least, most;  /* the range holds these, */
        double below, above; /* and neither of these */
    } cases[] = {
        {"y = a*exp(-b*x)", "b", 0.5, 90, 1e-3, 1e7},
        {"y = a*exp(-x/t)", "t", 0.02, 1, 1e-7, 1e3},
        {"y = a*exp(-((x-m)/w)^2)", "m", 0.1, 0.9, -1, 2},
        {"y = a*exp(-((x-m)/w)^2)", "w", 0.02, 1, 1e-5, 1e3},
        {"y = a*x/(k + x)", "k", 0.01, 5, 1e-6, 1e3},
        {"y = a*sin(w*x + p)", "w", 2, 250, 0.1, 1e5},
        {"y = a*sin(w*x + p)", "p", -3, 3, -4, 4},
        {"y = a*x^p", "p", 0.5, 3, 0.01, 100},
        {"y = x < m ? a : b", "m", 0.1, 0.9, -1, 2},
        {"y = 2 + exp(-b*(x - 0.5))", "b", 0.5, 50, 1e-3, 1e7},
    };
    static double x[101], y[101];
    for (int i = 0; i <= 100; i++) x[i] = 0.01 * i, y[i] = i;
    marq_formula_data data = {(const double *const[]){x, y}, 1, 101};
    for (size_t i = 0; i < COUNT(cases); i++) {
        marq_formula *formula = parse_model(cases[i].text, NAMES("x", "y"));
        marq_formula_range ranges[8];
        double theta[8] = {0};
        assert_int_equal(marq_formula_ranges(formula, &data, theta, NULL, ranges, NULL), MARQ_OK);
        const marq_formula_range *r = &ranges[marq_formula_find_parameter(formula, cases[i].name)];
        REQUIRE(r->low <= cases[i].least && r->high >= cases[i].most && r->low > cases[i].below &&
                    r->high < cases[i].above,
                "%s: %s from %g to %g", cases[i].text, cases[i].name, r->low, r->high);
        marq_formula_destroy(formula);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_do_not_depend_on_how_they_are_asked_for),
        cmocka_unit_test(rows_outside_are_not_touched),
        cmocka_unit_test(threads_may_share_a_formula),
        cmocka_unit_test(a_transformed_response_is_fitted_on_its_scale),
        cmocka_unit_test(two_peaks_on_a_background_are_fitted),
        cmocka_unit_test(the_binding_refuses_what_it_cannot_bind),
        cmocka_unit_test(trouble_names_the_row_and_the_subexpression),
        cmocka_unit_test(parameters_are_looked_for_where_the_data_put_them),
        cmocka_unit_test(c_source_has_the_same_values),
    };
    return cmocka_run_group_tests_name("formula_problem", tests, NULL, NULL);
}
