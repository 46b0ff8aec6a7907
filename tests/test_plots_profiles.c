/* Profiles of parameters in panels. Needs gnuplot. */
#include "plot_files.h"

#include <stdio.h>
#include <string.h>

enum { POINTS = 21 };
static const double LIMIT = 2;
static double value[PLOTS_MOST_PROFILES][POINTS], tau[PLOTS_MOST_PROFILES][POINTS];
static plots_profile profile[PLOTS_MOST_PROFILES];

/* A straight profile τ = (value − best)/stderror from −3 to 3. */
static void make_profile(size_t k, const char *name, double best, double stderror) {
    for (size_t i = 0; i < POINTS; i++) {
        tau[k][i] = -3 + 6.0 * (double)i / (POINTS - 1);
        value[k][i] = best + stderror * tau[k][i];
    }
    profile[k] = (plots_profile){.name = name,
                                 .points = POINTS,
                                 .value = value[k],
                                 .tau = tau[k],
                                 .best = best,
                                 .stderror = stderror,
                                 .low = best - LIMIT * stderror,
                                 .high = best + LIMIT * stderror};
}

static plots_profile_set make_set(size_t count) {
    for (size_t k = 0; k < count; k++) make_profile(k, "b", (double)(k + 1), 0.25);
    return (plots_profile_set){.count = count, .profile = profile, .limit = LIMIT, .level = 0.9};
}

static void add_profiles(const plots_profile_set *all) {
    assert_ok(plots_profiles(&style, "profiles", all, &list, &error));
}

static void a_panel_shows_profile_interval_and_straight_line(void **state) {
    (void)state;
    plots_profile_set all = make_set(1);
    add_profiles(&all);
    assert_int_equal(block_rows("profiles.dat", "profile 001"), POINTS);
    assert_near(block_value("profiles.dat", "profile 001", 5, 0), value[0][5], 0);
    assert_near(block_value("profiles.dat", "profile 001", 5, 1), tau[0][5], 0);
    assert_says("profiles.dat", "# ends 001\n0.5 -2\n1.5 2\n");
    assert_says("profiles.gp", "near_y(((x - 1)/0.25)) with lines");
    assert_says("profiles.gp", "set label 2 'τ' at screen");
    assert_says("profiles.gp", "'90 % interval' at screen");
    all.rise = 1;
    add_profiles(&all);
    assert_near(block_value("profiles.dat", "profile 001", 5, 1), tau[0][5] * tau[0][5], 0);
    assert_says("profiles.dat", "# ends 001\n0.5 4\n1.5 4\n");
    assert_says("profiles.gp", "near_y(((x - 1)/0.25)**2) with lines");
    assert_says("profiles.gp", "'rise of χ²' at screen");
    assert_draws();
}

static void every_number_of_panels_up_to_twelve_is_drawn(void **state) {
    (void)state;
    for (size_t count = 1; count <= PLOTS_MOST_PROFILES; count += count < 6 ? 1 : 3) {
        plots_profile_set all = make_set(count);
        add_profiles(&all);
        marq_text text = read_text("profiles.gp");
        size_t panels = 0;
        for (const char *at = strstr(text.data, "\nplot "); at; at = strstr(at + 1, "\nplot ")) panels++;
        marq_text_clear(&text);
        assert_int_equal(panels, count);
        assert_draws();
    }
}

static void an_open_interval_has_one_end_or_none(void **state) {
    (void)state;
    plots_profile_set all = make_set(2);
    profile[0].high = MISSING;
    profile[1].high = profile[1].low = MISSING;
    profile[1].stderror = MISSING;
    tau[0][20] = MISSING;
    add_profiles(&all);
    assert_int_equal(block_rows("profiles.dat", "ends 001"), 1);
    assert_int_equal(block_rows("profiles.dat", "ends 002"), 0);
    assert_int_equal(block_rows("profiles.dat", "profile 001"), POINTS - 1);
    assert_draws();
}

static void long_numbers_are_counted_from_the_best(void **state) {
    (void)state;
    plots_profile_set all = make_set(4);
    make_profile(0, "b1", 238.94212918, 2.7e-6);
    make_profile(1, "b2", -3e-7, 1e-8);
    make_profile(2, "{b}'3", 1e9, 2e8);
    make_profile(3, "b4", -1e5, 1e-7);
    add_profiles(&all);
    assert_says("profiles.gp", "'b1' . ' − 238.94212918' . '  (×10⁻⁶)'");
    assert_says("profiles.gp", "'b2' . '  (×10⁻⁷)'");
    assert_says("profiles.gp", "'{b}’3' . '  (×10⁹)'");
    assert_says("profiles.gp", "'b4' . ' + ");
    assert_near(block_value("profiles.dat", "profile 001", 20, 0), 3 * 2.7e-6, 1e-13);
    assert_draws();
}

static void odd_values_are_drawn(void **state) {
    (void)state;
    static const double values[] = {0, 7, -1e12, 1e-15, 1e300, 5e-324, MISSING, HUGE_VAL};
    plots_profile_set all = make_set(COUNT(values));
    for (size_t v = 0; v < COUNT(values); v++) {
        make_profile(v, "k", values[v], values[v]);
        if (v % 2) profile[v].points = 1;
    }
    add_profiles(&all);
    assert_draws();
}

static void texts_run_nothing(void **state) {
    (void)state;
    char evil[600];
    snprintf(evil, sizeof evil, "'; system('touch %s/BAD') #`touch %s/BAD`", folder, folder);
    plots_profile_set all = make_set(1);
    profile[0].name = evil;
    add_profiles(&all);
    assert_draws();
    assert_false(exists("BAD"));
}

static void wrong_arguments_are_refused(void **state) {
    (void)state;
    plots_profile_set all = make_set(2), bad = all;
#define REFUSED(all)                                                                                         \
    assert_int_equal(plots_profiles(&style, "profiles", all, &list, &error), MARQ_ERROR_ARGUMENT)
    REFUSED(NULL);
    bad.count = 13;
    REFUSED(&bad);
    bad.count = 0;
    REFUSED(&bad);
    bad = all;
    bad.limit = 0;
    REFUSED(&bad);
    profile[1].tau = NULL;
    REFUSED(&all);
    assert_string_equal(error.message, "profile 2 needs a name and points");
    assert_int_equal(for_files(NULL), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_panel_shows_profile_interval_and_straight_line),
        IN_FOLDER(every_number_of_panels_up_to_twelve_is_drawn),
        IN_FOLDER(an_open_interval_has_one_end_or_none),
        IN_FOLDER(long_numbers_are_counted_from_the_best),
        IN_FOLDER(odd_values_are_drawn),
        IN_FOLDER(texts_run_nothing),
        IN_FOLDER(wrong_arguments_are_refused),
    };
    return cmocka_run_group_tests_name("plots_profiles", tests, NULL, NULL);
}
