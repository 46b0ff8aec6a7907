/* The pictures: what is drawn, what the scripts and data say, and what users' texts can't do. Needs gnuplot.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <base/file.h>
#include <base/memory.h>
#include <base/number.h>
#include <base/random.h>
#include <dirent.h>
#include <math.h>
#include <plots/plots.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MISSING ((double)NAN)

static char folder[256]; /* a new one for each test */
static plots_style style;
static plots_list list;
static marq_error error;

static int set_up(void **state) {
    (void)state;
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/test_plots.XXXXXX", place ? place : "/tmp");
    style = (plots_style){.folder = folder};
    list = (plots_list){0};
    return mkdtemp(folder) ? 0 : -1;
}

static const char *path_of(const char *file) {
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", style.folder, file);
    return path;
}

/* Calls visit for every file of the folder; gives their number. */
static size_t for_files(void (*visit)(const char *file)) {
    size_t count = 0;
    DIR *directory = opendir(style.folder);
    assert_non_null(directory);
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        count++;
        if (visit) visit(entry->d_name);
    }
    closedir(directory);
    return count;
}

static void remove_file(const char *file) {
    remove(path_of(file));
}

static int tear_down(void **state) {
    (void)state;
    plots_list_clear(&list);
    if (style.folder != folder) for_files(remove_file);
    if (style.folder != folder) rmdir(style.folder);
    style.folder = folder;
    for_files(remove_file);
    return rmdir(folder);
}

static void write_text(const char *file, const char *content) {
    marq_text text = {0};
    marq_text_add(&text, "%s", content);
    assert_int_equal(marq_file_write(path_of(file), &text, NULL), MARQ_OK);
    marq_text_clear(&text);
}

static marq_text read_text(const char *file) {
    marq_text text = {0};
    if (marq_file_read(path_of(file), &text, &error) != MARQ_OK) fail_msg("%s", error.message);
    return text;
}

static bool exists(const char *file) {
    return access(path_of(file), F_OK) == 0;
}

static bool says(const char *file, const char *words) {
    marq_text text = read_text(file);
    bool found = strstr(text.data, words) != NULL;
    marq_text_clear(&text);
    return found;
}

#define assert_says(file, words)                                                                             \
    do {                                                                                                     \
        if (!says(file, words)) fail_msg("%s does not say: %s", file, words);                                \
    } while (0)

static void assert_ok(marq_status status) {
    if (status != MARQ_OK) fail_msg("%s", error.message);
}

/* Draws all of the list; without gnuplot the failure says how to install it. */
static void assert_draws(void) {
    assert_ok(plots_render(&style, &list, 60, &error));
    for (size_t i = 0; i < list.count; i++) {
        char file[128];
        plots_file_name(&style, &list, i, file, sizeof file);
        assert_true(list.drawn[i]);
        assert_true(exists(file));
    }
}

/* 60 rows of y = x² with one, two or three inputs, 42 of them train, 9 validation, 9 test. */
enum { ROWS = 60, GRID = 12 };
static double x[ROWS * 3], measured[ROWS], fitted[ROWS], curve_x[GRID], curve_y[GRID], surface_z[GRID * GRID];
static unsigned char set[ROWS];
static const char *names[3] = {"a", "b", "c"};

static plots_rows make_rows(size_t inputs) {
    marq_random random = {.seed = 1};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < inputs; k++) x[i * inputs + k] = 4 * marq_random_uniform(&random);
        fitted[i] = x[i * inputs] * x[i * inputs];
        measured[i] = fitted[i] + marq_random_uniform(&random) - 0.5;
        set[i] = (unsigned char)(i < 42 ? 0 : i < 51 ? 1 : 2);
    }
    return (plots_rows){ROWS, inputs, x, measured, fitted, set, names, "y"};
}

static plots_curve make_curve(void) {
    for (size_t i = 0; i < GRID; i++) {
        curve_x[i] = 4.0 * (double)i / (GRID - 1);
        curve_y[i] = curve_x[i] * curve_x[i];
    }
    return (plots_curve){GRID, curve_x, curve_y};
}

static plots_surface make_surface(void) {
    make_curve();
    for (size_t i = 0; i < GRID * GRID; i++) surface_z[i] = curve_y[i % GRID];
    return (plots_surface){GRID, GRID, curve_x, curve_x, surface_z};
}

enum { EPOCHS = 40, BEST = 35 };
static double epoch[EPOCHS], train[EPOCHS], validation[EPOCHS], mu[EPOCHS], gradient[EPOCHS],
    failures[EPOCHS];

