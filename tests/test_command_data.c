/* Which columns and rows are used: names and numbers, splits, missing cells, and the many ways of writing a
 * table. */
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUICK "--hidden", "3", "--epochs", "3", "--no-plot", "-q"

/* A list of the report, with a blank between two. */
static void check_names(const char *path, const char *key, const char *expected) {
    json_t *report = read_json(path);
    const json_t *list = value_at(report, key, NULL);
    char text[400] = "";
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t length = strlen(text);
        snprintf(text + length, sizeof text - length, i ? " %s" : "%s",
                 json_string_value(json_array_get(list, i)));
    }
    assert_string_equal(text, expected);
    json_decref(report);
}

/* ---- Columns ---- */

static void check_columns(const char *inputs, const char *outputs) {
    check_names("small.fit/report.json", "inputs", inputs);
    check_names("small.fit/report.json", "outputs", outputs);
}

static void columns_are_named_or_numbered(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK);
    check_columns("a b", "y");
    DONE("small.csv", QUICK, "--inputs", "b,a");
    check_columns("b a", "y");
    DONE("small.csv", QUICK, "--inputs", "b");
    check_columns("b", "y");
    DONE("small.csv", QUICK, "--outputs", "a");
    check_columns("b y", "a");
    DONE("small.csv", QUICK, "--outputs", "2,1");
    check_columns("y", "b a");
    DONE("small.csv", QUICK, "--inputs", "3", "--outputs", "b");
    check_columns("y", "b");
    DONE("small.csv", QUICK, "--inputs", "b,y"); /* the last that is no input */
    check_columns("b y", "a");
}

/* A column of text, or with gaps, disturbs only if it is used. */
static void other_columns_may_hold_anything(void **state) {
    (void)state;
    write_text("d.csv", "id,x,note,y\nA1,1,,2\nA2,2,\"ok, so\",3\nA3,3,inf,5\nA4,4,x,4\nA5,5,y,6\n");
    DONE("d.csv", QUICK, "--inputs", "x");
    check_names("d.fit/report.json", "inputs", "x");
    REFUSED(3, "d.csv:2:1", "d.csv", "--out", "e");
}

static void names_may_be_odd(void **state) {
    (void)state;
    write_text("d.csv", "\"x, in \"\"mm\"\"\",Größe,y [%d]\n1,2,3\n2,3,5\n3,1,4\n4,6,2\n5,2,2\n");
    DONE("d.csv", QUICK);
    check_names("d.fit/report.json", "inputs", "x, in \"mm\" Größe");
    char *text = read_text("d.fit/predictions.csv", NULL);
    static const char header[] = "\"x, in \"\"mm\"\"\",Größe,measured,fitted,residual,set\n";
    assert_memory_equal(text, header, sizeof header - 1);
    free(text);
    DONE("predict", "d.fit/model.json", "d.csv", "-q");
    DONE("d.csv", QUICK, "--inputs", "Größe", "--outputs", "y [%d]");
    check_names("d.fit/report.json", "inputs", "Größe");
}

/* ---- Sets ---- */

static void check_rows(const char *path, size_t train, size_t validation, size_t test) {
    json_t *report = read_json(path);
    assert_int_equal(number_at(report, "rows", "train"), train);
    assert_int_equal(number_at(report, "rows", "validation"), validation);
    assert_int_equal(number_at(report, "rows", "test"), test);
    json_decref(report);
}

static void shares_are_of_all_rows(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK);
    check_rows("small.fit/report.json", 42, 9, 9);
    DONE("small.csv", QUICK, "--split", "60/20/20");
    check_rows("small.fit/report.json", 36, 12, 12);
    DONE("small.csv", QUICK, "--split", "0.5/0.25/0.25");
    check_rows("small.fit/report.json", 30, 15, 15);
    DONE("small.csv", QUICK, "--split", "80/20/0");
    check_rows("small.fit/report.json", 48, 12, 0);
    DONE("small.csv", QUICK, "--split", "80/0/20");
    check_rows("small.fit/report.json", 48, 0, 12);
}

