/* What is done with a saved net: predict, show, and --from, which trains it on. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MODEL "small.fit/model.json"

/* small.csv and its net in small.fit. */
static void make_model(void) {
    write_small("small.csv");
    DONE("small.csv", "--hidden", "4", "--epochs", "12", "--no-plot", "-q");
}

/* ---- predict ---- */

static void check_same_fitted(const table *a, const table *b) {
    assert_int_equal(a->rows, b->rows);
    for (size_t i = 1; i < a->rows; i++) assert_string_equal(cell(a, i, "fitted"), cell(b, i, "fitted"));
}

static void the_data_give_the_fit_s_own_predictions(void **state) {
    (void)state;
    make_model();
    const command_result *result = DONE("predict", MODEL, "small.csv");
    static const char header[] = "a,b,measured,fitted,residual\n";
    assert_memory_equal(result->out, header, sizeof header - 1);
    table t = parse_table(result->out), saved = read_table("small.fit/predictions.csv");
    check_same_fitted(&t, &saved);
    for (size_t i = 1; i < t.rows; i++) {
        assert_string_equal(cell(&t, i, "a"), cell(&saved, i, "a"));
        assert_string_equal(cell(&t, i, "measured"), cell(&saved, i, "measured"));
        assert_string_equal(cell(&t, i, "residual"), cell(&saved, i, "residual"));
    }
    assert_non_null(strstr(result->err, "60 rows: MSE "));
    clear_table(&t);
    clear_table(&saved);
}

static void columns_are_matched_by_name(void **state) {
    (void)state;
    make_model();
    table t = read_table("small.csv"), saved = read_table("small.fit/predictions.csv");
    FILE *file = fopen("other.csv", "w");
    assert_non_null(file);
    fputs("label;y;b;unused;a\n", file);
    for (size_t i = 1; i < t.rows; i++)
        fprintf(file, "row %zu;%s;%s;7;%s\n", i, cell(&t, i, "y"), cell(&t, i, "b"), cell(&t, i, "a"));
    fclose(file);
    table other = parse_table(DONE("predict", MODEL, "other.csv")->out);
    check_same_fitted(&other, &saved);
    clear_table(&other);
    clear_table(&saved);
    clear_table(&t);
    write_text("other.csv", "a,c,y\n1,2,3\n");
    REFUSED(3, "input b", "predict", MODEL, "other.csv");
    write_text("other.csv", "1,2,3\n4,5,6\n"); /* without names there is nothing to match */
    REFUSED(3, "input a", "predict", MODEL, "other.csv");
}

/* A column's number is no name: the columns of a table are not taken by place. */
static void a_name_that_is_a_number_is_a_name(void **state) {
    (void)state;
    write_text("d.csv", "1,2,y\n1,2,3\n2,3,4\n3,5,4\n4,3,1\n5,1,2\n6,6,6\n");
    DONE("d.csv", "--hidden", "2", "--epochs", "2", "--no-plot", "-q");
    DONE("predict", "d.fit/model.json", "d.csv");
    write_text("e.csv", "u,v,y\n1,2,3\n2,3,4\n");
    REFUSED(3, "input 1", "predict", "d.fit/model.json", "e.csv");
}

static void the_errors_are_told_as_json(void **state) {
    (void)state;
    make_model();
    json_t *report = parse_json(DONE("predict", MODEL, "small.csv", "--json")->out);
    table saved = read_table("small.fit/predictions.csv");
    double squares = 0, sum = 0, total = 0, rows = (double)(saved.rows - 1);
    for (size_t i = 1; i < saved.rows; i++) {
        squares += pow(number(&saved, i, "residual"), 2);
        sum += number(&saved, i, "measured");
    }
    for (size_t i = 1; i < saved.rows; i++) total += pow(number(&saved, i, "measured") - sum / rows, 2);
    check_close(number_at(report, "mse", NULL), squares / rows, 1e-12);
    check_close(number_at(report, "r2", NULL), 1 - squares / total, 1e-12);
    assert_int_equal(number_at(report, "rows", NULL), 60);
    clear_table(&saved);
    json_decref(report);
}

