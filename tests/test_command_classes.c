/* Classes from the command: --loss cross-entropy. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USAGE = 2, DATA = 3 };

#define QUICK "--loss", "cross-entropy", "--hidden", "4", "--no-plot", "-q"

/* 90 rows a,b,kind: three classes by where (a, b) is, some of them wrong. two: two classes. */
static void write_kinds(const char *path, const char *const *names, int two) {
    char text[4000] = "a,b,kind\n", *at = text + strlen(text);
    for (int i = 0; i < 90; i++) {
        double a = (i * 37 % 90) / 45.0 - 1, b = (i * 53 % 90) / 45.0 - 1;
        int kind = a + 0.3 * b > 0.3 ? 2 : a * a + b > 0 ? 1 : 0;
        if (i % 17 == 3) kind = (kind + 1) % 3;
        at += sprintf(at, "%g,%g,%s\n", a, b, names[two ? kind > 0 : kind]);
    }
    write_text(path, text);
}

static const char *const words[] = {"red", "blue, dark", "green"};

static void texts_are_classes(void **state) {
    (void)state;
    const char *const quoted[] = {"red", "\"blue, dark\"", "green"};
    write_kinds("k.csv", quoted, 0);
    json_t *report = parse_json(DONE("k.csv", QUICK, "--json")->out);
    const json_t *classes = value_at(report, "classes", NULL);
    assert_int_equal(json_array_size(classes), 3); /* sorted */
    assert_string_equal(json_string_value(json_array_get(classes, 0)), words[1]);
    assert_string_equal(json_string_value(json_array_get(classes, 2)), words[0]);
    assert_string_equal(string_at(report, "loss_function"), "cross-entropy");
    assert_true(number_at(report, "accuracy", "train") > 0.8);
    assert_true(number_at(report, "cross_entropy", "train") < 0.7);
    double right = 0, all = 0;
    for (size_t i = 0; i < 9; i++) {
        const json_t *row = json_array_get(value_at(report, "confusion", "train"), i / 3);
        double count = (double)json_integer_value(json_array_get(row, i % 3));
        all += count;
        if (i % 4 == 0) right += count;
    }
    assert_true(all == number_at(report, "rows", "train"));
    check_close(right / all, number_at(report, "accuracy", "train"), 1e-14);
    json_decref(report);
    const char *shown = DONE("show", "k.fit/model.json")->out;
    assert_non_null(strstr(shown, "classes by softmax: blue, dark, green, red"));
    assert_non_null(strstr(shown, "cross-entropy"));
}

/* Of the test rows: a line a class, a column the likeliest one. */
static void the_text_has_the_confusion_matrix(void **state) {
    (void)state;
    const char *const names[] = {"no", "a very long name", "yes"}, *const sorted[] = {names[1], "no", "yes"};
    write_kinds("k.csv", names, 0);
    const char *matrix = strstr(DONE("k.csv", "--loss", "cross-entropy", "--hidden", "4", "--no-plot")->out,
                                "\ntest rows by class, and by likeliest class across:\n");
    assert_non_null(matrix);
    json_t *report = read_json("k.fit/report.json");
    const json_t *rows = value_at(report, "confusion", "test");
    for (size_t k = 0; k < 3; k++) {
        char line[200] = "\n";
        int length = 1;
        for (size_t g = 0; g < 3; g++)
            length += snprintf(line + length, sizeof line - (size_t)length, " %7lld",
                               json_integer_value(json_array_get(json_array_get(rows, k), g)));
        snprintf(line + length, sizeof line - (size_t)length, "  %s\n", sorted[k]);
        assert_non_null(strstr(matrix, line));
    }
    json_decref(report);
}

/* The same of a training and of its saved net: limits about each probability, on the scale of ln(p/(1 − p)),
 * where they are as far to both sides. */
