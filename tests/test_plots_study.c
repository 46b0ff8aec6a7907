/* Lines and bars of studies. Needs gnuplot. */
#include "plot_files.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Lines ---- */

enum { THREADS = 5, CURVE = 200 };
static double threads[THREADS], ideal[THREADS], speedup[THREADS], low[THREADS], high[THREADS];
static plots_series series[2];

static void make_series(void) {
    for (size_t i = 0; i < THREADS; i++) {
        threads[i] = ideal[i] = (double)(1 << i);
        speedup[i] = threads[i] / (1 + 0.1 * threads[i]);
        low[i] = speedup[i] * 0.9;
        high[i] = speedup[i] * 1.1;
    }
    series[0] = (plots_series){.name = "ideal", .points = THREADS, .x = threads, .y = ideal, .reference = 1};
    series[1] = (plots_series){
        .name = "marq, 700 rows", .points = THREADS, .x = threads, .y = speedup, .low = low, .high = high};
}

static void add_lines(size_t count) {
    assert_ok(plots_lines(&style, "lines", series, count, &list, &error));
}

static void lines_have_points_bars_and_names(void **state) {
    (void)state;
    make_series();
    style.xlabel = "threads";
    style.ylabel = "speed-up";
    add_lines(2);
    assert_int_equal(block_rows("lines.dat", "series 001"), THREADS);
    assert_near(block_value("lines.dat", "series 002", 3, 1), speedup[3], 0);
    assert_int_equal(block_rows("lines.dat", "bars 001"), 0);
    assert_int_equal(block_columns("lines.dat", "bars 002"), 4);
    assert_near(block_value("lines.dat", "bars 002", 4, 2), low[4], 0);
    assert_says("lines.gp", "'marq, 700 rows' at screen");
    assert_says("lines.gp", "'ideal' at screen");
    assert_says("lines.gp", "'series 001' using 1:(near_y($2)) with lines ls 6"); /* a reference */
    assert_says("lines.gp", "'series 002' using 1:(near_y($2)) with linespoints ls 11 ");
    assert_says("lines.gp", "set xlabel 'threads'");
    assert_draws();
    style.xlabel = style.ylabel = NULL;
    add_lines(1);
    assert_draws();
}

static void few_values_of_x_are_its_tics(void **state) {
    (void)state;
    make_series();
    style.logx = style.logy = 1;
    add_lines(2);
    assert_says("lines.gp", "set xtics ('1' 1, '2' 2, '4' 4, '8' 8, '16' 16)");
    assert_says("lines.gp", "set logscale y");
    for (size_t i = 0; i < THREADS; i++) threads[i] = 100 + 0.1 * (double)i * (double)i;
    style.logx = 0;
    threads[THREADS - 1] = 1e4; /* 100, 100.1, … would lie on each other */
    add_lines(2);
    assert_says_not("lines.gp", "'100.1'");
    assert_draws();
}

static void long_lines_have_gaps_and_some_points(void **state) {
    (void)state;
    static double x_many[CURVE], y_many[CURVE];
    for (size_t i = 0; i < CURVE; i++) {
        x_many[i] = (double)i;
        y_many[i] = i == 50 ? MISSING : sin(0.1 * (double)i);
    }
    series[0] = (plots_series){.name = "s", .points = CURVE, .x = x_many, .y = y_many};
    add_lines(1);
    assert_int_equal(block_rows("lines.dat", "series 001"), CURVE - 1);
    assert_says("lines.gp", "with linespoints ls 11 ps 0.7 pi 13");
    assert_draws();
}