static plots_history make_history(void) {
    for (size_t i = 0; i < EPOCHS; i++) {
        epoch[i] = (double)i;
        train[i] = mu[i] = gradient[i] = pow(10, -(double)i / 5);
        validation[i] = 2 * train[i] + (i > BEST ? 1e-3 : 0);
        failures[i] = i > BEST ? (double)(i - BEST) : 0;
    }
    return (plots_history){EPOCHS, epoch, {train, validation, NULL}, mu, gradient, failures, BEST};
}

static void add_comparison(const plots_rows *rows) {
    plots_curve curve = make_curve();
    plots_surface surface = make_surface();
    assert_ok(plots_comparison(&style, "comparison", rows, &curve, &surface, &list, &error));
}

static void add_all(const plots_rows *rows) {
    plots_history history = make_history();
    add_comparison(rows);
    assert_ok(plots_residuals(&style, "residuals", rows, &list, &error));
    assert_ok(plots_regression(&style, "regression", rows, &list, &error));
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
}

/* Lines of data of the block behind the comment "# name". */
static size_t block_rows(const char *file, const char *name) {
    marq_text text = read_text(file);
    char head[64];
    snprintf(head, sizeof head, "# %s\n", name);
    const char *line = strstr(text.data, head);
    size_t count = 0;
    if (line) line += strlen(head);
    for (; line && *line && *line != '\n'; line = strchr(line, '\n') + 1) count++;
    marq_text_clear(&text);
    return count;
}