static void check_empty(const json_t *report, const char *set) {
    assert_true(json_is_null(value_at(report, "mse", set)));
    assert_true(json_is_null(value_at(report, "r2", set)));
    assert_int_equal(number_at(report, "rows", set), 0);
}

static void without_validation_the_report_says_so(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result =
        DONE("small.csv", "--hidden", "3", "--epochs", "4", "--no-plot", "--split", "100/0/0");
    assert_memory_equal(result->err, "fit: warning: no validation", 27);
    assert_non_null(strstr(result->out, "no validation"));
    json_t *report = read_json("small.fit/report.json");
    check_empty(report, "validation");
    check_empty(report, "test");
    assert_int_equal(json_array_size(value_at(report, "warnings", NULL)), 1);
    assert_int_equal(number_at(report, "best_epoch", NULL), 4);
    table t = read_table("small.fit/history.csv");
    for (size_t i = 1; i < t.rows; i++) {
        assert_string_equal(cell(&t, i, "mse_validation"), "");
        assert_string_equal(cell(&t, i, "mse_test"), "");
    }
    clear_table(&t);
    json_decref(report);
}

static void a_column_can_say_the_sets(void **state) {
    (void)state;
    static const char *const names[] = {"train", "validation", "test"};
    FILE *file = fopen("d.csv", "w");
    assert_non_null(file);
    fputs("x,set,y\n", file);
    for (int i = 0; i < 30; i++) fprintf(file, "%d,%d,%d\n", i, i % 3, (i * i) % 17);
    fclose(file);
    DONE("d.csv", QUICK, "--split-column", "set");
    check_rows("d.fit/report.json", 10, 10, 10);
    check_names("d.fit/report.json", "inputs", "x");
    table t = read_table("d.fit/predictions.csv");
    for (size_t i = 1; i < t.rows; i++) assert_string_equal(cell(&t, i, "set"), names[(i - 1) % 3]);
    clear_table(&t);
    DONE("d.csv", QUICK, "--split-column", "2");
    check_rows("d.fit/report.json", 10, 10, 10);
}

static void sets_can_follow_the_order_of_rows(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK, "--split-contiguous", "--split", "50/25/25");
    table t = read_table("small.fit/predictions.csv");
    for (size_t i = 1; i < t.rows; i++)
        assert_string_equal(cell(&t, i, "set"), i <= 30 ? "train" : i <= 45 ? "validation" : "test");
    clear_table(&t);
}

/* What test rows say changes nothing of a fit but its report. */
static void test_rows_are_never_seen(void **state) {
    (void)state;
    const char *const files[] = {"one.csv", "two.csv"};
    for (int k = 0; k < 2; k++) {
        FILE *file = fopen(files[k], "w");
        assert_non_null(file);
        fputs("x,set,y\n", file);
        for (int i = 0; i < 40; i++) {
            bool test = i % 4 == 3;
            fprintf(file, "%d,%d,%d\n", test && k ? 1000 + i : i, test ? 2 : i % 4 == 2,
                    test && k ? -i : (i * i) % 17);
        }
        fclose(file);
        DONE(files[k], "--split-column", "set", "--hidden", "6", "--no-plot", "-q");
    }
    json_t *one = read_json("one.fit/model.json"), *two = read_json("two.fit/model.json");
    assert_true(json_equal(value_at(one, "layers", NULL), value_at(two, "layers", NULL)));
    assert_true(json_equal(value_at(one, "inputs", NULL), value_at(two, "inputs", NULL)));
    assert_true(json_equal(value_at(one, "outputs", NULL), value_at(two, "outputs", NULL)));
    json_decref(one);
    json_decref(two);
}

/* ---- Ways of writing a table ---- */

