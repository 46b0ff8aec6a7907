/* What the command refuses: each refusal has its exit code, is one line that says what is wrong, and makes
 * nothing. */
#include "run_command.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { USAGE = 2, DATA = 3, NO_FIT = 4, OUTPUT = 5 };

/* ---- Data ---- */

static void data_that_cannot_be_read(void **state) {
    (void)state;
    write_text("empty.csv", "");
    write_text("blank.csv", "\n \n# nothing\n");
    write_text("header.csv", "x,y\n");
    write_bytes("nul.csv", "x,y\n1,2\n2,\0\n3,4\n", 17);
    REFUSED(DATA, "missing.csv", "missing.csv");
    REFUSED(DATA, "no/such.csv", "no/such.csv");
    REFUSED(DATA, "directory", ".");
    REFUSED(DATA, "empty.csv", "empty.csv");
    REFUSED(DATA, "blank.csv", "blank.csv");
    REFUSED(DATA, "header.csv:1", "header.csv");
    REFUSED(DATA, "nul.csv:3:2", "nul.csv");
    REFUSED(DATA, "standard input", "-"); /* which is empty */
}

static void check_data(const char *content, const char *part) {
    write_text("d.csv", content);
    REFUSED(DATA, part, "d.csv", "--hidden", "2", "--no-plot");
}

static void data_that_no_fit_can_use(void **state) {
    (void)state;
    check_data("x,y\n1,2\n", "1 row");
    check_data("x,y\n1,2\n2,3\n", "2 rows");
    check_data("y\n1\n2\n3\n4\n", "input");
    check_data("x,y\n1,5\n2,5\n3,5\n4,5\n", "output y is 5");
    check_data("x,y\n1,2\n2,3\n3,n/a\n4,5\n", "d.csv:4:2");
    check_data("x,y\n1,2\n2,3\nabc,4\n4,5\n", "d.csv:4:1: \"abc\"");
    check_data("x,y\n1,2\n2,inf\n3,4\n4,5\n", "d.csv:3:2");
    check_data("x,y\n1,2\n-Infinity,3\n3,4\n4,5\n", "d.csv:3:1");
    check_data("x,y\n1,2\n2,1e999\n3,4\n4,5\n", "d.csv:3:2");
    check_data("x,y\n1,2\n2,3\n3,\n4,5\n", "--missing drop");
    check_data("x,y\n1,2\n2,3\n3,NaN\n4,5\n", "d.csv:4:2");
    check_data("x,y\n1,2\n2\n3,4\n4,5\n", "d.csv:3");
    check_data("x,y\n1,2\n2,3,4\n3,4\n4,5\n", "d.csv:3");
    check_data("x,y\n1,2\n2,\"3\n3,4\n4,5\n", "d.csv:3");
    check_data("x,y\r\n1,2\r\n\r\n# a remark\r\n2,oh\r\n3,4\r\n", "d.csv:5:2");
}

/* A square that overflows or vanishes is no error measure: without a refusal the fit would "reach its goal".
 */
static void data_beyond_the_range_of_squares(void **state) {
    (void)state;
    check_data("x,y\n1,2e200\n2,1e200\n3,-2e200\n4,5e200\n5,3e200\n6,1e200\n", "output y");
    check_data("x,y\n1,2e-200\n2,1e-200\n3,-2e-200\n4,5e-200\n5,3e-200\n6,1e-200\n", "output y");
    check_data("x,y\n1,1e308\n2,-1e308\n3,1.7e308\n4,1\n5,2\n6,3\n", "output y");
    check_data("x,y\n1e308,1\n-1e308,2\n1.7e308,2\n4,1\n5,2\n6,3\n", "input x");
    check_data("x,y\n1e-320,1\n2e-320,2\n3e-320,2\n0,1\n5e-320,2\n-1e-320,3\n", "input x");
}

static void a_row_without_all_cells_is_left_out_if_asked(void **state) {
    (void)state;
    write_text("d.csv", "x,y\n1,2\n2,\n3,4\n4,5\nNA,6\n5,3\n6,2\n");
    REFUSED(DATA, "d.csv:3:2", "d.csv");
    const command_result *result =
        DONE("d.csv", "--missing", "drop", "--no-plot", "--hidden", "2", "--epochs", "3");
    assert_string_equal(result->err, "fit: warning: 2 rows with missing cells left out\n");
    json_t *report = read_json("d.fit/report.json");
    assert_int_equal(number_at(report, "rows", "train") + number_at(report, "rows", "validation") +
                         number_at(report, "rows", "test"),
                     5);
    assert_int_equal(json_array_size(value_at(report, "warnings", NULL)), 1);
    json_decref(report);
    write_text("d.csv", "x,y\n1,2\n2,\n3,4\n4,\nNA,6\n5,NA\n6,\n");
    write_text("e.csv", "x,y\n,2\n2,\n,4\n");
    REFUSED(DATA, "2 rows", "d.csv", "--missing", "drop");
    REFUSED(DATA, "e.csv", "e.csv", "--missing", "drop");
}