static void probabilities_have_bands(void **state) {
    (void)state;
    static const char *const numbers[] = {"p_green", "std_error_green", "lower_green", "upper_green",
                                          "std_error_blue"};
    static const char *const kinds[] = {"red", "blue", "green"};
    write_kinds("k.csv", kinds, 0);
    json_t *report = parse_json(DONE("k.csv", QUICK, "--bands", "--json")->out);
    double effective = number_at(value_at(report, "bands", NULL), "effective_parameters", NULL);
    assert_true(effective > 1 && effective < number_at(report, "n_parameters", NULL));
    json_decref(report);
    table t = read_table("k.fit/predictions.csv"),
          saved = parse_table(DONE("predict", "k.fit/model.json", "k.csv", "--bands")->out);
    for (size_t i = 1; i < t.rows; i++) {
        double p = number(&t, i, "p_green"), error = number(&t, i, "std_error_green") / (p * (1 - p)),
               low = number(&t, i, "lower_green"), high = number(&t, i, "upper_green");
        assert_true(0 <= low && low < p && p < high && high <= 1);
        check_close(log(high / (1 - high)) - log(p / (1 - p)), 1.959963984540054 * error, 1e-6);
        check_close(log(p / (1 - p)) - log(low / (1 - low)), 1.959963984540054 * error, 1e-6);
        for (size_t k = 0; k < 5; k++)
            assert_string_equal(cell(&t, i, numbers[k]), cell(&saved, i, numbers[k]));
    }
    clear_table(&t);
    clear_table(&saved);
    write_text("far.csv", "a,b\n0,0\n40,-40\n");
    DONE("k.csv", "--loss", "cross-entropy", "--hidden", "none", "--bands", "--no-plot", "-q");
    const command_result *far = DONE("predict", "k.fit/model.json", "far.csv", "--bands");
    assert_non_null(strstr(far->err, "row 2 extrapolates"));
    DONE("k.csv", QUICK, "--bands"); /* neurons that are far out hardly tell classes apart */
    write_text("far.csv", "a,b\n40,40\n-40,40\n40,-40\n-40,-40\n0,40\n0,-40\n40,0\n-40,0\n");
    t = parse_table(DONE("predict", "k.fit/model.json", "far.csv", "--bands")->out);
    for (size_t i = 1; i < t.rows; i++) {
        double p = number(&t, i, "p_green"), error = number(&t, i, "std_error_green");
        assert_true(error > 0 && error <= sqrt(p * (1 - p)) * (1 + 1e-12));
    }
    clear_table(&t);
    REFUSED(USAGE, "--sigma", "predict", "k.fit/model.json", "k.csv", "--bands", "--sigma", "a");
}

/* Probabilities add up, and the likeliest class is the fitted one. */
static void predictions_hold_probabilities(void **state) {
    (void)state;
    const char *const names[] = {"1", "3", "12"};
    write_kinds("k.csv", names, 0);
    DONE("k.csv", QUICK);
    table t = read_table("k.fit/predictions.csv");
    assert_int_equal(t.rows, 91);
    for (size_t i = 1; i < t.rows; i++) {
        double p[] = {number(&t, i, "p_1"), number(&t, i, "p_3"), number(&t, i, "p_12")};
        size_t best = p[1] > p[0] ? 1 : 0;
        if (p[2] > p[best]) best = 2;
        assert_true(fabs(p[0] + p[1] + p[2] - 1) < 1e-14);
        assert_string_equal(cell(&t, i, "fitted"), names[best]);
        assert_true(strcmp(cell(&t, i, "measured"), "1") == 0 || number(&t, i, "measured") >= 3);
    }
    clear_table(&t);
    table history = read_table("k.fit/history.csv");
    assert_true(number(&history, history.rows - 1, "accuracy_train") > 0.5);
    clear_table(&history);
}

