/* The pictures of a fit: which there are, their size, what happens without gnuplot, and that no text of a
 * user is ever run. Needs gnuplot. */
#include "run_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define QUICK "--hidden", "3", "--epochs", "4"

/* ---- Files ---- */

static unsigned long big_endian(const char *at) {
    const unsigned char *b = (const unsigned char *)at;
    return (unsigned long)b[0] << 24 | (unsigned long)b[1] << 16 | (unsigned long)b[2] << 8 | b[3];
}

/* The data of the first chunk of this kind; NULL: there is none. */
static const char *find_chunk(const char *png, size_t length, const char *kind) {
    for (size_t at = 8; at + 12 <= length; at += 12 + big_endian(png + at))
        if (memcmp(png + at + 4, kind, 4) == 0) return png + at + 8;
    return NULL;
}

static void check_size(const char *png, size_t length) {
    assert_true(length > 1000);
    assert_memory_equal(png, "\x89PNG\r\n\x1a\n", 8);
    const char *header = find_chunk(png, length, "IHDR");
    assert_non_null(header);
    assert_int_equal(big_endian(header), 1800);
    assert_int_equal(big_endian(header + 4), 1200);
    assert_non_null(find_chunk(png, length, "IEND"));
}

/* 300 dpi, which are 11811 pixels a metre. */
static void check_png(const char *png, size_t length) {
    check_size(png, length);
    const char *density = find_chunk(png, length, "pHYs");
    assert_non_null(density);
    assert_int_equal(big_endian(density), 11811);
    assert_int_equal(big_endian(density + 4), 11811);
    assert_int_equal(density[8], 1);
}

static void check_content(const char *path, const char *ending) {
    size_t length;
    char *content = read_text(path, &length);
    if (strcmp(ending, "png") == 0) check_png(content, length);
    if (strcmp(ending, "svg") == 0) assert_non_null(strstr(content, "</svg>"));
    if (strcmp(ending, "pdf") == 0) assert_memory_equal(content, "%PDF-", 5);
    free(content);
}

/* Each name of the report's list has its picture, script and data, and the list is this one. */
static void check_pictures(const char *folder, const char *ending, const char *expected) {
    char path[300], names[1000] = "";
    snprintf(path, sizeof path, "%s/report.json", folder);
    json_t *report = read_json(path);
    const json_t *plots = value_at(report, "plots", NULL);
    for (size_t i = 0; i < json_array_size(plots); i++) {
        const char *file = json_string_value(json_array_get(plots, i)), *dot = strrchr(file, '.');
        assert_non_null(dot);
        assert_string_equal(dot + 1, ending);
        int stem = (int)(dot - file);
        snprintf(path, sizeof path, "%s/%s", folder, file);
        check_content(path, ending);
        snprintf(path, sizeof path, "%s/%.*s.gp", folder, stem, file);
        assert_true(exists(path));
        snprintf(path, sizeof path, "%s/%.*s.dat", folder, stem, file);
        assert_true(exists(path));
        snprintf(names + strlen(names), sizeof names - strlen(names), i ? " %.*s" : "%.*s", stem, file);
    }
    assert_string_equal(names, expected);
    json_decref(report);
}

static const char all_pictures[] = "error state comparison residuals regression";

/* Nothing but what is meant to be there: no temporary file, no log. */
static void check_no_leftovers(const char *folder) {
    char *names = list_folder(folder), *rest = NULL;
    for (char *name = strtok_r(names, " ", &rest); name; name = strtok_r(NULL, " ", &rest)) {
        assert_true(name[0] != '.');
        assert_null(strstr(name, "tmp"));
    }
    free(names);
}

/* ---- Tests ---- */

static void a_fit_is_drawn(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    const command_result *result = DONE("multimodal.csv", "--epochs", "5");
    assert_string_equal(result->err, "");
    check_pictures("multimodal.fit", "png", all_pictures);
    check_no_leftovers("multimodal.fit");
    assert_non_null(strstr(result->out, "comparison.png"));
    DONE("multimodal.csv", "--epochs", "5", "--no-plot");
    assert_false(exists("multimodal.fit/comparison.png"));
    check_pictures("multimodal.fit", "png", "");
}

/* By the user, who changed it perhaps; only the density is the command's own work. */
static void a_script_draws_its_picture_again(void **state) {
    (void)state;
    size_t length;
    write_small("small.csv");
    DONE("small.csv", QUICK, "--inputs", "a");
    assert_int_equal(remove("small.fit/comparison.png"), 0);
    assert_int_equal(system("cd small.fit && gnuplot comparison.gp"), 0);
    char *png = read_text("small.fit/comparison.png", &length);
    check_size(png, length);
    free(png);
}

static void other_formats(void **state) {
    (void)state;
    static const char *const formats[] = {"svg", "pdf", "png"};
    write_small("small.csv");
    for (size_t i = 0; i < 3; i++) {
        DONE("small.csv", QUICK, "--plot-format", formats[i], "--inputs", "a");
        check_pictures("small.fit", formats[i], all_pictures);
    }
    assert_false(exists("small.fit/comparison.svg")); /* of an earlier run */
    assert_false(exists("small.fit/state.pdf"));
}

