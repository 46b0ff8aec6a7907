/* --stream: the same fit from parts of a file. */
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUICK "--epochs", "2", "--no-plot", "-q", "--json"

static void small_data_give_the_same_model(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--hidden", "5", QUICK, "--out", "memory");
    DONE("small.csv", "--hidden", "5", QUICK, "--out", "file", "--stream");
    check_same_files("memory/model.json", "file/model.json");
    char *files = list_folder("file");
    assert_string_equal(files, "history.csv model.json report.json");
    free(files);
    const char *text = DONE("small.csv", "--hidden", "5", "--epochs", "2", "--out", "file", "--stream")->out;
    assert_non_null(strstr(text, "written to file: model.json report.json history.csv\n"));
}

/* Two parts of 4 MB, the second of a few rows, without an end of the last line. wrong: the row that has a
 * word. */
enum { ROWS = 70000, ROW = 63 };
static void write_parts(const char *path, int wrong) {
    char *text = malloc((ROWS + 2) * ROW), *at = text;
    assert_non_null(text);
    at += sprintf(at, "a,b,y,s,set\n");
    for (int i = 0; i < ROWS; i++) {
        double a = i % 101 / 101.0, b = i % 211 / 211.0;
        at += sprintf(at, "%.17f,%.17f,%s%.14f,%d,%d\n", a, b, i == wrong ? "oops" : "", a * b, 1 + i % 2,
                      i % 10 == 0 ? 1 : 0);
    }
    assert_true(at - text > 1 << 22);
    write_bytes(path, text, (size_t)(at - text) - 1);
    free(text);
}

/* With these words, ended by NULL, and those of `more`: the model is the same with and without --stream. */
static void check_stream(const char *const *some, const char *const *more) {
    const char *words[40] = {NULL};
    size_t count = 0;
    while (*some) words[count++] = *some++;
    while (*more) words[count++] = *more++;
    words[count++] = "--out";
    words[count] = "memory";
    check_done(words);
    words[count] = "file";
    words[count + 1] = "--stream";
    check_done(words);
    check_same_files("memory/model.json", "file/model.json");
}

static void parts_give_the_model_of_the_whole(void **state) {
    (void)state;
    write_parts("long.csv", -1);
    static const char *const choices[][9] = {
        {"--inputs", "a,b", "--outputs", "y", "--where", "a < 0.5", NULL},
        {"--inputs", "a,b", "--outputs", "y", "--sigma", "s", "--split-column", "set", NULL},
    };
    static const char *const all[] = {"long.csv", "--hidden", "2", "--batch", "400", QUICK, NULL};
    for (size_t k = 0; k < sizeof choices / sizeof *choices; k++) check_stream(all, choices[k]);
}

static void a_mistake_in_a_later_part_is_found_in_its_line(void **state) {
    (void)state;
    write_parts("long.csv", ROWS - 1);
    char place[50];
    snprintf(place, sizeof place, "long.csv:%d:3", ROWS + 1);
    REFUSED(3, place, "long.csv", "--outputs", "y", "--stream");
    write_text("ragged.csv", "a,y\n1,2\n3,4\n5\n");
    REFUSED(3, "ragged.csv:4", "ragged.csv", "--stream");
    write_text("empty.csv", "a,y\n");
    REFUSED(3, "empty.csv", "empty.csv", "--stream");
    REFUSED(3, "missing.csv", "missing.csv", "--stream");
    write_small("small.csv");
    REFUSED(3, "none of the rows", "small.csv", "--where", "a > 1e9", "--stream");
}