/* gnuplot 5.4 would set tics at 50, 500, 5000 … and call them 10¹, 10², 10³ if it chose where they start. */
static void tics_of_a_log_axis_start_at_a_power(void **state) {
    (void)state;
    make_series();
    for (size_t i = 0; i < THREADS; i++) speedup[i] = 59 * pow(20, (double)i);
    series[1].low = series[1].high = NULL;
    style.logy = 1;
    assert_ok(plots_lines(&style, "lines", &series[1], 1, &list, &error));
    marq_text script = read_text("lines.gp");
    const char *tics = strstr(script.data, "set ytics "), *range = strstr(script.data, "set yrange [");
    assert_true(tics && range);
    char *end;
    double start = strtod(tics + strlen("set ytics "), &end),
           low_end = strtod(range + strlen("set yrange ["), NULL);
    double power = log10(start);
    REQUIRE(*end == ',' && fabs(power - round(power)) < 1e-9 && start <= low_end,
            "tics from %g on, the axis from %g on", start, low_end);
    marq_text_clear(&script);
    assert_draws();
}

/* ---- Bars ---- */

static const char *const solvers[] = {"marq", "GSL", "MINPACK"};
static const char *const long_solvers[] = {"marq, default settings and eight threads",
                                           "GSL lmaccel with tight tolerances",
                                           "scipy.optimize.least_squares (trf)"};
static const char *const starts[] = {"start 1", "start 2"};
static double solved[6] = {54, 53, 44, 2.5, MISSING, -3};

static plots_bars_table make_table(void) {
    return (plots_bars_table){.categories = 3,
                              .series = 2,
                              .category_names = solvers,
                              .series_names = starts,
                              .value = solved,
                              .digits = 3};
}

static void add_bars(const plots_bars_table *table) {
    assert_ok(plots_bars(&style, "bars", table, &list, &error));
}

static void bars_of_a_category_stand_beside_each_other(void **state) {
    (void)state;
    plots_bars_table table = make_table();
    style.ylabel = "problems solved";
    add_bars(&table);
    assert_int_equal(block_rows("bars.dat", "series 001"), 3);
    assert_int_equal(block_rows("bars.dat", "series 002"), 2); /* one value is missing */
    const double second[] = {0, 0, 0.4, 2.5};
    for (size_t k = 0; k < 4; k++) assert_near(block_value("bars.dat", "series 002", 0, k), second[k], 1e-12);
    assert_says("bars.gp", "set ylabel 'problems solved'");
    assert_says("bars.gp", "('marq' 0, 'GSL' 1, 'MINPACK' 2)");
    assert_says("bars.gp", "using 1:4:2:3:(base):4 with boxxyerror lc rgb '#E69F00'");
    assert_says("bars.gp", "base = 0 ");
    assert_says("bars.gp", "set label '54' at first");
    assert_says("bars.gp", "set label '2.50' at first");
    assert_says("bars.gp", "set label '−3' at first");
    assert_draws();
    assert_says("bars.svg", ">MINPACK<");
}

static void bars_with_long_names_lie(void **state) {
    (void)state;
    plots_bars_table table = make_table();
    table.category_names = long_solvers;
    style.xlabel = "solver";
    style.ylabel = "seconds";
    style.logy = 1;
    add_bars(&table);
    assert_says("bars.gp", "set logscale x");
    assert_says("bars.gp", "set yrange [2.6:-0.6]"); /* the first on top */
    assert_says("bars.gp", "set xlabel 'seconds'");
    assert_says("bars.gp", "set label 1 'solver'");
    assert_says("bars.gp", "using 4:1:(base):4:2:3 with boxxyerror");
    assert_int_equal(block_rows("bars.dat", "series 002"), 1); /* −3 has no place on a log axis */
    assert_draws();
}

/* "2.63×10⁻⁶" is about 0.13 of the panel long; without room it would end beyond the page. */
static void numbers_of_lying_bars_have_room(void **state) {
    (void)state;
    static const double values[6] = {5e-15, 2.63e-6, 1e-9, 5e-15, 2.63e-6, 1e-9};
    plots_bars_table table = make_table();
    table.category_names = long_solvers;
    table.value = values;
    style.logy = 1;
    add_bars(&table);
    marq_text script = read_text("bars.gp");
    const char *range = strstr(script.data, "set xrange [");
    assert_non_null(range);
    char *end;
    double from = strtod(range + strlen("set xrange ["), &end), to = strtod(end + 1, NULL);
    double share = log(to / 2.63e-6) / log(to / from);
    REQUIRE(share > 0.13 && share < 0.25, "%g of the axis lie beyond the longest bar", share);
    marq_text_clear(&script);
    assert_draws();
}