/* With the classes in the data they are judged; without them, or some of the columns elsewhere, predicted. */
static void saved_classifiers_predict(void **state) {
    (void)state;
    const char *const names[] = {"no", "yes", "yes"};
    write_kinds("k.csv", names, 1);
    json_t *report = parse_json(DONE("k.csv", QUICK, "--json", "--split", "100/0/0", "--epochs", "30")->out);
    const command_result *result = DONE("predict", "k.fit/model.json", "k.csv", "--json");
    json_t *judged = parse_json(result->out);
    assert_true(number_at(judged, "accuracy", NULL) == number_at(report, "accuracy", "train"));
    check_close(number_at(judged, "cross_entropy", NULL), number_at(report, "cross_entropy", "train"), 1e-12);
    json_decref(judged);
    json_decref(report);
    assert_non_null(strstr(DONE("predict", "k.fit/model.json", "k.csv")->err, "90 rows: accuracy "));
    write_text("new.csv", "b,a\n0.5,-0.2\n-1,1\n");
    table t = parse_table(DONE("predict", "k.fit/model.json", "new.csv")->out);
    assert_int_equal(t.rows, 3);
    check_close(number(&t, 1, "p_no") + number(&t, 1, "p_yes"), 1, 1e-14);
    clear_table(&t);
    DONE("k.csv", "--from", "k.fit/model.json", "--loss", "cross-entropy", "--no-plot", "-q", "--epochs", "2",
         "--out", "on");
    write_text("odd.csv", "a,b,kind\n0,0,maybe\n");
    REFUSED(DATA, "odd.csv:2:3: the model has no class maybe", "predict", "k.fit/model.json", "odd.csv");
    REFUSED(USAGE, "is a classifier", "k.csv", "--from", "k.fit/model.json", "--outputs", "b", "--inputs",
            "a");
}

static void first_order_methods_classify(void **state) {
    (void)state;
    const char *const names[] = {"x", "y", "z"};
    write_kinds("k.csv", names, 0);
    json_t *report =
        parse_json(DONE("k.csv", QUICK, "--json", "--optimizer", "adam", "--learning-rate", "0.02")->out);
    assert_true(number_at(report, "accuracy", "train") > 0.8);
    json_decref(report);
}

static void a_linear_model_has_no_hidden_layer(void **state) {
    (void)state;
    const char *const names[] = {"x", "y", "z"};
    write_kinds("k.csv", names, 0);
    json_t *report = parse_json(
        DONE("k.csv", "--loss", "cross-entropy", "--hidden", "none", "--no-plot", "-q", "--json")->out);
    assert_true(number_at(report, "n_parameters", NULL) == 9);
    json_decref(report);
}

static void the_confusion_matrix_is_drawn(void **state) {
    (void)state;
    const char *const names[] = {"x", "y", "z"};
    write_kinds("k.csv", names, 0);
    DONE("k.csv", "--loss", "cross-entropy", "--hidden", "3", "--epochs", "5", "-q");
    assert_true(exists("k.fit/confusion.gp") && exists("k.fit/error.gp"));
    assert_false(exists("k.fit/regression.gp"));
    char *script = read_text("k.fit/error.gp", NULL);
    assert_non_null(strstr(script, "cross-entropy"));
    free(script);
    script = read_text("k.fit/confusion.gp", NULL);
    assert_non_null(strstr(script, "'test rows: "));
    free(script);
    DONE("k.csv", "--loss", "cross-entropy", "--hidden", "3", "--epochs", "5", "-q", "--split", "1/0/0");
    script = read_text("k.fit/confusion.gp", NULL);
    assert_non_null(strstr(script, "'all rows: "));
    free(script);
}

/* The kinds of write_kinds, of some rows other than once: a column s = 1/√times, or so many rows; or no kind
 * in place of no row. A column set has them all in the training set. */