/* The first part of 4 MB has no complete row at all. */
static void a_part_may_lose_all_its_rows(void **state) {
    (void)state;
    enum { LOST = 80000, KEPT = 60, LINE = 64 };
    char *text = malloc((LOST + KEPT + 1) * (size_t)LINE), *at = text;
    assert_non_null(text);
    at += sprintf(at, "a,y\n");
    for (int i = 0; i < LOST; i++) at += sprintf(at, "%.50f,NA\n", i / (double)LOST);
    assert_true(at - text > 1 << 22);
    write_bytes("lost.csv", text, (size_t)(at - text));
    for (int i = 0; i < KEPT; i++) at += sprintf(at, "%.17f,%.17f\n", i / 60.0, i * i / 3600.0);
    write_bytes("late.csv", text, (size_t)(at - text));
    free(text);
    DONE("late.csv", "--hidden", "2", QUICK, "--missing", "drop", "--out", "memory");
    DONE("late.csv", "--hidden", "2", QUICK, "--missing", "drop", "--out", "file", "--stream");
    check_same_files("memory/model.json", "file/model.json");
    REFUSED(3, "every row has a missing value", "lost.csv", "--missing", "drop", "--stream");
}

/* ---- Classes ---- */

#define CROSS_ENTROPY "--loss", "cross-entropy"
#define CLASSES       CROSS_ENTROPY, "--hidden", "2", "--batch", "60"

/* Two parts of 4 MB: the class that is first among the sorted ones, 'blue, dark', comes in the second alone,
 * and one comes in rows alone that lack an input. two: only two classes. */
static void write_kinds(const char *path, bool two) {
    enum { KIND_ROWS = 40000, KIND_ROW = 140 };
    char *text = malloc((KIND_ROWS + 2) * (size_t)KIND_ROW), *at = text;
    assert_non_null(text);
    at += sprintf(at, "a,b,set,kind\n");
    for (int i = 0; i < KIND_ROWS; i++) {
        double a = i % 101 / 101.0, b = i % 211 / 211.0;
        const char *kind = a * b > 0.25 ? "red" : "green";
        if (!two && i > KIND_ROWS - 900 && a > 0.5) kind = "\"blue, dark\"";
        if (i % 1000 == 7)
            at += sprintf(at, "%.50f,,%d,lost\n", a, i % 3);
        else
            at += sprintf(at, "%.50f,%.50f,%d,%s\n", a, b, i % 7 % 3, i % 1000 == 8 ? "NA" : kind);
    }
    assert_true(at - text > 1 << 22);
    write_bytes(path, text, (size_t)(at - text));
    free(text);
}

/* The model is the same file, and so are the figures. */
static void check_same_fits(const char *memory, const char *file) {
    static const char *const keys[] = {"rows",      "cross_entropy", "accuracy", "classes",
                                       "confusion", "mse",           "warnings", "epochs"};
    char a[60], b[60];
    snprintf(a, sizeof a, "%s/model.json", memory);
    snprintf(b, sizeof b, "%s/model.json", file);
    check_same_files(a, b);
    snprintf(a, sizeof a, "%s/report.json", memory);
    snprintf(b, sizeof b, "%s/report.json", file);
    json_t *one = read_json(a), *other = read_json(b);
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        assert_true(json_equal(value_at(one, keys[k], NULL), value_at(other, keys[k], NULL)));
    json_decref(one);
    json_decref(other);
}

/* By softmax, on 1 and on 3 threads, and by the logistic function. */
static void parts_give_the_classes_of_the_whole(void **state) {
    (void)state;
    for (int two = 0; two < 2; two++) {
        write_kinds("kinds.csv", two);
        DONE("kinds.csv", CLASSES, QUICK, "--missing", "drop", "--split-column", "set", "--out", "memory");
        DONE("kinds.csv", CLASSES, QUICK, "--missing", "drop", "--split-column", "set", "--out", "file",
             "--stream");
        check_same_fits("memory", "file");
        if (!two) {
            DONE("kinds.csv", CLASSES, QUICK, "--missing", "drop", "--split-column", "set", "--out",
                 "threads", "--stream", "--threads", "3");
            check_same_fits("memory", "threads");
        }
        json_t *report = read_json("file/report.json");
        const json_t *classes = value_at(report, "classes", NULL);
        assert_int_equal(json_array_size(classes), two ? 2 : 3);
        assert_string_equal(json_string_value(json_array_get(classes, 0)), two ? "green" : "blue, dark");
        json_decref(report);
    }
}

