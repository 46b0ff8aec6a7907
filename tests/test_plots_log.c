/* When a plot of a fit takes a log axis by itself: plots_wants_log. */
#include "plot_files.h"

#include <math.h>

enum { POINTS = 60 };

typedef double (*law)(size_t i);

static double even(size_t i) {
    return 1 + 10.0 * (double)i;
}
static double from_zero(size_t i) {
    return 10.0 * (double)i;
}
static double geometric(size_t i) {
    return 1e-3 * pow(10, 0.1 * (double)i);
}
static double negative(size_t i) {
    return -geometric(i);
}
static double two_decades(size_t i) {
    return pow(100, (double)i / (POINTS - 1));
}
static double squares(size_t i) {
    return (double)((i + 1) * (i + 1));
}
static double two_values(size_t i) {
    return i % 2 ? 1 : 1e6;
}
static double doses_in_triplicate(size_t i) {
    return pow(10, (double)(i / 3) - 3);
}
static double decay_on_a_background(size_t i) {
    return 10 + 5000 * exp(-0.5 * (double)i);
}

/* By the definition in the header; the cases are those of a laboratory. */
static void values_that_ask_for_a_log_axis(void **state) {
    (void)state;
    static const struct {
        const char *name;
        law law;
        size_t count;
        int wanted;
    } cases[] = {{"even", even, POINTS, 0},
                 {"from zero", from_zero, POINTS, 0},
                 {"geometric", geometric, POINTS, 1},
                 {"negative", negative, POINTS, 0},
                 {"no more than two decades", two_decades, POINTS, 0},
                 {"squares", squares, POINTS, 0},
                 {"two values", two_values, POINTS, 0},
                 {"doses in triplicate", doses_in_triplicate, 18, 1},
                 {"decay on a background", decay_on_a_background, POINTS, 0},
                 {"three in the ratio of 100", doses_in_triplicate, 9, 0},
                 {"two rows", two_values, 2, 0}};
    double values[POINTS];
    for (size_t c = 0; c < COUNT(cases); c++) {
        for (size_t i = 0; i < cases[c].count; i++) values[i] = cases[c].law(i);
        REQUIRE(plots_wants_log(values, cases[c].count) == cases[c].wanted, "%s", cases[c].name);
    }
    for (size_t i = 0; i < POINTS; i++) values[i] = geometric(i);
    values[3] = MISSING;
    values[9] = HUGE_VAL;
    assert_int_equal(plots_wants_log(values, POINTS), 1);
    values[5] = 0;
    assert_int_equal(plots_wants_log(values, POINTS), 0);
    assert_int_equal(plots_wants_log(values, 0), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_that_ask_for_a_log_axis),
    };
    return cmocka_run_group_tests_name("plots_log", tests, NULL, NULL);
}
