/* Users' texts run nothing and are readable; numbers of any size are. Needs gnuplot. */
#include "plot_files.h"

#include <stdio.h>
#include <string.h>

static void texts_of_users_run_nothing(void **state) {
    (void)state;
    static const char *const shapes[] = {
        "`touch %s/BAD`",
        "'; system('touch %s/BAD') #",
        "'.system(\"touch %s/BAD\").'",
        "\"; !touch %s/BAD",
        "\x01'\n!touch %s/BAD\n",
        "''`touch %s/BAD`''",
        "\\'`touch %s/BAD`",
        "@x $(touch %s/BAD) {/Symbol} %%s\\",
    };
    char text[sizeof shapes / sizeof *shapes][400];
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        marq_text built = {0};
        marq_text_add(&built, "%.*s%s%s", (int)(strstr(shapes[i], "%s") - shapes[i]), shapes[i], folder,
                      strstr(shapes[i], "%s") + 2);
        snprintf(text[i], sizeof text[i], "%s", built.data);
        marq_text_clear(&built);
        for (size_t inputs = 1; inputs <= 3; inputs++) {
            plots_rows rows = make_rows(inputs);
            rows.in_names = (const char *[]){text[i], text[i], text[i]};
            rows.out_name = style.title = text[i];
            style.xlabel = i % 2 ? text[i] : NULL;
            add_training(&rows);
            assert_draws();
            assert_false(exists("BAD"));
        }
    }
}

static void texts_are_cut_and_made_valid(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    char wide[301];
    memset(wide, 'w', 300);
    wide[300] = '\0';
    style.title = wide;
    style.xlabel = "Zeit \xff\xc3 / µs\tand\nmore\x1b[0m \xe2\x80\xae";
    style.ylabel = "it's";
    add_comparison(&rows);
    assert_says("comparison.gp", "www…'");
    assert_says("comparison.gp", "set xlabel 'Zeit \xEF\xBF\xBD\xEF\xBF\xBD / µs and more[0m ' noenhanced");
    assert_says("comparison.gp", "set ylabel 'it’s' noenhanced");
    style.format = PLOTS_SVG;
    add_comparison(&rows);
    assert_draws();
}

static void huge_and_tiny_numbers_are_in_powers_of_ten(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    for (size_t i = 0; i < ROWS; i++) {
        x[i] *= 1e12;
        measured[i] *= 1e-15;
    }
    add_comparison(&rows);
    assert_says("comparison.gp", "set xlabel 'a' . '  (×10¹²)' noenhanced");
    assert_says("comparison.gp", "×10⁻¹");
    assert_draws();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(texts_of_users_run_nothing),
        IN_FOLDER(texts_are_cut_and_made_valid),
        IN_FOLDER(huge_and_tiny_numbers_are_in_powers_of_ten),
    };
    return cmocka_run_group_tests_name("plots_texts", tests, NULL, NULL);
}
