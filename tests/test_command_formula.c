/* fit DATA --formula: as a user runs it. */
#include "require.h"
#include "run_command.h"

#include "nist/nist.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3, NO_FIT = 4 };

/* Michaelis–Menten kinetics, made with noise of 5 %. */
static void write_kinetics(void) {
    write_text("mm.csv", "S,v\n0.02,51.4567\n0.06,107.0610\n0.11,136.6086\n0.22,153.9775\n0.56,199.4936\n"
                         "1.1,205.4737\n0.02,49.2246\n0.06,105.8244\n0.11,136.8380\n0.22,167.1319\n"
                         "0.56,191.1253\n1.1,206.4820\n");
}

static double value_of(const json_t *report, const char *name) {
    return number_at(entry_at(report, "parameters", name), "value", NULL);
}

/* SciPy 1.x: curve_fit with tolerances 1e-15; intervals with t.ppf(0.975, 10). */
static void errors_and_intervals_agree_with_scipy(void **state) {
    (void)state;
    write_kinetics();
    json_t *report = parse_json(
        DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--derive", "half = Vmax/2", "--json", "--no-plot")
            ->out);
    assert_string_equal(string_at(report, "status"), "converged");
    check_close(value_of(report, "Vmax"), 2.16426941e+02, 1e-8);
    check_close(value_of(report, "Km"), 6.53772757e-02, 1e-8);
    check_close(number_at(entry_at(report, "parameters", "Vmax"), "stderr", NULL), 3.08904287, 1e-5);
    check_close(number_at(entry_at(report, "parameters", "Km"), "stderr", NULL), 0.00366774, 1e-5);
    check_close(number_at(entry_at(report, "parameters", "Vmax"), "interval_low", NULL), 2.09544124e+02,
                1e-7);
    check_close(number_at(entry_at(report, "parameters", "Km"), "interval_low", NULL), 5.72050381e-02, 1e-6);
    const json_t *derived = json_array_get(value_at(report, "derived", NULL), 0);
    check_close(number_at(derived, "value", NULL), 2.16426941e+02 / 2, 1e-8);
    check_close(number_at(derived, "stderr", NULL), 3.08904287 / 2, 1e-5);
    assert_int_equal((int)number_at(report, "dof", NULL), 10);
    json_decref(report);
}

static void every_method_finds_the_same_fit(void **state) {
    (void)state;
    static const char *const methods[] = {"auto", "lm", "trf", "dogleg"};
    write_kinetics();
    for (size_t k = 0; k < COUNT(methods); k++) {
        json_t *report = parse_json(
            DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--method", methods[k], "--json", "--no-plot")
                ->out);
        REQUIRE(fabs(value_of(report, "Vmax") / 2.16426941e+02 - 1) < 1e-8 &&
                    fabs(value_of(report, "Km") / 6.53772757e-02 - 1) < 1e-7,
                "%s: %.10g, %.10g", methods[k], value_of(report, "Vmax"), value_of(report, "Km"));
        json_decref(report);
    }
}

/* Deviations of 2 in every row: scaled they change nothing, absolute they are σ·√((JᵀJ)⁻¹). */
static void deviations_scale_or_are_absolute(void **state) {
    (void)state;
    write_text("line.csv", "x,y,s\n0,1,2\n1,3,2\n2,4,2\n3,8,2\n4,9,2\n");
    json_t *plain =
        parse_json(DONE("line.csv", "--inputs", "x", "--formula", "y = a + b*x", "--json", "--no-plot")->out);
    json_t *scaled =
        parse_json(DONE("line.csv", "--formula", "y = a + b*x", "--sigma", "s", "--json", "--no-plot")->out);
    json_t *absolute = parse_json(DONE("line.csv", "--formula", "y = a + b*x", "--sigma", "s",
                                       "--sigma-absolute", "--json", "--no-plot")
                                      ->out);
    /* b = 2.1, and its error σ/√Σ(x − x̄)² = 2/√10 */
    check_close(value_of(plain, "b"), 2.1, 1e-10);
    check_close(number_at(entry_at(scaled, "parameters", "b"), "stderr", NULL),
                number_at(entry_at(plain, "parameters", "b"), "stderr", NULL), 1e-10);
    check_close(number_at(entry_at(absolute, "parameters", "b"), "stderr", NULL), 2 / sqrt(10), 1e-10);
    json_decref(plain);
    json_decref(scaled);
    json_decref(absolute);
}