static size_t sum_counts(const json_t *counts) {
    size_t sum = 0;
    for (size_t k = 0; k < json_array_size(counts); k++)
        for (size_t g = 0; g < json_array_size(counts); g++)
            sum += (size_t)json_integer_value(json_array_get(json_array_get(counts, k), g));
    return sum;
}

static void chosen_rows_have_the_classes_that_are_left(void **state) {
    (void)state;
    write_kinds("kinds.csv", false);
    static const char *const ways[][2] = {{"--optimizer", "adam"}, {"--where", "a < 0.5"}};
    for (int k = 0; k < 2; k++) {
        const char *const *own = ways[k];
        DONE("kinds.csv", CLASSES, QUICK, "--inputs", "a,b", "--outputs", "kind", "--missing", "drop", own[0],
             own[1], "--out", "memory");
        DONE("kinds.csv", CLASSES, QUICK, "--inputs", "a,b", "--outputs", "kind", "--missing", "drop", own[0],
             own[1], "--out", "file", "--stream");
        check_same_fits("memory", "file");
    }
    json_t *report = read_json("file/report.json");
    assert_int_equal(json_array_size(value_at(report, "classes", NULL)), 2); /* no 'blue, dark' there */
    for (int s = 0; s < 3; s++) {
        static const char *const sets[] = {"train", "validation", "test"};
        assert_true((double)sum_counts(value_at(report, "confusion", sets[s])) ==
                    number_at(report, "rows", sets[s]));
    }
    json_decref(report);
}

/* 60 rows of three classes, one a number below 0; holes: every ninth has none. */
static void write_few(const char *path, bool holes) {
    static const char *const names[] = {"-1", "9", "10"};
    char text[3000] = "a,b,s,kind\n", *at = text + strlen(text);
    for (int i = 0; i < 60; i++) {
        int kind = i % 7 > 3 ? 2 : i % 11 > 5;
        at += sprintf(at, "%g,%g,%g,%s\n", i % 7 / 7.0, i % 11 / 11.0, 1 + i % 3 / 2.0,
                      holes && i % 9 == 0 ? "" : names[kind]);
    }
    write_text(path, text);
}

static void rows_have_weights_and_may_lack_a_class(void **state) {
    (void)state;
    write_few("k.csv", true);
    DONE("k.csv", CLASSES, QUICK, "--sigma", "s", "--missing", "mask", "--out", "memory");
    DONE("k.csv", CLASSES, QUICK, "--sigma", "s", "--missing", "mask", "--out", "file", "--stream");
    check_same_fits("memory", "file");
    json_t *report = read_json("file/report.json");
    const json_t *confusion = value_at(report, "confusion", NULL);
    size_t counted = sum_counts(json_object_get(confusion, "train")) +
                     sum_counts(json_object_get(confusion, "validation")) +
                     sum_counts(json_object_get(confusion, "test"));
    assert_int_equal(counted, 60 - 7);
    json_decref(report);
}

/* It can be predicted with and trained on; what it wrote is what it says, and nothing is left of a former
 * fit.
 */
static void the_model_is_complete(void **state) {
    (void)state;
    write_few("k.csv", false);
    DONE("k.csv", CLASSES, "--epochs", "3", "-q", "--no-plot");
    assert_true(exists("k.fit/predictions.csv"));
    const char *report = DONE("k.csv", CLASSES, "--epochs", "3", "--stream")->out;
    assert_non_null(strstr(report, "accuracy"));
    assert_null(strstr(report, "predictions.csv"));
    char *files = list_folder("k.fit");
    assert_string_equal(files, "history.csv model.json report.json");
    free(files);
    table t = parse_table(DONE("predict", "k.fit/model.json", "k.csv")->out);
    assert_int_equal(t.rows, 61);
    check_close(number(&t, 5, "p_-1") + number(&t, 5, "p_9") + number(&t, 5, "p_10"), 1, 1e-14);
    clear_table(&t);
    DONE("k.csv", CROSS_ENTROPY, QUICK, "--from", "k.fit/model.json", "--out", "memory");
    DONE("k.csv", CROSS_ENTROPY, QUICK, "--from", "k.fit/model.json", "--out", "file", "--stream");
    check_same_fits("memory", "file");
}

