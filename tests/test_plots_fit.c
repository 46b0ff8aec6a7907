/* The plot of a fit: data with error bars, curves with bands, residuals below; groups and models. Needs
 * gnuplot. */
#include "plot_files.h"

#include <base/memory.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- A fit: y = 2 − x/2 over x = 0.1 … 6, residuals ±0.1, in turn ---- */

enum { POINTS = 60 };
static double fit_x[POINTS], fit_y[POINTS], sigma[POINTS], residual[POINTS], other[POINTS];
static double grid_x[GRID], grid_y[GRID], low[GRID], high[GRID], lower[GRID], higher[GRID];
static size_t group[POINTS];
static const double *residuals[] = {residual, other};
static plots_curve curves[2];

static plots_points make_points(void) {
    for (size_t i = 0; i < POINTS; i++) {
        fit_x[i] = 0.1 * (double)(i + 1);
        residual[i] = i % 2 ? 0.1 : -0.1;
        other[i] = 0.25;
        fit_y[i] = 2 - fit_x[i] / 2 + residual[i];
        sigma[i] = 0.125;
        group[i] = i == 7;
    }
    return (plots_points){.rows = POINTS, .x = fit_x, .y = fit_y, .x_name = "x", .y_name = "y"};
}

static plots_models make_models(void) {
    for (size_t i = 0; i < GRID; i++) {
        grid_x[i] = 6.0 * (double)(i + 1) / GRID;
        grid_y[i] = 2 - grid_x[i] / 2;
        low[i] = grid_y[i] - 0.05;
        high[i] = grid_y[i] + 0.05;
        lower[i] = grid_y[i] - 0.3;
        higher[i] = grid_y[i] + 0.3;
    }
    curves[0] = (plots_curve){.points = GRID,
                              .x = grid_x,
                              .y = grid_y,
                              .low = low,
                              .high = high,
                              .prediction_low = lower,
                              .prediction_high = higher,
                              .level = 0.95};
    curves[1] = (plots_curve){.points = GRID, .x = grid_x, .y = high};
    return (plots_models){.models = 1, .curves = 1, .curve = curves, .residuals = residuals};
}

static void add_fit(const plots_points *points, const plots_models *models) {
    assert_ok(plots_fit(&style, "fit", points, models, &list, &error));
}

static size_t count_words(const char *file, const char *words) {
    marq_text text = read_text(file);
    size_t count = 0;
    for (const char *at = strstr(text.data, words); at; at = strstr(at + 1, words)) count++;
    marq_text_clear(&text);
    return count;
}

/* ---- One group, one model ---- */

static void data_hold_bars_residuals_curve_and_bands(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    points.x_sigma = points.y_sigma = sigma;
    sigma[2] = 0; /* no bar */
    add_fit(&points, &models);
    assert_says("fit.dat", "# columns: x y x_low x_high y_low y_high sigma residuals\n");
    assert_int_equal(block_rows("fit.dat", "points 001"), POINTS);
    assert_int_equal(block_columns("fit.dat", "points 001"), 8);
    const double first[] = {0.1, 1.85, 0.1 - 0.125, 0.1 + 0.125, 1.85 - 0.125, 1.85 + 0.125, 0.125, -0.1};
    for (size_t k = 0; k < 8; k++) assert_near(block_value("fit.dat", "points 001", 0, k), first[k], 1e-12);
    for (size_t k = 2; k < 7; k++) assert_true(isnan(block_value("fit.dat", "points 001", 2, k)));
    assert_int_equal(block_rows("fit.dat", "curve 001"), GRID);
    assert_int_equal(block_rows("fit.dat", "confidence 001"), GRID);
    assert_int_equal(block_rows("fit.dat", "prediction 001"), GRID);
    assert_near(block_value("fit.dat", "prediction 001", GRID - 1, 2), -1 + 0.3, 1e-12);
    assert_draws();
}

static void residuals_stand_below_on_the_same_x_axis(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    add_fit(&points, &models);
    assert_int_equal(count_words("fit.gp", "set xrange"), 1);
    assert_int_equal(count_words("fit.gp", "set format x ''"), 1); /* numbers only below the lower one */
    assert_int_equal(count_words("fit.gp", "\nplot "), 2);
    assert_says("fit.gp", "'fit.dat' index 'points 001' using 1:8 with points");
    assert_says("fit.gp", "set label 2 'residual' noenhanced");
    models.weighted = 1;
    add_fit(&points, &models);
    assert_says("fit.gp", "set label 2 'residual / σ' noenhanced");
    models.residual_name = "of log(y)";
    add_fit(&points, &models);
    assert_says("fit.gp", "set label 2 'of log(y)' noenhanced");
    models.residuals = NULL;
    add_fit(&points, &models);
    assert_int_equal(count_words("fit.gp", "\nplot "), 1);
    assert_draws();
}

