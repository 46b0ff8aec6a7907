#include "run_command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { LIMIT_MS = 120000, PAUSE_MS = 2, MOST_WORDS = 40, MOST_VARIABLES = 1000 };

static char home[4096], folder[4096];

/* The run: one at a time. */
static struct {
    pid_t process; /* 0: none */
    FILE *out, *err;
    command_result result;
} run;

/* ---- The folder ---- */

int enter_folder(void **state) {
    (void)state;
    const char *place = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/test_command.XXXXXX", place ? place : "/tmp");
    if (!getcwd(home, sizeof home) || !mkdtemp(folder)) return -1;
    return chdir(folder);
}

static void remove_content(int at) {
    DIR *directory = fdopendir(at);
    if (!directory) return;
    for (struct dirent *entry = readdir(directory); entry; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (unlinkat(at, entry->d_name, 0) == 0) continue;
        int inner = openat(at, entry->d_name, O_RDONLY | O_DIRECTORY);
        if (inner >= 0) remove_content(inner);
        unlinkat(at, entry->d_name, AT_REMOVEDIR);
    }
    closedir(directory);
}

static void forget_run(void) {
    if (run.process) {
        kill(run.process, SIGKILL);
        waitpid(run.process, NULL, 0);
    }
    if (run.out) fclose(run.out);
    if (run.err) fclose(run.err);
    free(run.result.out);
    free(run.result.err);
    memset(&run, 0, sizeof run);
}

int leave_folder(void **state) {
    (void)state;
    forget_run();
    int at = open(folder, O_RDONLY | O_DIRECTORY);
    if (at >= 0) remove_content(at);
    return chdir(home) == 0 ? rmdir(folder) : -1;
}

/* ---- The command ---- */

static bool same_name(const char *a, const char *b) {
    size_t length = strcspn(a, "=");
    return strcspn(b, "=") == length && strncmp(a, b, length) == 0;
}

/* The variables of setup, ours, then the tester's: the first of a name counts. */
static void fill_environment(const command_setup *setup, const char **variables) {
    static const char *const ours[] = {"OMP_NUM_THREADS=1", NULL};
    const char *const *lists[] = {setup->environment, ours, (const char *const *)environ};
    size_t count = 0;
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (const char *const *v = lists[l]; v && *v; v++) {
            bool known = false;
            for (size_t i = 0; i < count && !known; i++) known = same_name(variables[i], *v);
            if (!known && count < MOST_VARIABLES) variables[count++] = *v;
        }
    variables[count] = NULL;
}

static FILE *file_with(const char *text) {
    FILE *file = tmpfile();
    assert_non_null(file);
    fputs(text ? text : "", file);
    fflush(file);
    rewind(file);
    return file;
}

static int set_streams(posix_spawn_file_actions_t *actions, const command_setup *setup, FILE *input) {
    int failed = posix_spawn_file_actions_adddup2(actions, fileno(input), STDIN_FILENO);
    if (!setup->output)
        failed |= posix_spawn_file_actions_adddup2(actions, fileno(run.out), STDOUT_FILENO);
    else if (*setup->output)
        failed |= posix_spawn_file_actions_addopen(actions, STDOUT_FILENO, setup->output, O_WRONLY, 0);
    else
        failed |= posix_spawn_file_actions_addclose(actions, STDOUT_FILENO);
    int errors = setup->terminal ? setup->terminal : fileno(run.err);
    return failed | posix_spawn_file_actions_adddup2(actions, errors, STDERR_FILENO);
}

/* posix_spawn wants char *const[], although it changes nothing. */
typedef union list {
    const char *given[MOST_VARIABLES + 1];
    char *taken[MOST_VARIABLES + 1];
} list;

pid_t start_command(const command_setup *given, const char *const *words) {
    static list arguments, variables;
    static const command_setup none;
    const command_setup *setup = given ? given : &none;
    posix_spawn_file_actions_t actions;
    size_t count = 0;
    forget_run();
    FILE *input = file_with(setup->input);
    run.out = file_with(NULL);
    run.err = file_with(NULL);
    arguments.given[count++] = "fit";
    while (*words && count < MOST_WORDS) arguments.given[count++] = *words++;
    arguments.given[count] = NULL;
    fill_environment(setup, variables.given);
    assert_int_equal(posix_spawn_file_actions_init(&actions), 0);
    assert_int_equal(set_streams(&actions, setup, input), 0);
    int reason =
        posix_spawn(&run.process, FIT_COMMAND_PATH, &actions, NULL, arguments.taken, variables.taken);
    posix_spawn_file_actions_destroy(&actions);
    fclose(input);
    if (reason != 0) fail_msg("%s: %s", FIT_COMMAND_PATH, strerror(reason));
    return run.process;
}

