/* Nets on data that do not count alike: --sigma, --output-weights, --loss huber:DELTA, --missing mask. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3 };

#define QUICK "--epochs", "40", "--hidden", "4", "--no-plot", "-q"

/* 80 rows x,y,z,s: y with outliers where s is 9; some cells of y and z are empty. */
static void write_rows(bool missing) {
    char text[6000] = "x,y,z,s\n", *at = text + strlen(text);
    for (int i = 0; i < 80; i++) {
        double x = i / 40.0 - 1, y = sin(3 * x) + (i % 9 == 4 ? 5 : 0);
        at += sprintf(at, "%g,", x);
        at += missing && i % 11 == 3 ? sprintf(at, ",") : sprintf(at, "%g,", y);
        at += missing && i % 7 == 2 ? sprintf(at, ",") : sprintf(at, "%g,", x * x);
        at += sprintf(at, "%g\n", i % 9 == 4 ? 9.0 : 0.1);
    }
    write_text("d.csv", text);
}

/* The largest |fitted − sin 3x| of the rows. */
static double error_of_fit(void) {
    table t = read_table("d.fit/predictions.csv");
    double most = 0;
    for (size_t i = 1; i < t.rows; i++)
        most = fmax(most, fabs(number(&t, i, "fitted") - sin(3 * number(&t, i, "x"))));
    clear_table(&t);
    return most;
}

static void sigma_and_huber_keep_outliers_from_the_fit(void **state) {
    (void)state;
    write_rows(false);
    DONE("d.csv", "--inputs", "x", "--outputs", "y", QUICK);
    double plain = error_of_fit();
    DONE("d.csv", "--inputs", "x", "--outputs", "y", "--sigma", "s", QUICK);
    double weighted = error_of_fit();
    DONE("d.csv", "--inputs", "x", "--outputs", "y", "--loss", "huber:0.05", QUICK);
    double robust = error_of_fit();
    assert_true(plain > 0.5);
    assert_true(weighted < 0.05);
    assert_true(robust < 0.1);
}

/* A column of deviations is no input, and the report and the model say what was done. */
static void what_was_done_is_written(void **state) {
    (void)state;
    write_rows(false);
    json_t *report = parse_json(DONE("d.csv", "--outputs", "y,z", "--sigma", "s", "--output-weights", "2,1",
                                     "--loss", "huber:0.5", "--json", QUICK)
                                    ->out);
    assert_int_equal(json_array_size(value_at(report, "inputs", NULL)), 1);
    assert_string_equal(string_at(report, "loss_function"), "huber");
    assert_true(number_at(report, "huber_delta", NULL) == 0.5);
    assert_string_equal(string_at(report, "sigma"), "s");
    assert_int_equal(json_array_size(value_at(report, "output_weights", NULL)), 2);
    assert_true(number_at(report, "loss", "test") > 0);
    assert_true(number_at(report, "loss", "test") <= number_at(report, "mse", "test"));
    json_decref(report);
    json_t *model = read_json("d.fit/model.json");
    assert_string_equal(json_string_value(value_at(model, "training", "loss")), "huber");
    assert_true(number_at(model, "training", "huber_delta") == 0.5);
    json_decref(model);
    assert_non_null(strstr(DONE("show", "d.fit/model.json")->out, "Huber's loss, delta 0.5"));
}

static void masked_outputs_are_empty_cells_and_all_else_is_there(void **state) {
    (void)state;
    write_rows(true);
    REFUSED(DATA, "a missing value in column z", "d.csv", "--inputs", "x", "--outputs", "y,z", QUICK);
    REFUSED(DATA, "with --missing mask", "d.csv", "--inputs", "x", "--outputs", "y,z", QUICK);
    json_t *report = parse_json(
        DONE("d.csv", "--inputs", "x", "--outputs", "y,z", "--missing", "mask", "--json", QUICK)->out);
    assert_true(isfinite(number_at(report, "mse", "train")) && number_at(report, "r2", "test") < 1);
    json_decref(report);
    table t = read_table("d.fit/predictions.csv");
    assert_int_equal(t.rows, 81);
    assert_string_equal(cell(&t, 4, "measured_y"), "");
    assert_string_equal(cell(&t, 4, "residual_y"), "");
    assert_true(isfinite(number(&t, 4, "fitted_y")) && isfinite(number(&t, 4, "residual_z")));
    clear_table(&t);
    const command_result *result = DONE("predict", "d.fit/model.json", "d.csv", "--missing", "mask");
    assert_non_null(strstr(result->err, "80 rows: MSE "));
    assert_null(strstr(result->err, "nan"));
}