static void columns_of_no_classes_are_refused(void **state) {
    (void)state;
    enum { MANY = 100001, LINE = 24 };
    char *text = malloc((MANY + 1) * (size_t)LINE), *at = text + sprintf(text, "a,y\n");
    for (int i = 0; i < MANY; i++) at += sprintf(at, "%d,%d.5\n", i, i);
    write_bytes("numbers.csv", text, (size_t)(at - text));
    free(text);
    REFUSED(3, "numbers.csv:100002:2: the class column y has more than 100000 classes", "numbers.csv",
            CLASSES, "--stream");
    REFUSED(3, "100001 classes in 100001 rows", "numbers.csv", CLASSES);
    write_text("one.csv", "a,kind\n1,x\n2,x\n3,x\n4,x\n");
    REFUSED(3, "the same class in every row", "one.csv", CLASSES, "--stream");
    write_text("hole.csv", "a,kind\n1,x\n2,y\n3,\n4,x\n");
    REFUSED(3, "hole.csv:4:2: a missing value in column kind", "hole.csv", CLASSES, "--stream");
    REFUSED(2, "no --output-weights", "one.csv", CLASSES, "--stream", "--output-weights", "1");
}

/* Several nets, each with its rows in a file of its own. */
static void several_starts_and_sizes_give_the_same_model(void **state) {
    (void)state;
    write_small("small.csv");
    static const char *const ways[][7] = {
        {"--hidden", "4", "--restarts", "3", NULL},
        {"--hidden", "auto", "--restarts", "1", NULL},
        {"--hidden", "5", "--restarts", "2", "--optimizer", "adam", NULL},
    };
    static const char *const all[] = {"small.csv", QUICK, "--threads", "2", NULL};
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) check_stream(all, ways[k]);
    char *files = list_folder("file");
    assert_string_equal(files, "history.csv model.json report.json");
    free(files);
}

/* There are no predictions; those of the saved net have the bands. */
static void bands_are_kept_for_predictions(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--hidden", "3", "--bayes", "--bands", QUICK, "--out", "memory");
    DONE("small.csv", "--hidden", "3", "--bayes", "--bands", QUICK, "--out", "file", "--stream");
    check_same_files("memory/bands.bin", "file/bands.bin");
    char *files = list_folder("file");
    assert_string_equal(files, "bands.bin history.csv model.json report.json");
    free(files);
    json_t *report = read_json("file/report.json");
    assert_true(number_at(value_at(report, "bands", NULL), "effective_parameters", NULL) > 1);
    json_decref(report);
    const char *text =
        DONE("small.csv", "--hidden", "3", "--bands", "--epochs", "2", "--out", "file", "--stream")->out;
    assert_non_null(strstr(text, "limits by fit predict --bands\n"));
    assert_non_null(strstr(text, "history.csv bands.bin\n"));
    assert_non_null(strstr(DONE("predict", "file/model.json", "small.csv", "--bands")->out, ",std_error,"));
}

static void it_needs_a_file_and_a_net(void **state) {
    (void)state;
    REFUSED(2, "--stream needs a file", "-", "--stream");
    write_small("small.csv");
    REFUSED(2, "--stream", "small.csv", "--stream", "--formula", "y ~ c*a");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(small_data_give_the_same_model),
        IN_FOLDER(parts_give_the_model_of_the_whole),
        IN_FOLDER(a_mistake_in_a_later_part_is_found_in_its_line),
        IN_FOLDER(a_part_may_lose_all_its_rows),
        IN_FOLDER(parts_give_the_classes_of_the_whole),
        IN_FOLDER(chosen_rows_have_the_classes_that_are_left),
        IN_FOLDER(rows_have_weights_and_may_lack_a_class),
        IN_FOLDER(the_model_is_complete),
        IN_FOLDER(columns_of_no_classes_are_refused),
        IN_FOLDER(several_starts_and_sizes_give_the_same_model),
        IN_FOLDER(bands_are_kept_for_predictions),
        IN_FOLDER(it_needs_a_file_and_a_net),
    };
    return cmocka_run_group_tests_name("command_stream", tests, NULL, NULL);
}
