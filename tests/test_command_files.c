/* The command's files: which there are, what is in them, that they say the same as the report, and that the
 * same command writes the same bits. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const sets[] = {"train", "validation", "test"};

/* A fit that all that follows can look at in no time. */
#define SMALL_FIT "small.csv", "--hidden", "4", "--epochs", "12", "--no-plot"

/* ---- The report ---- */

static void check_kinds(const json_t *report) {
    static const char *const texts[] = {"version",  "status", "stop_reason", "optimizer",
                                        "jacobian", "recipe", "blas",        "model"};
    static const char *const whole[] = {"epochs", "n_parameters", "threads", "seed"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        assert_true(string_at(report, texts[i])[0] != '\0');
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        assert_true(json_is_integer(value_at(report, whole[i], NULL)));
    assert_true(json_is_array(value_at(report, "warnings", NULL)));
    assert_true(json_is_array(value_at(report, "plots", NULL)));
    assert_true(number_at(report, "seconds", NULL) >= 0);
    for (int s = 0; s < 3; s++) {
        assert_true(json_is_integer(value_at(report, "rows", sets[s])));
        assert_true(json_is_real(value_at(report, "mse", sets[s])));
        assert_true(json_is_real(value_at(report, "r2", sets[s])));
    }
}

/* The promise of the README: this one command, without any further choice. */
static void the_multimodal_data_are_fitted(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    const command_result *result = DONE("multimodal.csv", "--lm", "--no-plot", "--json");
    assert_string_equal(result->err, "");
    char *file = read_text("multimodal.fit/report.json", NULL);
    assert_string_equal(result->out, file);
    json_t *report = parse_json(file);
    check_kinds(report);
    assert_string_equal(string_at(report, "status"), "converged");
    assert_string_equal(string_at(report, "optimizer"), "lm");
    assert_string_equal(string_at(report, "jacobian"), "analytic");
    assert_string_equal(string_at(report, "recipe"), "marq");
    assert_string_equal(string_at(report, "model"), "model.json");
    assert_int_equal(number_at(report, "n_parameters", NULL), 681);
    assert_int_equal(number_at(report, "seed", NULL), 1);
    assert_int_equal(number_at(report, "rows", "train"), 700);
    assert_int_equal(number_at(report, "rows", "validation"), 150);
    assert_int_equal(number_at(report, "rows", "test"), 150);
    for (int s = 0; s < 3; s++) {
        assert_true(number_at(report, "mse", sets[s]) < 1e-9);
        assert_true(number_at(report, "r2", sets[s]) > 1 - 1e-7);
    }
    assert_int_equal(json_array_size(value_at(report, "warnings", NULL)), 0);
    json_decref(report);
    free(file);
}

static void the_text_for_a_person_has_the_errors_and_the_files(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result = DONE(SMALL_FIT);
    assert_string_equal(result->err, "");
    static const char *const parts[] = {"small.csv", "60 rows", "y from a, b", "2-4-1",      "17 parameters",
                                        "training ", "test ",   "model.json",  "history.csv"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_non_null(strstr(result->out, parts[i]));
    for (const char *c = result->out; *c; c++) assert_true((*c >= ' ' && *c <= '~') || *c == '\n');
}

/* ---- history.csv ---- */

static void check_history_row(const table *t, size_t row) {
    static const char *const positive[] = {"mse_train", "mse_validation", "mse_test", "mu"};
    assert_int_equal(number(t, row, "epoch"), row);
    for (size_t k = 0; k < sizeof positive / sizeof *positive; k++)
        assert_true(number(t, row, positive[k]) > 0);
    assert_true(number(t, row, "gradient_norm") >= 0);
    assert_int_equal(number(t, row, "accepted"), 1); /* the full batch: an epoch is one accepted step */
    assert_true(number(t, row, "rejected") >= 0);
    if (row > 1) assert_true(number(t, row, "seconds") >= number(t, row - 1, "seconds"));
}

static void the_history_has_a_row_an_epoch(void **state) {
    (void)state;
    static const char first[] =
        "epoch,seconds,mse_train,mse_validation,mse_test,mu,gradient_norm,accepted,rejected";
    write_small("small.csv");
    DONE(SMALL_FIT);
    char *text = read_text("small.fit/history.csv", NULL);
    assert_memory_equal(text, first, sizeof first - 1);
    free(text);
    table t = read_table("small.fit/history.csv");
    json_t *report = read_json("small.fit/report.json");
    assert_int_equal(t.rows - 1, number_at(report, "epochs", NULL));
    assert_int_equal(t.rows - 1, 12);
    for (size_t i = 1; i < t.rows; i++) check_history_row(&t, i);
    size_t best = (size_t)number_at(report, "best_epoch", NULL);
    check_close(number(&t, best, "mse_train"), number_at(report, "mse", "train"), 1e-12);
    check_close(number(&t, best, "mse_validation"), number_at(report, "mse", "validation"), 1e-12);
    check_close(number(&t, best, "mse_test"), number_at(report, "mse", "test"), 1e-12);
    for (size_t i = 1; i < t.rows; i++)
        assert_true(number(&t, i, "mse_validation") >= number(&t, best, "mse_validation"));
    json_decref(report);
    clear_table(&t);
}

/* 42 training rows, not scaled; the evidence speaks at every second step. */
static void bayesian_epochs_have_alpha_beta_and_gamma(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--bayes", "--normalise", "none");
    table t = read_table("small.fit/history.csv");
    assert_true(t.rows > 4);
    assert_string_equal(cell(&t, 1, "alpha"), "");
    assert_string_equal(cell(&t, 1, "beta"), "");
    for (size_t i = 2; i < t.rows; i++) {
        double beta = number(&t, i, "beta"), gamma = number(&t, i, "effective_parameters");
        check_close(number(&t, i, "alpha"), number(&t, i, "decay") * beta, 1e-14);
        if (i % 2 == 0) check_close(beta, (42 - gamma) / (42 * number(&t, i, "mse_train")), 1e-10);
    }
    clear_table(&t);
    const char *lines = DONE(SMALL_FIT, "--bayes", "-v")->err;
    assert_non_null(strstr(lines, "  gamma "));
}

static void without_epochs_the_start_is_reported(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--epochs", "0", "--no-plot", "--hidden", "4");
    table t = read_table("small.fit/history.csv");
    assert_int_equal(t.rows, 1);
    clear_table(&t);
    json_t *report = read_json("small.fit/report.json");
    assert_string_equal(string_at(report, "status"), "limit");
    assert_int_equal(number_at(report, "epochs", NULL), 0);
    assert_true(number_at(report, "mse", "train") > 0);
    json_decref(report);
}

/* ---- predictions.csv ---- */

/* The file's rows against the data, and their mean squared errors against the report. */
static void check_predictions(const char *data_file, const char *folder, const char *const *inputs,
                              double tolerance) {
    char path[200];
    snprintf(path, sizeof path, "%s/predictions.csv", folder);
    table t = read_table(path), data = read_table(data_file);
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *report = read_json(path);
    double sum[3] = {0}, rows[3] = {0};
    assert_int_equal(t.rows, data.rows);
    for (size_t i = 1; i < t.rows; i++) {
        double residual = number(&t, i, "residual");
        int s = 0;
        for (const char *const *x = inputs; *x; x++) assert_true(number(&t, i, *x) == number(&data, i, *x));
        assert_true(number(&t, i, "measured") == number(&data, i, "y"));
        assert_true(residual == number(&t, i, "measured") - number(&t, i, "fitted"));
        while (s < 2 && strcmp(cell(&t, i, "set"), sets[s]) != 0) s++;
        assert_string_equal(cell(&t, i, "set"), sets[s]);
        sum[s] += residual * residual;
        rows[s]++;
    }
    for (int s = 0; s < 3; s++) {
        assert_int_equal(rows[s], number_at(report, "rows", sets[s]));
        check_close(sum[s] / rows[s], number_at(report, "mse", sets[s]), tolerance);
    }
    json_decref(report);
    clear_table(&data);
    clear_table(&t);
}

static void the_predictions_give_the_report_s_errors(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT);
    char *text = read_text("small.fit/predictions.csv", NULL);
    static const char header[] = "a,b,measured,fitted,residual,set\n";
    assert_memory_equal(text, header, sizeof header - 1);
    free(text);
    check_predictions("small.csv", "small.fit", (const char *const[]){"a", "b", NULL}, 1e-12);
    write_multimodal("multimodal.csv");
    DONE("multimodal.csv", "--no-plot", "--epochs", "8");
    check_predictions("multimodal.csv", "multimodal.fit", (const char *const[]){"x", NULL}, 1e-6);
}

static void several_outputs_have_their_own_columns(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--no-plot", "--epochs", "3", "--hidden", "4", "--outputs", "y,b");
    char *text = read_text("small.fit/predictions.csv", NULL);
    static const char header[] = "a,measured_y,measured_b,fitted_y,fitted_b,residual_y,residual_b,set\n";
    assert_memory_equal(text, header, sizeof header - 1);
    free(text);
    table t = read_table("small.fit/predictions.csv");
    json_t *report = read_json("small.fit/report.json");
    double sum = 0, rows = 0;
    for (size_t i = 1; i < t.rows; i++) {
        if (strcmp(cell(&t, i, "set"), "train") != 0) continue;
        sum += pow(number(&t, i, "residual_y"), 2) + pow(number(&t, i, "residual_b"), 2);
        rows += 2; /* the mean is over rows and outputs */
    }
    check_close(sum / rows, number_at(report, "mse", "train"), 1e-12);
    json_decref(report);
    clear_table(&t);
}

/* ---- model.json ---- */

/* Counts the numbers below a value, all of which must be plain. */
static size_t count_numbers(const json_t *value) {
    if (json_is_number(value)) return 1;
    assert_true(json_is_array(value));
    size_t count = 0;
    for (size_t i = 0; i < json_array_size(value); i++) count += count_numbers(json_array_get(value, i));
    return count;
}

static void the_model_is_plain_json(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--seed", "7", "--split", "60/20/20");
    json_t *model = read_json("small.fit/model.json");
    assert_true(string_at(model, "format")[0] != '\0');
    assert_true(json_is_integer(value_at(model, "format_version", NULL)));
    assert_int_equal(number_at(model, "seed", NULL), 7);
    assert_int_equal(count_numbers(value_at(model, "split", NULL)), 3);
    const json_t *layers = value_at(model, "layers", NULL);
    size_t count = 0;
    for (size_t l = 0; l < json_array_size(layers); l++)
        count += count_numbers(value_at(json_array_get(layers, l), "weights", NULL)) +
                 count_numbers(value_at(json_array_get(layers, l), "biases", NULL));
    assert_int_equal(count, 17);
    assert_int_equal(number_at(model, "n_parameters", NULL), 17);
    const json_t *inputs = value_at(model, "inputs", NULL), *outputs = value_at(model, "outputs", NULL);
    assert_int_equal(json_array_size(inputs), 2);
    assert_string_equal(string_at(json_array_get(inputs, 1), "name"), "b");
    assert_string_equal(string_at(json_array_get(outputs, 0), "name"), "y");
    json_decref(model);
}

/* ---- The folder ---- */

static void check_listing(const char *folder, const char *expected) {
    char *names = list_folder(folder);
    assert_string_equal(names, expected);
    free(names);
}

static const char plain_files[] = "history.csv model.json predictions.csv report.json";

static void the_folder_is_named_after_the_data(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT);
    check_listing("small.fit", plain_files);
    DONE(SMALL_FIT, "--out", "else where");
    check_listing("else where", plain_files);
    check_listing(".", "else where small.csv small.fit");
    write_small("else where/far.data.txt");
    DONE("else where/far.data.txt", "--epochs", "1", "--no-plot", "--hidden", "2");
    check_listing("far.data.fit", plain_files);
    write_small("bare");
    DONE("./bare", "--epochs", "1", "--no-plot", "--hidden", "2");
    check_listing("bare.fit", plain_files);
}