/* R 4.2.2: confint(nls(v ~ V*S/(K + S), …, tol = 1e-7)), which interpolates its curves by splines. */
static void profile_intervals_are_not_symmetric(void **state) {
    (void)state;
    write_kinetics();
    json_t *report = parse_json(DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--start",
                                     "Vmax=200,Km=0.1", "--profile-ci", "--json", "--no-plot")
                                    ->out);
    check_close(number_at(entry_at(report, "parameters", "Vmax"), "profile_low", NULL), 209.61077909110,
                1e-5);
    check_close(number_at(entry_at(report, "parameters", "Vmax"), "profile_high", NULL), 223.46663874621,
                1e-5);
    check_close(number_at(entry_at(report, "parameters", "Km"), "profile_low", NULL), 0.05754043168, 1e-5);
    check_close(number_at(entry_at(report, "parameters", "Km"), "profile_high", NULL), 0.07408749316, 1e-5);
    json_decref(report);
}

static void fixed_bounded_and_tied_parameters(void **state) {
    (void)state;
    write_kinetics();
    json_t *report =
        parse_json(DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S) + c", "--start", "Vmax=200,Km=0.1",
                        "--fix", "c=10", "--bounds", "Km=0.06:1", "--json", "--no-plot")
                       ->out);
    assert_true(value_of(report, "c") == 10);
    assert_true(json_is_null(json_object_get(entry_at(report, "parameters", "c"), "stderr")));
    assert_true(json_is_true(json_object_get(entry_at(report, "parameters", "Km"), "at_bound")) ||
                value_of(report, "Km") > 0.06);
    json_decref(report);
    report = parse_json(DONE("mm.csv", "--formula", "v = a*S/(b + S)", "--tie", "a = 3000*b", "--start",
                             "b=0.1", "--json", "--no-plot")
                            ->out);
    assert_int_equal((int)json_array_size(value_at(report, "parameters", NULL)), 1);
    assert_int_equal((int)number_at(report, "dof", NULL), 11);
    json_decref(report);
    report = parse_json(DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--bounds", "Vmax=0:150",
                             "--start", "Vmax=100,Km=0.1", "--json", "--no-plot")
                            ->out);
    assert_true(json_is_true(json_object_get(entry_at(report, "parameters", "Vmax"), "at_bound")));
    assert_true(number_at(entry_at(report, "parameters", "Vmax"), "stderr", NULL) == 0);
    assert_int_equal((int)number_at(report, "dof", NULL), 11);
    json_decref(report);
}

/* Two peaks of areas 6.27 and 6.02 on a line, without start values. */
static void shapes_start_from_the_data(void **state) {
    (void)state;
    FILE *f = fopen("peaks.csv", "w");
    assert_non_null(f);
    fputs("x,y\n", f);
    for (int i = 0; i <= 200; i++) {
        double x = 0.05 * i, a = (x - 3) / 0.5, b = (x - 5.5) / 0.8;
        fprintf(f, "%.3f,%.9f\n", x,
                5 * exp(-0.5 * a * a) + 3 * exp(-0.5 * b * b) + 1 + 0.1 * x + 0.02 * sin(37.0 * i * i));
    }
    fclose(f);
    json_t *report = parse_json(
        DONE("peaks.csv", "--formula", "y = gauss + gauss + polynomial(1)", "--json", "--no-plot")->out);
    check_close(value_of(report, "gauss1_center"), 3, 2e-3);
    check_close(value_of(report, "gauss2_center"), 5.5, 2e-3);
    check_close(value_of(report, "gauss1_sigma"), 0.5, 1e-2);
    check_close(value_of(report, "gauss2_area"), 3 * 0.8 * sqrt(2 * acos(-1)), 1e-2);
    json_decref(report);
}

