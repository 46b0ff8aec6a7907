/* How a training ends, what it reports, and what it refuses. */
#include "training_data.h"

#include <stdbool.h>
#include <stdio.h>

static const size_t widths[] = {2, 10, 1};
static history seen;

static marq_net *small_net(void) {
    return start_net(3, widths, MARQ_INIT_NGUYEN_WIDROW, 1);
}

/* Every test off but those that a case sets. */
static marq_train_options no_tests(void) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.min_gradient = options.goal = options.relative_goal = 0;
    options.max_failures = 0;
    options.max_epochs = 30;
    options.batch = SIZE_MAX; /* steps on all rows alone, no stages */
    return options;
}

/* ---- Ends ---- */

static marq_training ends_with(marq_status expected, const samples *s, marq_train_options options) {
    marq_net *net = small_net();
    marq_training training = train(net, s, options, &seen);
    REQUIRE(training.status == expected, "ends with \"%s\", expected \"%s\"",
            marq_status_key(training.status), marq_status_key(expected));
    if (expected == MARQ_STOP_ITERATIONS) /* which are called epochs here */
        REQUIRE(strstr(training.message, "epochs"), "%s", training.message);
    else
        assert_string_equal(training.message, marq_status_text(expected));
    REQUIRE(training.epochs == seen.count, "%zu epochs, %zu records", training.epochs, seen.count);
    assert_true(training.best_epoch <= training.epochs);
    assert_true(training.seconds >= 0);
    marq_net_destroy(net);
    return training;
}

static void a_training_ends_for_each_reason(void **state) {
    (void)state;
    samples smooth = waves(200, 1, 0, 1), noisy = waves(100, 1, 1, 2);
    marq_train_options options = no_tests();
    options.max_epochs = 7;
    assert_int_equal(ends_with(MARQ_STOP_ITERATIONS, &smooth, options).epochs, 7);
    options.max_epochs = 1;
    assert_int_equal(ends_with(MARQ_STOP_ITERATIONS, &smooth, options).epochs, 1);
    options = no_tests();
    options.goal = 1e-3;
    marq_training training = ends_with(MARQ_CONVERGED_GOAL, &smooth, options);
    REQUIRE(training.mse[MARQ_TRAIN] <= 1e-3 || training.best_epoch < training.epochs, "goal 1e-3, MSE %g",
            training.mse[MARQ_TRAIN]);
    options = no_tests();
    options.min_gradient = 1e-1;
    ends_with(MARQ_CONVERGED_GRADIENT, &smooth, options);
    options = no_tests();
    options.max_seconds = 1e-9;
    ends_with(MARQ_STOP_TIME, &smooth, options);
    options = no_tests();
    options.max_failures = 4;
    options.max_epochs = 500;
    training = ends_with(MARQ_STOP_VALIDATION, &noisy, options);
    assert_int_equal(training.epochs, training.best_epoch + 4);
    options = no_tests();
    options.mu_max = options.mu / 2;
    ends_with(MARQ_STOP_STALLED, &smooth, options);
    samples_destroy(&smooth);
    samples_destroy(&noisy);
}

static size_t polls;

static int third(void *user) {
    (void)user;
    return ++polls == 3;
}

/* 1000 rows are more than three steps of every optimizer. */
static void a_training_ends_within_an_epoch(void **state) {
    (void)state;
    samples smooth = waves(1000, 1, 0, 1);
    for (int optimizer = MARQ_OPTIMIZER_LM; optimizer <= MARQ_OPTIMIZER_RMSPROP; optimizer++) {
        marq_train_options options = no_tests();
        polls = 0;
        options.optimizer = (marq_optimizer)optimizer;
        options.batch = 50;
        options.poll = third;
        marq_training training = ends_with(MARQ_STOP_CALLER, &smooth, options);
        REQUIRE(training.epochs == 1 && polls == 3, "%s: %zu epochs, %zu polls",
                marq_optimizer_key(options.optimizer), training.epochs, polls);
        REQUIRE(training.residual_evaluations == 1, "%zu evaluations of all rows",
                training.residual_evaluations);
    }
    samples_destroy(&smooth);
}

