/* fit DATA with several --formula, and --vs: as a user runs it. */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, NO_FIT = 4 };

/* Michaelis–Menten kinetics, made with noise of 5 %. */
static void write_kinetics(void) {
    write_text("mm.csv", "S,v\n0.02,51.4567\n0.06,107.0610\n0.11,136.6086\n0.22,153.9775\n0.56,199.4936\n"
                         "1.1,205.4737\n0.02,49.2246\n0.06,105.8244\n0.11,136.8380\n0.22,167.1319\n"
                         "0.56,191.1253\n1.1,206.4820\n");
}

#define THREE_MODELS                                                                                         \
    "--formula", "v = a*S/(b + S)", "--formula", "v = a*S/(b + S) + c", "--formula", "v = a*(1 - exp(-d*S))"

static const json_t *model(const json_t *report, size_t number) {
    return json_array_get(value_at(report, "comparison", "models"), number - 1);
}

/* lmfit 1.3.4 for χ² (tolerances 1e-15); AICc, weights and BIC from its values by numpy, p by
 * scipy.stats.f.sf. */
static void figures_agree_with_lmfit_and_scipy(void **state) {
    (void)state;
    write_kinetics();
    json_t *report = parse_json(DONE("mm.csv", THREE_MODELS, "--json", "--no-plot")->out);
    static const struct {
        double chi2, aicc, weight, bic;
    } right[] = {{233.3896374423975, 44.61363204963469, 0.9087725065293341, 43.06835199899869},
                 {231.13466307490077, 49.21141188926034, 0.09121367903007956, 45.436752774126624},
                 {1482.8659132915461, 66.80190326892257, 1.3814440586351179e-05, 65.25662321828658}};
    for (size_t k = 0; k < 3; k++) {
        check_close(number_at(model(report, k + 1), "chi2", NULL), right[k].chi2, 1e-9);
        check_close(number_at(model(report, k + 1), "aicc", NULL), right[k].aicc, 1e-8);
        check_close(number_at(model(report, k + 1), "weight", NULL), right[k].weight, 1e-7);
        check_close(number_at(model(report, k + 1), "bic", NULL), right[k].bic, 1e-8);
    }
    assert_int_equal((int)number_at(value_at(report, "comparison", NULL), "best", NULL), 1);
    /* Nothing says that the third is nested in anything: only the first is, in the second with c = 0. */
    const json_t *nested = value_at(report, "comparison", "nested");
    assert_int_equal((int)json_array_size(nested), 1);
    const json_t *test = json_array_get(nested, 0);
    assert_int_equal((int)number_at(test, "small", NULL), 1);
    assert_int_equal((int)number_at(test, "big", NULL), 2);
    check_close(number_at(test, "f", NULL), 0.08780495767047183, 1e-6);
    check_close(number_at(test, "p", NULL), 0.7737104033375952, 1e-6);
    json_decref(report);
}

/* The best one's files are in the folder, the others' in folders of their numbers. */
static void the_best_is_in_front(void **state) {
    (void)state;
    write_kinetics();
    const command_result *r =
        DONE("mm.csv", "--formula", "v = a*(1 - exp(-d*S))", "--formula", "v = a*S/(b + S)", "--vs", "net:3");
    REQUIRE(strstr(r->out, "comparison of 3 models on 12 rows"), "%s", r->out);
    static const char *const paths[] = {"mm.fit/comparison.png", "mm.fit/fit.png",       "mm.fit/report.json",
                                        "mm.fit/1/report.json",  "mm.fit/1/params.json", "mm.fit/1/fit.png",
                                        "mm.fit/net/model.json"};
    for (size_t i = 0; i < COUNT(paths); i++) REQUIRE(exists(paths[i]), "%s is missing", paths[i]);
    assert_false(exists("mm.fit/2"));
    json_t *best = read_json("mm.fit/params.json"), *other = read_json("mm.fit/1/params.json");
    assert_string_equal(string_at(best, "formula"), "v = a*S/(b + S)");
    assert_string_equal(string_at(other, "formula"), "v = a*(1 - exp(-d*S))");
    json_decref(best);
    json_decref(other);
    /* A later fit of one formula leaves nothing of them that could be read by mistake. */
    DONE("mm.csv", "--formula", "v = a*S/(b + S)", "--no-plot", "-q");
    assert_false(exists("mm.fit/1/params.json"));
    assert_false(exists("mm.fit/net"));
    assert_false(exists("mm.fit/comparison.png"));
}

