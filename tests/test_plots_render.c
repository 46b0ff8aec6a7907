/* Pictures that cannot be drawn: no gnuplot, a script that fails or hangs. Needs gnuplot. */
#include "plot_files.h"

#include <base/memory.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void without_gnuplot_the_message_names_the_package(void **state) {
    (void)state;
    char *before = marq_copy_text(getenv("PATH"));
    plots_rows rows = make_rows(1);
    add_training(&rows);
    setenv("PATH", folder, 1);
    marq_status status = plots_render(&style, &list, 60, &error);
    setenv("PATH", before, 1);
    free(before);
    assert_int_equal(status, MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, "comparison.svg and 4 more not drawn"));
    assert_non_null(strstr(error.message, "apt install gnuplot-nox"));
    assert_false(list.drawn[0]);
    assert_int_equal(for_files(NULL), 10); /* scripts and data are there, nothing else */
}

static void a_script_that_fails_is_named_and_harms_no_other(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    add_training(&rows);
    write_text("residuals.gp", "set output output_file\nplot 'nowhere.dat'\n");
    assert_int_equal(plots_render(&style, &list, 60, &error), MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, "residuals.svg not drawn"));
    assert_non_null(strstr(error.message, "line 2"));
    assert_null(strchr(error.message, '\n'));
    for (size_t i = 0; i < list.count; i++) assert_int_equal(list.drawn[i], i != 1);
    assert_false(exists("residuals.svg"));
    assert_int_equal(for_files(NULL), 14);
}

static void a_script_that_hangs_is_ended_in_time(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    add_comparison(&rows);
    write_text("comparison.gp", "set output output_file\nwhile (1) { x = 1 }\n");
    assert_int_equal(plots_render(&style, &list, 0.3, &error), MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, "took longer than 0.3 s"));
    assert_int_equal(for_files(NULL), 2);
}

static void hosts_that_ignore_their_children_get_pictures(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    add_comparison(&rows);
    void (*before)(int) = signal(SIGCHLD, SIG_IGN);
    marq_status status = plots_render(&style, &list, 60, &error);
    signal(SIGCHLD, before);
    assert_ok(status);
    assert_true(exists("comparison.svg"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(without_gnuplot_the_message_names_the_package),
        IN_FOLDER(a_script_that_fails_is_named_and_harms_no_other),
        IN_FOLDER(a_script_that_hangs_is_ended_in_time),
        IN_FOLDER(hosts_that_ignore_their_children_get_pictures),
    };
    return cmocka_run_group_tests_name("plots_render", tests, NULL, NULL);
}