static void the_goal_is_in_units_of_the_data(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 1);
    for (size_t i = 0; i < s.rows; i++) s.Y[i] *= 1000;
    double mean = 0, variance = 0;
    size_t rows = 0;
    for (size_t i = 0; i < s.rows; i++)
        if (s.set[i] == MARQ_TRAIN) mean += s.Y[i], rows++;
    mean /= (double)rows;
    for (size_t i = 0; i < s.rows; i++)
        if (s.set[i] == MARQ_TRAIN) variance += (s.Y[i] - mean) * (s.Y[i] - mean) / (double)rows;
    marq_train_options options = no_tests();
    for (int relative = 0; relative < 2; relative++) {
        options.goal = relative ? 0 : 1e-3 * variance;
        options.relative_goal = relative ? 1e-3 : 0;
        ends_with(MARQ_CONVERGED_GOAL, &s, options);
        for (size_t e = 0; e < seen.count; e++)
            REQUIRE((seen.epoch[e].mse[MARQ_TRAIN] <= 1e-3 * variance) == (e + 1 == seen.count),
                    "epoch %zu of %zu has the MSE %g, the goal is %g", e + 1, seen.count,
                    seen.epoch[e].mse[MARQ_TRAIN], 1e-3 * variance);
    }
    samples_destroy(&s);
}

static void the_callback_ends_a_training(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 1);
    seen.stop_at = 3;
    marq_training training = ends_with(MARQ_STOP_CALLER, &s, no_tests());
    seen.stop_at = 0;
    assert_int_equal(training.epochs, 3);
    samples_destroy(&s);
}

static void no_epochs_leave_the_start_as_it_is(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 1);
    marq_net *net = small_net(), *start = small_net();
    marq_train_options options = no_tests();
    options.max_epochs = 0;
    marq_training training = train(net, &s, options, &seen);
    assert_int_equal(training.status, MARQ_STOP_ITERATIONS);
    assert_int_equal(seen.count, 0);
    assert_int_equal(training.best_epoch, 0);
    REQUIRE(training.residual_evaluations == 1 && training.jacobian_evaluations == 0,
            "%zu evaluations, %zu Jacobians", training.residual_evaluations, training.jacobian_evaluations);
    assert_memory_equal(marq_net_parameters(net), marq_net_parameters(start),
                        marq_net_count(net) * sizeof(double));
    marq_net_destroy(net);
    marq_net_destroy(start);
    samples_destroy(&s);
}

/* ---- Reports ---- */

static void records_are_complete_and_in_order(void **state) {
    (void)state;
    samples s = waves(100, 1, 1, 2);
    marq_train_options options = no_tests();
    options.max_epochs = 60;
    marq_training training = ends_with(MARQ_STOP_ITERATIONS, &s, options);
    double best = HUGE_VAL, seconds = 0;
    size_t failures = 0, best_epoch = 0;
    for (size_t e = 0; e < seen.count; e++) {
        const marq_epoch *now = &seen.epoch[e];
        assert_int_equal(now->epoch, e + 1);
        assert_int_equal(now->accepted, 1);
        bool is_best =
            e == 0 ? now->best : now->mse[MARQ_VALIDATION] < best; /* epoch 0 may be better than 1 */
        REQUIRE(!now->best == !is_best, "epoch %zu: best is %d, validation %g after %g", e + 1, now->best,
                now->mse[MARQ_VALIDATION], best);
        failures = is_best ? 0 : failures + 1;
        REQUIRE(now->validation_failures == failures, "epoch %zu: %zu failures, not %zu", e + 1,
                now->validation_failures, failures);
        if (is_best) best = now->mse[MARQ_VALIDATION], best_epoch = e + 1;
        REQUIRE(now->mu > 0 && now->gradient_norm > 0 && now->seconds >= seconds,
                "epoch %zu: mu %g, gradient %g, %g s", e + 1, now->mu, now->gradient_norm, now->seconds);
        seconds = now->seconds;
    }
    assert_int_equal(training.best_epoch, best_epoch);
    REQUIRE(best_epoch > 0 && best_epoch < seen.count,
            "nothing was over-fitted: the best epoch is %zu of %zu", best_epoch, seen.count);
    REQUIRE(training.mse[MARQ_VALIDATION] == best, "the net has the validation MSE %.17g, the best was %.17g",
            training.mse[MARQ_VALIDATION], best);
    samples_destroy(&s);
}