/* Of two lines and a bend with much noise-free structure the net finds what a straight line lacks; the saved
 * net predicts what was compared. */
static void a_net_competes(void **state) {
    (void)state;
    FILE *f = fopen("bend.csv", "w");
    assert_non_null(f);
    fputs("x,y\n", f);
    for (int i = 0; i < 60; i++)
        fprintf(f, "%.3f,%.9f\n", 0.1 * i, tanh(0.1 * i - 3) + 0.2 * cos(0.2 * i) + 0.01 * sin(37.0 * i * i));
    fclose(f);
    const command_result *r = DONE("bend.csv", "--formula", "y = a + b*x", "--vs", "net:6", "--no-plot");
    REQUIRE(strstr(r->out, "its AICc is below that of every formula"), "%s", r->out);
    json_t *report = read_json("bend.fit/report.json");
    const json_t *net = model(report, 2);
    assert_string_equal(string_at(net, "kind"), "net");
    double effective = number_at(net, "parameters", NULL), chi2 = number_at(net, "chi2", NULL);
    REQUIRE(effective > 3 && effective < 19, "%g effective parameters of 19", effective);
    table t = parse_table(DONE("predict", "bend.fit/net/model.json", "bend.csv")->out);
    double sum = 0;
    for (size_t row = 1; row < t.rows; row++) sum += pow(number(&t, row, "residual"), 2);
    check_close(sum, chi2, 1e-6);
    clear_table(&t);
    json_decref(report);
}

/* One net for all groups, told by an input each: the saved net gives what was compared. */
static void a_net_knows_the_groups(void **state) {
    (void)state;
    FILE *f = fopen("sets.csv", "w"), *g = fopen("net.csv", "w");
    assert_true(f && g);
    fputs("x,set,y\n", f), fputs("x,set[up],set[down],y\n", g);
    for (int i = 0; i < 60; i++) {
        int up = i % 2;
        double x = 0.1 * i, y = (up ? 2 : 1) * tanh(x - 3) + 0.2 * cos(2 * x) + 0.01 * sin(37.0 * i * i);
        fprintf(f, "%.3f,%s,%.9f\n", x, up ? "up" : "down", y);
        fprintf(g, "%.3f,%d,%d,%.9f\n", x, up, !up, y);
    }
    fclose(f), fclose(g);
    const command_result *r = DONE("sets.csv", "--formula", "y = a + b*x", "--group", "set", "--vs", "net:6");
    REQUIRE(strstr(r->out, "net 3-6-1") && strstr(r->out, "one for all groups"), "%s", r->out);
    REQUIRE(strstr(r->out, "its AICc is below that of every formula"), "%s", r->out);
    assert_true(exists("sets.fit/comparison.png"));
    json_t *report = read_json("sets.fit/report.json");
    table t = parse_table(DONE("predict", "sets.fit/net/model.json", "net.csv")->out);
    double sum = 0;
    for (size_t row = 1; row < t.rows; row++) sum += pow(number(&t, row, "residual"), 2);
    check_close(sum, number_at(model(report, 2), "chi2", NULL), 1e-6);
    clear_table(&t);
    json_decref(report);
}

/* What the saved net predicts at the rows' x moved by h. */
static table moved_by(double h) {
    table rows = read_table("odr.csv");
    FILE *f = fopen("moved.csv", "w");
    assert_non_null(f);
    fputs("x,y\n", f);
    for (size_t i = 1; i < rows.rows; i++)
        fprintf(f, "%.17g,%s\n", number(&rows, i, "x") + h, cell(&rows, i, "y"));
    fclose(f);
    clear_table(&rows);
    return parse_table(DONE("predict", "odr.fit/net/model.json", "moved.csv")->out);
}

/* χ² = Σ (f − y)²/(σ_y² + (f′ σ_x)²), f′ here by differences of the saved net's predictions: about that of
 * the formula the data were made with, where residuals over σ_y alone are far larger. */
