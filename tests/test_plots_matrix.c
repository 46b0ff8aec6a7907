/* Matrices as colours and numbers: correlations of parameters, confusion of classes. Needs gnuplot. */
#include "plot_files.h"

#include <stdio.h>
#include <string.h>

enum { MOST = 30 };
static double correlation[MOST * MOST];
static size_t counts[MOST * MOST];
static char texts[MOST][40];
static const char *many_names[MOST];

static void name_all(void) {
    for (size_t i = 0; i < MOST; i++) {
        snprintf(texts[i], sizeof texts[i], i % 5 ? "p%zu" : "a_long_name_of_parameter_%zu", i);
        many_names[i] = texts[i];
    }
}

/* correlation of i and j: ±(i + j)/100 */
static void fill_correlation(size_t count) {
    name_all();
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < count; j++)
            correlation[i * count + j] = i == j ? 1 : ((i + j) % 2 ? -0.01 : 0.01) * (double)(i + j);
}

static void add_correlation(size_t count) {
    assert_ok(plots_correlation(&style, "correlation", count, many_names, correlation, &list, &error));
}

static void add_confusion(size_t classes) {
    assert_ok(plots_confusion(&style, "confusion", "test rows", classes, many_names, counts, &list, &error));
}

/* ---- Correlations ---- */

static void the_lower_half_has_numbers_and_names(void **state) {
    (void)state;
    fill_correlation(3);
    correlation[1 * 3 + 0] = -0.004; /* no −0.00 */
    add_correlation(3);
    assert_int_equal(block_rows("correlation.dat", "cells"), 3);
    static const double cells[3][3] = {{0, 0, -0.004}, {0, 1, 0.02}, {1, 1, -0.03}}; /* column, row, value */
    for (size_t k = 0; k < 3; k++)
        for (size_t c = 0; c < 3; c++)
            assert_near(block_value("correlation.dat", "cells", k, c), cells[k][c], 0);
    assert_says("correlation.gp", "set xtics ('a_long_name_of_…' 0, 'p1' 1)");
    assert_says("correlation.gp", "set ytics ('p1' 0, 'p2' 1)");
    assert_draws();
    assert_says("correlation.svg", ">0.00<");
    assert_says("correlation.svg", ">0.02<");
    assert_says("correlation.svg", ">−0.03<");
}

static void many_parameters_have_hundredths(void **state) {
    (void)state;
    static const size_t sizes[] = {2, 14, 15, MOST};
    for (size_t s = 0; s < COUNT(sizes); s++) {
        fill_correlation(sizes[s]);
        add_correlation(sizes[s]);
        assert_int_equal(block_rows("correlation.dat", "cells"), sizes[s] * (sizes[s] - 1) / 2);
        assert_draws();
    }
    assert_says("correlation.gp", "correlation (in the cells × 100)");
    assert_says("correlation.svg", ">−57<"); /* of 28 and 29 */
}

static void undefined_correlations_have_no_cell(void **state) {
    (void)state;
    fill_correlation(4);
    correlation[3 * 4 + 1] = MISSING;
    add_correlation(4);
    assert_int_equal(block_rows("correlation.dat", "cells"), 5);
    for (size_t k = 0; k < 16; k++) correlation[k] = MISSING;
    add_correlation(4);
    assert_draws();
}

/* ---- Confusion ---- */

static void cells_hold_counts_and_percent_of_their_row(void **state) {
    (void)state;
    name_all();
    memcpy(counts, (size_t[]){45, 3, 2, 0, 0, 0, 1, 9, 30},
           9 * sizeof *counts); /* none of the second class */
    add_confusion(3);
    assert_says("confusion.dat", "# cells\n0 0 90 45\n1 0 6 3\n2 0 4 2\n0 1 0 0\n");
    assert_says("confusion.gp", "'test rows: 83.33 % right (75 of 90)'");
    assert_says("confusion.gp", "'true class'");
    assert_says("confusion.gp", "'predicted class'");
    assert_draws();
    assert_says("confusion.svg", ">45<");
    assert_says("confusion.svg", ">90 %<");
    assert_says("confusion.svg", ">75 %<");
}

static void many_classes_have_counts_only(void **state) {
    (void)state;
    name_all();
    for (size_t k = 0; k < MOST * MOST; k++) counts[k] = k % (MOST + 1) == 0 ? 1000 + k : k % 7;
    add_confusion(12);
    assert_draws();
    assert_says("confusion.svg", ">1000<");
    assert_false(says("confusion.svg", ">99 %<"));
    add_confusion(MOST);
    assert_draws();
    memset(counts, 0, sizeof counts);
    add_confusion(2);
    assert_says("confusion.gp", "'no test rows'");
    assert_draws();
}

/* ---- Both ---- */

static void texts_run_nothing(void **state) {
    (void)state;
    char evil[600];
    snprintf(evil, sizeof evil, "'; system('touch %s/BAD') #`touch %s/BAD`", folder, folder);
    fill_correlation(3);
    memset(counts, 0, sizeof counts);
    for (size_t i = 0; i < 3; i++) many_names[i] = evil + 2 * i;
    style.title = evil;
    add_correlation(3);
    add_confusion(3);
    assert_draws();
    assert_false(exists("BAD"));
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    fill_correlation(3);
    assert_int_equal(plots_correlation(&style, "c", 1, many_names, correlation, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_correlation(&style, "c", 3, NULL, correlation, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_confusion(&style, "c", "rows", 1, many_names, counts, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_confusion(&style, "c", "rows", 3, many_names, NULL, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    assert_int_equal(for_files(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_lower_half_has_numbers_and_names),
        IN_FOLDER(many_parameters_have_hundredths),
        IN_FOLDER(undefined_correlations_have_no_cell),
        IN_FOLDER(cells_hold_counts_and_percent_of_their_row),
        IN_FOLDER(many_classes_have_counts_only),
        IN_FOLDER(texts_run_nothing),
        IN_FOLDER(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("plots_matrix", tests, NULL, NULL);
}