static void without_validation_rows_the_best_training_error_is_kept(void **state) {
    (void)state;
    samples s = waves(60, 1, 0.5, 3);
    free(s.set);
    s.set = NULL; /* all rows train */
    marq_train_options options = no_tests();
    options.max_failures = 1;
    marq_training training = ends_with(MARQ_STOP_ITERATIONS, &s, options);
    assert_int_equal(training.rows[MARQ_TRAIN], 60);
    assert_int_equal(training.rows[MARQ_VALIDATION] + training.rows[MARQ_TEST], 0);
    assert_int_equal(training.best_epoch, training.epochs);
    for (int set = MARQ_VALIDATION; set < MARQ_SETS; set++)
        REQUIRE(isnan(training.mse[set]) && isnan(training.r2[set]) && isnan(seen.epoch[0].mse[set]),
                "set %d is empty: %g, %g", set, training.mse[set], training.r2[set]);
    samples_destroy(&s);
}

/* The rows of one set, as marq_net_evaluate takes them. */
static void errors_are_those_that_evaluate_finds(void **state) {
    (void)state;
    for (size_t outputs = 1; outputs <= 2; outputs++) {
        samples s = waves(300, outputs, 0.1, 4);
        for (size_t i = 0; i < s.rows * outputs; i++) s.Y[i] = 50 + 300 * s.Y[i];
        marq_net *net = start_net(3, (size_t[]){2, 10, outputs}, MARQ_INIT_NGUYEN_WIDROW, 1);
        marq_training training = train(net, &s, no_tests(), NULL);
        for (int set = 0; set < MARQ_SETS; set++) {
            double *X = marq_alloc_doubles(s.rows, 2), *Y = marq_alloc_doubles(s.rows, outputs), mse, r2;
            size_t rows = 0;
            for (size_t i = 0; i < s.rows; i++) {
                if (s.set[i] != set) continue;
                memcpy(X + 2 * rows, s.X + 2 * i, 2 * sizeof *X);
                memcpy(Y + outputs * rows++, s.Y + outputs * i, outputs * sizeof *Y);
            }
            marq_net_evaluate(net, rows, X, Y, &mse, &r2, 1);
            REQUIRE(training.rows[set] == rows && fabs(training.mse[set] - mse) <= 1e-9 * mse,
                    "set %d: MSE %.15g, evaluate %.15g", set, training.mse[set], mse);
            REQUIRE(fabs(training.r2[set] - r2) <= 1e-9, "set %d: r2 %.15g, evaluate %.15g", set,
                    training.r2[set], r2);
            free(X);
            free(Y);
        }
        marq_net_destroy(net);
        samples_destroy(&s);
    }
}

static void provenance_and_summary_tell_how_it_was_trained(void **state) {
    (void)state;
    samples s = waves(200, 1, 0, 1);
    marq_net *net = small_net();
    marq_provenance *p = marq_net_provenance(net);
    assert_int_equal(p->trained, 0);
    p->seed = 4711;
    p->split[0] = 70, p->split[1] = p->split[2] = 15;
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_TRAINLM);
    options.max_epochs = 9;
    marq_training training = train(net, &s, options, NULL);
    assert_true(p->trained && p->recipe == MARQ_RECIPE_TRAINLM && p->status == training.status);
    assert_true(p->epochs == training.epochs && p->best_epoch == training.best_epoch);
    assert_memory_equal(p->mse, training.mse, sizeof p->mse);
    assert_memory_equal(p->rows, training.rows, sizeof p->rows);
    assert_true(p->seed == 4711 && p->split[1] == 15);
    char text[3000], mse[40];
    marq_net_summary(net, text, sizeof text);
    snprintf(mse, sizeof mse, "%.4g", training.mse[MARQ_VALIDATION]);
    const char *parts[] = {"trainlm", "4711", "9 epochs", marq_status_text(training.status),
                           mse,       "140",  "30"};
    for (size_t i = 0; i < COUNT(parts); i++)
        REQUIRE(strstr(text, parts[i]), "no \"%s\" in:\n%s", parts[i], text);
    marq_net_destroy(net);
    samples_destroy(&s);
}

