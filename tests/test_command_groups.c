/* fit DATA --formula --group --shared: global fits, as a user runs them. */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3 };

/* Two data sets of Michaelis–Menten kinetics with one Km, their rows mixed; made with noise of 4 %. */
static const char enzymes[] = "state,S,v\n"
                              "treated,0.02,55.9285\nuntreated,0.02,35.0351\n"
                              "treated,0.06,106.0060\nuntreated,0.06,76.9014\n"
                              "treated,0.11,133.1266\nuntreated,0.11,101.4431\n"
                              "treated,0.22,152.0266\nuntreated,0.22,123.6647\n"
                              "treated,0.56,184.2625\nuntreated,0.56,163.1988\n"
                              "treated,1.1,202.5010\nuntreated,1.1,149.3266\n"
                              "treated,0.02,51.1255\nuntreated,0.02,37.9816\n"
                              "treated,0.06,99.8618\nuntreated,0.06,77.4585\n"
                              "treated,0.11,138.1951\nuntreated,0.11,101.3492\n"
                              "treated,0.22,171.7262\nuntreated,0.22,123.8251\n"
                              "treated,0.56,191.0534\nuntreated,0.56,152.9586\n"
                              "treated,1.1,205.0643\nuntreated,1.1,148.4021\n";

static const char kinetics[] = "v = Vmax*S/(Km + S)";

static void check_parameter(const json_t *report, const char *name, double value, double error) {
    check_close(number_at(entry_at(report, "parameters", name), "value", NULL), value, 1e-7);
    check_close(number_at(entry_at(report, "parameters", name), "stderr", NULL), error, 1e-5);
}

/* lmfit 1.3.4 (SciPy 1.17.1): minimize() of the residuals of both sets with the parameters Vt, Vu, Km, and
 * tolerances 1e-15. */
static void a_shared_parameter_is_one_for_all(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    json_t *report =
        parse_json(DONE("enzymes.csv", "--group", "state", "--shared", "Km", "--formula", kinetics,
                        "--derive", "half = Vmax/2", "--derive", "twice = 2*Km", "--json", "--no-plot")
                       ->out);
    check_parameter(report, "Vmax[treated]", 213.11616988700274, 3.3840733542637844);
    check_parameter(report, "Vmax[untreated]", 164.04869899676962, 3.041460233270544);
    check_parameter(report, "Km", 0.06521172298067537, 0.00365112149238916);
    check_close(number_at(report, "chi2", NULL), 753.8876079791542, 1e-10);
    assert_int_equal((int)number_at(report, "dof", NULL), 21);
    /* A derived quantity is one a set, or one if it is made of shared parameters. */
    check_close(number_at(entry_at(report, "derived", "half[untreated]"), "stderr", NULL),
                3.041460233270544 / 2, 1e-5);
    check_close(number_at(entry_at(report, "derived", "twice"), "value", NULL), 2 * 0.06521172298067537,
                1e-7);
    assert_int_equal((int)json_array_size(value_at(report, "derived", NULL)), 3);
    double parts = number_at(entry_at(report, "groups", "treated"), "chi2", NULL) +
                   number_at(entry_at(report, "groups", "untreated"), "chi2", NULL);
    check_close(parts, number_at(report, "chi2", NULL), 1e-12);
    json_decref(report);
}

/* SciPy 1.17.1: least_squares of the residuals above, errors by the gradient and the covariance (JᵀJ)⁻¹
 * χ²/dof. */