static void error_bars_are_drawn_of_what_is_given(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    add_fit(&points, &models);
    assert_says_not("fit.gp", "with vectors");
    points.x_sigma = sigma;
    add_fit(&points, &models);
    assert_int_equal(count_words("fit.gp", "with vectors"), 1);
    assert_says("fit.gp", "using (near_x($3)):2:");
    points.y_sigma = sigma;
    add_fit(&points, &models);
    assert_int_equal(count_words("fit.gp", "with vectors"), 3);
    assert_says("fit.gp", "using 1:(near_y($5)):");
    assert_says("fit.gp", "using 1:($8-$7):(0):(2*$7) with vectors"); /* of the residuals */
    models.weighted = 1; /* residuals in units of their own bars */
    add_fit(&points, &models);
    assert_int_equal(count_words("fit.gp", "with vectors"), 2);
    points.y_low = fit_y;
    points.y_high = other;
    add_fit(&points, &models);
    assert_near(block_value("fit.dat", "points 001", 0, 4), fit_y[0], 0);
    assert_near(block_value("fit.dat", "points 001", 0, 5), 0.25, 0);
    assert_draws();
}

static void the_key_names_bands_with_their_level(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    add_fit(&points, &models);
    assert_says("fit.gp", "'95 % confidence'");
    assert_says("fit.gp", "'95 % prediction'");
    curves[0].level = 0.9973;
    add_fit(&points, &models);
    assert_says("fit.gp", "'99.73 % confidence'");
    curves[0].level = 0;
    add_fit(&points, &models);
    assert_says("fit.gp", "'confidence'");
    curves[0].low = curves[0].high = NULL;
    add_fit(&points, &models);
    assert_says_not("fit.gp", "confidence");
    assert_draws();
}

/* gnuplot breaks lines and bands at an empty line. */
static void a_band_with_a_gap_leaves_the_curve_whole(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    low[4] = MISSING;
    high[5] = HUGE_VAL;
    add_fit(&points, &models);
    assert_int_equal(block_rows("fit.dat", "confidence 001"), GRID - 2);
    assert_int_equal(block_rows("fit.dat", "curve 001"), GRID);
    marq_text text = read_text("fit.dat");
    const char *band = strstr(text.data, "# confidence 001\n");
    const char *gap = strstr(band, "\n\n");
    size_t before = 0;
    for (const char *c = band; c < gap; c++) before += *c == '\n';
    marq_text_clear(&text);
    assert_int_equal(before, 4);
    for (size_t i = 0; i < GRID; i++) low[i] = MISSING;
    add_fit(&points, &models);
    assert_int_equal(block_rows("fit.dat", "confidence 001"), 0);
    assert_says_not("fit.gp", "confidence");
    assert_draws();
}

static void on_log_axes_bands_and_bars_may_reach_below_zero(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    for (size_t i = 0; i < POINTS; i++) fit_y[i] = pow(10, fit_x[i]);
    for (size_t i = 0; i < GRID; i++) {
        grid_y[i] = pow(10, grid_x[i]);
        low[i] = -1;
        high[i] = 2 * grid_y[i];
    }
    for (size_t i = 0; i < POINTS; i++) sigma[i] = 2 * fit_y[i];
    points.y_sigma = sigma;
    style.logx = style.logy = 1;
    add_fit(&points, &models);
    assert_says("fit.gp", "set logscale x\n");
    assert_says("fit.gp", "set logscale y\n");
    assert_says("fit.gp", "unset logscale y\nunset mytics\n"); /* of the residuals */
    assert_int_equal(block_rows("fit.dat", "confidence 001"), GRID);
    assert_says("fit.gp", "(near_y($2)):(near_y($3)) with filledcurves");
    marq_text text = read_text("fit.gp");
    double limit, value;
    const char *at = strstr(text.data, "near_y(v) = ");
    assert_int_equal(sscanf(at, "near_y(v) = v < %lf ? %lf", &limit, &value), 2);
    marq_text_clear(&text);
    assert_true(value > 0 && value < 1);
    assert_draws();
}

/* The rule of plots_fit's header: half the data's range. */
static void the_axis_follows_a_wild_fit_only_half_the_range(void **state) {
    (void)state;
    plots_points points = make_points();
    plots_models models = make_models();
    double from, to;
    fit_y[0] = 0; /* the data reach from 0 to 1 */
    for (size_t i = 1; i < POINTS; i++) fit_y[i] = 1;
    grid_y[3] = 1e200;
    lower[5] = -1e250;
    add_fit(&points, &models);
    marq_text text = read_text("fit.gp");
    assert_int_equal(sscanf(strstr(text.data, "set yrange "), "set yrange [%lf:%lf]", &from, &to), 2);
    marq_text_clear(&text);
    REQUIRE(from > -0.7 && from <= -0.5 && to < 1.7 && to >= 1.5, "y axis %g … %g", from, to);
    assert_draws();
}

