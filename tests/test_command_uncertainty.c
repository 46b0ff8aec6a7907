/* fit DATA --formula with --sigma-x, --bootstrap, --profile: as a user runs them. */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3 };

static const json_t *parameter(const json_t *report, const char *name) {
    const json_t *list = value_at(report, "parameters", NULL);
    for (size_t j = 0; j < json_array_size(list); j++)
        if (strcmp(string_at(json_array_get(list, j), "name"), name) == 0) return json_array_get(list, j);
    REQUIRE(false, "no parameter %s", name);
    return NULL;
}

static void check_parameter(const json_t *report, const char *name, double value, double error) {
    check_close(number_at(parameter(report, name), "value", NULL), value, 1e-6);
    check_close(number_at(parameter(report, name), "stderr", NULL), error, 1e-4);
}

/* ---- Errors in the inputs ---- */

/* Two inputs with errors; y = 5 exp(−0.7 u) + 1.5 v, made with noise in all three. */
static const char surface[] = "u,v,y,su,sv,sy\n"
                              "3.262,2.082,3.808,0.05,0.03,0.1\n3.274,1.509,2.907,0.05,0.03,0.1\n"
                              "2.031,2.772,5.12,0.05,0.03,0.1\n1.139,1.096,3.966,0.05,0.03,0.1\n"
                              "0.284,2.32,7.725,0.05,0.03,0.1\n1.513,2.758,5.823,0.05,0.03,0.1\n"
                              "1.643,1.419,3.78,0.05,0.03,0.1\n0.18,2.781,8.393,0.05,0.03,0.1\n"
                              "0.225,2.744,8.455,0.05,0.03,0.1\n3.979,1.024,1.835,0.05,0.03,0.1\n"
                              "2.601,2.413,4.524,0.05,0.03,0.1\n0.95,1.042,3.978,0.05,0.03,0.1\n"
                              "1.745,1.991,4.563,0.05,0.03,0.1\n3.854,1.835,3.026,0.05,0.03,0.1\n"
                              "3.636,1.352,2.482,0.05,0.03,0.1\n3.312,1.644,2.861,0.05,0.03,0.1\n"
                              "1.51,2.601,5.729,0.05,0.03,0.1\n1.908,1.641,3.764,0.05,0.03,0.1\n"
                              "2.755,1.284,2.942,0.05,0.03,0.1\n0.225,2.383,7.878,0.05,0.03,0.1\n";

/* odrpack 0.7.0 (ODRPACK95): odr_fit with weights 1/σ² and tolerances 1e-15. */
static void errors_in_the_inputs_agree_with_odrpack(void **state) {
    (void)state;
    write_text("surface.csv", surface);
    json_t *report = parse_json(DONE("surface.csv", "--formula", "y = a*exp(-b*u) + c*v", "--sigma", "sy",
                                     "--sigma-x", "u=su,v=sv", "--json", "--no-plot")
                                    ->out);
    check_parameter(report, "a", 4.976863054320498, 0.14729786215104249);
    check_parameter(report, "b", 0.6705166089007235, 0.037039475108141075);
    check_parameter(report, "c", 1.4855644905369423, 0.04811591622375836);
    check_close(number_at(report, "chi2", NULL), 20.725870064014224, 1e-8);
    assert_string_equal(string_at(value_at(report, "sigma_x", NULL), "u"), "su");
    json_decref(report);
}

/* Pearson's data with York's weights: the straight line of York 1966, a = 5.47991, b = −0.480533; the errors
 * of odrpack 0.7.0. */
static void write_pearson(void) {
    static const double x[] = {0, 0.9, 1.8, 2.6, 3.3, 4.4, 5.2, 6.1, 6.5, 7.4},
                        y[] = {5.9, 5.4, 4.4, 4.6, 3.5, 3.7, 2.8, 2.8, 2.4, 1.5},
                        wx[] = {1000, 1000, 500, 800, 200, 80, 60, 20, 1.8, 1},
                        wy[] = {1, 1.8, 4, 8, 20, 20, 70, 70, 100, 500};
    FILE *f = fopen("pearson.csv", "w");
    assert_non_null(f);
    fputs("x,sx,y,sy\n", f);
    for (size_t i = 0; i < 10; i++)
        fprintf(f, "%g,%.17g,%g,%.17g\n", x[i], 1 / sqrt(wx[i]), y[i], 1 / sqrt(wy[i]));
    fclose(f);
}