static void a_constant_input_is_a_warning(void **state) {
    (void)state;
    write_text("d.csv", "x,k,y\n1,7,2\n2,7,3\n3,7,4\n4,7,5\n5,7,4\n6,7,3\n");
    const command_result *result = DONE("d.csv", "--no-plot", "--hidden", "2", "--epochs", "3", "--json");
    assert_non_null(strstr(result->err, "fit: warning: the input k is 7"));
    json_t *report = parse_json(result->out);
    const json_t *warnings = value_at(report, "warnings", NULL);
    assert_int_equal(json_array_size(warnings), 1);
    assert_non_null(strstr(json_string_value(json_array_get(warnings, 0)), "input k"));
    json_decref(report);
}

/* ---- Words ---- */

static void words_that_make_no_command(void **state) {
    (void)state;
    write_small("small.csv");
    check_refused(USAGE, "no data file", (const char *const[]){NULL});
    REFUSED(USAGE, "no data file", "--json");
    REFUSED(USAGE, "one data file", "small.csv", "small.csv");
    REFUSED(USAGE, "one data file", "small.csv", "a", "b", "c", "d");
    REFUSED(USAGE, "fit predict MODEL.json DATA", "predict");
    REFUSED(USAGE, "fit predict MODEL.json DATA", "predict", "model.json");
    REFUSED(USAGE, "fit show MODEL.json", "show");
    REFUSED(USAGE, "fit show MODEL.json", "show", "a", "b");
}

/* What is done with a saved fit trains nothing: an option of training there is a mistake. */
static void options_of_training_beside_a_saved_fit(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--hidden", "3", "--epochs", "1", "--no-plot");
    const char *model = "small.fit/model.json";
    REFUSED(USAGE, "--hidden is for fitting, fit DATA --hidden 20,20,10: fit predict does not use it",
            "predict", model, "small.csv", "--hidden", "5");
    REFUSED(USAGE, "--epochs is for fitting", "predict", model, "small.csv", "--epochs=3");
    REFUSED(USAGE, "--inputs is for fitting", "predict", model, "small.csv", "--inputs", "1");
    REFUSED(USAGE, "--bayes is for fitting, fit DATA --bayes: fit show", "show", model, "--bayes");
    REFUSED(USAGE, "--where is for fitting", "show", model, "--where", "a > 1");
    REFUSED(USAGE, "--from is for fitting", "show", model, "--from", model);
    REFUSED(USAGE, "--seed is for fitting", "export", model, "--c", "--seed", "2");
    REFUSED(USAGE, "--formula is for fitting", "selftest", "--formula", "y = a*x");
}

static void unknown_options(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(USAGE, "--jsn: did you mean --json?", "small.csv", "--jsn");
    REFUSED(USAGE, "did you mean --no-plot?", "small.csv", "--noplot");
    REFUSED(USAGE, "did you mean --normalise?", "small.csv", "--normalize", "range");
    REFUSED(USAGE, "did you mean --hidden?", "small.csv", "--hiden=3");
    REFUSED(USAGE, "unknown option --something-else", "small.csv", "--something-else");
    REFUSED(USAGE, "unknown option -x: see fit --help", "small.csv",
            "-x"); /* one letter resembles all others */
}

static void options_without_a_value(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(USAGE, "--epochs needs a value", "small.csv", "--epochs");
    REFUSED(USAGE, "--out needs a value", "small.csv", "--out");
    REFUSED(USAGE, "--out needs a value", "small.csv", "--out", "--json");
    REFUSED(USAGE, "--out", "small.csv", "--out", "");
    REFUSED(USAGE, "--json takes no value", "small.csv", "--json=yes");
}

/* ---- Values ---- */

/* The option and the value are in the message. */
static void check_value(const char *option, const char *value) {
    REFUSED(USAGE, option, "small.csv", option, value);
    REFUSED(USAGE, value, "small.csv", option, value);
}

static void check_values(const char *option, const char *const *values) {
    for (; *values; values++) check_value(option, *values);
}
#define VALUES(option, ...) check_values(option, (const char *const[]){__VA_ARGS__, NULL})

static void whole_numbers(void **state) {
    (void)state;
    write_small("small.csv");
    VALUES("--epochs", "-1", "1.5", "many", "", "1e10", "nan", "3x", "0x10", "1,5");
    VALUES("--seed", "-1", "0.5", "1e17", "inf");
    VALUES("--threads", "0", "-2", "1.5", "100000");
    VALUES("--skip", "-1", "x");
    VALUES("--batch", "0", "-1", "2.5", "all");
    VALUES("--max-fail", "-1", "2.5");
}