static void pause_briefly(void) {
    nanosleep(&(struct timespec){.tv_nsec = PAUSE_MS * 1000000L}, NULL);
}

static char *read_stream(FILE *file, size_t *length) {
    size_t size = 0;
    char *text = NULL;
    for (ssize_t got = 1; got > 0; size += (size_t)got) {
        char *grown = realloc(text, size + 65537);
        assert_non_null(grown);
        text = grown;
        got = pread(fileno(file), text + size, 65536, (off_t)size);
        if (got < 0) fail_msg("reading: %s", strerror(errno));
    }
    text[size] = '\0';
    if (length) *length = size;
    return text;
}

static size_t count_lines(const char *text) {
    size_t count = 0;
    for (; *text; text++) count += *text == '\n';
    return count;
}

void await_lines(size_t count) {
    for (int waited = 0; waited < LIMIT_MS; waited += PAUSE_MS) {
        char *text = read_stream(run.err, NULL);
        size_t lines = count_lines(text);
        free(text);
        if (lines >= count) return;
        pause_briefly();
    }
    fail_msg("the command does not get on");
}

const command_result *end_command(void) {
    int status = 0;
    pid_t ended = 0;
    for (int waited = 0; ended == 0 && waited < LIMIT_MS; waited += PAUSE_MS) {
        ended = waitpid(run.process, &status, WNOHANG);
        if (ended == 0) pause_briefly();
    }
    if (ended != run.process) fail_msg("the command takes too long");
    run.process = 0;
    run.result.code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    run.result.out = read_stream(run.out, NULL);
    run.result.err = read_stream(run.err, NULL);
    return &run.result;
}

const command_result *run_command(const command_setup *setup, const char *const *words) {
    start_command(setup, words);
    return end_command();
}

/* What is there and where, if a check fails. */
static void print_result(const command_result *result, const char *const *words) {
    print_message("fit");
    for (; *words; words++) print_message(" %s", *words);
    print_message("\nexit code %d\n%s%s", result->code, result->out, result->err);
}

void check_refused(int code, const char *part, const char *const *words) {
    char *before = list_folder(".");
    const command_result *result = run_command(NULL, words);
    const char *err = result->err;
    bool right = result->code == code && result->out[0] == '\0' && strncmp(err, "fit: ", 5) == 0 &&
                 strncmp(err, "fit: warning", 12) != 0 && count_lines(err) == 1 &&
                 err[strlen(err) - 1] == '\n' && strstr(err, part);
    if (!right) print_result(result, words);
    assert_true(right);
    char *after = list_folder(".");
    assert_string_equal(after, before);
    free(before);
    free(after);
}

const command_result *check_done(const char *const *words) {
    const command_result *result = run_command(NULL, words);
    if (result->code != 0) print_result(result, words);
    assert_int_equal(result->code, 0);
    return result;
}

/* ---- Files ---- */

