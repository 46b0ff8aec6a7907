/* The comparison plot with one, two and more inputs. Needs gnuplot. */
#include "plot_files.h"

#include <base/memory.h>
#include <base/number.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void of_a_million_rows_every_50th_point_is_drawn(void **state) {
    (void)state;
    size_t many = 1000000;
    style.format = PLOTS_PNG;
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
    style.format = PLOTS_SVG; /* each point is an object */
    add_comparison(&rows);
    assert_int_equal(block_rows("comparison.dat", "measured"), 5000);
    assert_draws();
    free(values);
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

static void the_band_of_a_curve_is_drawn(void **state) {
    (void)state;
    double low[GRID], high[GRID];
    plots_rows rows = make_rows(1);
    plots_curve curve = make_curve();
    for (size_t i = 0; i < GRID; i++) {
        low[i] = curve_y[i] - 0.5;
        high[i] = i == 3 ? MISSING : curve_y[i] + 0.5;
    }
    curve.low = low;
    assert_int_equal(plots_comparison(&style, "comparison", &rows, &curve, NULL, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    curve.high = high;
    curve.level = 0.9;
    assert_ok(plots_comparison(&style, "comparison", &rows, &curve, NULL, &list, &error));
    assert_int_equal(block_rows("comparison.dat", "band"), GRID - 1);
    assert_int_equal(block_rows("comparison.dat", "fit"), GRID);
    assert_says("comparison.gp", "'90 % band' at screen");
    assert_draws();
    curve.prediction_low = low;
    assert_int_equal(plots_comparison(&style, "comparison", &rows, &curve, NULL, &list, &error),
                     MARQ_ERROR_ARGUMENT);
    curve.prediction_high = curve_y;
    assert_ok(plots_comparison(&style, "comparison", &rows, &curve, NULL, &list, &error));
    assert_int_equal(block_rows("comparison.dat", "prediction"), GRID);
    assert_says("comparison.gp", "'90 % confidence' at screen");
    assert_says("comparison.gp", "'90 % prediction' at screen");
    assert_draws();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(data_have_a_block_a_set_and_all_digits),
        IN_FOLDER(of_a_million_rows_every_50th_point_is_drawn),
        IN_FOLDER(log_axes_leave_out_what_has_no_logarithm),
        IN_FOLDER(the_band_of_a_curve_is_drawn),
    };
    return cmocka_run_group_tests_name("plots_comparison", tests, NULL, NULL);
}