static void write_counted(const char *path, bool repeated, bool empty) {
    static const int times[] = {1, 3, 1, 2, 0};
    char text[8000] = "a,b,s,set,kind\n", *at = text + strlen(text);
    for (int i = 0; i < 90; i++) {
        double a = (i * 37 % 90) / 45.0 - 1, b = (i * 53 % 90) / 45.0 - 1;
        const char *kind = words[i % 7 == 3 ? 0 : a + 0.3 * b > 0.3 ? 2 : 0];
        int count = times[i % 5];
        for (int k = 0; repeated && k < count; k++) at += sprintf(at, "%g,%g,1,0,%s\n", a, b, kind);
        if (!repeated && count > 0) at += sprintf(at, "%g,%g,%.17g,0,%s\n", a, b, 1 / sqrt(count), kind);
        if (!repeated && count == 0 && empty) at += sprintf(at, "%g,%g,1,0,\n", a, b);
    }
    write_text(path, text);
}

#define LOGISTIC                                                                                             \
    "--loss", "cross-entropy", "--hidden", "none", "--normalise", "none", "--split-column", "set",           \
        "--inputs", "a,b", "--no-plot", "-q", "--min-grad", "1e-12"

/* Logistic regression: one minimum, whatever the order of sums. */
static void rows_have_weights_and_may_lack_a_class(void **state) {
    (void)state;
    write_counted("repeated.csv", true, false);
    write_counted("weighted.csv", false, true);
    DONE("repeated.csv", LOGISTIC, "--outputs", "kind", "--out", "repeated", "--decay", "1e-9");
    REFUSED(DATA, "a missing value in column kind", "weighted.csv", LOGISTIC, "--sigma", "s");
    DONE("weighted.csv", LOGISTIC, "--sigma", "s", "--missing", "mask", "--out", "weighted", "--decay",
         "1e-9");
    DONE("weighted.csv", LOGISTIC, "--missing", "mask", "--out", "unweighted", "--decay", "1e-9");
    table expected =
              parse_table(DONE("predict", "repeated/model.json", "weighted.csv", "--missing", "mask")->out),
          t = read_table("weighted/predictions.csv"), other = read_table("unweighted/predictions.csv");
    assert_int_equal(t.rows, 91);
    assert_int_equal(expected.rows, 91);
    double most = 0;
    for (size_t i = 1; i < t.rows; i++) {
        double p = number(&t, i, "p_red");
        check_close(p, number(&expected, i, "p_red"), 1e-6);
        most = fmax(most, fabs(p - number(&other, i, "p_red")));
        if (i % 5 == 0) assert_string_equal(cell(&t, i, "measured"), "");
    }
    assert_true(most > 0.01);
    clear_table(&expected);
    clear_table(&t);
    clear_table(&other);
    json_t *report = read_json("weighted/report.json");
    assert_true(number_at(report, "rows", "train") == 90);
    json_decref(report);
}

/* The same net, and the same saved, where some classes are not known. */
static void rows_without_a_class_go_with_everything(void **state) {
    (void)state;
    write_counted("k.csv", false, true);
    static const char *const ways[][7] = {
        {"--bayes", "--bands", NULL},
        {"--restarts", "2", "--bands", "--sigma", "s", NULL},
        {"--optimizer", "adam", "--batch", "16", "--sigma", "s", NULL},
        {"--batch", "20", "--sigma", "s", NULL},
    };
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        const char *all[30] = {"k.csv", QUICK, "--epochs", "4", "--inputs", "a,b", "--missing", "mask"};
        size_t count = 0;
        while (all[count]) count++;
        for (size_t w = 0; ways[k][w]; w++) all[count++] = ways[k][w];
        check_done(all);
        const command_result *result = DONE("predict", "k.fit/model.json", "k.csv", "--missing", "mask");
        assert_non_null(strstr(result->err, "90 rows: accuracy 0."));
    }
    REFUSED(USAGE, "no --output-weights", "k.csv", QUICK, "--output-weights", "1");
}