static void real_numbers(void **state) {
    (void)state;
    write_small("small.csv");
    VALUES("--goal", "-1", "small", "nan", "inf", "1 2");
    VALUES("--min-grad", "-1", "nan");
    VALUES("--mu", "0", "-1", "inf");
    VALUES("--mu-inc", "1", "0.5");
    VALUES("--mu-dec", "1", "0", "-3");
    VALUES("--mu-max", "0", "nan");
    VALUES("--learning-rate", "0", "-1", "fast", "nan");
    VALUES("--momentum", "1", "-0.1");
    VALUES("--l1", "-1", "inf");
    VALUES("--l2", "-1", "");
    VALUES("--clip", "0", "-1");
    VALUES("--time", "0", "-1", "long");
    VALUES("--memory", "0", "-1G", "2X", "G", "1GG", "2 G", "lots", "");
}

static void words_of_a_list(void **state) {
    (void)state;
    write_small("small.csv");
    VALUES("--plot-format", "gif", "PNG", "");
    VALUES("--missing", "ignore", "");
    VALUES("--init", "random", "");
    VALUES("--normalise", "minmax", "");
    VALUES("--optimizer", "best", "");
    VALUES("--recipe", "trainbr", "");
    VALUES("--jacobian", "numeric", "");
    VALUES("--decimal", ";", "", "..");
    VALUES("--separator", "", "ab");
    VALUES("--comment", "", "//");
}

static void lists(void **state) {
    (void)state;
    write_small("small.csv");
    VALUES("--hidden", "", "0", "-3", "3,", ",3", "3,,2", "1.5", "3;4", "1000000", "a");
    VALUES("--hidden", "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1");
    VALUES("--activation", "", "tan", "tanh,", "tanh;relu");
    VALUES("--split", "", "70", "70/30", "70/15/15/0", "0/50/50", "-70/15/15", "a/b/c", "70,15,15", "nan/1/1",
           "70/15/inf");
    REFUSED(USAGE, "--activation has 2 names for 3 hidden layers", "small.csv", "--activation", "tanh,relu");
    REFUSED(USAGE, "--activation has 3 names for 1 hidden layer", "small.csv", "--hidden", "3",
            "--activation", "tanh,relu,linear");
}

static void options_that_contradict_each_other(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(USAGE, "--mu-max", "small.csv", "--mu", "10", "--mu-max", "1");
    REFUSED(USAGE, "--mu-max", "small.csv", "--mu-max", "1e-6"); /* below the default of --mu */
    REFUSED(USAGE, "--split-column", "small.csv", "--split-column", "a", "--split", "70/15/15");
    REFUSED(USAGE, "--split-column", "small.csv", "--split-column", "a", "--split-contiguous");
}

/* ---- Columns ---- */

static void columns_that_are_not_there_or_used_twice(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(USAGE, "a, b, y", "small.csv", "--inputs", "q");
    REFUSED(USAGE, "no column 4", "small.csv", "--outputs", "4");
    REFUSED(USAGE, "no column 0", "small.csv", "--inputs", "0,1");
    REFUSED(USAGE, "small.csv has no column A", "small.csv", "--inputs", "A");
    REFUSED(USAGE, "q", "small.csv", "--split-column", "q");
    REFUSED(USAGE, "a is named twice", "small.csv", "--inputs", "a,a");
    REFUSED(USAGE, "a is named twice", "small.csv", "--inputs", "1,a");
    REFUSED(USAGE, "y is named twice", "small.csv", "--outputs", "y,y");
    REFUSED(USAGE, "two uses", "small.csv", "--inputs", "a,y", "--outputs", "y");
    REFUSED(USAGE, "two uses", "small.csv", "--inputs", "a,b", "--split-column", "b");
    REFUSED(USAGE, "two uses", "small.csv", "--outputs", "y", "--split-column", "y");
    REFUSED(USAGE, "every column", "small.csv", "--inputs", "a,b,y");
    REFUSED(USAGE, "every column", "small.csv", "--outputs", "a,b,y");
    REFUSED(USAGE, "its columns are", "small.csv", "--inputs", "");
    REFUSED(USAGE, "its columns are", "small.csv", "--outputs", "y,");
}

static void a_split_column_that_is_none(void **state) {
    (void)state;
    write_text("d.csv", "x,s,y\n1,0,1\n2,0,2\n3,1,3\n4,3,4\n");
    REFUSED(DATA, "d.csv:5:2", "d.csv", "--split-column", "s");
    write_text("d.csv", "x,s,y\n1,0,1\n2,0.5,2\n3,1,3\n4,2,4\n");
    REFUSED(DATA, "d.csv:3:2", "d.csv", "--split-column", "s");
    write_text("d.csv", "x,s,y\n1,1,1\n2,1,2\n3,1,3\n4,2,4\n");
    REFUSED(DATA, "no training row", "d.csv", "--split-column", "s");
}

