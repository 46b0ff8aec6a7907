/* What all plots have in common: files, formats, sizes, names, arguments. Needs gnuplot. */
#include "plot_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void all_plots_are_drawn_for_any_number_of_inputs(void **state) {
    (void)state;
    for (size_t inputs = 1; inputs <= 3; inputs++) {
        plots_rows rows = make_rows(inputs);
        add_training(&rows);
        assert_int_equal(list.count, 5);
        assert_draws();
    }
    assert_int_equal(for_files(NULL), 15); /* a script, data and a picture each, and nothing else */
}

static void a_png_has_1800_by_1200_pixels_at_300_dpi(void **state) {
    (void)state;
    static const unsigned char header[] = {'I', 'H', 'D', 'R', 0, 0, 0x07, 0x08, 0, 0, 0x04, 0xB0};
    static const unsigned char dpi[] = {0, 0,    0,    9, 'p', 'H',  'Y',  's', 0,
                                        0, 0x2E, 0x23, 0, 0,   0x2E, 0x23, 1};
    plots_rows rows = make_rows(1);
    style.format = PLOTS_PNG;
    add_training(&rows);
    assert_draws();
    for (size_t i = 0; i < list.count; i++) {
        char file[128];
        plots_file_name(&style, &list, i, file, sizeof file);
        marq_text png = read_text(file);
        assert_memory_equal(png.data + 12, header, sizeof header);
        assert_memory_equal(png.data + 33, dpi, sizeof dpi);
        marq_text_clear(&png);
    }
}

static void svg_and_pdf_can_be_had(void **state) {
    (void)state;
    static const char *const starts[] = {NULL, "<?xml", "%PDF"};
    plots_rows rows = make_rows(2);
    for (int format = PLOTS_SVG; format <= PLOTS_PDF; format++) {
        style.format = (plots_format)format;
        add_training(&rows);
        assert_draws();
        assert_says(format == PLOTS_SVG ? "comparison.svg" : "comparison.pdf", starts[format]);
    }
}

static void the_script_works_alone_in_its_folder(void **state) {
    (void)state;
    char command[700];
    plots_rows rows = make_rows(1);
    add_comparison(&rows);
    snprintf(command, sizeof command, "cd '%s' && gnuplot comparison.gp", folder);
    assert_int_equal(system(command), 0);
    assert_true(exists("comparison.svg"));
    assert_false(says("comparison.gp", folder));
}

static void the_same_data_give_the_same_files(void **state) {
    (void)state;
    static const char *const files[] = {"comparison.gp", "comparison.dat", "comparison.svg"};
    marq_text first[3];
    plots_rows rows = make_rows(1);
    add_comparison(&rows);
    assert_draws();
    for (size_t i = 0; i < 3; i++) first[i] = read_text(files[i]);
    add_comparison(&rows);
    assert_draws();
    for (size_t i = 0; i < 3; i++) {
        marq_text again = read_text(files[i]);
        assert_int_equal(again.length, first[i].length);
        assert_memory_equal(again.data, first[i].data, again.length);
        marq_text_clear(&again);
        marq_text_clear(&first[i]);
    }
}

static void odd_folders_are_no_trouble(void **state) {
    (void)state;
    char odd[400];
    snprintf(odd, sizeof odd, "%s/~it's ''`touch BAD`''''\n\"$HOME\" %%s", folder);
    assert_int_equal(mkdir(odd, 0777), 0);
    plots_rows rows = make_rows(1);
    style.folder = odd;
    add_comparison(&rows);
    assert_draws();
    assert_int_equal(for_files(NULL), 3);
    for_files(remove_file);
    assert_int_equal(rmdir(odd), 0);
    style.folder = folder;
}

static void a_relative_folder_may_start_with_a_tilde(void **state) {
    (void)state;
    char before[4096];
    assert_non_null(getcwd(before, sizeof before));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("~", 0777), 0);
    plots_rows rows = make_rows(1);
    style.folder = "~";
    add_comparison(&rows);
    assert_draws();
    for_files(remove_file);
    assert_int_equal(rmdir("~"), 0);
    style.folder = folder;
    assert_int_equal(chdir(before), 0);
}