static void quantities_may_join_parameters_of_several_sets(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    const command_result *r =
        DONE("enzymes.csv", "--group", "state", "--shared", "Km", "--formula", kinetics, "--derive",
             "ratio = Vmax[treated]/Vmax[untreated]", "--derive", "Km/Vmax[treated]", "--derive",
             "share = Vmax/(Vmax[treated] + Vmax[untreated])", "--no-plot");
    json_t *report = read_json("enzymes.fit/report.json");
    const json_t *ratio = entry_at(report, "derived", "ratio"),
                 *slope = entry_at(report, "derived", "Km/Vmax[treated]");
    check_close(number_at(ratio, "value", NULL), 1.29910307815565, 1e-7);
    check_close(number_at(ratio, "stderr", NULL), 0.0245788392839, 1e-5);
    check_close(number_at(slope, "value", NULL), 0.000305991424071694, 1e-6);
    check_close(number_at(slope, "stderr", NULL), 1.42394415896e-05, 1e-5);
    /* A name without a set is each set's own. */
    check_close(number_at(entry_at(report, "derived", "share[treated]"), "value", NULL) +
                    number_at(entry_at(report, "derived", "share[untreated]"), "value", NULL),
                1, 1e-12);
    assert_int_equal((int)json_array_size(value_at(report, "derived", NULL)), 4);
    REQUIRE(strstr(r->out, "\nratio "), "%s", r->out);
    json_decref(report);
    /* Where one set is left it still has its name. */
    json_t *one =
        parse_json(DONE("enzymes.csv", "--group", "state", "--where", "S > 0 && v > 164", "--formula",
                        "v = a + b*S", "--derive", "twice = 2*a[treated]", "--json", "--no-plot")
                       ->out);
    check_close(number_at(entry_at(one, "derived", "twice"), "value", NULL),
                2 * number_at(entry_at(one, "parameters", "a[treated]"), "value", NULL), 1e-14);
    json_decref(one);
    REFUSED(USAGE, "--derive 'Vmax[up]': there is no such data set", "enzymes.csv", "--group", "state",
            "--formula", kinetics, "--derive", "Vmax[up]", "--out", "new");
    REFUSED(USAGE, "'V' is no parameter", "enzymes.csv", "--group", "state", "--formula", kinetics,
            "--derive", "V[treated]", "--out", "new");
    REFUSED(USAGE, "--derive 'Km[treated] + q': 'q' is no parameter", "enzymes.csv", "--group", "state",
            "--formula", kinetics, "--derive", "Km[treated] + q", "--out", "new");
    REFUSED(USAGE, "needs several data sets", "enzymes.csv", "--formula", kinetics, "--derive", "Km[treated]",
            "--out", "new");
}

/* Without a shared parameter each set has the fit that it has by itself. */
static void nothing_shared_is_a_fit_a_set(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    json_t *both = parse_json(
        DONE("enzymes.csv", "--group", "state", "--formula", kinetics, "--json", "--no-plot")->out);
    FILE *f = fopen("treated.csv", "w");
    assert_non_null(f);
    fputs("S,v\n", f);
    table t = parse_table(enzymes);
    for (size_t row = 1; row < t.rows; row++)
        if (strcmp(cell(&t, row, "state"), "treated") == 0)
            fprintf(f, "%s,%s\n", cell(&t, row, "S"), cell(&t, row, "v"));
    fclose(f);
    clear_table(&t);
    json_t *one = parse_json(DONE("treated.csv", "--formula", kinetics, "--json", "--no-plot")->out);
    check_close(number_at(entry_at(both, "parameters", "Km[treated]"), "value", NULL),
                number_at(entry_at(one, "parameters", "Km"), "value", NULL), 1e-7);
    check_close(number_at(entry_at(both, "groups", "treated"), "chi2", NULL), number_at(one, "chi2", NULL),
                1e-10);
    json_decref(both);
    json_decref(one);
}

/* lmfit 1.3.4: the same with Vt = expr('1.3*Vu') and a Km for each set, tolerances 1e-15. */
static void a_parameter_of_one_set_may_follow_that_of_another(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    json_t *report = parse_json(DONE("enzymes.csv", "--group", "state", "--formula", kinetics, "--tie",
                                     "Vmax[treated] = 1.3*Vmax[untreated]", "--json", "--no-plot")
                                    ->out);
    check_parameter(report, "Vmax[untreated]", 163.95661494509702, 2.3163010021714965);
    check_parameter(report, "Vmax[treated]", 213.14359942862612, 3.0111912905022242);
    check_parameter(report, "Km[treated]", 0.06417440357881274, 0.003988621688367628);
    check_close(number_at(report, "chi2", NULL), 742.8998113023898, 1e-10);
    assert_int_equal((int)number_at(report, "dof", NULL), 21);
    assert_string_equal(string_at(entry_at(report, "parameters", "Vmax[treated]"), "tied"),
                        "Vmax[treated] = 1.3*Vmax[untreated]");
    json_decref(report);
    REFUSED(USAGE, "no such data set", "enzymes.csv", "--group", "state", "--formula", kinetics, "--tie",
            "Vmax[a]=1");
    const command_result *wrong =
        FIT("enzymes.csv", "--group", "state", "--formula", kinetics, "--tie", "Vmax[treated]=q");
    assert_int_equal(wrong->code, USAGE);
    assert_string_equal(wrong->err, "fit: --tie: 'q' is no parameter; there are Vmax, Km\nVmax[treated]=q\n"
                                    "              ^\n");
    REFUSED(USAGE, "which is tied itself", "enzymes.csv", "--group", "state", "--formula", kinetics, "--tie",
            "Vmax[treated]=Km", "--tie", "Km[treated]=2*Vmax");
    REFUSED(USAGE, "can be neither fixed nor bounded", "enzymes.csv", "--group", "state", "--formula",
            kinetics, "--tie", "Vmax[treated]=1", "--fix", "Vmax=3");
    REFUSED(USAGE, "needs several data sets", "enzymes.csv", "--formula", kinetics, "--tie", "Vmax[a]=1");
}