static void a_net_counts_errors_in_the_input(void **state) {
    (void)state;
    FILE *f = fopen("odr.csv", "w");
    assert_non_null(f);
    fputs("x,y,sx,sy\n", f);
    for (int i = 0; i < 50; i++) {
        double x = 0.1 * i, e = sin(37.0 * i * i), d = sin(51.0 * i * i + 2 * i);
        fprintf(f, "%.6f,%.6f,0.1,0.02\n", x + 0.14 * e, 3 * exp(-x) + 0.028 * d);
    }
    fclose(f);
    const command_result *r = DONE("odr.csv", "--formula", "y = a*exp(-b*x)", "--sigma", "sy", "--sigma-x",
                                   "sx", "--vs", "net:4", "--no-plot");
    REQUIRE(strstr(r->out, "effective variance"), "%s", r->out);
    json_t *report = read_json("odr.fit/report.json");
    const double h = 1e-4;
    table at = moved_by(0), low = moved_by(-h), high = moved_by(h);
    double sum = 0, plain = 0;
    for (size_t i = 1; i < at.rows; i++) {
        double slope = (number(&high, i, "fitted") - number(&low, i, "fitted")) / (2 * h);
        double residual = number(&at, i, "residual"), variance = 0.02 * 0.02 + pow(0.1 * slope, 2);
        sum += residual * residual / variance;
        plain += pow(residual / 0.02, 2);
    }
    double formula = number_at(model(report, 1), "chi2", NULL),
           net = number_at(model(report, 2), "chi2", NULL);
    check_close(net, sum, 1e-4);
    REQUIRE(net > 0.5 * formula && net < 1.3 * formula && plain > 5 * formula,
            "chi2 of the formula %g, of the net %g, without errors in x %g", formula, net, plain);
    clear_table(&at), clear_table(&low), clear_table(&high);
    json_decref(report);
}

static void nested_is_what_the_user_orders(void **state) {
    (void)state;
    write_kinetics();
    json_t *report = parse_json(DONE("mm.csv", "--formula", "v = p*S/(q + S)", "--formula",
                                     "v = a*S/(b + S) + c", "--nested", "--json", "--no-plot")
                                    ->out);
    const json_t *test = json_array_get(value_at(report, "comparison", "nested"), 0);
    assert_string_equal(string_at(test, "known_by"), "order");
    check_close(number_at(test, "f", NULL), 0.08780495767047183, 1e-6);
    json_decref(report);
}

/* Starts and bounds are for whichever formula has the name; rows are those that all of them can use. */
static void options_and_rows_are_shared(void **state) {
    (void)state;
    write_text("gap.csv", "x,z,y\n0,1,1.1\n1,,2.9\n2,0,5.2\n3,1,7.1\n4,2,8.8\n5,1,11.2\n");
    json_t *report = parse_json(DONE("gap.csv", "--formula", "y = a + b*x", "--formula", "y = a + b*x + c*z",
                                     "--start", "c=0.5,a=1", "--missing", "drop", "--json", "--no-plot")
                                    ->out);
    assert_int_equal((int)number_at(report, "rows", "train"), 5); /* as many for both */
    check_close(number_at(model(report, 1), "dof", NULL), 3, 1e-15);
    check_close(number_at(model(report, 2), "dof", NULL), 2, 1e-15);
    json_decref(report);
    REFUSED(USAGE, "no free parameter q", "gap.csv", "--formula", "y = a*x", "--formula", "y = b*x^2",
            "--start", "q=1", "--missing", "drop");
}

static void mistakes_are_named(void **state) {
    (void)state;
    write_kinetics();
    REFUSED(USAGE, "different left sides", "mm.csv", "--formula", "v = a*S", "--formula", "log(v) = a + b*S");
    REFUSED(USAGE, "such as net:10", "mm.csv", "--formula", "v = a*S", "--vs", "net");
    REFUSED(USAGE, "such as net:10", "mm.csv", "--formula", "v = a*S", "--vs", "net:0");
    REFUSED(USAGE, "--nested needs several", "mm.csv", "--formula", "v = a*S", "--nested");
    REFUSED(USAGE, "--vs is for --formula", "mm.csv", "--vs", "net:3");
    REFUSED(NO_FIT, "formula 2: mm.csv:2: at the start", "mm.csv", "--formula", "v = a*S", "--formula",
            "v = a*log(b - S)", "--start", "a=1,b=0");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(figures_agree_with_lmfit_and_scipy),
        IN_FOLDER(the_best_is_in_front),
        IN_FOLDER(a_net_competes),
        IN_FOLDER(a_net_knows_the_groups),
        IN_FOLDER(a_net_counts_errors_in_the_input),
        IN_FOLDER(nested_is_what_the_user_orders),
        IN_FOLDER(options_and_rows_are_shared),
        IN_FOLDER(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