/* The first of --inputs is what shapes are over; else it is the first column without another use. */
static void shapes_are_over_the_first_input(void **state) {
    (void)state;
    write_text("lines.csv", "n,x,y\n5,0,1\n3,1,3\n8,2,5\n1,3,7\n");
    json_t *report = parse_json(
        DONE("lines.csv", "--inputs", "x", "--formula", "y = polynomial(1)", "--json", "--no-plot", "-q")
            ->out);
    check_close(value_of(report, "polynomial_c1"), 2, 1e-9); /* y = 1 + 2 x */
    json_decref(report);
    REFUSED(USAGE, "--inputs: lines.csv has no column z", "lines.csv", "--inputs", "z", "--formula",
            "y = polynomial(1)");
}

/* A line through a parabola, its rows in disorder: the order is that of x. numpy and scipy.stats.norm:
 * polyfit, the sum of squared differences over that of squares, and cdf((R − mu)/sigma) of Wald and
 * Wolfowitz. */
static void residuals_that_follow_each_other_are_seen(void **state) {
    (void)state;
    FILE *f = fopen("parabola.csv", "w");
    assert_non_null(f);
    fputs("x,y\n", f);
    for (int i = 0; i < 20; i++) fprintf(f, "%d,%d\n", i * 7 % 20, (i * 7 % 20) * (i * 7 % 20));
    fclose(f);
    const command_result *r =
        DONE("parabola.csv", "--formula", "y = a + b*x", "--start", "a=1,b=1", "--no-plot");
    REQUIRE(strstr(r->err, "the residuals follow each other"), "%s", r->err);
    json_t *report = read_json("parabola.fit/report.json");
    check_close(number_at(report, "durbin_watson", NULL), 0.12987012987012986, 1e-9);
    assert_int_equal((int)number_at(report, "runs", NULL), 3);
    check_close(number_at(report, "runs_p", NULL), 0.00013322532229807394, 1e-9);
    json_decref(report);
}

static void a_transformed_response_is_predicted_on_its_own_scale(void **state) {
    (void)state;
    write_text("growth.csv", "t,n\n0,2.0\n1,3.4\n2,5.3\n3,9.2\n4,15.1\n5,24.0\n");
    json_t *report =
        parse_json(DONE("growth.csv", "--formula", "log(n) = a + b*t", "--json", "--no-plot")->out);
    /* numpy.polyfit(t, log n, 1) */
    check_close(value_of(report, "b"), 0.50033, 1e-2);
    json_decref(report);
    table t = read_table("growth.fit/predictions.csv");
    double fitted = number(&t, 1, "fitted");
    REQUIRE(fitted > 1.8 && fitted < 2.3, "fitted %g at t = 0", fitted);
    clear_table(&t);
}

static void files_and_pictures_are_written(void **state) {
    (void)state;
    write_kinetics();
    DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--start", "Vmax=200,Km=0.1", "-q");
    static const char *const names[] = {"params.json", "report.json",    "predictions.csv",
                                        "fit.png",     "residuals.png",  "residuals-fitted.png",
                                        "qq.png",      "correlation.png"};
    for (size_t i = 0; i < COUNT(names); i++) {
        char path[80];
        snprintf(path, sizeof path, "mm.fit/%s", names[i]);
        REQUIRE(exists(path), "%s is missing", path);
    }
}