static void standard_input_is_a_table_too(void **state) {
    (void)state;
    write_small("small.csv");
    char *text = read_text("small.csv", NULL);
    const command_result *result =
        FIT_WITH((&(command_setup){.input = text}), "-", "--hidden", "4", "--epochs", "12", "--no-plot");
    assert_int_equal(result->code, 0);
    check_listing("stdin.fit", plain_files);
    DONE(SMALL_FIT);
    check_same_files("stdin.fit/model.json", "small.fit/model.json");
    check_same_files("stdin.fit/predictions.csv", "small.fit/predictions.csv");
    free(text);
}

/* Results of an earlier run never stand beside those of the last one as if they were its own. */
static void the_next_run_replaces_the_files(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--profile");
    write_text("small.fit/comparison.png", "old");
    write_text("small.fit/error.svg", "old");
    write_text("small.fit/regression.pdf", "old");
    write_text("small.fit/notes.txt", "mine");
    write_text("small.fit/my-comparison.png", "mine");
    DONE(SMALL_FIT, "--epochs", "2");
    assert_false(exists("small.fit/comparison.png"));
    assert_false(exists("small.fit/error.svg"));
    assert_false(exists("small.fit/regression.pdf"));
    assert_true(exists("small.fit/notes.txt"));
    assert_true(exists("small.fit/my-comparison.png"));
    table t = read_table("small.fit/history.csv");
    assert_int_equal(t.rows, 3);
    clear_table(&t);
    json_t *report = read_json("small.fit/report.json");
    assert_int_equal(number_at(report, "epochs", NULL), 2);
    json_decref(report);
}