/* ---- Groups and models ---- */

static void every_group_has_its_points_curve_and_name(void **state) {
    (void)state;
    static const char *const group_names[] = {"25 °C", "it's {37}_°C"};
    plots_points points = make_points();
    plots_models models = make_models();
    points.groups = 2;
    points.group = group;
    points.group_names = group_names;
    models.curves = 2;
    curves[1].group = 1;
    add_fit(&points, &models);
    assert_int_equal(block_rows("fit.dat", "points 001"), POINTS - 1);
    assert_int_equal(block_rows("fit.dat", "points 002"), 1);
    assert_int_equal(block_rows("fit.dat", "curve 002"), GRID);
    assert_says("fit.gp", "'25 °C' at screen");
    assert_says("fit.gp", "'it’s {37}_°C' at screen");
    assert_says("fit.gp", "set style line 11 lc rgb '#0072B2' pt 6 ");
    assert_says("fit.gp", "set style line 12 lc rgb '#E69F00' pt 8 ");
    assert_says("fit.gp", "'points 002' using 1:2 with points ls 12 ");
    assert_says("fit.gp", "'curve 002' using 1:(near_y($2)) with lines lc rgb '#E69F00' ");
    assert_says("fit.gp", "'points 002' using 1:8 with points ls 12 ");
    assert_draws();
}

static void models_are_compared_with_a_key(void **state) {
    (void)state;
    static const char *const model_names[] = {"y = a + b*x", "net 1-10-1"};
    plots_points points = make_points();
    plots_models models = make_models();
    models = (plots_models){
        .models = 2, .names = model_names, .curves = 2, .curve = curves, .residuals = residuals};
    curves[1].model = 1;
    add_fit(&points, &models);
    assert_int_equal(block_columns("fit.dat", "points 001"), 9);
    assert_near(block_value("fit.dat", "points 001", 3, 8), 0.25, 0);
    assert_says("fit.gp", "'y = a + b*x' at screen");
    assert_says("fit.gp", "'net 1-10-1' at screen");
    assert_says("fit.gp", "'points 001' using 1:9 with points lc rgb '#E69F00' pt 8 ");
    assert_says("fit.gp", "with lines lc rgb '#E69F00' lw 1.4 dt (10,4)");
    points.groups = 2;
    points.group = group;
    points.group_names = model_names;
    add_fit(&points, &models);
    /* Colours are of groups, the shapes of residuals of models: the points above are neither's. */
    assert_says("fit.gp", "'points 002' using 1:2 with points ls 12 pt 7 ");
    assert_says("fit.gp", "'points 002' using 1:9 with points lc rgb '#E69F00' pt 8 ");
    assert_draws();
}

static void the_key_names_twelve_of_many_groups(void **state) {
    (void)state;
    static char text[POINTS][40];
    static const char *many[POINTS];
    plots_points points = make_points();
    plots_models models = make_models();
    for (size_t i = 0; i < POINTS; i++) {
        snprintf(text[i], sizeof text[i], "sample number %zu of the second batch", i);
        many[i] = text[i];
        group[i] = i;
    }
    points.groups = POINTS;
    points.group = group;
    points.group_names = many;
    add_fit(&points, &models);
    assert_int_equal(block_rows("fit.dat", "points 060"), 1);
    assert_int_equal(count_words("fit.gp", "'sample number "), 12);
    assert_says("fit.gp", "'and 48 more' at screen");
    assert_draws();
}

/* In two columns of at least thirty characters. */
static void long_names_stand_in_columns(void **state) {
    (void)state;
    static const char *const formulas[] = {"y = amplitude*exp(-rate*time) + background", "", "c", "d",
                                           "y = a*exp(-b*time) + c*exp(-d*time) + e",    "f"};
    plots_points points = make_points();
    plots_models models = make_models();
    models.models = 6;
    models.names = formulas;
    models.residuals = NULL;
    models.curves = 2;
    curves[0] = curves[1];
    curves[1].model = 5;
    add_fit(&points, &models);
    assert_says("fit.gp", "'y = amplitude*exp(-rate*time)");
    assert_says("fit.gp", "'(no name)' at screen");
    models.models = 1;
    models.names = NULL;
    models.curves = 0;
    add_fit(&points, &models);
    assert_says_not("fit.gp", "'fit' at screen");
    assert_draws();
}

/* ---- Many points, few points, odd ones ---- */

