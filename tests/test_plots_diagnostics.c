/* Residuals over fitted values and the Q–Q plot. Needs gnuplot. */
#include "plot_files.h"

#include <base/memory.h>
#include <base/random.h>
#include <marq/distribution.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double residual[ROWS], predicted[ROWS];
static unsigned char outlier[ROWS];

static plots_residual_rows make_residuals(void) {
    marq_random random = {.seed = 2};
    for (size_t i = 0; i < ROWS; i++) {
        predicted[i] = 10 * marq_random_uniform(&random);
        residual[i] = marq_normal_quantile(marq_random_uniform(&random));
        outlier[i] = 0;
    }
    return (plots_residual_rows){.rows = ROWS, .residual = residual, .fitted = predicted, .outlier = outlier};
}

static void add_both(const plots_residual_rows *rows) {
    assert_ok(plots_residuals_fitted(&style, "residuals-fitted", rows, &list, &error));
    assert_ok(plots_qq(&style, "qq", rows, &list, &error));
}

/* ---- Residuals over fitted values ---- */

static void residuals_stand_over_fitted_values(void **state) {
    (void)state;
    plots_residual_rows rows = make_residuals();
    residual[3] = MISSING;
    rows.fitted_name = "fitted y";
    rows.residual_name = "residual / σ";
    add_both(&rows);
    assert_int_equal(block_rows("residuals-fitted.dat", "points"), ROWS - 1);
    assert_near(block_value("residuals-fitted.dat", "points", 0, 0), predicted[0], 0);
    assert_near(block_value("residuals-fitted.dat", "points", 0, 1), residual[0], 0);
    assert_says("residuals-fitted.gp", "set xlabel 'fitted y'");
    assert_says("residuals-fitted.gp", "set ylabel 'residual / σ'");
    assert_says("residuals-fitted.gp", "plot 0 with lines");
    assert_says_not("residuals-fitted.gp", "outlier");
    assert_draws();
}

static void outliers_are_marked_with_their_row(void **state) {
    (void)state;
    size_t numbers[ROWS];
    plots_residual_rows rows = make_residuals();
    for (size_t i = 0; i < ROWS; i++) numbers[i] = 100 + i;
    outlier[4] = outlier[9] = 1;
    residual[4] = 7;
    residual[9] = -8;
    predicted[4] = -1;
    predicted[9] = 11; /* at the right end: its number stands at the left */
    add_both(&rows);
    assert_int_equal(block_rows("residuals-fitted.dat", "points"), ROWS - 2);
    assert_int_equal(block_rows("residuals-fitted.dat", "outliers"), 2);
    assert_near(block_value("residuals-fitted.dat", "right", 0, 2), 5, 0);
    assert_near(block_value("residuals-fitted.dat", "left", 0, 2), 10, 0);
    assert_says("residuals-fitted.gp", "'outlier' at screen");
    rows.number = numbers;
    add_both(&rows);
    assert_near(block_value("residuals-fitted.dat", "right", 0, 2), 104, 0);
    assert_near(block_value("qq.dat", "outliers", 1, 2), 109, 0);
    assert_draws();
    assert_says("residuals-fitted.svg", ">104<");
    assert_says("qq.svg", ">109<");
}

/* A colour, a shape and a name each; the Q-Q plot is of all. */
static void groups_are_told_apart(void **state) {
    (void)state;
    static const char *const of_groups[] = {"north", "south", "nowhere"};
    static size_t group[ROWS];
    plots_residual_rows rows = make_residuals();
    for (size_t i = 0; i < ROWS; i++) group[i] = i % 2;
    outlier[4] = 1;
    rows.groups = 3;
    rows.group = group;
    rows.group_names = of_groups;
    add_both(&rows);
    assert_int_equal(block_rows("residuals-fitted.dat", "points 001"), (ROWS + 1) / 2 - 1);
    assert_int_equal(block_rows("residuals-fitted.dat", "points 002"), ROWS / 2);
    assert_near(block_value("residuals-fitted.dat", "points 002", 0, 1), residual[1], 0);
    assert_says("residuals-fitted.gp", "index 'points 002' using 1:2 with points ls 12 ");
    assert_says_not("residuals-fitted.gp", "index 'points 003'");
    assert_says("residuals-fitted.gp", "'south' at screen");
    assert_says("residuals-fitted.gp", "'outlier' at screen");
    assert_int_equal(block_rows("qq.dat", "outliers"), 1);
    /* The key's points need the styles. */
    marq_text text = read_text("residuals-fitted.gp");
    assert_true(strstr(text.data, "set style line 11 ") < strstr(text.data, "# the key"));
    marq_text_clear(&text);
    assert_draws();
}

static void of_many_outliers_the_largest_are_named(void **state) {
    (void)state;
    plots_residual_rows rows = make_residuals();
    for (size_t i = 0; i < ROWS; i++) {
        outlier[i] = 1;
        predicted[i] = (double)(i % 8);
        residual[i] = (double)i;
    }
    add_both(&rows);
    size_t named = block_rows("residuals-fitted.dat", "left") + block_rows("residuals-fitted.dat", "right");
    REQUIRE(named > 5 && named <= 12, "%zu outliers are named", named);
    assert_near(block_value("residuals-fitted.dat", "right", 0, 2), ROWS, 0); /* the last row */
    assert_draws();
}