static void an_earlier_run_s_profile_is_removed(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--profile");
    assert_true(exists("small.fit/profile.folded"));
    DONE(SMALL_FIT);
    check_listing("small.fit", plain_files);
}

/* ---- The same bits ---- */

/* history.csv without the column that may differ. */
static char *history_without_seconds(const char *path) {
    table t = read_table(path);
    size_t size = strlen(path) + 1, length = 0;
    for (size_t i = 0; i < t.rows * t.columns; i++) size += strlen(t.cells[i]) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    for (size_t i = 0; i < t.rows * t.columns; i++)
        if (strcmp(t.cells[i % t.columns], "seconds") != 0)
            length += (size_t)snprintf(text + length, size - length, "%s,", t.cells[i]);
    clear_table(&t);
    return text;
}

/* other/ is from a run that must give the bits of first/. */
static void check_same_bits(void) {
    check_same_files("first/model.json", "other/model.json");
    check_same_files("first/predictions.csv", "other/predictions.csv");
    char *first = history_without_seconds("first/history.csv"),
         *other = history_without_seconds("other/history.csv");
    assert_string_equal(other, first);
    free(first);
    free(other);
}

#define EIGHT_EPOCHS "multimodal.csv", "--no-plot", "--epochs", "8"

static void the_same_command_gives_the_same_bits(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    DONE(EIGHT_EPOCHS, "--out", "first", "--threads", "1");
    DONE(EIGHT_EPOCHS, "--out", "other", "--threads", "1");
    check_same_bits();
    DONE(EIGHT_EPOCHS, "--out", "other", "--threads", "1", "-v", "--profile", "--time", "1000");
    check_same_bits();
}