static void one_value_is_enough_for_every_plot(void **state) {
    (void)state;
    static const double values[] = {0, 7, -1e12, 1e-15, 1e300, 5e-324, MISSING, HUGE_VAL};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
        for (size_t inputs = 1; inputs <= 3; inputs++) {
            plots_rows rows = make_rows(inputs);
            for (size_t i = 0; i < ROWS * inputs; i++) x[i] = values[v];
            for (size_t i = 0; i < ROWS; i++) measured[i] = fitted[i] = values[v];
            style.logx = style.logy = v % 2;
            add_training(&rows);
            assert_draws();
        }
    }
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    plots_rows rows = make_rows(1), none = {0};
    plots_history history = make_history();
    static const char *const bad[] = {"", "../x", "a b", ".hidden", "-x", "a'b", NULL};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(plots_residuals(&style, bad[i], &rows, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_comparison(&style, "c", &rows, NULL, NULL, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_residuals(&style, "r", &none, &list, &error), MARQ_ERROR_ARGUMENT);
    set[7] = 3;
    assert_int_equal(plots_regression(&style, "r", &rows, &list, NULL), MARQ_ERROR_ARGUMENT);
    history.best = EPOCHS;
    assert_int_equal(plots_error(&style, "e", &history, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_render(&style, &list, 0, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(list.count, 0);
    style.folder = "/nonexistent";
    rows = make_rows(1);
    assert_int_equal(plots_residuals(&style, "r", &rows, &list, &error), MARQ_ERROR_WRITE);
    style.folder = folder;
    assert_int_equal(for_files(NULL), 0);
}

static void a_list_holds_32_plots(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    char name[32];
    for (int i = 0; i <= PLOTS_MOST; i++) {
        snprintf(name, sizeof name, "residuals-%d", i);
        marq_status status = plots_residuals(&style, name, &rows, &list, &error);
        assert_int_equal(status, i < PLOTS_MOST ? MARQ_OK : MARQ_ERROR_ARGUMENT);
    }
    plots_list_clear(&list);
    assert_int_equal(list.count, 0);
}

static void only_our_own_old_pictures_are_removed(void **state) {
    (void)state;
    static const char *const gone[] = {"comparison.png", "error.svg", "state.pdf", "fit.png",
                                       "regression-y.png"};
    static const char *const kept[] = {"comparison-old.png", "comparison.csv", "photo.png",
                                       "errors.png",         "state.gp",       "comparison.png.txt"};
    for (size_t i = 0; i < COUNT(gone); i++) write_text(gone[i], "x");
    for (size_t i = 0; i < COUNT(kept); i++) write_text(kept[i], "x");
    write_text("regression-y.gp", "x");
    plots_remove_old(folder);
    plots_remove_old("/nonexistent");
    for (size_t i = 0; i < COUNT(gone); i++) assert_false(exists(gone[i]));
    for (size_t i = 0; i < COUNT(kept); i++) assert_true(exists(kept[i]));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(all_plots_are_drawn_for_any_number_of_inputs),
        IN_FOLDER(a_png_has_1800_by_1200_pixels_at_300_dpi),
        IN_FOLDER(svg_and_pdf_can_be_had),
        IN_FOLDER(the_script_works_alone_in_its_folder),
        IN_FOLDER(the_same_data_give_the_same_files),
        IN_FOLDER(odd_folders_are_no_trouble),
        IN_FOLDER(a_relative_folder_may_start_with_a_tilde),
        IN_FOLDER(one_value_is_enough_for_every_plot),
        IN_FOLDER(wrong_arguments_are_refused),
        IN_FOLDER(a_list_holds_32_plots),
        IN_FOLDER(only_our_own_old_pictures_are_removed),
    };
    return cmocka_run_group_tests_name("plots", tests, NULL, NULL);
}