/* Two predictors: a map of data and fit, residuals over each; groups have a map each. */
static void two_predictors_have_maps(void **state) {
    (void)state;
    FILE *f = fopen("map.csv", "w");
    assert_non_null(f);
    fputs("x,z,set,y\n", f);
    for (int i = 0; i < 80; i++) {
        double x = 0.25 * (i % 8), z = 0.3 * (i / 8);
        fprintf(f, "%g,%g,%s,%.6f\n", x, z, i % 2 ? "a" : "b", exp(-x) * (1 + z) + 0.01 * sin(37.0 * i * i));
    }
    fclose(f);
    DONE("map.csv", "--formula", "y = a*exp(-b*x)*(1 + c*z)", "-q", "--plot-format", "svg");
    static const char *const one[] = {"fit.svg", "regression.svg", "residuals-1-x.svg", "residuals-2-z.svg"};
    for (size_t i = 0; i < COUNT(one); i++) {
        char path[80];
        snprintf(path, sizeof path, "map.fit/%s", one[i]);
        REQUIRE(exists(path), "%s is missing", path);
    }
    DONE("map.csv", "--formula", "y = a*exp(-b*x)*(1 + c*z)", "--group", "set", "--shared", "b,c", "-q",
         "--plot-format", "svg");
    assert_true(exists("map.fit/fit-1.svg") && exists("map.fit/fit-2.svg"));
    assert_false(exists("map.fit/fit.svg"));
}

/* A tied parameter is in the report with its relation and its error: b = 0.1 a has a tenth of a's. */
static void the_report_has_tied_parameters_bounds_and_correlations(void **state) {
    (void)state;
    write_text("line.csv", "x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n");
    const command_result *r = DONE("line.csv", "--formula", "y = a*x + b + c*x^2", "--tie", "b = 0.1*a",
                                   "--bounds", "a=0:5,c=:9", "--no-plot");
    static const char *const parts[] = {
        "tied: b = 0.1*a",        "bounds 0:5", "bounds :9", "2 of 2", "Levenberg-Marquardt",
        "correlations above 0.1", "a, c"};
    for (size_t i = 0; i < COUNT(parts); i++)
        REQUIRE(strstr(r->out, parts[i]), "no \"%s\" in %s", parts[i], r->out);
    json_t *report = read_json("line.fit/report.json");
    const json_t *tied = json_array_get(value_at(report, "derived", NULL), 0); /* behind those of --derive */
    assert_true(json_is_true(json_object_get(tied, "tied")));
    check_close(number_at(tied, "stderr", NULL),
                0.1 * number_at(entry_at(report, "parameters", "a"), "stderr", NULL), 1e-9);
    json_decref(report);
}

/* One line `fit: …`, or that and the formula with a caret under the place. */
static void refused(int code, const char *part, const char *formula, const char *option, const char *value) {
    const command_result *r = FIT("mm.csv", "--formula", formula, option, value);
    REQUIRE(r->code == code, "%s: exit code %d, not %d", formula, r->code, code);
    REQUIRE(strstr(r->err, part), "%s: \"%s\" lacks \"%s\"", formula, r->err, part);
    REQUIRE(!exists("mm.fit"), "%s made a folder", formula);
}

static void mistakes_are_named(void **state) {
    (void)state;
    write_kinetics();
    refused(USAGE, "^~~", "v = Vmax*lgo(S)", "--seed", "1");
    refused(USAGE, "no free parameter q", "v = a*S", "--start", "q=1");
    refused(USAGE, "--start: e is the number 2.718281828 in a formula, not a parameter", "v = a*S + e",
            "--start", "e=1");
    refused(USAGE, "--bounds: S is a column of mm.csv, not a parameter", "v = a*S", "--bounds", "S=1:2");
    refused(USAGE, "outside its bounds", "v = a*S", "--start=a=5", "--bounds=a=0:1");
    refused(USAGE, "LOW:HIGH", "v = a*S", "--bounds", "a=3");
    refused(USAGE, "--sigma: mm.csv has no column sd: its columns are S, v", "v = a*S", "--sigma", "sd");
    refused(USAGE, "--group: mm.csv has no column run: its columns are S, v", "v = a*S", "--group", "run");
    refused(USAGE, "--outputs: mm.csv has no column w: its columns are S, v", "a*S", "--outputs", "w");
    refused(USAGE, "auto, lm, trf or dogleg", "v = a*S", "--method", "newton");
    refused(USAGE, "nothing is left to fit", "v = a*S", "--fix", "a=3");
    refused(NO_FIT, "mm.csv:2: at the start log(b-S) is not a number", "v = a*log(b-S)", "--start",
            "a=1,b=0");
    write_text("mm.csv", "S,v\n1,2\n");
    refused(DATA, "1 rows cannot determine 2 parameters", "v = a*S + b", "--seed", "1");
}

