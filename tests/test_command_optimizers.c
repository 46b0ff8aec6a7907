/* fit --optimizer sgd, adam, rmsprop: what they write and say, and which options go with which. */
#include "run_command.h"

#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, NO_FIT = 4 };

static void each_is_named_with_its_settings(void **state) {
    (void)state;
    static const struct {
        const char *key, *words;
        double rate;
    } list[] = {{"sgd", "stochastic gradient descent, learning rate 0.01, batch 32", 0.01},
                {"adam", "Adam, learning rate 0.001, batch 32", 0.001},
                {"rmsprop", "RMSprop, learning rate 0.001, batch 32", 0.001}};
    write_small("small.csv");
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const command_result *result =
            DONE("small.csv", "--optimizer", list[i].key, "--epochs", "5", "--no-plot");
        assert_non_null(strstr(result->out, list[i].words));
        json_t *report = read_json("small.fit/report.json");
        assert_string_equal(string_at(report, "optimizer"), list[i].key);
        assert_true(number_at(report, "learning_rate", NULL) == list[i].rate);
        assert_true(number_at(report, "batch", NULL) == 32);
        json_decref(report);
        assert_non_null(strstr(DONE("show", "small.fit/model.json")->out, list[i].words));
    }
}

static void every_setting_reaches_the_report(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--no-plot", "-q", "--epochs", "3", "--optimizer", "sgd", "--learning-rate", "0.02",
         "--momentum", "0.8", "--nesterov", "--batch", "7", "--l1", "1e-5", "--l2", "1e-4", "--clip", "2");
    json_t *report = read_json("small.fit/report.json");
    assert_true(number_at(report, "learning_rate", NULL) == 0.02);
    assert_true(number_at(report, "momentum", NULL) == 0.8);
    assert_true(json_is_true(value_at(report, "nesterov", NULL)));
    assert_true(number_at(report, "batch", NULL) == 7);
    assert_true(number_at(report, "l1", NULL) == 1e-5);
    assert_true(number_at(report, "l2", NULL) == 1e-4);
    assert_true(number_at(report, "clip", NULL) == 2);
    json_decref(report);
    assert_non_null(
        strstr(DONE("show", "small.fit/model.json")->out,
               "learning rate 0.02, Nesterov momentum 0.8, batch 7, l1 1e-05, l2 0.0001, clip 2"));
}

/* 60 rows, 42 of them for training: three batches of 20 an epoch. There is no damping. */
static void an_epoch_is_a_pass_over_the_rows(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result =
        DONE("small.csv", "--no-plot", "-v", "--epochs", "4", "--optimizer", "adam", "--batch", "20");
    assert_non_null(strstr(result->err, "gradient"));
    assert_null(strstr(result->err, "mu"));
    assert_null(strstr(result->err, "nan"));
    table t = read_table("small.fit/history.csv");
    assert_int_equal(t.rows, 5);
    for (size_t i = 1; i < t.rows; i++) {
        assert_string_equal(cell(&t, i, "mu"), "");
        assert_string_equal(cell(&t, i, "accepted"), "3");
        assert_string_equal(cell(&t, i, "rejected"), "0");
        assert_true(number(&t, i, "gradient_norm") > 0);
    }
    clear_table(&t);
}

static void it_learns_the_multimodal_data(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    json_t *report = parse_json(
        DONE("multimodal.csv", "--no-plot", "--json", "--optimizer", "adam", "--epochs", "150")->out);
    assert_true(number_at(report, "mse", "test") < 1e-4);
    json_decref(report);
}

static void the_state_is_drawn_without_a_damping(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--optimizer", "rmsprop", "--epochs", "20", "-q");
    char *script = read_text("small.fit/state.gp", NULL);
    assert_non_null(strstr(script, "gradient_norm"));
    assert_null(strstr(script, "damping"));
    free(script);
    assert_true(exists("small.fit/state.png") && exists("small.fit/error.png"));
}

static void a_net_is_trained_on_by_another_optimizer(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--no-plot", "-q", "--hidden", "6", "--optimizer", "adam", "--epochs", "50", "--out",
         "a");
    DONE("small.csv", "--no-plot", "-q", "--from", "a/model.json", "--epochs", "20", "--out", "b");
    json_t *first = read_json("a/report.json"), *second = read_json("b/report.json");
    assert_string_equal(string_at(second, "optimizer"), "lm");
    assert_null(json_object_get(second, "learning_rate"));
    assert_true(number_at(second, "mse", "train") < number_at(first, "mse", "train"));
    json_decref(first);
    json_decref(second);
}

/* Everything is written, but there is no fit to use. */
static void a_rate_that_is_too_high_is_named(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result = FIT("small.csv", "--no-plot", "--hidden", "1", "--activation", "linear",
                                       "--optimizer", "sgd", "--learning-rate", "50");
    assert_int_equal(result->code, NO_FIT);
    assert_non_null(strstr(result->err, "lower --learning-rate (50)"));
    json_t *report = read_json("small.fit/report.json");
    assert_string_equal(string_at(report, "status"), "not_converged");
    assert_int_equal(json_array_size(value_at(report, "warnings", NULL)), 1);
    json_decref(report);
}

static void options_of_another_optimizer_are_refused(void **state) {
    (void)state;
    write_small("small.csv");
    REFUSED(USAGE, "--mu is for --optimizer lm", "small.csv", "--optimizer", "adam", "--mu", "1");
    REFUSED(USAGE, "--recipe is for --optimizer lm", "small.csv", "--recipe", "trainlm", "--optimizer",
            "sgd");
    REFUSED(USAGE, "--jacobian is for --optimizer lm", "small.csv", "--jacobian=fd", "--optimizer", "sgd");
    REFUSED(USAGE, "--learning-rate is for", "small.csv", "--learning-rate", "0.1", "--lm");
    REFUSED(USAGE, "--clip is for", "small.csv", "--clip", "1");
    REFUSED(USAGE, "--momentum is for --optimizer sgd or rmsprop", "small.csv", "--optimizer", "adam",
            "--momentum", "0.9");
    REFUSED(USAGE, "--nesterov is for --optimizer sgd", "small.csv", "--optimizer", "rmsprop", "--nesterov");
    REFUSED(USAGE, "--nesterov needs --momentum", "small.csv", "--optimizer", "sgd", "--nesterov");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(each_is_named_with_its_settings),      IN_FOLDER(every_setting_reaches_the_report),
        IN_FOLDER(an_epoch_is_a_pass_over_the_rows),     IN_FOLDER(it_learns_the_multimodal_data),
        IN_FOLDER(the_state_is_drawn_without_a_damping), IN_FOLDER(a_net_is_trained_on_by_another_optimizer),
        IN_FOLDER(a_rate_that_is_too_high_is_named),     IN_FOLDER(options_of_another_optimizer_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
