/* Runs the built command `fit` as a user does: in a folder of its own, with the words, environment and input
 * that a test gives. What goes wrong on the way fails the test.
 *
 *     static void a_test(void **state) {                    // with enter_folder and leave_folder around it
 *         write_multimodal("multimodal.csv");
 *         const command_result *result = FIT("multimodal.csv", "--json");
 *         assert_int_equal(result->code, 0);
 *         json_t *report = read_json("multimodal.fit/report.json");
 *         … number_at(report, "mse", "train") …
 */
#ifndef TESTS_RUN_COMMAND_H
#define TESTS_RUN_COMMAND_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* ---- The folder ---- */

/* cmocka's setup and teardown: a new folder becomes the current one; it is removed with all that is in it. */
int enter_folder(void **state);
int leave_folder(void **state);

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

/* ---- The command ---- */

/* Zero means: as a script would run it, with OMP_NUM_THREADS=1. */
typedef struct command_setup {
    const char *input;              /* standard input; NULL: empty */
    const char *const *environment; /* "NAME=VALUE" …, then NULL: put in front of the test's own */
    const char *output; /* standard output goes into this file; "": it is closed; NULL: it is kept */
    int terminal;       /* standard error goes to this descriptor; 0: it is kept */
} command_setup;

/* Valid until the next run. */
typedef struct command_result {
    int code; /* exit code; −signal if one ended it */
    char *out, *err;
} command_result;

/* words: NULL at the end. setup NULL: zero. */
const command_result *run_command(const command_setup *setup, const char *const *words);
#define FIT(...)             run_command(NULL, (const char *const[]){__VA_ARGS__, NULL})
#define FIT_WITH(setup, ...) run_command(setup, (const char *const[]){__VA_ARGS__, NULL})

/* The same in steps, to do something while it runs. */
pid_t start_command(const command_setup *setup, const char *const *words);
void await_lines(size_t count); /* until standard error has as many */
const command_result *end_command(void);

/* Runs it and checks: this exit code, nothing on standard output, one line `fit: …` with part in it on
 * standard error; no file or folder is made. */
void check_refused(int code, const char *part, const char *const *words);
#define REFUSED(code, part, ...) check_refused(code, part, (const char *const[]){__VA_ARGS__, NULL})

/* Runs it and checks that it ends with 0. */
const command_result *check_done(const char *const *words);
#define DONE(...) check_done((const char *const[]){__VA_ARGS__, NULL})

/* ---- Files ---- */

void write_bytes(const char *path, const char *bytes, size_t length);
void write_text(const char *path, const char *text);
char *read_text(const char *path, size_t *length); /* NUL behind it; free() it; length may be NULL */
bool exists(const char *path);
char *list_folder(const char *path); /* the sorted names, a blank between two; free() it */
void check_same_files(const char *a, const char *b);

/* y = −x sin(10 x), x = 0.001 … 1.000. */
void write_multimodal(const char *path);
/* 60 rows a,b,y: a product with some noise. */
void write_small(const char *path);

/* ---- CSV and JSON ---- */

/* A CSV file without quotes; row 0 is the header. */
typedef struct table {
    char *text;
    char **cells;
    size_t rows, columns;
} table;

table read_table(const char *path);
table parse_table(const char *text);
const char *cell(const table *t, size_t row, const char *column);
double number(const table *t, size_t row, const char *column);
void clear_table(table *t);

json_t *read_json(const char *path);
json_t *parse_json(const char *text);
/* The value of a key, or of a key in the object of a key (inner not NULL). */
const json_t *value_at(const json_t *root, const char *key, const char *inner);
double number_at(const json_t *root, const char *key, const char *inner);
const char *string_at(const json_t *root, const char *key);
/* The entry of the list at key that has this "name". */
const json_t *entry_at(const json_t *root, const char *key, const char *name);

/* |a − b| ≤ tolerance · |b| */
void check_close(double a, double b, double tolerance);

#endif