/* At S = 1 and beyond, ever larger b leave ever less of exp(-b S). SciPy's curve_fit from b = 1, 5 and 10
 * ends at 14.39, 14.65 and 14.81 with standard errors of 12500 to 19100. */
static void a_parameter_that_ran_off_is_named(void **state) {
    (void)state;
    write_text("mm.csv", "S,v\n0,1\n1,0.1\n2,0.11\n3,0.09\n");
    const command_result *r = DONE("mm.csv", "--formula", "v = a*exp(-b*S) + c", "--no-plot", "--seed", "1");
    REQUIRE(strstr(r->err, "do not determine b: all values beyond"), "%s", r->err);
    REQUIRE(!strstr(r->err, "determine a") && !strstr(r->err, "determine c"), "%s", r->err);
    /* A parameter that is 0, exactly or within its error, is determined. */
    write_text("mm.csv", "S,v\n1,2\n2,4\n3,6\n4,8\n");
    r = DONE("mm.csv", "--formula", "v = a*S + b", "--no-plot");
    REQUIRE(!strstr(r->err, "determine"), "%s", r->err);
    write_text("mm.csv", "S,v\n1,2.1\n2,3.8\n3,6.2\n4,7.9\n");
    r = DONE("mm.csv", "--formula", "v = a*S + b*1e-9", "--no-plot");
    REQUIRE(!strstr(r->err, "determine"), "%s", r->err);
}

/* As for nets: without a change in the output there is nothing to fit, one that no input shows is told. */
static void constant_columns_are_named(void **state) {
    (void)state;
    write_text("mm.csv", "S,v\n1,2\n2,2\n3,2\n");
    refused(DATA, "the output v is 2 in every row: there is nothing to fit", "v = a*S + b", "--seed", "1");
    write_text("mm.csv", "S,v\n4,2\n4,3\n4,2.5\n");
    const command_result *r = DONE("mm.csv", "--formula", "v = a*S", "--no-plot");
    REQUIRE(strstr(r->err, "the input S is 4 in every row"), "%s", r->err);
    /* What the data do not define is told in words. */
    REQUIRE(strstr(r->out, "AICc                undefined"), "%s", r->out);
}

static void the_report_names_the_method(void **state) {
    (void)state;
    write_kinetics();
    static const char *const names[][2] = {{"trf", "method    Levenberg-Marquardt, trust region"},
                                           {"lm", "method    Levenberg-Marquardt\n"},
                                           {"dogleg", "method    Powell's dogleg"}};
    for (size_t k = 0; k < 3; k++) {
        const command_result *r = DONE("mm.csv", "--formula", "v = Vmax*S/(Km + S)", "--start",
                                       "Vmax=100,Km=1", "--method", names[k][0], "--no-plot");
        REQUIRE(strstr(r->out, names[k][1]), "%s", r->out);
    }
}

static void options_of_the_other_kind_are_refused(void **state) {
    (void)state;
    write_kinetics();
    REFUSED(USAGE, "--start is for --formula", "mm.csv", "--start", "a=1");
    REFUSED(USAGE, "--sigma-absolute is for --formula", "mm.csv", "--sigma-absolute");
    REFUSED(USAGE, "--hidden is for nets: a formula does not use it", "mm.csv", "--formula", "v = a*S",
            "--hidden", "3");
    REFUSED(USAGE, "--mu is for --optimizer lm", "mm.csv", "--formula", "v = a*S", "--mu", "1");
    REFUSED(USAGE, "--optimizer adam is for nets", "mm.csv", "--formula", "v = a*S", "--optimizer", "adam");
    DONE("mm.csv", "--formula", "v = a*S", "--lm", "--jacobian", "fd", "--no-plot", "-q");
}