static void without_measured_values_there_are_no_errors(void **state) {
    (void)state;
    make_model();
    write_text("new.csv", "b,a\n0.5,0.25\n-0.5,0.125\n");
    const command_result *result = DONE("predict", MODEL, "new.csv");
    static const char header[] = "a,b,fitted\n0.25,0.5,";
    assert_memory_equal(result->out, header, sizeof header - 1);
    assert_string_equal(result->err, "");
    json_t *report = parse_json(DONE("predict", MODEL, "new.csv", "--json")->out);
    assert_true(json_is_null(value_at(report, "mse", NULL)));
    assert_true(json_is_null(value_at(report, "r2", NULL)));
    json_decref(report);
    write_text("one.csv", "a,b\n0.5,0.25\n"); /* one row is enough here */
    table t = parse_table(DONE("predict", MODEL, "one.csv")->out);
    assert_int_equal(t.rows, 2);
    assert_true(isfinite(number(&t, 1, "fitted")));
    clear_table(&t);
}

static void predictions_go_where_they_are_asked(void **state) {
    (void)state;
    make_model();
    char *direct = strdup(DONE("predict", MODEL, "small.csv", "-q")->out);
    const command_result *result = DONE("predict", MODEL, "small.csv", "--out", "p.csv");
    assert_string_equal(result->out, "");
    char *file = read_text("p.csv", NULL), *data = read_text("small.csv", NULL);
    assert_string_equal(file, direct);
    DONE("predict", MODEL, "small.csv", "--out", "p.csv", "--json");
    json_decref(parse_json(result->out));
    REFUSED(5, "small.csv/p", "predict", MODEL, "small.csv", "--out", "small.csv/p");
    FIT_WITH((&(command_setup){.input = data}), "predict", MODEL, "-", "-q");
    assert_string_equal(result->out, direct);
    assert_string_equal(result->err, "");
    free(data);
    free(file);
    free(direct);
    char *names = list_folder(".");
    assert_string_equal(names, "p.csv small.csv small.fit");
    free(names);
}

static void threads_change_no_prediction(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    DONE("multimodal.csv", "--epochs", "2", "--no-plot", "-q");
    char *one = strdup(DONE("predict", "multimodal.fit/model.json", "multimodal.csv", "--threads", "1")->out);
    const command_result *result =
        DONE("predict", "multimodal.fit/model.json", "multimodal.csv", "--threads", "4");
    assert_string_equal(result->out, one);
    free(one);
}

static void several_outputs_are_predicted(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--outputs", "b,y", "--hidden", "4", "--epochs", "4", "--no-plot", "-q");
    table t = parse_table(DONE("predict", MODEL, "small.csv")->out),
          saved = read_table("small.fit/predictions.csv");
    for (size_t i = 1; i < t.rows; i++) {
        assert_string_equal(cell(&t, i, "fitted_b"), cell(&saved, i, "fitted_b"));
        assert_string_equal(cell(&t, i, "fitted_y"), cell(&saved, i, "fitted_y"));
        assert_string_equal(cell(&t, i, "residual_y"), cell(&saved, i, "residual_y"));
    }
    clear_table(&t);
    clear_table(&saved);
    write_text("new.csv", "a\n0.5\n0.25\n");
    t = parse_table(DONE("predict", MODEL, "new.csv")->out);
    assert_int_equal(t.columns, 3);
    assert_true(isfinite(number(&t, 2, "fitted_y")));
    clear_table(&t);
}

static void rows_without_all_cells(void **state) {
    (void)state;
    make_model();
    write_text("gaps.csv", "a,b\n0.5,0.25\n,0.5\n0.25,0.5\n");
    REFUSED(3, "gaps.csv:3:1", "predict", MODEL, "gaps.csv");
    const command_result *result = DONE("predict", MODEL, "gaps.csv", "--missing", "drop");
    table t = parse_table(result->out);
    assert_int_equal(t.rows, 3);
    clear_table(&t);
    assert_string_equal(result->err, "fit: warning: 1 row with missing cells left out\n");
}

/* ---- Damaged models ---- */

