#include "plot_files.h"

#include <base/file.h>
#include <base/random.h>
#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- The folder ---- */

char folder[256];
plots_style style;
plots_list list;
marq_error error;

int make_folder(void **state) {
    (void)state;
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/test_plots.XXXXXX", place ? place : "/tmp");
    style = (plots_style){.folder = folder, .format = PLOTS_SVG};
    list = (plots_list){0};
    return mkdtemp(folder) ? 0 : -1;
}

const char *path_of(const char *file) {
    static char path[600];
    snprintf(path, sizeof path, "%s/%s", style.folder, file);
    return path;
}

size_t for_files(void (*visit)(const char *file)) {
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

void remove_file(const char *file) {
    remove(path_of(file));
}

int remove_folder(void **state) {
    (void)state;
    plots_list_clear(&list);
    if (style.folder != folder) for_files(remove_file);
    if (style.folder != folder) rmdir(style.folder);
    style.folder = folder;
    for_files(remove_file);
    return rmdir(folder);
}

void write_text(const char *file, const char *content) {
    marq_text text = {0};
    marq_text_add(&text, "%s", content);
    assert_int_equal(marq_file_write(path_of(file), &text, NULL), MARQ_OK);
    marq_text_clear(&text);
}

marq_text read_text(const char *file) {
    marq_text text = {0};
    if (marq_file_read(path_of(file), &text, &error) != MARQ_OK) fail_msg("%s", error.message);
    return text;
}

bool exists(const char *file) {
    return access(path_of(file), F_OK) == 0;
}

bool says(const char *file, const char *words) {
    marq_text text = read_text(file);
    bool found = strstr(text.data, words) != NULL;
    marq_text_clear(&text);
    return found;
}

void assert_ok(marq_status status) {
    if (status != MARQ_OK) fail_msg("%s", error.message);
}

void assert_draws(void) {
    assert_ok(plots_render(&style, &list, 60, &error));
    for (size_t i = 0; i < list.count; i++) {
        char file[128];
        plots_file_name(&style, &list, i, file, sizeof file);
        assert_true(list.drawn[i]);
        assert_true(exists(file));
    }
}

/* ---- Data ---- */

double x[ROWS * 3], measured[ROWS], fitted[ROWS], curve_x[GRID], curve_y[GRID], surface_z[GRID * GRID];
unsigned char set[ROWS];
const char *names[3] = {"a", "b", "c"};

plots_rows make_rows(size_t inputs) {
    marq_random random = {.seed = 1};
    for (size_t i = 0; i < ROWS; i++) {
        for (size_t k = 0; k < inputs; k++) x[i * inputs + k] = 4 * marq_random_uniform(&random);
        fitted[i] = x[i * inputs] * x[i * inputs];
        measured[i] = fitted[i] + marq_random_uniform(&random) - 0.5;
        set[i] = (unsigned char)(i < 42 ? 0 : i < 51 ? 1 : 2);
    }
    return (plots_rows){ROWS, inputs, x, measured, fitted, set, names, "y"};
}

plots_curve make_curve(void) {
    for (size_t i = 0; i < GRID; i++) {
        curve_x[i] = 4.0 * (double)i / (GRID - 1);
        curve_y[i] = curve_x[i] * curve_x[i];
    }
    return (plots_curve){.points = GRID, .x = curve_x, .y = curve_y};
}

plots_surface make_surface(void) {
    make_curve();
    for (size_t i = 0; i < GRID * GRID; i++) surface_z[i] = curve_y[i % GRID];
    return (plots_surface){GRID, GRID, curve_x, curve_x, surface_z};
}

double epoch[EPOCHS], train[EPOCHS], validation[EPOCHS], mu[EPOCHS], gradient[EPOCHS], failures[EPOCHS];

plots_history make_history(void) {
    for (size_t i = 0; i < EPOCHS; i++) {
        epoch[i] = (double)i;
        train[i] = mu[i] = gradient[i] = pow(10, -(double)i / 5);
        validation[i] = 2 * train[i] + (i > BEST ? 1e-3 : 0);
        failures[i] = i > BEST ? (double)(i - BEST) : 0;
    }
    return (plots_history){EPOCHS, epoch, {train, validation, NULL}, mu, gradient, failures, NULL, BEST};
}

void add_comparison(const plots_rows *rows) {
    plots_curve curve = make_curve();
    plots_surface surface = make_surface();
    assert_ok(plots_comparison(&style, "comparison", rows, &curve, &surface, &list, &error));
}

void add_training(const plots_rows *rows) {
    plots_history history = make_history();
    add_comparison(rows);
    assert_ok(plots_residuals(&style, "residuals", rows, &list, &error));
    assert_ok(plots_regression(&style, "regression", rows, &list, &error));
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
}

/* ---- Blocks ---- */

/* The first line behind "# name"; NULL: no such block. */
static const char *find_block(const marq_text *text, const char *name) {
    char head[64];
    int length = snprintf(head, sizeof head, "# %s\n", name);
    const char *found = strstr(text->data, head);
    return found ? found + length : NULL;
}

/* Lines until the empty one, or those two that end a block: a line with a gap counts as one. */
size_t block_rows(const char *file, const char *name) {
    marq_text text = read_text(file);
    size_t count = 0;
    for (const char *line = find_block(&text, name); line && *line; line = strchr(line, '\n') + 1) {
        if (*line == '\n' && (line[1] == '\n' || line[1] == '\0')) break;
        count += *line != '\n';
    }
    marq_text_clear(&text);
    return count;
}

size_t block_columns(const char *file, const char *name) {
    marq_text text = read_text(file);
    const char *line = find_block(&text, name);
    size_t count = line ? 1 : 0;
    for (; line && *line && *line != '\n'; line++) count += *line == ' ';
    marq_text_clear(&text);
    return count;
}

double block_value(const char *file, const char *name, size_t row, size_t column) {
    marq_text text = read_text(file);
    const char *at = find_block(&text, name);
    REQUIRE(at != NULL, "%s has no block %s", file, name);
    for (size_t i = 0; i < row; i++) at = strchr(at, '\n') + 1;
    for (size_t j = 0; j < column; j++) at = strchr(at, ' ') + 1;
    double value = strtod(at, NULL);
    marq_text_clear(&text);
    return value;
}