static void all_plots_are_drawn_for_any_number_of_inputs(void **state) {
    (void)state;
    for (size_t inputs = 1; inputs <= 3; inputs++) {
        plots_rows rows = make_rows(inputs);
        add_all(&rows);
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
    add_all(&rows);
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
        add_all(&rows);
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
    assert_true(exists("comparison.png"));
    assert_false(says("comparison.gp", folder));
}

static void the_same_data_give_the_same_files(void **state) {
    (void)state;
    static const char *const files[] = {"comparison.gp", "comparison.dat", "comparison.png"};
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

static void data_have_a_block_a_set_and_all_digits(void **state) {
    (void)state;
    char number[MARQ_NUMBER_SIZE];
    plots_rows rows = make_rows(1);
    measured[0] = MISSING;
    add_comparison(&rows);
    assert_says("comparison.dat", "# columns: a y fitted\n");
    assert_int_equal(block_rows("comparison.dat", "train"), 41); /* the missing value is left out */
    assert_int_equal(block_rows("comparison.dat", "validation"), 9);
    assert_int_equal(block_rows("comparison.dat", "test"), 9);
    assert_int_equal(block_rows("comparison.dat", "fit"), GRID);
    assert_says("comparison.dat", marq_number_write(number, measured[1]));
    rows.set = NULL;
    add_comparison(&rows);
    assert_int_equal(block_rows("comparison.dat", "measured"), 59);
}

static void texts_of_users_run_nothing(void **state) {
    (void)state;
    static const char *const shapes[] = {
        "`touch %s/BAD`",
        "'; system('touch %s/BAD') #",
        "'.system(\"touch %s/BAD\").'",
        "\"; !touch %s/BAD",
        "\x01'\n!touch %s/BAD\n",
        "''`touch %s/BAD`''",
        "\\'`touch %s/BAD`",
        "@x $(touch %s/BAD) {/Symbol} %%s\\",
    };
    char text[sizeof shapes / sizeof *shapes][400];
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        marq_text built = {0};
        marq_text_add(&built, "%.*s%s%s", (int)(strstr(shapes[i], "%s") - shapes[i]), shapes[i], folder,
                      strstr(shapes[i], "%s") + 2);
        snprintf(text[i], sizeof text[i], "%s", built.data);
        marq_text_clear(&built);
        for (size_t inputs = 1; inputs <= 3; inputs++) {
            plots_rows rows = make_rows(inputs);
            rows.in_names = (const char *[]){text[i], text[i], text[i]};
            rows.out_name = style.title = text[i];
            style.xlabel = i % 2 ? text[i] : NULL;
            add_all(&rows);
            assert_draws();
            assert_false(exists("BAD"));
        }
    }
}

static void texts_are_cut_and_made_valid(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    char wide[301];
    memset(wide, 'w', 300);
    wide[300] = '\0';
    style.title = wide;
    style.xlabel = "Zeit \xff\xc3 / µs\tand\nmore\x1b[0m \xe2\x80\xae";
    style.ylabel = "it's";
    add_comparison(&rows);
    assert_says("comparison.gp", "www…'");
    assert_says("comparison.gp", "set xlabel 'Zeit \xEF\xBF\xBD\xEF\xBF\xBD / µs and more[0m ' noenhanced");
    assert_says("comparison.gp", "set ylabel 'it’s' noenhanced");
    style.format = PLOTS_SVG;
    add_comparison(&rows);
    assert_draws();
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

static void without_gnuplot_the_message_names_the_package(void **state) {
    (void)state;
    char *before = marq_copy_text(getenv("PATH"));
    plots_rows rows = make_rows(1);
    add_all(&rows);
    setenv("PATH", folder, 1);
    marq_status status = plots_render(&style, &list, 60, &error);
    setenv("PATH", before, 1);
    free(before);
    assert_int_equal(status, MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, "comparison.png and 4 more not drawn"));
    assert_non_null(strstr(error.message, "apt install gnuplot-nox"));
    assert_false(list.drawn[0]);
    assert_int_equal(for_files(NULL), 10); /* scripts and data are there, nothing else */
}

static void a_script_that_fails_is_named_and_harms_no_other(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    add_all(&rows);
    write_text("residuals.gp", "set output output_file\nplot 'nowhere.dat'\n");
    assert_int_equal(plots_render(&style, &list, 60, &error), MARQ_ERROR_WRITE);
    assert_non_null(strstr(error.message, "residuals.png not drawn"));
    assert_non_null(strstr(error.message, "line 2"));
    assert_null(strchr(error.message, '\n'));
    for (size_t i = 0; i < list.count; i++) assert_int_equal(list.drawn[i], i != 1);
    assert_false(exists("residuals.png"));
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
    assert_true(exists("comparison.png"));
}

static void of_a_million_rows_every_50th_point_is_drawn(void **state) {
    (void)state;
    size_t many = 1000000;
    double *values = marq_alloc_doubles(many, 1);
    assert_non_null(values);
    for (size_t i = 0; i < many; i++) values[i] = (double)(i % 1000);
    plots_rows rows = {many, 1, values, values, values, NULL, names, "y"};
    add_comparison(&rows);
    assert_ok(plots_residuals(&style, "residuals", &rows, &list, &error));
    assert_int_equal(block_rows("comparison.dat", "measured"), 20000);
    assert_says("comparison.gp", "every 50th row is shown");
    assert_says("residuals.dat", " 1000000 0 0\n"); /* the histogram counts all */
    assert_draws();
    free(values);
}

static void r_squared_keeps_its_digits(void **state) {
    (void)state;
    plots_rows rows = make_rows(3);
    for (size_t i = 0; i < ROWS; i++) {
        measured[i] = i % 2 ? 1 : -1; /* sum of squares: 1 a row */
        fitted[i] = measured[i] * (set[i] == 0 ? 0.5 : set[i] == 1 ? 1 - 1e-5 : 1);
    }
    measured[51] = measured[50] = -1; /* an even number of each sign */
    fitted[51] = -1;
    assert_ok(plots_regression(&style, "regression", &rows, &list, &error));
    assert_says("regression.gp", "'train:  R² = 0.7500'");
    assert_says("regression.gp", "'validation:  1 − R² = ");
    assert_says("regression.gp", "×10⁻¹⁰'");
    assert_says("regression.gp", "'test:  R² = 1'");
    for (size_t i = 0; i < ROWS; i++) measured[i] = 0.1;
    assert_ok(plots_regression(&style, "regression", &rows, &list, &error));
    assert_says("regression.gp", "'all:  R² undefined'");
    assert_draws();
}

static void the_histogram_counts_finite_residuals_by_set(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    measured[0] = MISSING;
    fitted[59] = HUGE_VAL;
    measured[1] = 1e6; /* far outside: named, not drawn */
    assert_ok(plots_residuals(&style, "residuals", &rows, &list, &error));
    marq_text data = read_text("residuals.dat");
    size_t sum[3] = {0}, bins = 0, count[3];
    for (const char *line = strstr(data.data, "# bins\n") + 7; *line; line = strchr(line, '\n') + 1, bins++) {
        assert_int_equal(sscanf(line, "%*s %*s %zu %zu %zu", &count[0], &count[1], &count[2]), 3);
        for (size_t s = 0; s < 3; s++) sum[s] += count[s];
    }
    marq_text_clear(&data);
    assert_in_range(bins, 10, 80);
    assert_int_equal(sum[0], 40);
    assert_int_equal(sum[1], 9);
    assert_int_equal(sum[2], 8);
    assert_says("residuals.gp", "; 1 of 58 outside");
    assert_draws();
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
            add_all(&rows);
            assert_draws();
        }
    }
}

static void huge_and_tiny_numbers_are_in_powers_of_ten(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    for (size_t i = 0; i < ROWS; i++) {
        x[i] *= 1e12;
        measured[i] *= 1e-15;
    }
    add_comparison(&rows);
    assert_says("comparison.gp", "set xlabel 'a' . '  (×10¹²)' noenhanced");
    assert_says("comparison.gp", "×10⁻¹");
    assert_draws();
}

