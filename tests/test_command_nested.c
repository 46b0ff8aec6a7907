/* fit DATA with several --formula: which are seen to be special cases of others, for F tests. */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 60 };

static double bell(double x, double area, double center, double sigma) {
    double t = (x - center) / sigma;
    return area / (sigma * sqrt(2 * acos(-1))) * exp(-0.5 * t * t);
}

/* Something like noise, of that size. */
static double noise(int i, double size) {
    return size * sin(37.0 * i * i + 5.0 * i);
}

/* peaks.csv: two peaks on a line; decay.csv: a decay with a rest; line.csv: a line. */
static void write_data(void) {
    FILE *peaks = fopen("peaks.csv", "w"), *decay = fopen("decay.csv", "w"), *line = fopen("line.csv", "w");
    assert_true(peaks && decay && line);
    fputs("x,y\n", peaks), fputs("x,y\n", decay), fputs("x,y\n", line);
    for (int i = 0; i < ROWS; i++) {
        double x = 10.0 * i / (ROWS - 1);
        fprintf(peaks, "%.6f,%.9f\n", x,
                bell(x, 3, 3, 0.5) + bell(x, 1, 6, 0.7) + 0.2 + 0.03 * x + noise(i, 0.01));
        fprintf(decay, "%.6f,%.9f\n", x, 2 * exp(-0.7 * x) + 0.5 + noise(i, 0.02));
        fprintf(line, "%.6f,%.9f\n", x, 1 + 2 * x + noise(i, 0.05));
    }
    fclose(peaks), fclose(decay), fclose(line);
}

/* How the first formula is known to be nested in the second; NULL: it is not. options: up to 4, then NULL. */
static const char *known_by(const char *file, const char *small, const char *big,
                            const char *const *options) {
    static char word[16];
    const char *words[16] = {file, "--formula", small, "--formula", big, "--json", "--no-plot"};
    for (size_t k = 0; options && options[k]; k++) words[7 + k] = options[k];
    json_t *report = parse_json(check_done(words)->out);
    const json_t *list = value_at(report, "comparison", "nested"), *test = json_array_get(list, 0);
    snprintf(word, sizeof word, "%s", test ? string_at(test, "known_by") : "");
    if (test) assert_int_equal((int)number_at(test, "small", NULL), 1);
    json_decref(report);
    return *word ? word : NULL;
}

static void special_cases_are_seen(void **state) {
    (void)state;
    write_data();
    static const char *const cases[][3] = {
        {"peaks.csv", "y = gauss", "y = gauss + polynomial(1)"},
        {"peaks.csv", "y = gauss", "y = gauss + gauss"},
        {"peaks.csv", "y = gauss + polynomial(1)", "y = gauss + gauss + polynomial(1)"},
        {"peaks.csv", "y = gauss + gauss", "y = gauss + gauss + gauss"},
        {"peaks.csv", "y = gauss", "y = voigt"},
        {"peaks.csv", "y = lorentz", "y = pseudo_voigt"},
        {"peaks.csv", "y = gauss", "y = A*exp(-(x - m)^2/w) + c"},
        {"line.csv", "y = polynomial(1)", "y = polynomial(3)"},
        {"decay.csv", "y = A*exp(-k*x)", "y = a*exp(-b*x) + c"},
        {"decay.csv", "y = a*exp(-b*x) + c", "y = a*exp(-b*x) + d*exp(-f*x)"},
        {"decay.csv", "y = a*exp(-b*x)", "y = a*exp(-(b*x)^n)"},
        {"decay.csv", "y = exponential", "y = exponential + exponential"},
    };
    for (size_t i = 0; i < COUNT(cases); i++) {
        const char *word = known_by(cases[i][0], cases[i][1], cases[i][2], NULL);
        REQUIRE(word && strcmp(word, "values") == 0, "%s in %s is not seen", cases[i][1], cases[i][2]);
    }
}