/* New data need not have all classes of the net that is trained on: theirs keep their numbers. */
static void some_of_a_nets_classes_suffice(void **state) {
    (void)state;
    const char *const all[] = {"a", "b", "c"}, *const some[] = {"b", "c", "c"},
                      *const other[] = {"b", "x", "c"};
    write_kinds("all.csv", all, 0);
    write_kinds("some.csv", some, 0);
    write_kinds("other.csv", other, 0);
    DONE("all.csv", QUICK, "--epochs", "5");
    json_t *report = parse_json(DONE("some.csv", "--from", "all.fit/model.json", "--loss", "cross-entropy",
                                     "--epochs", "30", "--no-plot", "-q", "--json")
                                    ->out);
    const json_t *confusion = value_at(report, "confusion", "train");
    assert_int_equal(json_array_size(value_at(report, "classes", NULL)), 3);
    for (size_t given = 0; given < 3; given++)
        assert_int_equal(json_integer_value(json_array_get(json_array_get(confusion, 0), given)), 0);
    assert_true(number_at(report, "accuracy", "train") > 0.7);
    json_decref(report);
    table t = read_table("some.fit/predictions.csv");
    assert_non_null(strchr("bc", *cell(&t, 1, "measured")));
    number(&t, 1, "p_a");
    clear_table(&t);
    REFUSED(USAGE, "all.fit/model.json has no class x", "other.csv", "--from", "all.fit/model.json", "--loss",
            "cross-entropy");
}

/* Of 40 rows 10 of class c are in the test set alone, and one of class d in the validation set. */
static void classes_that_no_training_row_has_are_told(void **state) {
    (void)state;
    char text[2000] = "a,set,kind\n", *at = text + strlen(text);
    for (int i = 0; i < 41; i++)
        at += sprintf(at, "%d,%d,%c\n", i, i == 40 ? 1 : i % 4 == 3 ? 2 : 0, i == 40 ? 'd' : "abac"[i % 4]);
    write_text("k.csv", text);
    static const char *const words_of[] = {"2 classes have no training row and cannot be learned: c, d",
                                           "the class c has no training row and cannot be learned"};
    for (int k = 0; k < 2; k++) {
        const command_result *result =
            DONE("k.csv", "--loss", "cross-entropy", "--hidden", "2", "--epochs", "3", "--no-plot",
                 "--split-column", "set", "--outputs", "kind", "--where", k ? "a < 40" : "a < 41");
        assert_non_null(strstr(result->err, words_of[k]));
    }
    const char *const names[] = {"x", "y", "z"};
    write_kinds("all.csv", names, 0);
    assert_null(
        strstr(DONE("all.csv", "--loss", "cross-entropy", "--hidden", "2", "--epochs", "3", "--no-plot")->err,
               "no training row"));
}

/* Recall: the share of a class's rows that are found; precision: of those that are given it, the share that
 * have it. From the confusion matrix, by hand. */
static void the_report_has_a_line_for_each_class(void **state) {
    (void)state;
    write_text("k.csv", "a,set,kind\n-2,0,no\n-1,0,no\n1,0,yes\n2,0,yes\n"
                        "-3,2,no\n-2,2,no\n3,2,no\n3,2,yes\n-1,2,yes\n-2,2,yes\n");
    const char *text = DONE("k.csv", "--loss", "cross-entropy", "--hidden", "none", "--no-plot",
                            "--split-column", "set", "--outputs", "kind", "--epochs", "20")
                           ->out;
    assert_non_null(strstr(text, "\ntest rows     rows       recall      precision\n"));
    assert_non_null(strstr(text, "\nno               3       0.6667         0.5000\n"));
    assert_non_null(strstr(text, "\nyes              3       0.3333         0.5000\n"));
    text = DONE("k.csv", "--loss", "cross-entropy", "--hidden", "none", "--no-plot", "--where", "set == 0",
                "--outputs", "kind", "--epochs", "20", "--split", "1/0/0", "--inputs", "a")
               ->out;
    assert_non_null(strstr(text, "\nall rows      rows       recall      precision\n"));
    assert_non_null(strstr(text, "\nyes              2       1.0000         1.0000\n"));
}