/* ---- Refusals ---- */

static void is_refused(const marq_data *data, const marq_train_options *options, marq_status expected,
                       const char *word) {
    marq_net *net = small_net(), *start = small_net();
    marq_error error = {0};
    marq_status status = marq_net_train(net, data, options, NULL, &error);
    REQUIRE(status == expected && error.status == status && strstr(error.message, word),
            "status %d, \"%s\", expected %d, \"%s\"", status, error.message, expected, word);
    assert_int_equal(marq_net_train(net, data, options, NULL, NULL), expected);
    assert_memory_equal(marq_net_parameters(net), marq_net_parameters(start),
                        marq_net_count(net) * sizeof(double));
    assert_int_equal(marq_net_provenance(net)->trained, 0);
    marq_net_destroy(net);
    marq_net_destroy(start);
}

static void data_that_cannot_be_used_are_refused(void **state) {
    (void)state;
    samples s = waves(50, 1, 0, 1);
    marq_data data = data_of(&s);
    s.Y[41] = (double)NAN;
    is_refused(&data, NULL, MARQ_ERROR_DATA, "row 42 ");
    s.Y[41] = 0;
    s.X[2 * 7 + 1] = (double)-HUGE_VAL;
    is_refused(&data, NULL, MARQ_ERROR_DATA, "row 8 ");
    s.X[2 * 7 + 1] = 0;
    s.set[13] = 3;
    is_refused(&data, NULL, MARQ_ERROR_ARGUMENT, "row 14 ");
    memset(s.set, MARQ_TEST, 50);
    is_refused(&data, NULL, MARQ_ERROR_ARGUMENT, "training set");
    data.set = NULL;
    data.rows = 0;
    is_refused(&data, NULL, MARQ_ERROR_ARGUMENT, "no rows");
    data.rows = 50;
    data.Y = NULL;
    is_refused(&data, NULL, MARQ_ERROR_ARGUMENT, "");
    is_refused(NULL, NULL, MARQ_ERROR_ARGUMENT, "NULL");
    assert_int_equal(marq_net_train(NULL, &data, NULL, NULL, NULL), MARQ_ERROR_ARGUMENT);
    samples_destroy(&s);
}

static void options_that_make_no_sense_are_refused(void **state) {
    (void)state;
    samples s = waves(50, 1, 0, 1);
    marq_data data = data_of(&s);
    marq_train_options options = no_tests();
    options.mu = 0;
    is_refused(&data, &options, MARQ_ERROR_ARGUMENT, "mu");
    options = no_tests();
    options.mu_increase = 0.5;
    is_refused(&data, &options, MARQ_ERROR_ARGUMENT, "mu_increase");
    options = no_tests();
    options.mu_max = -1;
    is_refused(&data, &options, MARQ_ERROR_ARGUMENT, "mu_max");
    options = no_tests();
    options.threads = -1;
    is_refused(&data, &options, MARQ_ERROR_ARGUMENT, "threads");
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_training_ends_for_each_reason),
        cmocka_unit_test(a_training_ends_within_an_epoch),
        cmocka_unit_test(the_goal_is_in_units_of_the_data),
        cmocka_unit_test(the_callback_ends_a_training),
        cmocka_unit_test(no_epochs_leave_the_start_as_it_is),
        cmocka_unit_test(records_are_complete_and_in_order),
        cmocka_unit_test(without_validation_rows_the_best_training_error_is_kept),
        cmocka_unit_test(errors_are_those_that_evaluate_finds),
        cmocka_unit_test(provenance_and_summary_tell_how_it_was_trained),
        cmocka_unit_test(data_that_cannot_be_used_are_refused),
        cmocka_unit_test(options_that_make_no_sense_are_refused),
    };
    return cmocka_run_group_tests_name("nn_stops", tests, NULL, NULL);
}
