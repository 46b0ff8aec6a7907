/* --bands: standard errors and limits of a net's predictions, in a training and of a saved net. */
#include "run_command.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

enum { USAGE = 2, DATA = 3 };

/* As in tests/test_nn_bands.c, where R gives the standard errors and deviations of predictions. */
static void write_regression(void) {
    write_text("line.csv", "x1,x2,y\n0.2,1,1.43\n0.5,-0.4,0.61\n1.1,0.3,2.05\n1.7,1.2,3.38\n"
                           "2,-0.9,1.22\n2.6,0.1,2.87\n3.3,0.8,4.31\n3.9,-0.2,3.45\n");
    write_text("new.csv", "x1,x2\n1,0\n2,0.5\n6,-2\n");
}

static void fit_regression(void) {
    DONE("line.csv", "--hidden", "none", "--split", "100/0/0", "--bands", "--no-plot", "-q");
}

#define MODEL "line.fit/model.json"

/* qt(0.975, 5) and qt(0.95, 5) of R. */
static void check_regression(const char *csv, double factor) {
    static const double std_error[] = {0.1062690996798527, 0.0862946862192595, 0.3592116131986623},
                        deviation[] = {0.249987968596735, 0.242172739518791, 0.424539569360903};
    table t = parse_table(csv);
    assert_int_equal(t.rows, 4);
    for (size_t i = 1; i < t.rows; i++) {
        double fitted = number(&t, i, "fitted");
        check_close(number(&t, i, "std_error"), std_error[i - 1], 1e-6);
        check_close(number(&t, i, "upper") - fitted, factor * deviation[i - 1], 1e-6);
        check_close(fitted - number(&t, i, "lower"), factor * deviation[i - 1], 1e-6);
    }
    clear_table(&t);
}

static void a_saved_linear_net_has_the_limits_of_regression(void **state) {
    (void)state;
    write_regression();
    fit_regression();
    const command_result *result = DONE("predict", MODEL, "new.csv", "--bands");
    static const char warning[] =
        "fit: warning: row 3 extrapolates: its leverage is 5.28 times the largest of "
        "the training rows\n";
    assert_string_equal(result->err, warning);
    check_regression(result->out, 2.570581835636314);
    check_regression(DONE("predict", MODEL, "new.csv", "--bands", "--confidence", "0.9")->out,
                     2.015048372669157);
}

/* The limits are those of measurements with the deviations of the data's column: twice the noise of all rows,
 * or a tenth of it. The fitted value's own error does not change. */
static void a_column_has_the_deviations_of_new_measurements(void **state) {
    (void)state;
    write_text("line.csv", "x,s,y\n0,1,0.1\n1,1,1.2\n2,1,1.8\n3,1,3.1\n4,1,3.9\n5,1,5.2\n");
    DONE("line.csv", "--hidden", "none", "--split", "100/0/0", "--bands", "--sigma", "s", "--no-plot", "-q");
    write_text("new.csv", "x,s\n2.5,1\n2.5,2\n2.5,0.1\n");
    table all = parse_table(DONE("predict", MODEL, "new.csv", "--bands")->out),
          own = parse_table(DONE("predict", MODEL, "new.csv", "--bands", "--sigma", "s")->out);
    double error = number(&all, 1, "std_error"), t = 2.776445105197799; /* qt(0.975, 4) of R */
    double wide = (number(&all, 1, "upper") - number(&all, 1, "fitted")) / t,
           noise = sqrt(wide * wide - error * error);
    static const double times[] = {1, 2, 0.1};
    for (size_t i = 1; i < own.rows; i++) {
        double expected = t * sqrt(error * error + pow(times[i - 1] * noise, 2));
        check_close(number(&own, i, "std_error"), error, 1e-12);
        check_close(number(&own, i, "upper") - number(&own, i, "fitted"), expected, 1e-6);
    }
    clear_table(&all);
    clear_table(&own);
    REFUSED(USAGE, "add --bands", "predict", MODEL, "new.csv", "--sigma", "s");
    REFUSED(USAGE, "no column t", "predict", MODEL, "new.csv", "--bands", "--sigma", "t");
}

