/* The plots of a training: error, state, histogram of residuals, regression. Needs gnuplot. */
#include "plot_files.h"

#include <base/number.h>
#include <stdio.h>
#include <string.h>

static void r_squared_keeps_its_digits(void **state) {
    (void)state;
    plots_rows rows = make_rows(3);
    for (size_t i = 0; i < ROWS; i++) {
        measured[i] = i % 2 ? 1 : -1; /* sum of squares: 1 a row */
        fitted[i] = measured[i] * (set[i] == 0 ? 0.5 : set[i] == 1 ? 1 - 1e-5 : 1);
    }
    measured[51] = measured[50] = -1; /* an even number of each sign */
    fitted[51] = -1;
    assert_ok(plots_regression(&style, "regression", &rows, &list, &error));
    assert_says("regression.gp", "'train:  R² = 0.7500'");
    assert_says("regression.gp", "'validation:  1 − R² = ");
    assert_says("regression.gp", "×10⁻¹⁰'");
    assert_says("regression.gp", "'test:  R² = 1'");
    for (size_t i = 0; i < ROWS; i++) measured[i] = 0.1;
    assert_ok(plots_regression(&style, "regression", &rows, &list, &error));
    assert_says("regression.gp", "'all:  R² undefined'");
    assert_draws();
}

static void the_histogram_counts_finite_residuals_by_set(void **state) {
    (void)state;
    plots_rows rows = make_rows(1);
    measured[0] = MISSING;
    fitted[59] = HUGE_VAL;
    measured[1] = 1e6; /* far outside: named, not drawn */
    assert_ok(plots_residuals(&style, "residuals", &rows, &list, &error));
    marq_text data = read_text("residuals.dat");
    size_t sum[3] = {0}, bins = 0, count[3];
    for (const char *line = strstr(data.data, "# bins\n") + 7; *line; line = strchr(line, '\n') + 1, bins++) {
        assert_int_equal(sscanf(line, "%*s %*s %zu %zu %zu", &count[0], &count[1], &count[2]), 3);
        for (size_t s = 0; s < 3; s++) sum[s] += count[s];
    }
    marq_text_clear(&data);
    assert_in_range(bins, 10, 80);
    assert_int_equal(sum[0], 40);
    assert_int_equal(sum[1], 9);
    assert_int_equal(sum[2], 8);
    assert_says("residuals.gp", "; 1 of 58 outside");
    assert_draws();
}

static void the_best_epoch_is_marked_on_the_validation_error(void **state) {
    (void)state;
    plots_history history = make_history();
    char circle[80], number[MARQ_NUMBER_SIZE];
    train[3] = MISSING;
    train[4] = 0;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_says("error.gp", "set label 1 'best: epoch 35'");
    assert_int_equal(block_rows("error.dat", "train"), EPOCHS - 2);
    snprintf(circle, sizeof circle, "# best\n35 %s\n", marq_number_write(number, validation[BEST]));
    assert_says("error.dat", circle);
    history.mse[1] = NULL;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    snprintf(circle, sizeof circle, "# best\n35 %s\n", marq_number_write(number, train[BEST]));
    assert_says("error.dat", circle);
    assert_draws();
}

static void one_epoch_and_missing_series_are_drawn(void **state) {
    (void)state;
    plots_history history = make_history();
    history.epochs = 1;
    history.best = 0;
    history.validation_failures = NULL;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
    assert_false(says("state.gp", "# validation_failures"));
    assert_draws();
    for (size_t i = 0; i < EPOCHS; i++) train[i] = validation[i] = mu[i] = gradient[i] = MISSING;
    assert_ok(plots_error(&style, "error", &history, &list, &error));
    assert_ok(plots_state(&style, "state", &history, &list, &error));
    assert_draws();
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(r_squared_keeps_its_digits),
        IN_FOLDER(the_histogram_counts_finite_residuals_by_set),
        IN_FOLDER(the_best_epoch_is_marked_on_the_validation_error),
        IN_FOLDER(one_epoch_and_missing_series_are_drawn),
    };
    return cmocka_run_group_tests_name("plots_training", tests, NULL, NULL);
}
