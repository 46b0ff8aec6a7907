/* --restarts and --hidden auto: what was tried is reported, and the best is what is kept. */
#include "run_command.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { USAGE = 2 };

/* The chosen one has the lowest score, and is the net of the report. */
static void check_trials(const json_t *report, size_t count, const char *judge) {
    const json_t *trials = value_at(report, "trials", NULL);
    double best = HUGE_VAL, chosen = HUGE_VAL;
    size_t found = 0;
    assert_int_equal(json_array_size(trials), count);
    for (size_t k = 0; k < count; k++) {
        const json_t *t = json_array_get(trials, k);
        assert_string_equal(string_at(t, "judged_by"), judge);
        best = fmin(best, number_at(t, "score", NULL));
        if (!json_is_true(value_at(t, "chosen", NULL))) continue;
        chosen = number_at(t, "score", NULL);
        found++;
        assert_true(number_at(t, "n_parameters", NULL) == number_at(report, "n_parameters", NULL));
        assert_true(number_at(t, "loss_train", NULL) == number_at(report, "mse", "train"));
    }
    assert_int_equal(found, 1);
    assert_true(chosen == best);
}

static void the_best_of_several_starts_is_kept(void **state) {
    (void)state;
    write_small("small.csv");
    json_t *report = parse_json(
        DONE("small.csv", "--hidden", "3", "--restarts", "3", "--epochs", "10", "--no-plot", "-q", "--json")
            ->out);
    check_trials(report, 3, "validation loss");
    table history = read_table("small.fit/history.csv");
    assert_true(history.rows == 1 + (size_t)number_at(report, "epochs", NULL));
    clear_table(&history);
    json_decref(report);
    report = parse_json(DONE("small.csv", "--hidden", "3", "--restarts", "2", "--epochs", "10", "--split",
                             "100/0/0", "--no-plot", "-q", "--json")
                            ->out);
    check_trials(report, 2, "BIC");
    json_decref(report);
}

/* Of three starts one that is not the first wins; the model names its seed, by which it is made again alone.
 */
static void the_winner_is_made_again_by_its_seed(void **state) {
    (void)state;
    write_small("small.csv");
    double winner = 0;
    char seed[32];
    for (int first = 1; first < 20; first++) {
        snprintf(seed, sizeof seed, "%d", first);
        DONE("small.csv", "--hidden", "3", "--restarts", "3", "--start-seed", seed, "--epochs", "10",
             "--no-plot", "-q");
        json_t *model = read_json("small.fit/model.json");
        assert_true(number_at(model, "seed", NULL) == 1);
        winner = number_at(model, "start_seed", NULL);
        json_decref(model);
        if (winner > first) break;
    }
    snprintf(seed, sizeof seed, "%.0f", winner);
    DONE("small.csv", "--hidden", "3", "--start-seed", seed, "--epochs", "10", "--no-plot", "-q", "--out",
         "again");
    check_same_files("small.fit/model.json", "again/model.json");
}

static void trials_have_a_profile(void **state) {
    (void)state;
    write_small("small.csv");
    const char *phases = DONE("small.csv", "--hidden", "3", "--restarts", "2", "--epochs", "5", "--profile",
                              "--no-plot", "--threads", "2")
                             ->err;
    assert_non_null(strstr(phases, "judge"));
    assert_int_equal(access("small.fit/profile.speedscope.json", R_OK), 0);
    DONE("small.csv", "--hidden", "3", "--restarts", "2", "--epochs", "5", "--no-plot", "-q", "--out",
         "plain");
    check_same_files("small.fit/model.json", "plain/model.json");
}

static void sizes_are_tried(void **state) {
    (void)state;
    write_small("small.csv");
    json_t *report = parse_json(DONE("small.csv", "--hidden", "auto", "--restarts", "1", "--epochs", "3",
                                     "--no-plot", "-q", "--json", "--threads", "1")
                                    ->out);
    check_trials(report, 7, "validation loss");
    json_decref(report);
    const char *text = DONE("small.csv", "--hidden", "auto", "--restarts", "1", "--epochs", "3", "--no-plot",
                            "--threads", "2", "--out", "two")
                           ->out;
    assert_non_null(strstr(text, "tried, by the validation loss"));
    check_same_files("small.fit/model.json", "two/model.json");
}

/* The larger ones do not fit: the table says why, and the best of the others is kept. */
static void sizes_without_memory_are_told(void **state) {
    (void)state;
    write_small("small.csv");
    const char *text = DONE("small.csv", "--hidden", "auto", "--restarts", "1", "--epochs", "3", "--no-plot",
                            "--memory", "1200k")
                           ->out;
    assert_non_null(
        strstr(text, "\n  40,40,20                    1       2601  not trained: the solve needs "));
    json_t *report = read_json("small.fit/report.json");
    const json_t *trials = value_at(report, "trials", NULL), *last = json_array_get(trials, 6);
    assert_true(json_is_null(value_at(last, "loss_train", NULL)));
    assert_true(json_is_null(value_at(last, "score", NULL)));
    assert_non_null(strstr(string_at(last, "stop_reason"), "the solve needs"));
    assert_true(number_at(json_array_get(trials, 0), "loss_train", NULL) > 0);
    assert_non_null(strstr(string_at(json_array_get(trials, 0), "stop_reason"), "limit on epochs"));
    json_decref(report);
}

static void what_does_not_go_together_is_refused(void **state) {
    (void)state;
    write_small("small.csv");
    DONE("small.csv", "--hidden", "2", "--epochs", "2", "--no-plot", "-q");
    REFUSED(USAGE, "leave out --restarts", "small.csv", "--from", "small.fit/model.json", "--restarts", "2",
            "--out", "x");
    REFUSED(USAGE, "--activation", "small.csv", "--hidden", "auto", "--activation", "tanh,relu", "--out",
            "x");
    REFUSED(USAGE, "--restarts 0", "small.csv", "--restarts", "0", "--out", "x");
    REFUSED(USAGE, "--restarts is for nets", "small.csv", "--formula", "y = c*a", "--restarts", "2", "--out",
            "x");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_best_of_several_starts_is_kept),
        IN_FOLDER(the_winner_is_made_again_by_its_seed),
        IN_FOLDER(trials_have_a_profile),
        IN_FOLDER(sizes_are_tried),
        IN_FOLDER(sizes_without_memory_are_told),
        IN_FOLDER(what_does_not_go_together_is_refused),
    };
    return cmocka_run_group_tests_name("command_trials", tests, NULL, NULL);
}