static void predictions_have_what_predict_gives(void **state) {
    (void)state;
    write_regression();
    fit_regression();
    table saved = read_table("line.fit/predictions.csv"),
          t = parse_table(DONE("predict", MODEL, "line.csv", "--bands")->out);
    static const char *const columns[] = {"std_error", "lower", "upper"};
    assert_int_equal(saved.rows, t.rows);
    for (size_t i = 1; i < t.rows; i++)
        for (size_t c = 0; c < 3; c++)
            assert_string_equal(cell(&saved, i, columns[c]), cell(&t, i, columns[c]));
    clear_table(&saved);
    clear_table(&t);
}

static void bands_of_hidden_layers_are_reported(void **state) {
    (void)state;
    write_small("small.csv");
    json_t *report = parse_json(DONE("small.csv", "--hidden", "4", "--epochs", "12", "--bands", "--no-plot",
                                     "-q", "--json", "--threads", "1")
                                    ->out);
    const json_t *bands = value_at(report, "bands", NULL);
    double effective = number_at(bands, "effective_parameters", NULL);
    assert_true(effective > 1 && effective < 17);
    assert_true(number_at(bands, "decay", NULL) > 0);
    assert_true(number_at(bands, "confidence", NULL) == 0.95);
    double noise = json_number_value(json_array_get(value_at(bands, "noise", NULL), 0));
    double dof = json_number_value(json_array_get(value_at(bands, "dof", NULL), 0));
    check_close(noise, sqrt(42 * number_at(report, "mse", "train") / dof), 1e-9); /* 70 % of 60 rows */
    check_close(dof, 42 - effective, 1e-9);
    json_decref(report);
    const char *text = DONE("small.csv", "--hidden", "4", "--epochs", "12", "--bands", "--no-plot",
                            "--threads", "3", "--out", "three")
                           ->out;
    assert_non_null(strstr(text, "\nbands     "));
    assert_non_null(strstr(text, "bands.bin"));
    check_same_files("small.fit/bands.bin", "three/bands.bin");
    check_same_files("small.fit/predictions.csv", "three/predictions.csv");
    DONE("small.csv", "--hidden", "4", "--epochs", "3", "--no-plot", "-q");
    assert_false(exists("small.fit/bands.bin"));
}

static void what_cannot_be_is_refused(void **state) {
    (void)state;
    write_regression();
    fit_regression();
    assert_int_equal(unlink("line.fit/bands.bin"), 0);
    REFUSED(DATA, "line.fit/bands.bin: No such file or directory: fit DATA --bands writes", "predict", MODEL,
            "new.csv", "--bands");
    REFUSED(USAGE, "with --bands", "predict", MODEL, "new.csv", "--confidence", "0.9");
    REFUSED(USAGE, "--bands is for nets", "line.csv", "--formula", "y = a*x1", "--bands", "--out", "x");
    REFUSED(USAGE, "--loss squares", "line.csv", "--loss", "huber:1", "--bands", "--out", "x");
    DONE("line.csv", "--formula", "y = a*x1", "--out", "formula", "--no-plot", "-q");
    REFUSED(USAGE, "is a formula", "predict", "formula/model.json", "new.csv", "--bands");
}

/* 3 rows, 3 parameters. */
static void where_nothing_shows_the_noise_a_warning_says_so(void **state) {
    (void)state;
    write_text("line.csv", "x1,x2,y\n0.2,1,1.43\n0.5,-0.4,0.61\n1.1,0.3,2.05\n");
    const command_result *result =
        DONE("line.csv", "--hidden", "none", "--split", "100/0/0", "--bands", "--no-plot");
    assert_non_null(strstr(result->err, "fit: warning: no bands: the net has 3 effective parameters for 3 "));
    assert_false(exists("line.fit/bands.bin"));
    assert_true(exists("line.fit/model.json"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_saved_linear_net_has_the_limits_of_regression),
        IN_FOLDER(a_column_has_the_deviations_of_new_measurements),
        IN_FOLDER(predictions_have_what_predict_gives),
        IN_FOLDER(bands_of_hidden_layers_are_reported),
        IN_FOLDER(what_cannot_be_is_refused),
        IN_FOLDER(where_nothing_shows_the_noise_a_warning_says_so),
    };
    return cmocka_run_group_tests_name("command_bands", tests, NULL, NULL);
}