/* A net and a formula in one folder after each other: nothing of the first is left to be read by mistake. */
static void the_other_kind_of_fit_leaves_no_files(void **state) {
    (void)state;
    write_kinetics();
    DONE("mm.csv", "--hidden", "2", "--epochs", "3", "--no-plot", "-q", "--profile");
    DONE("mm.csv", "--formula", "v = a*S", "--no-plot", "-q");
    char *left = list_folder("mm.fit");
    assert_string_equal(left, "model.json params.json predictions.csv report.json");
    free(left);
    DONE("mm.csv", "--hidden", "2", "--epochs", "3", "--no-plot", "-q");
    left = list_folder("mm.fit");
    assert_string_equal(left, "history.csv model.json predictions.csv report.json");
    free(left);
}

/* ---- NIST's set, from CSV files and text ---- */

static void write_problem(const nist_problem *p) {
    FILE *f = fopen("nist.csv", "w");
    assert_non_null(f);
    fputs(p->predictors == 1 ? "y,x\n" : "y,x1,x2\n", f);
    for (size_t i = 0; i < p->rows; i++)
        for (size_t c = 0; c <= p->predictors; c++)
            fprintf(f, "%.17g%c", p->data[i * (1 + p->predictors) + c], c == p->predictors ? '\n' : ',');
    fclose(f);
}

/* −log₁₀ of the relative error of the worst parameter. */
static double digits(const nist_problem *p, const json_t *report) {
    double worst = 0;
    for (size_t j = 0; j < p->parameters; j++) {
        char name[24];
        snprintf(name, sizeof name, "b%zu", j + 1);
        worst = fmax(worst, fabs(value_of(report, name) / p->certified[j] - 1));
    }
    return worst > 0 ? -log10(worst) : 16;
}

static void nists_problems_are_solved_to_eight_digits(void **state) {
    (void)state;
    for (size_t k = 0; k < NIST_PROBLEMS; k++)
        for (int start = 0; start < NIST_STARTS; start++) {
            const nist_problem *p = &nist_problems[k];
            char list[512] = "";
            for (size_t j = 0; j < p->parameters; j++) {
                size_t length = strlen(list);
                snprintf(list + length, sizeof list - length, "%sb%zu=%.17g", j ? "," : "", j + 1,
                         p->start[start][j]);
            }
            write_problem(p);
            json_t *report = parse_json(
                DONE("nist.csv", "--formula", p->formula, "--start", list, "--json", "--no-plot", "-q")->out);
            double got = digits(p, report);
            REQUIRE(got >= 8, "%s, start %d: %.1f digits", p->name, start + 1, got);
            json_decref(report);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(errors_and_intervals_agree_with_scipy),
        IN_FOLDER(every_method_finds_the_same_fit),
        IN_FOLDER(deviations_scale_or_are_absolute),
        IN_FOLDER(profile_intervals_are_not_symmetric),
        IN_FOLDER(fixed_bounded_and_tied_parameters),
        IN_FOLDER(shapes_start_from_the_data),
        IN_FOLDER(residuals_that_follow_each_other_are_seen),
        IN_FOLDER(shapes_are_over_the_first_input),
        IN_FOLDER(a_transformed_response_is_predicted_on_its_own_scale),
        IN_FOLDER(files_and_pictures_are_written),
        IN_FOLDER(two_predictors_have_maps),
        IN_FOLDER(the_report_has_tied_parameters_bounds_and_correlations),
        IN_FOLDER(mistakes_are_named),
        IN_FOLDER(constant_columns_are_named),
        IN_FOLDER(a_parameter_that_ran_off_is_named),
        IN_FOLDER(the_report_names_the_method),
        IN_FOLDER(options_of_the_other_kind_are_refused),
        IN_FOLDER(the_other_kind_of_fit_leaves_no_files),
        IN_FOLDER(nists_problems_are_solved_to_eight_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
