/* bench.h: what a study is made of.
 *
 * A study is one file, studies/NAME.c, that defines `bench_this` and becomes the program bench_NAME. The
 * frame has its main(): it reads the options, names the machine, calls run(), and writes what run() has put
 * into the report to DIR/NAME.json, DIR/report.md and pictures. A program that cannot go on says why and
 * ends. */
#ifndef BENCH_FRAME_H
#define BENCH_FRAME_H

#include <jansson.h>
#include <stddef.h>

/* ---- A study ---- */

typedef struct bench bench;

typedef struct bench_study {
    const char *name;  /* of its file and its folder of results */
    const char *title; /* the report's heading */
    const char *about; /* what is measured, on what, how: the report's first paragraph */
    void (*run)(bench *b);
} bench_study;

extern const bench_study bench_this;

enum { BENCH_MOST_IN_LIST = 16 };
typedef struct bench_list {
    size_t count, value[BENCH_MOST_IN_LIST];
} bench_list;

/* As the user gave them; 0 or empty: the study's own choice. */
typedef struct bench_options {
    const char *out;     /* folder of the results, exists */
    int quick;           /* small sizes, few samples: all studies together in 2 minutes */
    bench_list threads;  /* numbers of OpenMP threads to compare */
    bench_list sizes;    /* of problems; the study says what a size is */
    bench_list batches;  /* rows of a batch */
    size_t iterations;   /* samples that a median is of */
    size_t warm_up;      /* calls before the first sample */
    const char *data;    /* folder of the user's data, for studies that take some; NULL: none */
    const char *python;  /* interpreter of the peers that need one; NULL: they stay out */
    const char *peers;   /* folder of their scripts */
    const char *earlier; /* JSON of an earlier run of this study, NULL: none */
    const char *commit;  /* what was measured, NULL: not known */
} bench_options;

struct bench {
    bench_options options;
    json_t *report;
};

/* The user's list, or this one if there is none. */
bench_list bench_list_or(const bench_list *given, size_t count, const size_t *usual);

/* ---- The report ---- */

/* A table; columns: titles parted by '|'. Owned by the report. */
json_t *bench_table(bench *b, const char *key, const char *title, const char *columns);

/* One row; kinds: a letter a column, s const char *, z size_t, f double (NaN: left empty), - empty. */
void bench_row(json_t *table, const char *kinds, ...);

/* The same with the cells as an array, which it takes over: for columns known only at run time. */
void bench_row_of(json_t *table, json_t *cells);

/* Leaves the table out of the Markdown, for tables that are long. */
void bench_only_json(json_t *table);

/* A paragraph below the tables. */
void bench_note(bench *b, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* What could not be measured here, and why. */
void bench_absent(bench *b, const char *what, const char *why);

/* A picture of a table: y over x, one line (or colour of bars) for each text in the column `series`. All
 * three are column titles. */
typedef enum bench_ideal { BENCH_IDEAL_NONE, BENCH_IDEAL_LINEAR, BENCH_IDEAL_ONE } bench_ideal;
typedef struct bench_picture {
    const char *name, *title, *x, *y, *series;
    int log_x, log_y;
    int bars;
    bench_ideal ideal; /* a thin line more: y = x / the first x, or y = 1 */
} bench_picture;
void bench_draw(bench *b, const json_t *table, const bench_picture *picture);

/* ---- Time ---- */

typedef struct bench_time {
    double least, median, most; /* seconds a call */
    size_t samples, calls;      /* calls in each sample */
} bench_time;

typedef struct bench_work {
    void (*call)(void *user);
    void *user;
} bench_work;

/* The time of one call: warm-up, then samples of as many calls as make one long enough for the clock. */
bench_time bench_measure(const bench *b, bench_work work);

/* The same of several, one sample of each in turn, so that what else the machine does hits all alike: compare
 * these with each other. */
void bench_race(const bench *b, size_t count, const bench_work *works, bench_time *times);

/* Seconds of `count` calls, each by itself, in rising order. */
void bench_latencies(const bench *b, bench_work work, size_t count, double *seconds);

/* Into rising order. */
void bench_sort(size_t count, double *values);

/* Of values in rising order; q in [0, 1], between neighbours by a straight line. */
double bench_quantile(size_t count, const double *rising, double q);

/* ---- Speed-up ---- */

/* Amdahl's serial share s of T(p) = T(1)·(s + (1 − s)/p), by least squares over the numbers of threads p. NaN
 * without two different numbers. */
double bench_amdahl(size_t count, const size_t *threads, const double *times);

/* ---- Memory ---- */

/* The process's resident bytes now, and the most since bench_memory_reset (Linux; NaN elsewhere). */
void bench_memory_reset(void);
double bench_memory_now(void);
double bench_memory_peak(void);

/* ---- Peers in Python ---- */

/* For a request: a list; null where a value is not finite. */
json_t *bench_numbers(size_t count, const double *values);

/* Runs the peer script on request (taken over) with that many threads, and returns its answer: an object
 * whose list "peers" the caller reads and releases. What the script says is absent goes into the report.
 * NULL if there is no answer: the reason is then in the report. */
json_t *bench_ask(bench *b, const char *script, size_t threads, json_t *request);

/* ---- Ends the program ---- */

_Noreturn void bench_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Zeroed, on cache lines, never NULL; free with free(). */
double *bench_doubles(size_t rows, size_t columns);

#endif