static void source_code_says_which_output_is_which_class(void **state) {
    (void)state;
    const char *const names[] = {"x", "y", "*/z"};
    write_kinds("k.csv", names, 0);
    DONE("k.csv", QUICK, "--epochs", "2");
    const char *source = DONE("export", "k.fit/model.json", "--c")->out;
    assert_non_null(
        strstr(source, "\n * y: logits of the classes z, x, y of kind, the likeliest has the largest\n"));
    write_kinds("k.csv", names, 1);
    DONE("k.csv", QUICK, "--epochs", "2");
    source = DONE("export", "k.fit/model.json", "--c")->out;
    assert_non_null(strstr(source, "\n * y: logit of the class y of kind against x: its probability is "
                                   "1/(1 + exp(-y[0]))\n"));
}

/* Numbers that differ in the 16th digit are two classes. */
static void long_numbers_are_told_apart(void **state) {
    (void)state;
    const char *const names[] = {"1234567890123451", "1234567890123452", "0.1"};
    write_kinds("k.csv", names, 0);
    json_t *report = parse_json(DONE("k.csv", QUICK, "--json", "--epochs", "2")->out);
    const json_t *classes = value_at(report, "classes", NULL);
    assert_int_equal(json_array_size(classes), 3);
    assert_string_equal(json_string_value(json_array_get(classes, 0)), "0.1");
    assert_string_equal(json_string_value(json_array_get(classes, 2)), "1234567890123452");
    json_decref(report);
}

static void what_makes_no_sense_is_refused(void **state) {
    (void)state;
    const char *const names[] = {"x", "y", "z"};
    write_kinds("k.csv", names, 0);
    write_text("one.csv", "a,kind\n1,x\n2,x\n3,x\n4,x\n");
    write_text("many.csv", "a,kind\n1,p\n2,q\n3,r\n4,s\n");
    REFUSED(DATA, "--loss cross-entropy", "k.csv");
    REFUSED(DATA, "the same class in every row", "one.csv", QUICK);
    write_text("first.csv", "kind,a\nx,1\ny,2\nx,3\ny,4\n");
    REFUSED(DATA, "; the class column is a: another is named with --outputs", "first.csv", QUICK);
    write_text("none.csv", "a,kind\n1,\n2,NA\n3,\n4,\n");
    REFUSED(DATA, "the class column kind is missing in every row", "none.csv", QUICK, "--missing", "mask");
    REFUSED(DATA, "4 classes in 4 rows", "many.csv", QUICK);
    REFUSED(USAGE, "has one output", "k.csv", QUICK, "--outputs", "b,kind");
    REFUSED(USAGE, "needs --jacobian analytic", "k.csv", QUICK, "--jacobian", "fd");
    REFUSED(USAGE, "output layer of a classifier must be linear", "k.csv", QUICK, "--activation",
            "tanh,tanh");
    REFUSED(USAGE, "linear, soft_l1", "k.csv", "--formula", "b = c*a", "--loss", "cross-entropy");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(texts_are_classes),
        IN_FOLDER(the_text_has_the_confusion_matrix),
        IN_FOLDER(probabilities_have_bands),
        IN_FOLDER(predictions_hold_probabilities),
        IN_FOLDER(saved_classifiers_predict),
        IN_FOLDER(first_order_methods_classify),
        IN_FOLDER(a_linear_model_has_no_hidden_layer),
        IN_FOLDER(the_confusion_matrix_is_drawn),
        IN_FOLDER(rows_have_weights_and_may_lack_a_class),
        IN_FOLDER(rows_without_a_class_go_with_everything),
        IN_FOLDER(some_of_a_nets_classes_suffice),
        IN_FOLDER(classes_that_no_training_row_has_are_told),
        IN_FOLDER(the_report_has_a_line_for_each_class),
        IN_FOLDER(source_code_says_which_output_is_which_class),
        IN_FOLDER(long_numbers_are_told_apart),
        IN_FOLDER(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("command_classes", tests, NULL, NULL);
}
