/* fit new.csv --from MODEL.json of a formula: the formula, groups, ties, bounds and starts of a former fit.
 */
#include "require.h"
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { USAGE = 2, DATA = 3 };

/* Decays of the runs named, one after the other, y = a exp(−b x) + c with a, b and c = 0.5, and a small
 * error; columns in the given order. */
static void write_decays(const char *path, const char *runs, double b, const char *header) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "%s\n", header);
    for (size_t k = 0; runs[k]; k++)
        for (int i = 0; i < 12; i++) {
            double x = 0.3 * i, a = runs[k] == 'A' ? 2 : runs[k] == 'B' ? 3 : 4;
            double y = a * exp(-b * x) + 0.5 + 0.005 * ((i * 5) % 7 - 3);
            for (const char *at = header; *at; at++) {
                if (*at == 'x') fprintf(file, "%.17g", x);
                if (*at == 'y') fprintf(file, "%.17g", y);
                if (*at == 'r') fprintf(file, "%c", runs[k]);
                if (*at == ',') fputs(",", file);
            }
            fputs("\n", file);
        }
    fclose(file);
}

static const json_t *parameter(const json_t *report, const char *name) {
    return entry_at(report, "parameters", name);
}

static double start_of(const json_t *report, const char *name) {
    return number_at(parameter(report, name), "start", NULL);
}

static double value_of(const json_t *report, const char *name) {
    return number_at(parameter(report, name), "value", NULL);
}

#define OLD "old.fit/model.json"

static void the_formula_and_the_parameters_are_the_model_s(void **state) {
    (void)state;
    write_decays("old.csv", "A", 0.7, "x,y");
    write_decays("new.csv", "A", 0.9, "x,y");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--bounds", "b=0:2", "--fix", "c=0.5", "--no-plot",
         "-q");
    json_t *old = read_json("old.fit/report.json");
    json_t *new = parse_json(DONE("new.csv", "--from", OLD, "--no-plot", "--json")->out);
    static const char *const names[] = {"a", "b", "c"};
    for (size_t k = 0; k < COUNT(names); k++) assert_true(start_of(new, names[k]) == value_of(old, names[k]));
    assert_true(number_at(parameter(new, "b"), "upper", NULL) == 2);
    assert_true(json_is_true(value_at(parameter(new, "c"), "fixed", NULL)));
    check_close(value_of(new, "b"), 0.9, 0.02);
    assert_string_equal(json_string_value(value_at(new, "from", "model")), OLD);
    const char *text = DONE("new.csv", "--from", OLD, "--no-plot")->out;
    REQUIRE(strstr(text, "from      " OLD ": formula, starts of 3 parameters, 1 with bounds, 1 fixed"), "%s",
            text);
    json_decref(old);
    json_decref(new);
}

/* A fit that goes on where it ended moves nothing. */
static void the_same_data_stay_where_they_are(void **state) {
    (void)state;
    write_decays("old.csv", "AB", 0.7, "x,y,r");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--group", "r", "--no-plot", "-q");
    json_t *old = read_json("old.fit/report.json");
    json_t *new = parse_json(DONE("old.csv", "--from", OLD, "--no-plot", "--json")->out);
    check_close(number_at(new, "chi2", NULL), number_at(old, "chi2", NULL), 1e-12);
    assert_int_equal((int)json_array_size(value_at(new, "minima", NULL)), 0); /* one start */
    json_decref(old);
    json_decref(new);
}

/* Groups, shared and tied parameters; of a group that the model has not the starts are searched. */
static void groups_and_ties_are_the_model_s(void **state) {
    (void)state;
    write_decays("old.csv", "AB", 0.7, "x,y,r");
    write_decays("new.csv", "CBA", 0.9, "r,y,x");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--group", "r", "--shared", "b,c", "--tie",
         "a[B] = 1.5*a[A]", "--no-plot", "-q");
    const command_result *r = DONE("new.csv", "--from", OLD, "--no-plot");
    REQUIRE(strstr(r->out, "groups by r, shared b,c, 1 tied, starts of 4 parameters of 5"), "%s", r->out);
    json_t *new = read_json("new.fit/report.json");
    check_close(value_of(new, "b"), 0.9, 0.01);
    check_close(value_of(new, "a[B]"), 1.5 * value_of(new, "a[A]"), 1e-12);
    check_close(value_of(new, "a[C]"), 4, 0.01);
    json_decref(new);
    /* --tie, --shared and --group of the command line replace the model's. */
    new = parse_json(
        DONE("new.csv", "--from", OLD, "--shared", "c", "--tie", "a[B] = 0.75*a[C]", "--no-plot", "--json")
            ->out);
    check_close(value_of(new, "a[B]"), 0.75 * value_of(new, "a[C]"), 1e-12);
    assert_non_null(parameter(new, "b[A]"));
    json_decref(new);
}

/* A model without groups starts each of them. */
static void groups_may_be_new(void **state) {
    (void)state;
    write_decays("old.csv", "A", 0.7, "x,y");
    write_decays("new.csv", "AB", 0.7, "x,y,r");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--no-plot", "-q");
    const command_result *r = DONE("new.csv", "--from", OLD, "--group", "r", "--shared", "b", "--no-plot");
    REQUIRE(strstr(r->out, OLD ": formula, starts of 5 parameters\n"), "%s", r->out);
    json_t *old = read_json("old.fit/report.json"), *new = read_json("new.fit/report.json");
    assert_true(start_of(new, "a[B]") == value_of(old, "a") && start_of(new, "b") == value_of(old, "b"));
    json_decref(old);
    json_decref(new);
}