static void log_axes_leave_out_what_has_no_logarithm(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    style.logx = style.logy = 1;
    for (size_t i = 0; i < ROWS; i++) measured[i] = fabs(measured[i]) + 0.1;
    measured[0] = -1;
    x[1] = 0;
    add_comparison(&rows);
    assert_says("comparison.gp", "set logscale x\n");
    assert_says("comparison.gp", "set logscale y\n");
    assert_int_equal(block_rows("comparison.dat", "train"), 40);
    assert_draws();
    for (size_t i = 0; i < ROWS; i++) x[i] = -1 - x[i];
    add_comparison(&rows);
    assert_false(says("comparison.gp", "set logscale x\n")); /* nothing is positive: a linear axis */
    assert_draws();
}

static void the_best_epoch_is_marked_on_the_validation_error(void **state) {
    (void)state;
    plots_history history = make_history();
    char circle[80], number[MARQ_NUMBER_SIZE];
    train[3] = MISSING;
    train[4] = 0;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_says("error.gp", "set label 1 'best: epoch 35'");
    assert_int_equal(block_rows("error.dat", "train"), EPOCHS - 2);
    snprintf(circle, sizeof circle, "# best\n35 %s\n", marq_number_write(number, validation[BEST]));
    assert_says("error.dat", circle);
    history.mse[1] = NULL;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    snprintf(circle, sizeof circle, "# best\n35 %s\n", marq_number_write(number, train[BEST]));
    assert_says("error.dat", circle);
    assert_draws();
}

static void one_epoch_and_missing_series_are_drawn(void **state) {
    (void)state;
    plots_history history = make_history();
    history.epochs = 1;
    history.best = 0;
    history.validation_failures = NULL;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
    assert_false(says("state.gp", "# validation_failures"));
    assert_draws();
    for (size_t i = 0; i < EPOCHS; i++) train[i] = validation[i] = mu[i] = gradient[i] = MISSING;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
    assert_draws();
}

static void a_surface_may_have_holes(void **state) {
    (void)state;
    plots_rows rows = make_rows(2);
    plots_surface surface = make_surface();
    surface_z[5] = MISSING;
    assert_ok(plots_comparison(&style, "comparison", &rows, NULL, &surface, &list, &error));
    assert_draws();
    for (size_t i = 0; i < GRID * GRID; i++) surface_z[i] = MISSING;
    assert_ok(plots_comparison(&style, "comparison", &rows, NULL, &surface, &list, &error));
    assert_draws();
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
    static const char *const gone[] = {"comparison.png", "error.svg", "state.pdf", "regression-y.png"};
    static const char *const kept[] = {"comparison-old.png", "comparison.csv", "photo.png",
                                       "errors.png",         "state.gp",       "comparison.png.txt"};
    for (size_t i = 0; i < 4; i++) write_text(gone[i], "x");
    for (size_t i = 0; i < 6; i++) write_text(kept[i], "x");
    write_text("regression-y.gp", "x");
    plots_remove_old(folder);
    plots_remove_old("/nonexistent");
    for (size_t i = 0; i < 4; i++) assert_false(exists(gone[i]));
    for (size_t i = 0; i < 6; i++) assert_true(exists(kept[i]));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(all_plots_are_drawn_for_any_number_of_inputs),
        TEST(a_png_has_1800_by_1200_pixels_at_300_dpi),
        TEST(svg_and_pdf_can_be_had),
        TEST(the_script_works_alone_in_its_folder),
        TEST(the_same_data_give_the_same_files),
        TEST(data_have_a_block_a_set_and_all_digits),
        TEST(texts_of_users_run_nothing),
        TEST(texts_are_cut_and_made_valid),
        TEST(odd_folders_are_no_trouble),
        TEST(a_relative_folder_may_start_with_a_tilde),
        TEST(without_gnuplot_the_message_names_the_package),
        TEST(a_script_that_fails_is_named_and_harms_no_other),
        TEST(a_script_that_hangs_is_ended_in_time),
        TEST(hosts_that_ignore_their_children_get_pictures),
        TEST(of_a_million_rows_every_50th_point_is_drawn),
        TEST(r_squared_keeps_its_digits),
        TEST(the_histogram_counts_finite_residuals_by_set),
        TEST(one_value_is_enough_for_every_plot),
        TEST(huge_and_tiny_numbers_are_in_powers_of_ten),
        TEST(log_axes_leave_out_what_has_no_logarithm),
        TEST(the_best_epoch_is_marked_on_the_validation_error),
        TEST(one_epoch_and_missing_series_are_drawn),
        TEST(a_surface_may_have_holes),
        TEST(wrong_arguments_are_refused),
        TEST(a_list_holds_32_plots),
        TEST(only_our_own_old_pictures_are_removed),
    };
    return cmocka_run_group_tests_name("plots", tests, NULL, NULL);
}
