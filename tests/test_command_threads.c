/* The same files for every number of threads, whatever a net is trained by. */
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 150 rows: two outputs, some missing, one a class, a standard deviation. */
static void write_all_kinds(const char *path) {
    char text[12000] = "a,b,s,y,z,kind\n", *at = text + strlen(text);
    for (int i = 0; i < 150; i++) {
        double a = (i * 37 % 150) / 75.0 - 1, b = (i * 53 % 149) / 74.5 - 1;
        at += sprintf(at, "%g,%g,%d,", a, b, 1 + i % 3);
        at += i % 11 == 4 ? sprintf(at, ",") : sprintf(at, "%.9g,", a * b + 0.05 * ((i * 71) % 13));
        at += i % 13 == 5 ? sprintf(at, "NA,") : sprintf(at, "%.9g,", a * a - b);
        at += sprintf(at, "%s\n", i % 17 == 6 ? "" : a + b > 0.4 ? "high" : a * b > 0 ? "low" : "odd");
    }
    write_text(path, text);
}

#define NUMBERS "--inputs", "a,b", "--outputs", "y,z", "--sigma", "s", "--missing", "mask"
#define CLASSES "--inputs", "a,b", "--outputs", "kind", "--missing", "mask", "--loss", "cross-entropy"

static const char *const ways[][20] = {
    {NUMBERS, "--hidden", "9", "--bayes", "--bands", "--output-weights", "2,1"},
    {NUMBERS, "--hidden", "auto", "--restarts", "2", "--loss", "huber:0.3", "--epochs", "3"},
    {NUMBERS, "--hidden", "15,15", "--batch", "20", "--stream"},
    {NUMBERS, "--hidden", "9", "--batch", "1000", "--loss", "huber:0.3", "--stream"},
    {NUMBERS, "--hidden", "6", "--recipe", "trainlm", "--restarts", "3"},
    {NUMBERS, "--hidden", "5", "--jacobian", "fd"},
    {NUMBERS, "--hidden", "9", "--optimizer", "adam", "--batch", "16", "--stream"},
    {NUMBERS, "--hidden", "none", "--optimizer", "sgd", "--momentum", "0.9", "--clip", "1", "--bands"},
    {CLASSES, "--hidden", "9", "--restarts", "2", "--bands", "--sigma", "s"},
    {CLASSES, "--hidden", "15,15", "--batch", "20", "--bands"},
    {CLASSES, "--hidden", "9", "--optimizer", "rmsprop"},
};

/* threads NULL: one thread of a program that has four by default. */
static void run(const char *const *way, const char *threads) {
    const command_setup four = {.environment = (const char *const[]){"OMP_NUM_THREADS=4", NULL}};
    const char *words[40] = {"d.csv", "--no-plot", "-q", "--epochs", "6"};
    size_t count = 5;
    while (*way) words[count++] = *way++;
    words[count++] = "--threads";
    words[count++] = threads ? threads : "1";
    words[count++] = "--out";
    words[count] = threads && strcmp(threads, "1") == 0 ? "first" : "other";
    const command_result *result = run_command(threads ? NULL : &four, words);
    assert_int_equal(result->code, 0);
}

/* history.csv: its second column may differ. */
static void check_same_history(void) {
    table a = read_table("first/history.csv"), b = read_table("other/history.csv");
    assert_int_equal(a.rows, b.rows);
    assert_true(a.rows > 1 && a.columns > 10);
    for (size_t i = 0; i < a.rows * a.columns; i++)
        if (i % a.columns != 1) assert_string_equal(a.cells[i], b.cells[i]);
    clear_table(&a);
    clear_table(&b);
}

static void check_same(const char *name) {
    char first[60], other[60];
    snprintf(first, sizeof first, "first/%s", name);
    snprintf(other, sizeof other, "other/%s", name);
    assert_int_equal(exists(first), exists(other));
    if (exists(first)) check_same_files(first, other);
}

static void threads_change_no_file(void **state) {
    (void)state;
    static const char *const threads[] = {"2", "3", "4", NULL};
    write_all_kinds("d.csv");
    for (size_t k = 0; k < sizeof ways / sizeof *ways; k++) {
        run(ways[k], "1");
        for (size_t t = 0; t < sizeof threads / sizeof *threads; t++) {
            run(ways[k], threads[t]);
            check_same_history();
            check_same("model.json");
            check_same("predictions.csv");
            check_same("bands.bin");
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {IN_FOLDER(threads_change_no_file)};
    return cmocka_run_group_tests_name("command_threads", tests, NULL, NULL);
}