static void a_log_axis_of_the_data_is_one_of_the_fitted_values(void **state) {
    (void)state;
    plots_residual_rows rows = make_residuals();
    style.logy = 1;
    predicted[0] = -1;
    add_both(&rows);
    assert_says("residuals-fitted.gp", "set logscale x\n");
    assert_int_equal(block_rows("residuals-fitted.dat", "points"), ROWS - 1);
    assert_draws();
}

/* ---- Q–Q ---- */

/* SciPy 1.10: norm.ppf((i − 3/8)/5.25) for i = 1 … 5. */
static void few_residuals_have_bloms_places(void **state) {
    (void)state;
    static const double expected[] = {-1.1797611176118612, -0.49720057068155404, 0, 0.49720057068155404,
                                      1.1797611176118612};
    plots_residual_rows rows = make_residuals();
    rows.rows = 6;
    const double values[] = {0.3, -2, MISSING, 5, -0.1, 1};
    static const double ascending[] = {-2, -0.1, 0.3, 1, 5};
    memcpy(residual, values, sizeof values);
    add_both(&rows);
    assert_int_equal(block_rows("qq.dat", "points"), 5);
    for (size_t k = 0; k < 5; k++) {
        assert_near(block_value("qq.dat", "points", k, 0), expected[k], 1e-14);
        assert_near(block_value("qq.dat", "points", k, 1), ascending[k], 0);
    }
    assert_draws();
}

/* SciPy 1.10, for n = 60: z = norm.ppf(59.5/60), half the band's width 1.96 √(p(1−p)/n)/norm.pdf(z). */
static void the_band_is_that_of_order_statistics(void **state) {
    (void)state;
    plots_residual_rows rows = make_residuals();
    add_both(&rows);
    assert_near(block_value("qq.dat", "points", ROWS - 1, 0), 2.3939797998185104, 1e-13);
    assert_int_equal(block_rows("qq.dat", "band"), 201);
    assert_near(block_value("qq.dat", "band", 200, 0), 2.3939797998185104, 1e-13);
    assert_near(block_value("qq.dat", "band", 200, 2), 2.3939797998185104 + 1.012408347259228, 1e-12);
    assert_near(block_value("qq.dat", "band", 100, 2), 0.3171264050049072, 1e-12);
    assert_near(block_value("qq.dat", "band", 100, 1), -0.3171264050049072, 1e-12);
    assert_draws();
}

static void very_many_residuals_keep_their_tails(void **state) {
    (void)state;
    size_t many = 100000;
    double *values = marq_alloc_doubles(many, 1);
    assert_non_null(values);
    marq_random random = {.seed = 3};
    for (size_t i = 0; i < many; i++) values[i] = marq_normal_quantile(marq_random_uniform(&random));
    values[777] = 9;
    values[778] = -9;
    plots_residual_rows rows = {.rows = many, .residual = values, .fitted = values};
    add_both(&rows);
    size_t drawn = block_rows("qq.dat", "points");
    REQUIRE(drawn > 500 && drawn < 5000, "%zu points", drawn);
    assert_near(block_value("qq.dat", "points", 0, 1), -9, 0);
    assert_near(block_value("qq.dat", "points", drawn - 1, 1), 9, 0);
    assert_int_equal(block_rows("residuals-fitted.dat", "points"), 5000);
    assert_says("residuals-fitted.gp", "'every 20th row is shown'");
    assert_draws();
    free(values);
}

/* ---- Odd values ---- */

static void one_value_is_enough(void **state) {
    (void)state;
    static const double values[] = {0, 7, -1e12, 1e-15, 1e300, 5e-324, MISSING, HUGE_VAL};
    for (size_t v = 0; v < COUNT(values); v++) {
        plots_residual_rows rows = make_residuals();
        rows.rows = 1 + v % 3;
        for (size_t i = 0; i < 3; i++) residual[i] = predicted[i] = values[v];
        outlier[0] = v % 2;
        add_both(&rows);
        assert_draws();
    }
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    plots_residual_rows rows = make_residuals();
    rows.fitted = NULL;
    assert_int_equal(plots_residuals_fitted(&style, "r", &rows, &list, &error), MARQ_ERROR_ARGUMENT);
    rows.residual = NULL;
    assert_int_equal(plots_qq(&style, "q", &rows, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_qq(&style, "q", NULL, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(for_files(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(residuals_stand_over_fitted_values),
        IN_FOLDER(outliers_are_marked_with_their_row),
        IN_FOLDER(groups_are_told_apart),
        IN_FOLDER(of_many_outliers_the_largest_are_named),
        IN_FOLDER(a_log_axis_of_the_data_is_one_of_the_fitted_values),
        IN_FOLDER(few_residuals_have_bloms_places),
        IN_FOLDER(the_band_is_that_of_order_statistics),
        IN_FOLDER(very_many_residuals_keep_their_tails),
        IN_FOLDER(one_value_is_enough),
        IN_FOLDER(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("plots_diagnostics", tests, NULL, NULL);
}