static void check_damaged(const char *text) {
    write_text("bad.json", text);
    REFUSED(3, "bad.json", "predict", "bad.json", "small.csv");
    REFUSED(3, "bad.json", "show", "bad.json");
    REFUSED(3, "bad.json", "small.csv", "--from", "bad.json", "--no-plot");
}

/* The model with the first from replaced by to. */
static void check_changed(const char *model, const char *from, const char *to) {
    const char *place = strstr(model, from);
    size_t size = strlen(model) + strlen(to) + 1;
    char *text = malloc(size);
    assert_non_null(place);
    assert_non_null(text);
    snprintf(text, size, "%.*s%s%s", (int)(place - model), model, to, place + strlen(from));
    check_damaged(text);
    free(text);
}

static void damaged_models_are_refused(void **state) {
    (void)state;
    make_model();
    char *model = read_text(MODEL, NULL);
    check_damaged("");
    check_damaged("{}");
    check_damaged("[1, 2]");
    check_damaged("x,y\n1,2\n");
    check_changed(model, "\"format\"", "\"form\"");
    check_changed(model, "marq-model", "other-model");
    check_changed(model, "\"format_version\": 1", "\"format_version\": 999");
    check_changed(model, "\"weights\"", "\"weight\"");
    check_changed(model, "\"tanh\"", "\"tan\"");
    check_changed(model, "\"factor\"", "\"facto\"");
    check_changed(model, "[\n     ", "[\n     1.5, ");
    check_changed(model, "[\n     ", "[\n     \"one\", ");
    check_changed(model, "\"weights\": [", "\"weights\": [], \"more\": [");
    check_changed(model, "\"inputs\": [", "\"inputs\": [], \"more\": [");
    check_changed(model, "\"layers\": [", "\"layers\": [], \"more\": [");
    check_damaged("{\"format\": \"marq-model\", \"format_version\": 1, \"kind\": \"net\"}");
    model[strlen(model) / 2] = '\0';
    check_damaged(model);
    free(model);
    REFUSED(3, "none.json", "predict", "none.json", "small.csv");
    REFUSED(3, "none.json", "show", "none.json");
    REFUSED(3, "none.json", "small.csv", "--from", "none.json");
    REFUSED(3, "none.csv", "predict", MODEL, "none.csv");
}

/* ---- show ---- */

static void a_net_is_shown_in_words(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--hidden", "5,3", "--activation", "tanh,sigmoid", "--seed", "11", "--epochs", "4",
         "--no-plot");
    static const char *const parts[] = {"2-5-3-1", "37 parameters", "tanh", "sigmoid",  "linear", "\"a\"",
                                        "\"b\"",   "\"y\"",         "11",   "4 epochs", "MSE"};
    const command_result *result = DONE("show", MODEL);
    assert_string_equal(result->err, "");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) assert_non_null(strstr(result->out, parts[i]));
}

/* ---- --from ---- */

#define MORE "--from", MODEL, "--no-plot", "--out", "more"

static void a_net_is_trained_on(void **state) {
    (void)state;
    make_model();
    DONE("small.csv", "--epochs", "0", MORE);
    check_same_files("more/predictions.csv", "small.fit/predictions.csv"); /* it begins where it was */
    DONE("small.csv", "--epochs", "10", MORE, "--goal", "0", "--split", "100/0/0");
    json_t *before = read_json(MODEL), *after = read_json("more/model.json");
    assert_true(json_equal(value_at(before, "inputs", NULL), value_at(after, "inputs", NULL)));
    assert_true(json_equal(value_at(before, "outputs", NULL), value_at(after, "outputs", NULL)));
    assert_false(json_equal(value_at(before, "layers", NULL), value_at(after, "layers", NULL)));
    json_decref(before);
    json_decref(after);
    json_t *all = parse_json(DONE("predict", MODEL, "small.csv", "--json")->out),
           *report = read_json("more/report.json");
    assert_true(number_at(report, "mse", "train") < number_at(all, "mse", NULL));
    json_decref(all);
    json_decref(report);
}

