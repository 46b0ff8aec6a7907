/* A run from outside: what is said while it runs, and how it can be stopped. */
#define _XOPEN_SOURCE 700 /* posix_openpt and its kin */
#include "require.h"
#include "run_command.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { INTERRUPTED = 130 };

#define SHORT "small.csv", "--hidden", "4", "--epochs", "12", "--no-plot"
/* Without end, for all that a test can wait. */
#define LONG                                                                                                 \
    "multimodal.csv", "--goal", "0", "--max-fail", "0", "--min-grad", "0", "--epochs", "1000000", "--no-plot"

/* ---- What is said ---- */

static void quiet_says_nothing(void **state) {
    (void)state;
    write_text("d.csv", "x,k,y\n1,7,2\n2,7,3\n3,7,4\n4,7,5\n5,7,4\n6,7,3\n");
    const command_result *result = DONE("d.csv", "-q", "-v", "--profile", "--no-plot", "--epochs", "3");
    assert_string_equal(result->out, "");
    assert_string_equal(result->err, "");
    DONE("d.csv", "-q", "--json", "--no-plot", "--epochs", "3");
    assert_true(result->out[0] == '{'); /* asked for by name */
    REFUSED(2, "--epochs", "d.csv", "-q", "--epochs", "x");
}

static void verbose_says_a_line_an_epoch(void **state) {
    (void)state;
    write_small("small.csv");
    const command_result *result = DONE(SHORT, "-v", "--json");
    table t = read_table("small.fit/history.csv");
    char *rest = NULL;
    size_t lines = 0;
    for (char *line = strtok_r(result->err, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        assert_memory_equal(line, "epoch ", 6);
        assert_int_equal(strtol(line + 6, NULL, 10), ++lines);
        assert_null(strchr(line, '\r'));
    }
    assert_int_equal(lines, t.rows - 1);
    clear_table(&t);
}

static void a_script_hears_no_progress(void **state) {
    (void)state;
    write_small("small.csv");
    assert_string_equal(DONE(SHORT)->err, "");
    assert_string_equal(DONE(SHORT, "--json")->err, "");
}

/* What the command shows on a terminal. */
static void read_terminal(const char *const *words, char *text, size_t size) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    assert_true(master >= 0);
    assert_int_equal(grantpt(master), 0);
    assert_int_equal(unlockpt(master), 0);
    int terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
    assert_true(terminal >= 0);
    const command_result *result = run_command(&(command_setup){.terminal = terminal}, words);
    assert_int_equal(result->code, 0);
    assert_int_equal(fcntl(master, F_SETFL, O_NONBLOCK), 0);
    ssize_t length = 0, got;
    while ((got = read(master, text + length, size - 1 - (size_t)length)) > 0) length += got;
    text[length] = '\0';
    close(terminal);
    close(master);
}
#define TERMINAL(text, ...) read_terminal((const char *const[]){__VA_ARGS__, NULL}, text, sizeof(text))

static void a_terminal_shows_one_line_that_renews_itself(void **state) {
    (void)state;
    char text[20000];
    size_t renewals = 0;
    write_multimodal("multimodal.csv");
    TERMINAL(text, LONG, "--time", "1");
    assert_null(strchr(text, '\n'));
    for (const char *at = text; (at = strstr(at, "\repoch ")); at++) renewals++;
    assert_true(renewals >= 2);
    assert_non_null(strstr(text, "error "));
    static const char last[] = "\r\033[K"; /* the line is taken away at the end */
    size_t length = strlen(text);
    assert_true(length > sizeof last);
    assert_string_equal(text + length - (sizeof last - 1), last);
    TERMINAL(text, LONG, "--time", "0.2", "-q");
    assert_string_equal(text, "");
    TERMINAL(text, LONG, "--epochs", "3", "-v");
    assert_non_null(strstr(text, "epoch 3"));
    assert_null(strchr(text, '\033'));
}

/* ---- Stopping ---- */

/* A second Ctrl-C would end it at once; a first one keeps the best so far. */
static void check_stopped_by(int signal_number) {
    pid_t process = start_command(NULL, (const char *const[]){LONG, "-v", "--json", NULL});
    await_lines(3);
    assert_int_equal(kill(process, signal_number), 0);
    const command_result *result = end_command();
    assert_int_equal(result->code, INTERRUPTED);
    json_t *report = parse_json(result->out);
    assert_string_equal(string_at(report, "status"), "interrupted");
    table history = read_table("multimodal.fit/history.csv"),
          rows = read_table("multimodal.fit/predictions.csv");
    assert_int_equal(history.rows - 1, number_at(report, "epochs", NULL));
    assert_true(history.rows > 3);
    assert_int_equal(rows.rows, 1001);
    clear_table(&history);
    clear_table(&rows);
    json_decref(report);
    char *names = list_folder("multimodal.fit");
    assert_string_equal(names, "history.csv model.json predictions.csv report.json");
    free(names);
    json_decref(read_json("multimodal.fit/model.json"));
}