static void a_straight_line_is_yorks(void **state) {
    (void)state;
    write_pearson();
    const command_result *r =
        DONE("pearson.csv", "--formula", "y = a + b*x", "--sigma", "sy", "--sigma-x", "sx");
    REQUIRE(strstr(r->out, "orthogonal distance regression"), "%s", r->out);
    assert_true(exists("pearson.fit/fit.png"));
    json_t *report = read_json("pearson.fit/report.json");
    check_parameter(report, "a", 5.47991022, 0.35924627);
    check_parameter(report, "b", -0.480533407, 0.07062021);
    json_decref(report);
    table t = read_table("pearson.fit/predictions.csv");
    double sum = 0;
    for (size_t row = 1; row < t.rows; row++) sum += pow(number(&t, row, "distance"), 2);
    check_close(sum, 11.86635319, 1e-8); /* Σ of the squared distances, from the same run of odrpack */
    clear_table(&t);
}

/* The same data twice under two names: every distance counts twice, so the errors shrink by √(8/18). */
static void groups_have_errors_in_their_inputs(void **state) {
    (void)state;
    write_pearson();
    table t = read_table("pearson.csv");
    FILE *f = fopen("twice.csv", "w");
    assert_non_null(f);
    fputs("set,x,sx,y,sy\n", f);
    for (size_t row = 1; row < t.rows; row++)
        for (int set = 0; set < 2; set++)
            fprintf(f, "%s,%s,%s,%s,%s\n", set ? "one" : "other", cell(&t, row, "x"), cell(&t, row, "sx"),
                    cell(&t, row, "y"), cell(&t, row, "sy"));
    fclose(f);
    clear_table(&t);
    json_t *report = parse_json(DONE("twice.csv", "--formula", "y = a + b*x", "--sigma", "sy", "--sigma-x",
                                     "sx", "--group", "set", "--shared", "a,b", "--json", "--no-plot")
                                    ->out);
    check_parameter(report, "a", 5.47991022, 0.35924627 * sqrt(8.0 / 18.0));
    json_decref(report);
}

static void mistakes_of_errors_are_named(void **state) {
    (void)state;
    write_text("surface.csv", surface);
    REFUSED(USAGE, "no column q", "surface.csv", "--formula", "y = a*u", "--sigma-x", "q");
    REFUSED(USAGE, "say whose errors", "surface.csv", "--formula", "y = a*u + v", "--sigma-x", "su");
    REFUSED(USAGE, "sy is no input", "surface.csv", "--formula", "y = a*u", "--sigma-x", "sy=su");
    REFUSED(USAGE, "only cases", "surface.csv", "--formula", "y = a*u", "--sigma-x", "su", "--bootstrap",
            "9:residuals");
    write_text("minus.csv", "x,y,s\n1,2,0.1\n2,3,-0.1\n3,4,0.1\n");
    REFUSED(DATA, "minus.csv:3:3: a standard deviation of -0.1", "minus.csv", "--formula", "y = a*x",
            "--sigma-x", "s");
}

/* ---- The bootstrap ---- */

static void write_line(void) {
    FILE *f = fopen("line.csv", "w");
    assert_non_null(f);
    fputs("x,y\n", f);
    for (int i = 0; i < 40; i++) fprintf(f, "%d,%.9f\n", i, 3 + 0.5 * i + sin(37.0 * i * i));
    fclose(f);
}

/* For a straight line the deviation of resampled fits is the standard error, up to 1/√(2N) (3σ: 7 % of 1000
 * samples), and the percentile interval is the normal one. */
static void bootstrap_agrees_with_theory_for_a_line(void **state) {
    (void)state;
    write_line();
    json_t *report = parse_json(
        DONE("line.csv", "--formula", "y = a + b*x", "--bootstrap", "1000", "--json", "--no-plot")->out);
    const json_t *b = parameter(report, "b");
    double error = number_at(b, "stderr", NULL), spread = number_at(b, "bootstrap_stderr", NULL);
    REQUIRE(fabs(spread / error - 1) < 0.07, "standard error %g, of samples %g", error, spread);
    double half = 0.5 * (number_at(b, "bootstrap_high", NULL) - number_at(b, "bootstrap_low", NULL));
    REQUIRE(fabs(half / (1.96 * error) - 1) < 0.1, "half the interval is %g standard errors", half / error);
    assert_int_equal((int)number_at(value_at(report, "bootstrap", NULL), "used", NULL), 1000);
    table t = read_table("line.fit/bootstrap.csv");
    assert_int_equal((int)t.rows, 1001);
    clear_table(&t);
    json_decref(report);
}