static void any_number_of_inputs_and_outputs(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", QUICK);
    check_pictures("small.fit", "png", all_pictures);
    write_text("three.csv",
               "a,b,c,y\n1,2,3,4\n2,4,3,1\n3,1,2,2\n4,4,5,3\n5,2,2,7\n6,1,4,3\n7,3,1,2\n8,8,2,5\n");
    DONE("three.csv", QUICK);
    check_pictures("three.fit", "png", all_pictures);
    DONE("small.csv", QUICK, "--outputs", "b,y", "--out", "two");
    check_pictures("two", "png",
                   "error state comparison-1-b residuals-1-b regression-1-b comparison-2-y residuals-2-y "
                   "regression-2-y");
    check_no_leftovers("two");
}

static void odd_fits_are_drawn_too(void **state) {
    (void)state;
    write_text("d.csv", "x,k,y\n-1,7,2\n2,7,3\n3,7,-4\n4,7,5\n5,7,4\n0,7,3\n");
    const command_result *result = DONE("d.csv", QUICK, "--logx", "--logy", "--json");
    assert_null(strstr(result->err, "pictures"));
    check_pictures("d.fit", "png", all_pictures);
    DONE("d.csv", QUICK, "--split", "100/0/0", "--inputs", "x", "--logx");
    check_pictures("d.fit", "png", all_pictures);
    DONE("d.csv", "--epochs", "0", "--inputs", "x");
    check_pictures("d.fit", "png", "comparison residuals regression"); /* no epoch, no course */
    check_no_leftovers("d.fit");
}

/* Titles, labels and column names with all that a shell or gnuplot could take for a command. */
static void texts_of_users_are_never_run(void **state) {
    (void)state;
    static const char evil[] =
        "'; system('touch pwned1'); \" . system(\"touch pwned2\") . \" `touch pwned3` $(touch "
        "pwned4) @x %s {/Bold x}_^ \\\\ \\n # ü";
    write_text("d.csv", "\"x`touch pwned5`'\",\"y'; !touch pwned6 # $(touch pwned7) \"\"z\"\"\"\n"
                        "1,2\n2,3\n3,4\n4,5\n5,4\n6,3\n");
    const command_result *result = DONE("d.csv", QUICK, "--title", evil, "--xlabel", evil, "--ylabel", evil,
                                        "--out", "it's `touch pwned8` $(touch pwned9) \"q\"");
    assert_string_equal(result->err, "");
    check_pictures("it's `touch pwned8` $(touch pwned9) \"q\"", "png", all_pictures);
    char *here = list_folder("."), *there = list_folder("it's `touch pwned8` $(touch pwned9) \"q\"");
    assert_string_equal(here, "d.csv it's `touch pwned8` $(touch pwned9) \"q\"");
    assert_null(strstr(there, "pwned"));
    free(here);
    free(there);
    DONE("d.csv", QUICK);
    check_pictures("d.fit", "png", all_pictures); /* labels from the columns' names */
    check_no_leftovers("d.fit");
    assert_false(exists("pwned5") || exists("d.fit/pwned5") || exists("pwned6") || exists("d.fit/pwned6"));
}

/* ---- Without gnuplot ---- */

static void check_without_pictures(const char *path_variable, const char *reason) {
    command_setup setup = {.environment = (const char *const[]){path_variable, NULL}};
    const command_result *result = FIT_WITH(&setup, "small.csv", QUICK, "--json");
    assert_int_equal(result->code, 0);
    assert_memory_equal(result->err, "fit: warning: ", 14);
    assert_non_null(strstr(result->err, reason));
    assert_ptr_equal(strchr(result->err, '\n'), result->err + strlen(result->err) - 1); /* one line */
    json_t *report = parse_json(result->out);
    assert_int_equal(json_array_size(value_at(report, "plots", NULL)), 0);
    const json_t *warnings = value_at(report, "warnings", NULL);
    assert_int_equal(json_array_size(warnings), 1);
    assert_non_null(strstr(json_string_value(json_array_get(warnings, 0)), reason));
    json_decref(report);
    check_pictures("small.fit", "png", "");
    check_no_leftovers("small.fit");
    assert_true(exists("small.fit/model.json") && exists("small.fit/history.csv"));
    assert_true(exists("small.fit/predictions.csv"));
}

static void without_gnuplot_all_else_is_done(void **state) {
    (void)state;
    write_small("small.csv");
    assert_int_equal(mkdir("empty", 0777), 0);
    check_without_pictures("PATH=empty", "gnuplot is not installed");
    command_setup setup = {.environment = (const char *const[]){"PATH=empty", NULL}};
    assert_string_equal(FIT_WITH(&setup, "small.csv", QUICK, "--no-plot", "--json")->err, "");
}

/* A gnuplot that only fails. */
static void a_gnuplot_that_fails_is_a_warning(void **state) {
    (void)state;
    write_small("small.csv");
    assert_int_equal(mkdir("broken", 0777), 0);
    write_text("broken/gnuplot", "#!/bin/sh\necho 'no terminal today' >&2\nexit 1\n");
    assert_int_equal(chmod("broken/gnuplot", 0755), 0);
    check_without_pictures("PATH=broken:/usr/bin:/bin", "no terminal today");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_fit_is_drawn),
        IN_FOLDER(a_script_draws_its_picture_again),
        IN_FOLDER(other_formats),
        IN_FOLDER(any_number_of_inputs_and_outputs),
        IN_FOLDER(odd_fits_are_drawn_too),
        IN_FOLDER(texts_of_users_are_never_run),
        IN_FOLDER(without_gnuplot_all_else_is_done),
        IN_FOLDER(a_gnuplot_that_fails_is_a_warning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