static void an_interrupted_run_keeps_the_best_so_far(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    check_stopped_by(SIGINT);
    assert_int_equal(DONE("predict", "multimodal.fit/model.json", "multimodal.csv", "-q")->code, 0);
    check_stopped_by(SIGTERM);
}

static void a_stop_is_told_to_a_person(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    pid_t process = start_command(NULL, (const char *const[]){LONG, "-v", NULL});
    await_lines(3);
    assert_int_equal(kill(process, SIGINT), 0);
    const command_result *result = end_command();
    assert_int_equal(result->code, INTERRUPTED);
    assert_non_null(strstr(result->out, "interrupted"));
    assert_non_null(strstr(result->out, "model.json"));
}

static void time_ends_a_run(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    const command_result *result = DONE(LONG, "--time", "0.2", "--json");
    json_t *report = parse_json(result->out);
    assert_string_equal(string_at(report, "status"), "limit");
    assert_non_null(strstr(string_at(report, "stop_reason"), "time"));
    assert_true(number_at(report, "epochs", NULL) >= 1);
    json_decref(report);
}

static void epochs_end_a_run(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    json_t *report = parse_json(DONE(LONG, "--epochs", "3", "--json")->out);
    assert_string_equal(string_at(report, "status"), "limit");
    assert_int_equal(number_at(report, "epochs", NULL), 3);
    json_decref(report);
}

static void a_goal_ends_a_run(void **state) {
    (void)state;
    write_multimodal("multimodal.csv");
    json_t *report = parse_json(DONE(LONG, "--goal", "1e-5", "--json")->out);
    assert_string_equal(string_at(report, "status"), "converged");
    assert_non_null(strstr(string_at(report, "stop_reason"), "goal"));
    assert_true(number_at(report, "mse", "train") <= 1e-5);
    table t = read_table("multimodal.fit/history.csv");
    for (size_t i = 1; i + 1 < t.rows; i++) assert_true(number(&t, i, "mse_train") > 1e-5);
    clear_table(&t);
    json_decref(report);
}

static void the_validation_rows_end_a_run(void **state) {
    (void)state;
    write_small("small.csv");
    json_t *report =
        parse_json(DONE("small.csv", "--no-plot", "--goal", "0", "--max-fail", "5", "--json")->out);
    assert_string_equal(string_at(report, "status"), "converged");
    assert_non_null(strstr(string_at(report, "stop_reason"), "validation"));
    assert_int_equal(number_at(report, "epochs", NULL), number_at(report, "best_epoch", NULL) + 5);
    json_decref(report);
}

/* ---- Help ---- */

static void help_and_version(void **state) {
    (void)state;
    static const char *const options[] = {"--inputs", "--split", "--hidden",  "--epochs",
                                          "--seed",   "--json",  "--profile", "--out",
                                          "--from",   "predict", "Exit codes"};
    const command_result *result = DONE("--help");
    assert_string_equal(result->err, "");
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        assert_non_null(strstr(result->out, options[i]));
    for (const char *line = result->out, *end; (end = strchr(line, '\n')); line = end + 1)
        REQUIRE(end - line <= 114, "a line of %td characters: %.*s", end - line, (int)(end - line), line);
    DONE("--version");
    assert_non_null(strstr(result->out, "marq"));
    assert_non_null(strstr(result->out, "BLAS"));
    DONE("no-such-file.csv", "--help"); /* helps also in the middle of a wrong line */
    char *names = list_folder(".");
    assert_string_equal(names, "");
    free(names);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        IN_FOLDER(quiet_says_nothing),
        IN_FOLDER(verbose_says_a_line_an_epoch),
        IN_FOLDER(a_script_hears_no_progress),
        IN_FOLDER(a_terminal_shows_one_line_that_renews_itself),
        IN_FOLDER(an_interrupted_run_keeps_the_best_so_far),
        IN_FOLDER(a_stop_is_told_to_a_person),
        IN_FOLDER(time_ends_a_run),
        IN_FOLDER(epochs_end_a_run),
        IN_FOLDER(a_goal_ends_a_run),
        IN_FOLDER(the_validation_rows_end_a_run),
        IN_FOLDER(help_and_version),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