/* ---- Output ---- */

static void folders_that_cannot_be_made(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(OUTPUT, "small.csv/x", "small.csv", "--out", "small.csv/x");
    REFUSED(OUTPUT, "small.csv is not a folder", "small.csv", "--out", "small.csv");
    REFUSED(OUTPUT, "no/such/folder", "small.csv", "--out", "no/such/folder");
    REFUSED(OUTPUT, "/proc/marq", "small.csv", "--out", "/proc/marq");
}

/* It is found before the training, whose result would be lost. */
static void a_folder_that_may_not_be_written(void **state) {
    (void)state;
    if (geteuid() == 0) skip(); /* root may */
    write_small("small.csv");
    assert_int_equal(mkdir("out", 0555), 0);
    REFUSED(OUTPUT, "cannot write", "small.csv", "--out", "out");
}

/* A folder in a file's place: nothing temporary stays, and the files before it are whole. */
static void a_file_that_cannot_be_written(void **state) {
    (void)state;
    write_small("small.csv");
    assert_int_equal(mkdir("out", 0777), 0);
    assert_int_equal(mkdir("out/report.json", 0777), 0);
    const command_result *result =
        FIT("small.csv", "--out", "out", "--no-plot", "--hidden", "2", "--epochs", "2");
    assert_int_equal(result->code, OUTPUT);
    assert_non_null(strstr(result->err, "fit: out/report.json: "));
    char *names = list_folder("out");
    assert_string_equal(names, "history.csv model.json predictions.csv report.json");
    free(names);
}

static void check_output(const char *output, const char *const *words) {
    const command_result *result = run_command(&(command_setup){.output = output}, words);
    assert_int_equal(result->code, OUTPUT);
    assert_string_equal(result->err, "fit: standard output: cannot be written\n");
}
#define OUTPUT_FAILS(output, ...) check_output(output, (const char *const[]){__VA_ARGS__, NULL})

static void standard_output_that_cannot_be_written(void **state) {
    (void)state;
    static const char *const outputs[] = {"/dev/full", ""};
    write_small("small.csv");
    for (size_t i = 0; i < 2; i++) {
        OUTPUT_FAILS(outputs[i], "small.csv", "--no-plot", "--hidden", "2", "--epochs", "2", "--json");
        OUTPUT_FAILS(outputs[i], "small.csv", "--no-plot", "--hidden", "2", "--epochs", "2");
        assert_true(exists("small.fit/report.json"));
        json_decref(read_json("small.fit/model.json"));
        OUTPUT_FAILS(outputs[i], "predict", "small.fit/model.json", "small.csv");
        OUTPUT_FAILS(outputs[i], "predict", "small.fit/model.json", "small.csv", "--json");
        OUTPUT_FAILS(outputs[i], "show", "small.fit/model.json");
        OUTPUT_FAILS(outputs[i], "--help");
        OUTPUT_FAILS(outputs[i], "--version");
    }
}

static void nothing_is_said_where_nothing_must_be_written(void **state) {
    (void)state;
    write_small("small.csv");
    command_setup closed = {.output = ""};
    assert_int_equal(
        FIT_WITH(&closed, "small.csv", "--no-plot", "--hidden", "2", "--epochs", "2", "-q")->code, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(data_that_cannot_be_read),
        IN_FOLDER(data_that_no_fit_can_use),
        IN_FOLDER(data_beyond_the_range_of_squares),
        IN_FOLDER(a_row_without_all_cells_is_left_out_if_asked),
        IN_FOLDER(a_constant_input_is_a_warning),
        IN_FOLDER(words_that_make_no_command),
        IN_FOLDER(options_of_training_beside_a_saved_fit),
        IN_FOLDER(unknown_options),
        IN_FOLDER(options_without_a_value),
        IN_FOLDER(whole_numbers),
        IN_FOLDER(real_numbers),
        IN_FOLDER(words_of_a_list),
        IN_FOLDER(lists),
        IN_FOLDER(options_that_contradict_each_other),
        IN_FOLDER(columns_that_are_not_there_or_used_twice),
        IN_FOLDER(a_split_column_that_is_none),
        IN_FOLDER(folders_that_cannot_be_made),
        IN_FOLDER(a_folder_that_may_not_be_written),
        IN_FOLDER(a_file_that_cannot_be_written),
        IN_FOLDER(standard_output_that_cannot_be_written),
        IN_FOLDER(nothing_is_said_where_nothing_must_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