static void error_bars_and_one_series(void **state) {
    (void)state;
    double bar_low[6], bar_high[6];
    plots_bars_table table = make_table();
    for (size_t i = 0; i < 6; i++) {
        bar_low[i] = solved[i] - 1;
        bar_high[i] = solved[i] + 1;
    }
    table.low = bar_low;
    table.high = bar_high;
    table.series = 1;
    table.series_names = NULL;
    table.digits = 0;
    add_bars(&table);
    assert_says("bars.gp", "with vectors nohead");
    assert_says_not("bars.gp", "set label '");
    assert_near(block_value("bars.dat", "series 001", 1, 5), 54, 0);
    assert_draws();
    table.category_names = long_solvers;
    add_bars(&table);
    assert_draws();
}

/* ---- Both ---- */

static void odd_values_are_drawn(void **state) {
    (void)state;
    static const double values[] = {0, 7, -1e12, 1e-15, 1e300, 5e-324, MISSING, HUGE_VAL};
    for (size_t v = 0; v < COUNT(values); v++) {
        make_series();
        double all[6];
        plots_bars_table table = make_table();
        for (size_t i = 0; i < 6; i++) all[i] = values[v];
        for (size_t i = 0; i < THREADS; i++) threads[i] = speedup[i] = low[i] = values[v];
        table.value = table.low = table.high = all;
        style.logx = style.logy = v % 2;
        add_lines(2);
        add_bars(&table);
        assert_draws();
    }
}

static void texts_run_nothing(void **state) {
    (void)state;
    char evil[600];
    snprintf(evil, sizeof evil, "'; system('touch %s/BAD') #`touch %s/BAD`", folder, folder);
    const char *const evils[] = {evil, evil, evil};
    plots_bars_table table = make_table();
    table.category_names = table.series_names = evils;
    make_series();
    series[1].name = style.xlabel = style.ylabel = style.title = evil;
    add_lines(2);
    add_bars(&table);
    assert_draws();
    assert_false(exists("BAD"));
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    plots_bars_table table = make_table();
    make_series();
    assert_int_equal(plots_lines(&style, "l", series, 0, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_lines(&style, "l", series, 21, &list, &error), MARQ_ERROR_ARGUMENT);
    series[1].high = NULL;
    assert_int_equal(plots_lines(&style, "l", series, 2, &list, &error), MARQ_ERROR_ARGUMENT);
    table.series_names = NULL;
    assert_int_equal(plots_bars(&style, "b", &table, &list, &error), MARQ_ERROR_ARGUMENT);
    table.categories = 0;
    assert_int_equal(plots_bars(&style, "b", &table, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(plots_bars(&style, "b", NULL, &list, &error), MARQ_ERROR_ARGUMENT);
    assert_int_equal(for_files(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(lines_have_points_bars_and_names),
        IN_FOLDER(few_values_of_x_are_its_tics),
        IN_FOLDER(tics_of_a_log_axis_start_at_a_power),
        IN_FOLDER(long_lines_have_gaps_and_some_points),
        IN_FOLDER(bars_of_a_category_stand_beside_each_other),
        IN_FOLDER(bars_with_long_names_lie),
        IN_FOLDER(numbers_of_lying_bars_have_room),
        IN_FOLDER(error_bars_and_one_series),
        IN_FOLDER(odd_values_are_drawn),
        IN_FOLDER(texts_run_nothing),
        IN_FOLDER(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("plots_study", tests, NULL, NULL);
}