static void others_are_not(void **state) {
    (void)state;
    write_data();
    static const char *const cases[][3] = {
        {"peaks.csv", "y = gauss", "y = lorentz + polynomial(0)"},
        {"peaks.csv", "y = lorentz", "y = gauss + gauss"},
        {"decay.csv", "y = a*exp(-b*x) + c", "y = polynomial(3)"},
        {"decay.csv", "y = polynomial(2)", "y = a*exp(-b*x) + c + d*x"},
        /* Of a line a decay is one with a rate near 0: but not a rate that the data allow too. */
        {"line.csv", "y = a*exp(-b*x)", "y = polynomial(2)"},
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        REQUIRE(!known_by(cases[i][0], cases[i][1], cases[i][2], NULL), "%s in %s", cases[i][1], cases[i][2]);
}

/* What a parameter must not become it does not become for the smaller formula's sake. */
static void fixed_and_bounded_parameters_stay(void **state) {
    (void)state;
    write_data();
    static const char small[] = "y = a*exp(-b*x)", big[] = "y = a*exp(-b*x) + c + d*x";
    assert_null(known_by("decay.csv", small, big, (const char *const[]){"--fix", "c=0.3", NULL}));
    assert_null(known_by("decay.csv", small, big, (const char *const[]){"--bounds", "c=0.2:", NULL}));
    assert_non_null(known_by("decay.csv", small, big, (const char *const[]){"--bounds", "c=0:", NULL}));
    assert_non_null(known_by("decay.csv", small, big, (const char *const[]){"--fix", "c=0", NULL}));
}

/* One peak in two sets, in other places. */
static void all_groups_count(void **state) {
    (void)state;
    FILE *file = fopen("sets.csv", "w");
    assert_non_null(file);
    fputs("set,x,y\n", file);
    for (int k = 0; k < 2; k++)
        for (int i = 0; i < ROWS; i++) {
            double x = 10.0 * i / (ROWS - 1);
            fprintf(file, "%c,%.6f,%.9f\n", "AB"[k], x,
                    bell(x, 3 - k, 3 + k, 0.6) + 0.1 + noise(i + 7 * k, 0.01));
        }
    fclose(file);
    static const char small[] = "y = gauss", sum[] = "y = gauss + polynomial(0)";
    assert_non_null(known_by("sets.csv", small, sum, (const char *const[]){"--group", "set", NULL}));
    assert_non_null(
        known_by("sets.csv", small, sum,
                 (const char *const[]){"--group", "set", "--tie", "gauss_sigma[B]=gauss_sigma[A]", NULL}));
    /* Each set has its width in the smaller one, both the same in the larger one. */
    static const char wide[] = "y = a*exp(-(x - m)^2/w) + c";
    assert_non_null(known_by("sets.csv", small, wide, (const char *const[]){"--group", "set", NULL}));
    assert_null(
        known_by("sets.csv", small, wide, (const char *const[]){"--group", "set", "--shared", "w", NULL}));
}

/* NumPy 2 (polyfit of degrees 1 and 2) and SciPy 1.17.1 (scipy.stats.f.sf). */
static void the_statistic_is_fisher_s(void **state) {
    (void)state;
    write_text("q.csv", "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n6,12.3\n7,13.9\n8,16.4\n");
    json_t *report = parse_json(
        DONE("q.csv", "--formula", "y = a + b*x", "--formula", "y = c + d*x + f*x^2", "--json", "--no-plot")
            ->out);
    const json_t *test = json_array_get(value_at(report, "comparison", "nested"), 0);
    assert_non_null(test);
    check_close(number_at(test, "f", NULL), 0.67319928735, 1e-8);
    check_close(number_at(test, "p", NULL), 0.449271346248, 1e-8);
    json_decref(report);
}

/* Fits of least robust loss have not the least χ², which the test is about. */
static void a_robust_loss_has_no_f_test(void **state) {
    (void)state;
    write_data();
    assert_null(known_by("line.csv", "y = polynomial(1)", "y = polynomial(2)",
                         (const char *const[]){"--loss", "huber:1", NULL}));
    const command_result *r = DONE("line.csv", "--formula", "y = polynomial(1)", "--formula",
                                   "y = polynomial(2)", "--nested", "--loss", "huber:1", "--no-plot");
    REQUIRE(strstr(r->out, "F test    none"), "%s", r->out);
}

/* Distances in place of residuals change nothing about which formula is a special case. */
static void errors_in_the_input_do_not_matter(void **state) {
    (void)state;
    FILE *file = fopen("odr.csv", "w");
    assert_non_null(file);
    fputs("x,y,s\n", file);
    for (int i = 0; i < 25; i++)
        fprintf(file, "%.6f,%.6f,0.1\n", 0.3 * i + noise(i, 0.1), 1 + 0.2 * i + noise(3 * i + 1, 0.1));
    fclose(file);
    const char *const options[] = {"--sigma", "s", "--sigma-x", "s", NULL};
    assert_non_null(known_by("odr.csv", "y = a + b*x", "y = a + b*x + c*x^2", options));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(special_cases_are_seen),
        IN_FOLDER(others_are_not),
        IN_FOLDER(fixed_and_bounded_parameters_stay),
        IN_FOLDER(all_groups_count),
        IN_FOLDER(the_statistic_is_fisher_s),
        IN_FOLDER(errors_in_the_input_do_not_matter),
        IN_FOLDER(a_robust_loss_has_no_f_test),
    };
    return cmocka_run_group_tests_name("command_nested", tests, NULL, NULL);
}