static void ties_of_the_formula_are_taken(void **state) {
    (void)state;
    write_decays("old.csv", "A", 0.7, "x,y");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--tie", "c = a/4", "--no-plot", "-q");
    json_t *new = parse_json(DONE("old.csv", "--from", OLD, "--no-plot", "--json")->out);
    check_close(number_at(entry_at(new, "derived", "c"), "value", NULL), value_of(new, "a") / 4, 1e-12);
    json_decref(new);
}

/* An option for a name replaces what the model has for that name: --start sets free, --bounds are the bounds.
 */
static void options_win(void **state) {
    (void)state;
    write_decays("old.csv", "A", 0.7, "x,y");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--bounds", "b=0:2,a=1:9", "--fix", "c=0.4",
         "--no-plot", "-q");
    json_t *new = parse_json(DONE("old.csv", "--from", OLD, "--start", "c=0.3", "--bounds", "b=0.1:", "--fix",
                                  "a=2", "--no-plot", "--json")
                                 ->out);
    assert_true(json_is_false(value_at(parameter(new, "c"), "fixed", NULL)) && start_of(new, "c") == 0.3);
    assert_true(number_at(parameter(new, "b"), "lower", NULL) == 0.1);
    assert_true(json_is_null(value_at(parameter(new, "b"), "upper", NULL)));
    assert_true(json_is_true(value_at(parameter(new, "a"), "fixed", NULL)) && value_of(new, "a") == 2);
    json_decref(new);
    /* Another formula takes the parameters that it has. */
    const command_result *r =
        DONE("old.csv", "--from", OLD, "--formula", "y = a*exp(-b*x) + c + d*x", "--no-plot");
    REQUIRE(strstr(r->out, OLD ": starts of 3 parameters of 4"), "%s", r->out);
    REFUSED(USAGE, "the start b=0.69", "old.csv", "--from", OLD, "--bounds", "b=1:2", "--out", "new");
}

/* Without a left side, and shapes: the columns are those of the model wherever they stand. */
static void columns_are_found_by_name(void **state) {
    (void)state;
    write_decays("old.csv", "A", 0.7, "x,y");
    write_decays("new.csv", "A", 0.7, "r,y,x");
    DONE("old.csv", "--formula", "exponential + polynomial(0)", "--no-plot", "-q");
    json_t *old = read_json("old.fit/report.json");
    json_t *new = parse_json(DONE("new.csv", "--from", OLD, "--no-plot", "--json")->out);
    check_close(number_at(new, "chi2", NULL), number_at(old, "chi2", NULL), 1e-9);
    json_decref(old);
    json_decref(new);
}

static void what_cannot_be_taken_is_named(void **state) {
    (void)state;
    write_decays("old.csv", "AB", 0.7, "x,y,r");
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--group", "r", "--sigma", "y", "--loss", "huber:2",
         "--no-plot", "-q");
    const char *text = DONE("old.csv", "--from", OLD, "--no-plot")->out;
    REQUIRE(strstr(text, "not taken: --sigma y --loss huber"), "%s", text);
    DONE("old.csv", "--formula", "y = a*exp(-b*x) + c", "--group", "r", "--sigma-x", "x", "--out", "x",
         "--no-plot", "-q");
    text = DONE("old.csv", "--from", "x/model.json", "--no-plot")->out;
    REQUIRE(strstr(text, "not taken: --sigma-x x\n"), "%s", text);
    write_text("new.csv", "t,y,r\n1,2,A\n2,3,A\n4,1,A\n");
    REFUSED(DATA, "new.csv has no column x, which the formula of " OLD " needs", "new.csv", "--from", OLD);
    write_text("new.csv", "x,z,r\n1,2,A\n2,3,A\n4,1,A\n");
    REFUSED(DATA, "new.csv has no column y, which", "new.csv", "--from", OLD);
    write_text("new.csv", "x,y\n1,2\n2,3\n4,1\n");
    REFUSED(DATA, "new.csv has no column r, which names the groups of", "new.csv", "--from", OLD);
    write_text("new.csv", "b,x,y,r\n1,2,3,A\n2,3,1,A\n4,1,2,A\n");
    REFUSED(DATA, "new.csv has a column b, which is a parameter in", "new.csv", "--from", OLD);
    REFUSED(USAGE, "--hidden is for nets", "old.csv", "--from", OLD, "--hidden", "3", "--out", "new");
    REFUSED(DATA, "nothing.json", "old.csv", "--from", "nothing.json", "--out", "new");
    write_text("bad.json", "{\"kind\": \"formula\", \"format_version\": 1}");
    REFUSED(DATA, "bad.json: not a model", "old.csv", "--from", "bad.json", "--out", "new");
    DONE("old.csv", "--inputs", "x", "--outputs", "y", "--hidden", "2", "--epochs", "3", "--out", "net",
         "--no-plot", "-q");
    REFUSED(USAGE, "net/model.json is a net", "old.csv", "--from", "net/model.json", "--formula", "y = a*x",
            "--out", "new");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_formula_and_the_parameters_are_the_model_s),
        IN_FOLDER(the_same_data_stay_where_they_are),
        IN_FOLDER(groups_and_ties_are_the_model_s),
        IN_FOLDER(groups_may_be_new),
        IN_FOLDER(ties_of_the_formula_are_taken),
        IN_FOLDER(options_win),
        IN_FOLDER(columns_are_found_by_name),
        IN_FOLDER(what_cannot_be_taken_is_named),
    };
    return cmocka_run_group_tests_name("command_from", tests, NULL, NULL);
}