static void predictions_keep_the_order_of_the_file(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    DONE("enzymes.csv", "--group", "state", "--shared", "Km", "--formula", kinetics, "--no-plot", "-q");
    table data = parse_table(enzymes), t = read_table("enzymes.fit/predictions.csv");
    assert_int_equal((int)t.rows, (int)data.rows);
    for (size_t row = 1; row < data.rows; row++) {
        assert_string_equal(cell(&t, row, "state"), cell(&data, row, "state"));
        check_close(number(&t, row, "S"), number(&data, row, "S"), 1e-15);
        check_close(number(&t, row, "measured"), number(&data, row, "v"), 1e-15);
        double top = strcmp(cell(&t, row, "state"), "treated") == 0 ? 213.11616989 : 164.0486990;
        double S = number(&t, row, "S");
        check_close(number(&t, row, "fitted"), top * S / (0.06521172298 + S), 1e-7);
    }
    clear_table(&data);
    clear_table(&t);
}

/* Names with the separator in them are in quotes, in the file and in what is written. */
static void odd_names_of_sets_are_quoted(void **state) {
    (void)state;
    write_text("odd.csv",
               "set,x,y\n\"a, b\",1,2.1\n\"a, b\",2,3.9\n\"c \"\"d\"\"\",1,1.1\n\"c \"\"d\"\"\",2,1.8\n"
               "\"a, b\",3,6.1\n\"c \"\"d\"\"\",3,3.2\n");
    DONE("odd.csv", "--group", "set", "--formula", "y = k*x", "--bootstrap", "2", "--no-plot", "-q");
    char *text = read_text("odd.fit/bootstrap.csv", NULL);
    REQUIRE(strstr(text, "\"k[a, b]\",\"k[c \"\"d\"\"]\"\n") == text, "%s", text);
    free(text);
    text = read_text("odd.fit/predictions.csv", NULL);
    REQUIRE(strstr(text, "\n\"c \"\"d\"\"\",1,"), "%s", text);
    free(text);
    DONE("odd.fit/predictions.csv", "--group", "set", "--formula", "fitted = k*x", "--no-plot", "-q");
}

/* Options name a parameter in all groups, or in one; 1.0 and 1 are the same group. */
static void options_reach_all_groups_or_one(void **state) {
    (void)state;
    write_text("lines.csv",
               "run,x,y\n1,0,1\n1.0,1,3.1\n1,2,4.9\n1,3,7.2\n2,0,2\n2,1,2.9\n2,2,4.2\n2,3,5.0\n");
    json_t *report = parse_json(DONE("lines.csv", "--group", "run", "--formula", "y = a + b*x", "--fix",
                                     "a[1]=1.5", "--bounds", "b=0:1.5", "--json", "--no-plot")
                                    ->out);
    assert_true(number_at(entry_at(report, "parameters", "a[1]"), "value", NULL) == 1.5);
    assert_true(json_is_true(json_object_get(entry_at(report, "parameters", "b[1]"), "at_bound")));
    assert_true(number_at(entry_at(report, "parameters", "b[2]"), "upper", NULL) == 1.5);
    /* numpy.polyfit([0, 1, 2, 3], [2, 2.9, 4.2, 5.0], 1) */
    check_close(number_at(entry_at(report, "parameters", "b[2]"), "value", NULL), 1.03, 1e-9);
    check_close(number_at(entry_at(report, "parameters", "a[2]"), "value", NULL), 1.98, 1e-9);
    assert_int_equal((int)json_array_size(value_at(report, "groups", NULL)), 2);
    json_decref(report);
}