static void of_many_rows_some_are_drawn_and_no_bars(void **state) {
    (void)state;
    size_t many = 100000;
    style.format = PLOTS_PNG;
    double *values = marq_alloc_doubles(many, 1);
    size_t *of = marq_alloc(many, sizeof *of);
    assert_non_null(values);
    assert_non_null(of);
    for (size_t i = 0; i < many; i++) {
        values[i] = (double)(i % 1000);
        of[i] = i > 10; /* eleven of the first, all others of the second */
    }
    const double *both[] = {values};
    plots_points points = {.rows = many,
                           .x = values,
                           .y = values,
                           .y_sigma = values,
                           .groups = 2,
                           .group = of,
                           .group_names = names,
                           .x_name = "x",
                           .y_name = "y"};
    plots_models models = {.models = 1, .residuals = both};
    add_fit(&points, &models);
    assert_says("fit.gp", "'every 5th row is shown, without error bars'");
    assert_says_not("fit.gp", "with vectors");
    assert_int_equal(block_rows("fit.dat", "points 001"), 3);
    assert_int_equal(block_rows("fit.dat", "points 002"), 19998);
    points.rows = 3000;
    add_fit(&points, &models);
    assert_says("fit.gp", "'error bars are not shown'");
    assert_int_equal(block_rows("fit.dat", "points 002"), 2989);
    assert_draws();
    free(values);
    free(of);
}

static void few_and_odd_values_are_drawn(void **state) {
    (void)state;
    static const double values[] = {0, 7, -1e12, 1e-15, 1e300, 5e-324, MISSING, HUGE_VAL};
    for (size_t v = 0; v < COUNT(values); v++) {
        plots_points points = make_points();
        plots_models models = make_models();
        points.rows = 1 + v % 3;
        points.x_sigma = points.y_sigma = sigma;
        for (size_t i = 0; i < 3; i++) fit_x[i] = fit_y[i] = sigma[i] = residual[i] = values[v];
        for (size_t i = 0; i < GRID; i++) grid_x[i] = grid_y[i] = low[i] = values[v];
        style.logx = style.logy = v % 2;
        add_fit(&points, &models);
        assert_draws();
    }
}

static void texts_run_nothing(void **state) {
    (void)state;
    char evil[600];
    snprintf(evil, sizeof evil, "'; system('touch %s/BAD') #`touch %s/BAD`\"\n!touch BAD\n", folder, folder);
    const char *const evils[] = {evil, evil};
    plots_points points = make_points();
    plots_models models = make_models();
    points.x_name = points.y_name = models.residual_name = evil;
    points.groups = 2;
    points.group = group;
    points.group_names = evils;
    models.models = 2;
    models.names = evils;
    add_fit(&points, &models);
    assert_draws();
    assert_false(exists("BAD"));
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    plots_points points = make_points(), p = points;
    plots_models models = make_models(), m = models;
#define REFUSED(points, models)                                                                              \
    assert_int_equal(plots_fit(&style, "fit", points, models, &list, &error), MARQ_ERROR_ARGUMENT)
    REFUSED(NULL, &models);
    REFUSED(&points, NULL);
    p.rows = 0;
    REFUSED(&p, &models);
    p = points;
    p.y_low = fit_y;
    REFUSED(&p, &models);
    p = points;
    p.groups = 2;
    REFUSED(&p, &models);
    p.group_names = names;
    p.group = group;
    group[5] = 2;
    REFUSED(&p, &models);
    m.models = 0;
    REFUSED(&points, &m);
    m.models = 2; /* without names */
    REFUSED(&points, &m);
    curves[0].model = 1;
    REFUSED(&points, &models);
    curves[0].model = 0;
    curves[0].high = NULL;
    REFUSED(&points, &models);
    assert_string_equal(error.message, "a band needs both of its ends");
    assert_int_equal(list.count, 0);
    assert_int_equal(for_files(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(data_hold_bars_residuals_curve_and_bands),
        IN_FOLDER(residuals_stand_below_on_the_same_x_axis),
        IN_FOLDER(error_bars_are_drawn_of_what_is_given),
        IN_FOLDER(the_key_names_bands_with_their_level),
        IN_FOLDER(a_band_with_a_gap_leaves_the_curve_whole),
        IN_FOLDER(on_log_axes_bands_and_bars_may_reach_below_zero),
        IN_FOLDER(the_axis_follows_a_wild_fit_only_half_the_range),
        IN_FOLDER(every_group_has_its_points_curve_and_name),
        IN_FOLDER(models_are_compared_with_a_key),
        IN_FOLDER(the_key_names_twelve_of_many_groups),
        IN_FOLDER(long_names_stand_in_columns),
        IN_FOLDER(of_many_rows_some_are_drawn_and_no_bars),
        IN_FOLDER(few_and_odd_values_are_drawn),
        IN_FOLDER(texts_run_nothing),
        IN_FOLDER(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("plots_fit", tests, NULL, NULL);
}