/* The same table in another form: the same model. */
static void check_form(const char *text, const char *const *options) {
    const char *words[20] = {"form.csv", QUICK};
    size_t count = 0;
    while (words[count]) count++;
    while (*options) words[count++] = *options++;
    write_text("form.csv", text);
    check_done(words);
    check_same_files("form.fit/model.json", "plain.fit/model.json");
    check_same_files("form.fit/predictions.csv", "plain.fit/predictions.csv");
}
#define FORM(text, ...)  check_form(text, (const char *const[]){__VA_ARGS__, NULL})
#define PLAIN_FORM(text) check_form(text, (const char *const[]){NULL})

static void the_form_of_the_table_does_not_matter(void **state) {
    (void)state;
    write_text("plain.csv", "x,y\n1,2.5\n2,3.5\n3,1.25\n4,-2\n5,0.5\n6,7\n");
    DONE("plain.csv", QUICK);
    PLAIN_FORM("x;y\n1;2.5\n2;3.5\n3;1.25\n4;-2\n5;0.5\n6;7\n");
    PLAIN_FORM("x\ty\n1\t2.5\n2\t3.5\n3\t1.25\n4\t-2\n5\t0.5\n6\t7\n");
    PLAIN_FORM("  x   y\n  1  2.5\n2 3.5\n3 1.25\n4  -2\n5 .5\n6  7");
    PLAIN_FORM("\xEF\xBB\xBFx,y\r\n1,2.5\r\n2,3.5\r\n3,1.25\r\n4,-2\r\n5,0.5\r\n6,7\r\n");
    PLAIN_FORM("# of today\n\nx,y\n\"1\",\"2.5\"\n2, 3.5\n# a remark\n3,125e-2\n 4,-2.0\n5,+0.5\n\n6,7\n");
    FORM("x|y\n1|2.5\n2|3.5\n3|1.25\n4|-2\n5|0.5\n6|7\n", "--separator", "|");
    FORM("x\ty\n1\t2.5\n2\t3.5\n3\t1.25\n4\t-2\n5\t0.5\n6\t7\n", "--separator", "tab");
    FORM("x;y\n1;2,5\n2;3,5\n3;1,25\n4;-2\n5;0,5\n6;7\n", "--decimal", ",");
    FORM("x,y\n1,\"2,5\"\n2,\"3,5\"\n3,\"1,25\"\n4,-2\n5,\"0,5\"\n6,7\n", "--decimal", ",", "--separator",
         ",");
    FORM("made by hand\non a Monday\nx,y\n1,2.5\n2,3.5\n3,1.25\n4,-2\n5,0.5\n6,7\n", "--skip", "2");
    FORM("% a remark\nx,y\n1,2.5\n2,3.5\n%3,0\n3,1.25\n4,-2\n5,0.5\n6,7\n", "--comment", "%");
    FORM("x,y\n1,2.5\n2,3.5\n3,1.25\n,4\n4,-2\n5,0.5\nNA,1\n6,7\n", "--missing", "drop");
}

static void a_table_without_names_has_numbered_columns(void **state) {
    (void)state;
    write_text("d.csv", "1,2.5\n2,3.5\n3,1.25\n4,-2\n5,0.5\n6,7\n");
    DONE("d.csv", QUICK);
    check_names("d.fit/report.json", "inputs", "c1");
    check_names("d.fit/report.json", "outputs", "c2");
    check_rows("d.fit/report.json", 4, 1, 1);
    DONE("d.csv", QUICK, "--inputs", "c2", "--outputs", "1");
    check_names("d.fit/report.json", "inputs", "c2");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(columns_are_named_or_numbered),
        IN_FOLDER(other_columns_may_hold_anything),
        IN_FOLDER(names_may_be_odd),
        IN_FOLDER(shares_are_of_all_rows),
        IN_FOLDER(without_validation_the_report_says_so),
        IN_FOLDER(a_column_can_say_the_sets),
        IN_FOLDER(sets_can_follow_the_order_of_rows),
        IN_FOLDER(test_rows_are_never_seen),
        IN_FOLDER(the_form_of_the_table_does_not_matter),
        IN_FOLDER(a_table_without_names_has_numbered_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