void write_bytes(const char *path, const char *bytes, size_t length) {
    FILE *file = fopen(path, "wb");
    if (!file) fail_msg("%s: %s", path, strerror(errno));
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

void write_text(const char *path, const char *text) {
    write_bytes(path, text, strlen(text));
}

char *read_text(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("%s: %s", path, strerror(errno));
    char *text = read_stream(file, length);
    fclose(file);
    return text;
}

bool exists(const char *path) {
    struct stat about;
    return lstat(path, &about) == 0;
}

static int compare_names(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *join(char **names, size_t count) {
    size_t size = 1;
    for (size_t i = 0; i < count; i++) size += strlen(names[i]) + 1;
    char *text = malloc(size);
    assert_non_null(text);
    text[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        if (i) strcat(text, " ");
        strcat(text, names[i]);
        free(names[i]);
    }
    return text;
}

char *list_folder(const char *path) {
    enum { MOST = 200 };
    char *names[MOST];
    size_t count = 0;
    DIR *directory = opendir(path);
    if (!directory) fail_msg("%s: %s", path, strerror(errno));
    for (struct dirent *entry = readdir(directory); entry && count < MOST; entry = readdir(directory)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        names[count] = strdup(entry->d_name);
        assert_non_null(names[count++]);
    }
    closedir(directory);
    qsort(names, count, sizeof *names, compare_names);
    return join(names, count);
}

void check_same_files(const char *a, const char *b) {
    size_t la, lb;
    char *ta = read_text(a, &la), *tb = read_text(b, &lb);
    if (la != lb || memcmp(ta, tb, la) != 0) fail_msg("%s and %s differ", a, b);
    free(ta);
    free(tb);
}

void write_multimodal(const char *path) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("x,y\n", file);
    for (int i = 1; i <= 1000; i++) fprintf(file, "%.3f,%.17g\n", i / 1000.0, -i / 1000.0 * sin(i / 100.0));
    assert_int_equal(fclose(file), 0);
}

void write_small(const char *path) {
    uint32_t random = 1;
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs("a,b,y\n", file);
    for (int i = 0; i < 60; i++) {
        double v[3];
        for (int k = 0; k < 3; k++) {
            random = random * 1664525u + 1013904223u;
            v[k] = (double)(random >> 8) / (1 << 23) - 1;
        }
        fprintf(file, "%.17g,%.17g,%.17g\n", v[0], v[1], v[0] * v[1] + 0.1 * v[2]);
    }
    assert_int_equal(fclose(file), 0);
}

/* ---- CSV and JSON ---- */

static size_t count_commas(const char *text, const char *end) {
    size_t count = 0;
    for (; text < end; text++) count += *text == ',';
    return count;
}

/* Cuts the text into cells; every row has as many as the header. */
static void cut(table *t) {
    char *at = t->text;
    for (size_t i = 0; i < t->rows; i++) {
        char *end = strchr(at, '\n');
        assert_non_null(end);
        assert_int_equal(count_commas(at, end) + 1, t->columns);
        *end = '\0';
        for (size_t j = 0; j < t->columns; j++) {
            t->cells[i * t->columns + j] = at;
            char *comma = strchr(at, ',');
            if (comma) *comma = '\0';
            at = comma ? comma + 1 : end + 1;
        }
    }
}

static table make_table(char *text) {
    table t = {.text = text, .rows = count_lines(text)};
    assert_true(t.rows > 0);
    t.columns = count_commas(text, strchr(text, '\n')) + 1;
    t.cells = malloc(t.rows * t.columns * sizeof *t.cells);
    assert_non_null(t.cells);
    cut(&t);
    return t;
}

table read_table(const char *path) {
    return make_table(read_text(path, NULL));
}

table parse_table(const char *text) {
    char *copy = strdup(text);
    assert_non_null(copy);
    return make_table(copy);
}

const char *cell(const table *t, size_t row, const char *column) {
    assert_true(row < t->rows);
    for (size_t j = 0; j < t->columns; j++)
        if (strcmp(t->cells[j], column) == 0) return t->cells[row * t->columns + j];
    fail_msg("there is no column %s", column);
    return NULL;
}

double number(const table *t, size_t row, const char *column) {
    const char *text = cell(t, row, column);
    char *end;
    double value = strtod(text, &end);
    if (end == text || *end) fail_msg("%s, row %zu: \"%s\" is not a number", column, row, text);
    return value;
}

void clear_table(table *t) {
    free(t->text);
    free(t->cells);
}

json_t *parse_json(const char *text) {
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root) fail_msg("JSON, line %d: %s", error.line, error.text);
    return root;
}

json_t *read_json(const char *path) {
    char *text = read_text(path, NULL);
    json_t *root = parse_json(text);
    free(text);
    return root;
}

const json_t *value_at(const json_t *root, const char *key, const char *inner) {
    const json_t *value = json_object_get(root, key);
    if (value && inner) value = json_object_get(value, inner);
    if (!value) fail_msg("JSON has no %s %s", key, inner ? inner : "");
    return value;
}

double number_at(const json_t *root, const char *key, const char *inner) {
    const json_t *value = value_at(root, key, inner);
    if (!json_is_number(value)) fail_msg("%s %s is not a number", key, inner ? inner : "");
    return json_number_value(value);
}

const char *string_at(const json_t *root, const char *key) {
    const char *text = json_string_value(value_at(root, key, NULL));
    if (!text) fail_msg("%s is not a text", key);
    return text;
}

void check_close(double a, double b, double tolerance) {
    if (!(fabs(a - b) <= tolerance * fabs(b))) fail_msg("%.17g is not %.17g", a, b);
}

const json_t *entry_at(const json_t *root, const char *key, const char *name) {
    const json_t *entries = value_at(root, key, NULL);
    for (size_t j = 0; j < json_array_size(entries); j++)
        if (strcmp(string_at(json_array_get(entries, j), "name"), name) == 0)
            return json_array_get(entries, j);
    fail_msg("no %s in %s", name, key);
    return NULL;
}
