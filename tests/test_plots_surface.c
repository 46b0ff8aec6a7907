/* The comparison of two inputs: the fitted surface as colours with contour lines. Needs gnuplot. */
#include "plot_files.h"

#include "plots/contour.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Contour lines ---- */

enum { FINE = 41 };
static double places[FINE], values[FINE * FINE];

static double cone(double px, double py) {
    return hypot(px, py);
}
static double saddle(double px, double py) {
    return px * py + 0.01;
}
static double plane(double px, double py) {
    return px + 2 * py;
}

/* Over [−1, 1]². */
static plots_grid sample(double (*of)(double, double)) {
    for (size_t i = 0; i < FINE; i++) places[i] = -1 + 2.0 * (double)i / (FINE - 1);
    for (size_t i = 0; i < FINE * FINE; i++) values[i] = of(places[i % FINE], places[i / FINE]);
    return (plots_grid){FINE, FINE, places, places, values};
}

typedef struct lines {
    size_t count, closed, points;
    double length, worst; /* difference of the function's value from the level */
    double (*of)(double, double);
} lines;

static void measure(void *user, double level, const plots_contour_point *p, size_t count) {
    lines *l = user;
    l->count++;
    l->points += count;
    l->closed += count > 2 && p[0].x == p[count - 1].x && p[0].y == p[count - 1].y;
    for (size_t i = 0; i < count; i++) {
        l->worst = fmax(l->worst, fabs(l->of(p[i].x, p[i].y) - level));
        if (i > 0) l->length += hypot(p[i].x - p[i - 1].x, p[i].y - p[i - 1].y);
    }
}

static lines find_lines(const plots_grid *grid, double level, double (*of)(double, double)) {
    lines found = {.of = of};
    plots_tracer tracer = {0};
    assert_true(plots_tracer_open(&tracer, grid->nx, grid->ny));
    plots_contours(&tracer, grid, level, measure, &found);
    plots_tracer_clear(&tracer);
    return found;
}

/* A circle of radius 0.7 has the length 4.398; a chord of angle φ is shorter by φ²/24. */
static void a_cone_has_one_closed_line_a_level(void **state) {
    (void)state;
    plots_grid grid = sample(cone);
    lines found = find_lines(&grid, 0.7, cone);
    assert_int_equal(found.count, 1);
    assert_int_equal(found.closed, 1);
    assert_near(found.length, 2 * 3.14159265358979 * 0.7, 0.005);
    assert_true(found.worst < 0.002);     /* interpolation: h²/8 over the radius */
    found = find_lines(&grid, 1.2, cone); /* only in the corners */
    assert_int_equal(found.count, 4);
    assert_int_equal(found.closed, 0);
    assert_int_equal(find_lines(&grid, 3, cone).count, 0);
}

static void a_plane_has_straight_lines_exactly_on_the_level(void **state) {
    (void)state;
    plots_grid grid = sample(plane);
    lines found = find_lines(&grid, 0.33, plane);
    assert_int_equal(found.count, 1);
    assert_true(found.worst < 1e-14);
    assert_near(found.length, sqrt(4 + 1), 1e-12);
}

/* x·y = −0.01 runs through the quadrants where x and y differ in sign, x·y = 0.01 through the others. */
static void the_lines_of_a_saddle_do_not_cross(void **state) {
    (void)state;
    plots_grid grid = sample(saddle);
    lines found = find_lines(&grid, 0, saddle);
    assert_int_equal(found.count, 2);
    assert_true(found.worst < 0.001);
    found = find_lines(&grid, 0.02, saddle);
    assert_int_equal(found.count, 2);
}

static void a_hole_interrupts_lines(void **state) {
    (void)state;
    plots_grid grid = sample(plane);
    values[FINE / 2 * FINE + FINE / 2] = MISSING;
    lines found = find_lines(&grid, 0, plane);
    assert_int_equal(found.count, 2);
    assert_true(found.worst < 1e-14);
}

/* ---- The plot ---- */

static void add_surface(const plots_rows *rows, const plots_surface *surface) {
    assert_ok(plots_comparison(&style, "comparison", rows, NULL, surface, &list, &error));
}

static void contour_lines_are_labelled(void **state) {
    (void)state;
    plots_rows rows = make_rows(2);
    plots_surface surface = make_surface(); /* z = x² on [0, 4]: lines at 2.5, 5, 7.5, … are upright */
    add_surface(&rows, &surface);
    assert_says("comparison.gp", "{/*0.75 5}' at graph 0.");
    assert_says("comparison.gp", "rotate by 90 front tc rgb '#FFFFFF'");
    assert_says("comparison.gp", "{/*0.75 10}' at graph 0.");
    assert_says("comparison.gp", "rotate by 90 front tc rgb '#000000'");
    assert_true(block_rows("comparison.dat", "contours") > 20);
    for (size_t i = 0; i < 3; i++) {
        double level = block_value("comparison.dat", "contours", i, 3);
        assert_near(pow(block_value("comparison.dat", "contours", i, 0), 2), level, 0.04);
    }
    assert_draws();
}

static void a_picture_of_a_surface_is_small(void **state) {
    (void)state;
    plots_rows rows = make_rows(2);
    plots_surface surface = make_surface();
    add_surface(&rows, &surface);
    assert_draws();
    marq_text svg = read_text("comparison.svg");
    REQUIRE(svg.length < 400000, "%zu bytes", svg.length);
    marq_text_clear(&svg);
    assert_int_equal(for_files(NULL), 3); /* the colours are in the picture, not in a file of their own */
}

static void surfaces_may_have_holes(void **state) {
    (void)state;
    plots_rows rows = make_rows(2);
    plots_surface surface = make_surface();
    surface_z[5] = MISSING;
    add_surface(&rows, &surface);
    assert_draws();
    for (size_t i = 0; i < GRID * GRID; i++) surface_z[i] = MISSING;
    add_surface(&rows, &surface);
    assert_draws();
}

static void log_axes_and_coarse_grids_have_colours_too(void **state) {
    (void)state;
    plots_rows rows = make_rows(2);
    plots_surface surface = make_surface();
    style.logx = 1;
    curve_x[0] = 1e-3; /* also of y, which stays linear */
    surface.nx = surface.ny = 2;
    add_surface(&rows, &surface);
    assert_says("comparison.gp", "set logscale x\n");
    assert_int_equal(block_rows("comparison.dat", "map"), 180);
    assert_int_equal(block_columns("comparison.dat", "map"), 180);
    assert_draws();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cone_has_one_closed_line_a_level),
        cmocka_unit_test(a_plane_has_straight_lines_exactly_on_the_level),
        cmocka_unit_test(the_lines_of_a_saddle_do_not_cross),
        cmocka_unit_test(a_hole_interrupts_lines),
        IN_FOLDER(contour_lines_are_labelled),
        IN_FOLDER(a_picture_of_a_surface_is_small),
        IN_FOLDER(surfaces_may_have_holes),
        IN_FOLDER(log_axes_and_coarse_grids_have_colours_too),
    };
    return cmocka_run_group_tests_name("plots_surface", tests, NULL, NULL);
}
