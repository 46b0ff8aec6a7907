/* For the tests of plots: a folder for each test, what stands in the files, and data to draw. */
#ifndef MARQ_TESTS_PLOT_FILES_H
#define MARQ_TESTS_PLOT_FILES_H

#include "require.h"

#include <base/text.h>
#include <math.h>
#include <plots/plots.h>
#include <stdbool.h>

#define MISSING ((double)NAN)

/* ---- The folder, new for each test, and what is drawn into it ---- */

extern char folder[256];
extern plots_style style; /* SVG, which gnuplot draws fastest; its folder is the test's */
extern plots_list list;
extern marq_error error;

int make_folder(void **state);
int remove_folder(void **state);

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)

const char *path_of(const char *file);

/* Calls visit (may be NULL) for every file of style.folder; gives their number. */
size_t for_files(void (*visit)(const char *file));
void remove_file(const char *file);

void write_text(const char *file, const char *content);
marq_text read_text(const char *file);
bool exists(const char *file);
bool says(const char *file, const char *words);

#define assert_says(file, words)     REQUIRE(says(file, words), "%s should say: %s", file, words)
#define assert_says_not(file, words) REQUIRE(!says(file, words), "%s should not say: %s", file, words)

/* Lines of data, or columns of the first one, of the block behind the comment "# name"; 0: no such block. */
size_t block_rows(const char *file, const char *name);
size_t block_columns(const char *file, const char *name);

/* Value of a row and column of that block, from 0. */
double block_value(const char *file, const char *name, size_t row, size_t column);

#define assert_near(value, expected, tolerance)                                                              \
    REQUIRE(fabs((value) - (expected)) <= (tolerance), "%.17g instead of %.17g", (double)(value),            \
            (double)(expected))

void assert_ok(marq_status status);

/* Draws all of the list; without gnuplot the failure says how to install it. */
void assert_draws(void);

/* ---- Data ---- */

/* 60 rows of y = x² + noise with inputs "a", "b", "c", 42 of them train, 9 validation, 9 test; the fit is x².
 */
enum { ROWS = 60, GRID = 12 };
extern double x[ROWS * 3], measured[ROWS], fitted[ROWS], curve_x[GRID], curve_y[GRID], surface_z[GRID * GRID];
extern unsigned char set[ROWS];
extern const char *names[3];

plots_rows make_rows(size_t inputs);
plots_curve make_curve(void);
plots_surface make_surface(void);

/* A training of 40 epochs, the best with index 35. */
enum { EPOCHS = 40, BEST = 35 };
extern double epoch[EPOCHS], train[EPOCHS], validation[EPOCHS], mu[EPOCHS], gradient[EPOCHS],
    failures[EPOCHS];

plots_history make_history(void);

/* Adds "comparison" to the list, or that and all other plots of a training. */
void add_comparison(const plots_rows *rows);
void add_training(const plots_rows *rows);

#endif