/* Drawn are the rows that were measured. */
/* A saved net needs no measured output; where some rows have one, the message says how the others are kept.
 */
static void rows_to_predict_may_lack_the_output(void **state) {
    (void)state;
    write_text("d.csv", "x,y\n1,2\n2,4\n3,5\n4,8\n5,11\n");
    write_text("new.csv", "x,y\n1.5,3\n2.5,\n");
    DONE("d.csv", QUICK);
    REFUSED(DATA,
            "new.csv:3:2: a missing value in column y: fill it in, or leave out such rows with --missing "
            "drop, or count what they have with --missing mask",
            "predict", "d.fit/model.json", "new.csv");
    table t = parse_table(DONE("predict", "d.fit/model.json", "new.csv", "--missing", "mask")->out);
    assert_int_equal(t.rows, 3);
    assert_string_equal(cell(&t, 2, "measured"), "");
    assert_string_equal(cell(&t, 2, "residual"), "");
    assert_true(number(&t, 2, "fitted") > number(&t, 1, "fitted"));
    clear_table(&t);
}

static void masked_rows_are_not_drawn(void **state) {
    (void)state;
    write_rows(true);
    DONE("d.csv", "--inputs", "x", "--outputs", "y", "--missing", "mask", "--epochs", "3", "-q");
    char *data = read_text("d.fit/comparison.dat", NULL);
    assert_null(strstr(data, "nan"));
    free(data);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    write_rows(true);
    write_text("s.csv", "x,y,s\n1,2,1\n2,3,0\n3,5,1\n4,4,1\n");
    write_text("e.csv", "x,y\n1,\n2,\n3,\n4,\n");
    REFUSED(USAGE, "huber:DELTA", "d.csv", "--loss", "huber");
    REFUSED(USAGE, "--loss 0: a number", "d.csv", "--loss", "huber:0");
    REFUSED(USAGE, "squares", "d.csv", "--loss", "cauchy");
    REFUSED(USAGE, "each of the 1 outputs", "s.csv", "--output-weights", "1,2");
    REFUSED(USAGE, "each of the 1 outputs", "s.csv", "--output-weights", "-1");
    REFUSED(USAGE, "no column sd", "s.csv", "--sigma", "sd");
    REFUSED(USAGE, "two uses", "s.csv", "--sigma", "s", "--outputs", "s");
    REFUSED(DATA, "s.csv:3:3: the standard deviation is 0", "s.csv", "--sigma", "s");
    REFUSED(DATA, "missing value in column y", "d.csv", "--missing", "mask", "--outputs", "z", "--sigma",
            "s");
    REFUSED(DATA, "the output y is missing in every row", "e.csv", "--missing", "mask");
    REFUSED(USAGE, "--missing mask is for nets", "d.csv", "--missing", "mask", "--formula", "y = a*x");
    REFUSED(USAGE, "--output-weights is for nets", "d.csv", "--output-weights", "1", "--formula", "y = a*x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(sigma_and_huber_keep_outliers_from_the_fit),
        IN_FOLDER(what_was_done_is_written),
        IN_FOLDER(masked_outputs_are_empty_cells_and_all_else_is_there),
        IN_FOLDER(rows_to_predict_may_lack_the_output),
        IN_FOLDER(masked_rows_are_not_drawn),
        IN_FOLDER(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("command_weights", tests, NULL, NULL);
}
