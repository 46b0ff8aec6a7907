/* Formulas after --formula, --derive, --tie and --where, as a user writes them wrong and right. */
#include "require.h"
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3, NO_FIT = 4 };

static void write_data(void) {
    write_text("d.csv", "x,y,g\n1,2,1\n2,3.1,1\n-3,4,2\n4,5.2,2\n5,6.1,2\n");
}

/* The whole of standard error; no folder is made. */
static void says(int code, const char *err, const char *option, const char *value, const char *formula) {
    const char *words[] = {"d.csv", option, value, formula ? "--formula" : NULL, formula, NULL};
    const command_result *result = run_command(NULL, words);
    REQUIRE(result->code == code, "%s %s: code %d: %s", option, value, result->code, result->err);
    assert_string_equal(result->err, err);
    assert_false(exists("d.fit"));
}

static void wrong_texts_are_marked_before_the_fit(void **state) {
    (void)state;
    write_data();
    says(USAGE, "fit: --derive: 'c' is no parameter; there are a, b\nq = a/c\n      ^\n", "--derive",
         "q = a/c", "y = a*x + b");
    says(USAGE,
         "fit: --derive: the formula ends where a number, a name or '(' should stand\nq = a/\n      ^\n",
         "--derive", "q = a/", "y = a*x + b");
    says(USAGE, "fit: 'x' is a column; a tie is an expression of parameters\nb = 2*x\n      ^\n", "--tie",
         "b = 2*x", "y = a*x + b");
    says(USAGE, "fit: --where: 'q' is no column; there are x, y, g\nx > q\n    ^\n", "--where", "x > q",
         "y = a*x + b");
    says(USAGE, "fit: --where: equality is written ==\nx = 1\n  ^\n", "--where", "x = 1", NULL);
}

/* What no parameter can change is not blamed on the start. */
static void the_row_and_the_subexpression_are_named(void **state) {
    (void)state;
    write_data();
    says(NO_FIT,
         "fit: d.csv:4: at the start log(x+b) is not a number: x+b is -3: give other values with --start\n",
         "--start", "b=0", "y = a*log(x+b)");
    says(NO_FIT,
         "fit: d.csv:4: at the start log(x) is not a number: x is -3: no parameter can change that; leave "
         "the row out with --where\n",
         "--seed", "1", "y = a*log(x) + b");
    says(NO_FIT,
         "fit: d.csv:4: at the start log(c*x) is not a number: c*x is -3: give other values with --start\n",
         "--seed", "1", "y = a*log(c*x)^d + b"); /* from many places, all wrong */
    says(DATA,
         "fit: d.csv:2: log(y-3) is not a number: y-3 is -1: leave the row out with --where, or correct it\n",
         "--seed", "1", "log(y-3) = a*x + b");
}

static char *repeated(const char *begin, const char *piece, size_t times, const char *end) {
    char *text = malloc(strlen(begin) + times * strlen(piece) + strlen(end) + 1);
    assert_non_null(text);
    strcpy(text, begin);
    for (size_t i = 0, at = strlen(begin); i < times; i++, at += strlen(piece)) strcpy(text + at, piece);
    return strcat(text, end);
}

static void sizes_are_limited(void **state) {
    (void)state;
    write_data();
    static const struct {
        const char *begin, *piece, *reason;
        size_t times;
    } cases[] = {{"y = a*x", " + x", "fit: the formula is longer than 8192 bytes\n", 3000},
                 {"y = a*", "(", "fit: more than 200 levels of nesting\n", 300},
                 {"y = a*", "-", "fit: more than 200 levels of nesting\n", 300},
                 {"y = a*", "x^", "fit: more than 200 levels of nesting\n", 300},
                 {"y = a*", "x ? x : ", "fit: more than 200 levels of nesting\n", 300}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *text = repeated(cases[i].begin, cases[i].piece, cases[i].times, "x");
        const command_result *result = FIT("d.csv", "--formula", text);
        assert_int_equal(result->code, USAGE);
        REQUIRE(strncmp(result->err, cases[i].reason, strlen(cases[i].reason)) == 0, "%s: %s", cases[i].piece,
                result->err);
        free(text);
    }
}

static void derived_quantities_may_use_tied_parameters(void **state) {
    (void)state;
    write_data();
    json_t *report = parse_json(DONE("d.csv", "--formula", "y = a*x + b", "--tie", "b = 2*a", "--derive",
                                     "q = b/a", "--json", "--no-plot")
                                    ->out);
    const json_t *q = json_array_get(value_at(report, "derived", NULL), 0);
    check_close(number_at(q, "value", NULL), 2, 1e-12);
    assert_true(number_at(q, "stderr", NULL) < 1e-12);
    json_decref(report);
}

/* ---- Rows ---- */

/* Like the file without the rows. */
static void where_chooses_rows_for_both_kinds_of_fits(void **state) {
    (void)state;
    write_data();
    write_text("less.csv", "x,y,g\n2,3.1,1\n4,5.2,2\n5,6.1,2\n");
    const char *const kinds[][4] = {{"--formula", "y = a*x + b"},
                                    {"--inputs=x", "--outputs=y", "--hidden=2"}};
    for (size_t k = 0; k < 2; k++) {
        const char *chosen[] = {
            "d.csv",     "--where",   "x > 1 && (g == 2 || x < 3)",     "--no-plot", "--out", "a",
            kinds[k][0], kinds[k][1], kinds[k][2] ? kinds[k][2] : NULL, NULL};
        const char *less[] = {"less.csv",  "--no-plot", "--out",     "b",
                              kinds[k][0], kinds[k][1], kinds[k][2], NULL};
        check_done(chosen);
        check_done(less);
        check_same_files("a/predictions.csv", "b/predictions.csv");
    }
    check_done(
        (const char *const[]){"predict", "a/model.json", "d.csv", "--where=x == 4", "--out=p.csv", NULL});
    table rows = read_table("p.csv");
    assert_int_equal(rows.rows, 2); /* with the header */
    clear_table(&rows);
}

static void where_must_leave_rows(void **state) {
    (void)state;
    write_data();
    REFUSED(DATA, "d.csv: --where 'x > 10' holds in none of the 5 rows", "d.csv", "--where", "x > 10");
    REFUSED(DATA, "d.csv:4: --where 'sqrt(x)' is not a number there", "d.csv", "--where", "sqrt(x)");
    write_text("m.csv", "x,y,g\n1,2,1\n2,3,\n3,5,1\n4,5,0\n5,6,1\n");
    REFUSED(DATA, "m.csv:3:3: a missing value in column g", "m.csv", "--where", "g", "--formula", "y=a*x+b");
    json_t *report = parse_json(
        DONE("m.csv", "--where", "g", "--missing", "drop", "--formula", "y=a*x+b", "--json", "--no-plot")
            ->out);
    assert_int_equal((int)number_at(report, "rows", "train"), 3);
    json_decref(report);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(wrong_texts_are_marked_before_the_fit),
        IN_FOLDER(the_row_and_the_subexpression_are_named),
        IN_FOLDER(sizes_are_limited),
        IN_FOLDER(derived_quantities_may_use_tied_parameters),
        IN_FOLDER(where_chooses_rows_for_both_kinds_of_fits),
        IN_FOLDER(where_must_leave_rows),
    };
    return cmocka_run_group_tests_name("command_expressions", tests, NULL, NULL);
}