/* Percentiles of a falling function of a parameter are the function of its percentiles, the other way round;
 * of 41 samples those of 95 % are the second and the last but one. A quantity that some samples do not have
 * says so. */
static void derived_quantities_have_percentiles_too(void **state) {
    (void)state;
    write_line();
    const command_result *r = DONE("line.csv", "--formula", "y = a + b*x", "--bootstrap", "41", "--derive",
                                   "inverse = 1/b", "--no-plot");
    json_t *report = read_json("line.fit/report.json");
    const json_t *b = entry_at(report, "parameters", "b"), *inverse = entry_at(report, "derived", "inverse");
    check_close(number_at(inverse, "bootstrap_low", NULL), 1 / number_at(b, "bootstrap_high", NULL), 1e-14);
    check_close(number_at(inverse, "bootstrap_high", NULL), 1 / number_at(b, "bootstrap_low", NULL), 1e-14);
    check_close(number_at(inverse, "interval_high", NULL) - number_at(inverse, "interval_low", NULL),
                (number_at(b, "interval_high", NULL) - number_at(b, "interval_low", NULL)) /
                    pow(number_at(b, "value", NULL), 2),
                1e-10);
    const char *part = strstr(r->out, "bootstrap of residuals");
    REQUIRE(part && strstr(part, "\n  inverse "), "%s", r->out);
    char text[80];
    snprintf(text, sizeof text, "root = log(b - %.17g)", number_at(b, "value", NULL) * 0.99999999);
    json_decref(report);
    r = DONE("line.csv", "--formula", "y = a + b*x", "--bootstrap", "41", "--derive", text, "--no-plot",
             "-q");
    report = read_json("line.fit/report.json");
    const json_t *warning = json_array_get(value_at(report, "warnings", NULL), 0);
    REQUIRE(warning && strstr(json_string_value(warning), "root is not a finite number in "), "no warning");
    json_decref(report);
}

static void bootstrap_does_not_depend_on_threads(void **state) {
    (void)state;
    write_line();
    static const char *const threads[] = {"1", "3"};
    for (int i = 0; i < 2; i++)
        DONE("line.csv", "--formula", "y = a + b*x", "--bootstrap", "50:cases", "--threads", threads[i],
             "--no-plot", "-q", "--out", i ? "b" : "a");
    check_same_files("a/bootstrap.csv", "b/bootstrap.csv");
    DONE("line.csv", "--formula", "y = a + b*x", "--no-plot", "-q", "--out", "a");
    assert_false(exists("a/bootstrap.csv")); /* of the run before */
    REFUSED(USAGE, "--bootstrap", "line.csv", "--formula", "y = a + b*x", "--bootstrap", "9:rows");
    REFUSED(USAGE, "--bootstrap is for --formula", "line.csv", "--bootstrap", "9");
}

/* ---- Profile ---- */

static void a_profile_has_the_phases_of_the_fit(void **state) {
    (void)state;
    write_line();
    const command_result *r = DONE("line.csv", "--formula", "y = a*exp(-b*x) + c", "--start", "a=-20,b=0.01",
                                   "--profile", "--no-plot");
    REQUIRE(strstr(r->err, "solve") && strstr(r->err, "read"), "%s", r->err);
    json_t *flame = read_json("line.fit/profile.speedscope.json");
    assert_true(json_array_size(value_at(flame, "profiles", NULL)) >= 1);
    json_decref(flame);
    char *folded = read_text("line.fit/profile.folded", NULL);
    REQUIRE(strstr(folded, "solve;"), "%s", folded);
    free(folded);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(errors_in_the_inputs_agree_with_odrpack),
        IN_FOLDER(a_straight_line_is_yorks),
        IN_FOLDER(groups_have_errors_in_their_inputs),
        IN_FOLDER(mistakes_of_errors_are_named),
        IN_FOLDER(bootstrap_agrees_with_theory_for_a_line),
        IN_FOLDER(derived_quantities_have_percentiles_too),
        IN_FOLDER(bootstrap_does_not_depend_on_threads),
        IN_FOLDER(a_profile_has_the_phases_of_the_fit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
