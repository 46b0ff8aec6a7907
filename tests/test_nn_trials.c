/* Several nets trained side by side, and the choice of the best. */
#include "training_data.h"

#include <marq/trials.h>
#include <time.h>

enum { TRIALS = 4 };
static const size_t hidden[TRIALS] = {1, 12, 4, 12};

/* Nets of these sizes, whose training rows outnumber their parameters (Gram form) and not (kernel form). */
static size_t run_trials(marq_trial *trials, const marq_data *data, int threads) {
    size_t best = 99;
    marq_error error = {0};
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = 30;
    options.threads = threads;
    for (size_t k = 0; k < TRIALS; k++)
        trials[k] = (marq_trial){
            .net = start_net(3, (size_t[]){2, hidden[k], 1}, MARQ_INIT_NGUYEN_WIDROW, 1 + k), .seed = 1 + k};
    REQUIRE(marq_net_train_trials(trials, TRIALS, data, &options, &best, &error) > 0, "%s", error.message);
    return best;
}

static void destroy_nets(marq_trial *trials) {
    for (size_t k = 0; k < TRIALS; k++) marq_net_destroy(trials[k].net);
}

static void the_best_validation_loss_is_chosen(void **state) {
    (void)state;
    samples s = waves(60, 1, 0.05, 3);
    marq_data data = data_of(&s);
    marq_trial trials[TRIALS];
    size_t best = run_trials(trials, &data, 2);
    for (size_t k = 0; k < TRIALS; k++) {
        assert_true(trials[k].score == trials[k].training.loss[MARQ_VALIDATION]);
        REQUIRE(trials[k].score >= trials[best].score, "trial %zu has %g, the chosen %g", k, trials[k].score,
                trials[best].score);
    }
    assert_true(best != 0);
    destroy_nets(trials);
    samples_destroy(&s);
}

/* n ln MSE + P ln n, n = 60. */
static void without_validation_rows_parameters_have_a_price(void **state) {
    (void)state;
    samples s = waves(60, 1, 0.05, 3);
    marq_data data = {.rows = s.rows, .X = s.X, .Y = s.Y};
    marq_trial trials[TRIALS];
    size_t best = run_trials(trials, &data, 1);
    for (size_t k = 0; k < TRIALS; k++) {
        double expected =
            60 * log(trials[k].training.mse[MARQ_TRAIN]) + (double)(4 * hidden[k] + 1) * log(60);
        REQUIRE(fabs(trials[k].score - expected) < 1e-9 * fabs(expected), "trial %zu: %.12g instead of %.12g",
                k, trials[k].score, expected);
        assert_true(trials[k].score >= trials[best].score);
    }
    destroy_nets(trials);
    samples_destroy(&s);
}

static void each_trial_is_the_training_of_its_net_alone(void **state) {
    (void)state;
    samples s = waves(60, 1, 0.05, 3);
    marq_data data = data_of(&s);
    size_t best[3];
    marq_trial trials[3][TRIALS];
    for (int threads = 1; threads <= 3; threads++)
        best[threads - 1] = run_trials(trials[threads - 1], &data, threads);
    for (size_t k = 0; k < TRIALS; k++) {
        marq_net *alone = start_net(3, (size_t[]){2, hidden[k], 1}, MARQ_INIT_NGUYEN_WIDROW, 1 + k);
        marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
        options.max_epochs = 30;
        options.seed = 1 + k;
        train(alone, &s, options, NULL);
        for (int t = 0; t < 3; t++)
            REQUIRE(same_parameters(alone, trials[t][k].net), "trial %zu: other parameters with %d threads",
                    k, t + 1);
        marq_net_destroy(alone);
    }
    assert_true(best[0] == best[1] && best[0] == best[2]);
    for (int t = 0; t < 3; t++) destroy_nets(trials[t]);
    samples_destroy(&s);
}

static int polls;

static int slow_poll(void *user) {
    (void)user;
#pragma omp atomic
    polls++;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    return 0;
}

/* A poll of a batch takes 5 ms at least: 80 ms are at most 16 on one thread, and every trial has its part. */
static void the_limit_on_time_is_of_all_together(void **state) {
    (void)state;
    samples s = waves(600, 1, 0.05, 3);
    marq_data data = data_of(&s);
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.batch = 30;
    options.max_seconds = 0.08;
    options.poll = slow_poll;
    options.threads = 1;
    marq_trial trials[TRIALS];
    for (size_t k = 0; k < TRIALS; k++)
        trials[k] = (marq_trial){.net = start_net(3, (size_t[]){2, 12, 1}, MARQ_INIT_NGUYEN_WIDROW, 1 + k),
                                 .seed = 1 + k};
    size_t best;
    polls = 0;
    assert_int_equal(marq_net_train_trials(trials, TRIALS, &data, &options, &best, NULL), MARQ_STOP_TIME);
    REQUIRE(polls <= 16 + TRIALS, "%d polls of 5 ms in 80 ms", polls);
    for (size_t k = 0; k < TRIALS; k++) assert_int_equal(trials[k].training.status, MARQ_STOP_TIME);
    destroy_nets(trials);
    samples_destroy(&s);
}

static void a_failure_of_all_is_a_failure(void **state) {
    (void)state;
    samples s = waves(20, 1, 0, 3);
    s.X[0] = (double)NAN;
    marq_data data = data_of(&s);
    marq_trial trial = {.net = start_net(2, (size_t[]){2, 1}, MARQ_INIT_XAVIER, 1)};
    marq_error error = {0};
    size_t best;
    assert_int_equal(marq_net_train_trials(&trial, 1, &data, NULL, &best, &error), MARQ_ERROR_DATA);
    assert_non_null(strstr(error.message, "row 1 "));
    assert_true(isnan(trial.score));
    for (int set = 0; set < MARQ_SETS; set++)
        assert_true(isnan(trial.training.mse[set]) && isnan(trial.training.loss[set]));
    assert_string_equal(trial.training.message, error.message);
    assert_int_equal(marq_net_train_trials(&trial, 0, &data, NULL, &best, &error), MARQ_ERROR_ARGUMENT);
    marq_net_destroy(trial.net);
    samples_destroy(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_best_validation_loss_is_chosen),
        cmocka_unit_test(without_validation_rows_parameters_have_a_price),
        cmocka_unit_test(each_trial_is_the_training_of_its_net_alone),
        cmocka_unit_test(the_limit_on_time_is_of_all_together),
        cmocka_unit_test(a_failure_of_all_is_a_failure),
    };
    return cmocka_run_group_tests_name("nn_trials", tests, NULL, NULL);
}
