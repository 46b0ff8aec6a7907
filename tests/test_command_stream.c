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

static void parts_give_the_model_of_the_whole(void **state) {
    (void)state;
    write_parts("long.csv", -1);
    static const char *const choices[][9] = {
        {"--inputs", "a,b", "--outputs", "y", "--where", "a < 0.5", NULL},
        {"--inputs", "a,b", "--outputs", "y", "--sigma", "s", "--split-column", "set", NULL},
    };
    for (size_t k = 0; k < sizeof choices / sizeof *choices; k++) {
        const char *words[30] = {"long.csv", "--hidden", "2", "--batch", "400", QUICK, "--out", "memory"};
        size_t count = 0, more = 0;
        while (words[count]) count++;
        while (choices[k][more]) words[count++] = choices[k][more++];
        check_done(words);
        words[count++] = "--stream";
        words[count++] = "--out";
        words[count] = "file";
        check_done(words);
        check_same_files("memory/model.json", "file/model.json");
    }
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

static void it_needs_a_file_and_a_net_of_numbers(void **state) {
    (void)state;
    REFUSED(2, "--stream needs a file", "-", "--stream");
    write_small("small.csv");
    REFUSED(2, "--stream", "small.csv", "--stream", "--formula", "y ~ c*a");
    REFUSED(2, "--stream does not read classes", "small.csv", "--stream", "--loss", "cross-entropy");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(small_data_give_the_same_model),
        IN_FOLDER(parts_give_the_model_of_the_whole),
        IN_FOLDER(a_mistake_in_a_later_part_is_found_in_its_line),
        IN_FOLDER(a_part_may_lose_all_its_rows),
        IN_FOLDER(it_needs_a_file_and_a_net_of_numbers),
    };
    return cmocka_run_group_tests_name("command_stream", tests, NULL, NULL);
}