/* The scaling is the first data's, although these ask for another. */
static void other_data_keep_the_scaling(void **state) {
    (void)state;
    make_model();
    write_text("wide.csv", "a,b,y\n-10,5,3\n10,-5,4\n0,1,5\n3,3,7\n5,-2,20\n-4,2,1\n");
    DONE("wide.csv", "--epochs", "3", MORE);
    json_t *before = read_json(MODEL), *after = read_json("more/model.json");
    assert_true(json_equal(value_at(before, "inputs", NULL), value_at(after, "inputs", NULL)));
    assert_true(json_equal(value_at(before, "outputs", NULL), value_at(after, "outputs", NULL)));
    json_decref(before);
    json_decref(after);
}

static void a_split_column_is_no_share(void **state) {
    (void)state;
    write_text("d.csv", "x,s,y\n1,0,2\n2,0,3\n3,0,5\n4,1,4\n5,2,4\n6,0,7\n");
    DONE("d.csv", "--inputs", "x", "--split-column", "s", "--hidden", "2", "--epochs", "3", "--no-plot",
         "--out", "one");
    DONE("d.csv", "--inputs", "x", "--hidden", "2", "--epochs", "3", "--no-plot", "--out", "two");
    DONE("d.csv", "--inputs", "x", "--split-column", "s", "--from", "two/model.json", "--epochs", "3",
         "--no-plot", "--out", "three");
    json_t *one = read_json("one/model.json"), *two = read_json("two/model.json"),
           *three = read_json("three/model.json");
    assert_false(json_equal(json_object_get(one, "split"), json_object_get(two, "split")));
    /* nothing of the first training's split is left */
    assert_true(json_object_get(one, "split") == json_object_get(three, "split") ||
                json_equal(json_object_get(one, "split"), json_object_get(three, "split")));
    json_decref(one);
    json_decref(two);
    json_decref(three);
}

static void a_net_for_other_columns_is_refused(void **state) {
    (void)state;
    make_model();
    write_text("one.csv", "x,y\n1,2\n2,3\n3,5\n4,4\n");
    write_text("swapped.csv", "b,a,y\n1,2,3\n2,3,4\n3,5,4\n4,4,9\n");
    REFUSED(2, "2 inputs", "one.csv", "--from", MODEL);
    REFUSED(2, "2 inputs", "small.csv", "--from", MODEL, "--inputs", "a");
    REFUSED(2, "--inputs", "swapped.csv", "--from", MODEL);
    REFUSED(2, "outputs", "small.csv", "--from", MODEL, "--inputs", "a", "--outputs", "b,y");
    DONE("swapped.csv", "--inputs", "a,b", "--epochs", "1", MORE);
}

static void what_the_model_says_is_not_chosen_again(void **state) {
    (void)state;
    make_model();
    REFUSED(2, "--from", "small.csv", "--from", MODEL, "--hidden", "3");
    REFUSED(2, "--from", "small.csv", "--from", MODEL, "--activation", "relu");
    REFUSED(2, "--from", "small.csv", "--from", MODEL, "--init", "xavier");
    REFUSED(2, "--from", "small.csv", "--from", MODEL, "--normalise", "unit");
    DONE("small.csv", "--recipe", "trainlm", "--epochs", "2", MORE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_data_give_the_fit_s_own_predictions),
        IN_FOLDER(columns_are_matched_by_name),
        IN_FOLDER(a_name_that_is_a_number_is_a_name),
        IN_FOLDER(the_errors_are_told_as_json),
        IN_FOLDER(without_measured_values_there_are_no_errors),
        IN_FOLDER(predictions_go_where_they_are_asked),
        IN_FOLDER(threads_change_no_prediction),
        IN_FOLDER(several_outputs_are_predicted),
        IN_FOLDER(rows_without_all_cells),
        IN_FOLDER(damaged_models_are_refused),
        IN_FOLDER(a_net_is_shown_in_words),
        IN_FOLDER(a_net_is_trained_on),
        IN_FOLDER(other_data_keep_the_scaling),
        IN_FOLDER(a_split_column_is_no_share),
        IN_FOLDER(a_net_for_other_columns_is_refused),
        IN_FOLDER(what_the_model_says_is_not_chosen_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