/* Peaks of one width at places of their own: shapes start from the data of each set. */
static void shapes_start_in_each_set(void **state) {
    (void)state;
    FILE *f = fopen("peaks.csv", "w");
    assert_non_null(f);
    fputs("set,x,y\n", f);
    for (int i = 0; i <= 80; i++)
        for (int s = 0; s < 2; s++) {
            double x = 0.1 * i, t = (x - (s ? 5.5 : 2)) / 0.4;
            fprintf(f, "%s,%.2f,%.9f\n", s ? "late one" : "early", x,
                    (s ? 3 : 8) * exp(-0.5 * t * t) + 0.5 + 0.02 * sin(37.0 * i * i + s));
        }
    fclose(f);
    json_t *report = parse_json(DONE("peaks.csv", "--group", "set", "--shared", "gauss_sigma", "--formula",
                                     "y = gauss + polynomial(0)", "--json", "--no-plot")
                                    ->out);
    check_close(number_at(entry_at(report, "parameters", "gauss_center[early]"), "value", NULL), 2, 1e-2);
    check_close(number_at(entry_at(report, "parameters", "gauss_center[late one]"), "value", NULL), 5.5,
                1e-2);
    check_close(number_at(entry_at(report, "parameters", "gauss_sigma"), "value", NULL), 0.4, 2e-2);
    json_decref(report);
}

/* All of one set's parameters are given, those of the other are searched for. */
static void starts_of_one_set_are_enough_for_it(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    json_t *report = parse_json(DONE("enzymes.csv", "--group", "state", "--formula", kinetics, "--start",
                                     "Vmax[treated]=100,Km[treated]=0.1", "--json", "--no-plot")
                                    ->out);
    json_t *searched = parse_json(
        DONE("enzymes.csv", "--group", "state", "--formula", kinetics, "--json", "--no-plot")->out);
    check_close(number_at(report, "chi2", NULL), number_at(searched, "chi2", NULL), 1e-10);
    json_decref(searched);
    json_decref(report);
}

static void pictures_are_drawn(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    DONE("enzymes.csv", "--group", "state", "--shared", "Km", "--formula", kinetics, "-q");
    assert_true(exists("enzymes.fit/fit.png"));
    assert_true(exists("enzymes.fit/correlation.png"));
}

static void mistakes_are_named(void **state) {
    (void)state;
    write_text("enzymes.csv", enzymes);
    REFUSED(USAGE, "--shared needs --group", "enzymes.csv", "--formula", kinetics, "--shared", "Km");
    REFUSED(USAGE, "no column stat", "enzymes.csv", "--formula", kinetics, "--group", "stat");
    REFUSED(USAGE, "--shared: the formula has no free parameter K", "enzymes.csv", "--formula", kinetics,
            "--group", "state", "--shared", "K");
    REFUSED(USAGE, "no free parameter Vmax[x]", "enzymes.csv", "--formula", kinetics, "--group", "state",
            "--start", "Vmax[x]=3");
    REFUSED(USAGE, "--group is for --formula", "enzymes.csv", "--group", "state");
    write_text("gap.csv", "g,x,y\na,1,2\n,2,3\na,3,4\nb,1,2\nb,2,5\n");
    REFUSED(DATA, "gap.csv:3:1: a missing value in column g", "gap.csv", "--formula", "y = k*x", "--group",
            "g");
    json_t *report = parse_json(
        DONE("gap.csv", "--formula", "y = k*x", "--group", "g", "--missing", "drop", "--json", "--no-plot")
            ->out);
    assert_int_equal((int)number_at(report, "rows", "train"), 4);
    json_decref(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_shared_parameter_is_one_for_all),
        IN_FOLDER(quantities_may_join_parameters_of_several_sets),
        IN_FOLDER(a_parameter_of_one_set_may_follow_that_of_another),
        IN_FOLDER(nothing_shared_is_a_fit_a_set),
        IN_FOLDER(predictions_keep_the_order_of_the_file),
        IN_FOLDER(odd_names_of_sets_are_quoted),
        IN_FOLDER(options_reach_all_groups_or_one),
        IN_FOLDER(shapes_start_in_each_set),
        IN_FOLDER(starts_of_one_set_are_enough_for_it),
        IN_FOLDER(pictures_are_drawn),
        IN_FOLDER(mistakes_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