static void threads_change_no_bit(void **state) {
    (void)state;
    static const char *const counts[] = {"2", "3", "4"};
    write_multimodal("multimodal.csv");
    DONE(EIGHT_EPOCHS, "--out", "first", "--threads", "1");
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        DONE(EIGHT_EPOCHS, "--out", "other", "--threads", counts[i]);
        check_same_bits();
        json_t *report = read_json("other/report.json");
        assert_int_equal(number_at(report, "threads", NULL), i + 2);
        json_decref(report);
    }
    command_setup four = {.environment = (const char *const[]){"OMP_NUM_THREADS=4", NULL}};
    assert_int_equal(FIT_WITH(&four, EIGHT_EPOCHS, "--out", "other", "--threads", "1")->code, 0);
    check_same_bits();
    assert_int_equal(FIT_WITH(&four, EIGHT_EPOCHS, "--out", "other")->code, 0);
    check_same_bits();
}

static void a_comma_locale_changes_nothing(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--out", "first");
    command_setup german = {.environment =
                                (const char *const[]){"LC_ALL=de_DE.UTF-8", "LANG=de_DE.UTF-8", NULL}};
    assert_int_equal(FIT_WITH(&german, SMALL_FIT, "--out", "other", "--mu", "0.01")->code, 0);
    check_same_bits();
}

static void the_seed_changes_split_and_start(void **state) {
    (void)state;
    write_small("small.csv");
    DONE(SMALL_FIT, "--out", "first");
    DONE(SMALL_FIT, "--out", "other", "--seed", "2");
    table a = read_table("first/predictions.csv"), b = read_table("other/predictions.csv");
    size_t other_set = 0, other_fit = 0;
    for (size_t i = 1; i < a.rows; i++) {
        other_set += strcmp(cell(&a, i, "set"), cell(&b, i, "set")) != 0;
        other_fit += strcmp(cell(&a, i, "fitted"), cell(&b, i, "fitted")) != 0;
    }
    assert_true(other_set > 0);
    assert_int_equal(other_fit, a.rows - 1);
    clear_table(&a);
    clear_table(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_multimodal_data_are_fitted),
        IN_FOLDER(the_text_for_a_person_has_the_errors_and_the_files),
        IN_FOLDER(the_history_has_a_row_an_epoch),
        IN_FOLDER(bayesian_epochs_have_alpha_beta_and_gamma),
        IN_FOLDER(without_epochs_the_start_is_reported),
        IN_FOLDER(the_predictions_give_the_report_s_errors),
        IN_FOLDER(several_outputs_have_their_own_columns),
        IN_FOLDER(the_model_is_plain_json),
        IN_FOLDER(the_folder_is_named_after_the_data),
        IN_FOLDER(standard_input_is_a_table_too),
        IN_FOLDER(the_next_run_replaces_the_files),
        IN_FOLDER(an_earlier_run_s_profile_is_removed),
        IN_FOLDER(the_same_command_gives_the_same_bits),
        IN_FOLDER(threads_change_no_bit),
        IN_FOLDER(a_comma_locale_changes_nothing),
        IN_FOLDER(the_seed_changes_split_and_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
