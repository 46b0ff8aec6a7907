/* CSV in: names, rows and columns of doubles.
 *
 *     csv_table table;
 *     if (csv_read(path, &options, &table, &error) != MARQ_OK) …
 *     csv_check(&table, columns_in_use, count, CSV_MISSING_ERROR, &dropped, &error)
 *     csv_clear(&table)
 *
 * What makes a whole file unusable (unreadable, empty, ragged, an open quote, NUL) fails at csv_read. What
 * spoils one column only (text or inf in a number's place, a missing cell) is kept with the table and fails
 * at csv_check, if that column is in use: a table may have a column of labels. */
#ifndef FIT_CSV_H
#define FIT_CSV_H

#include <marq/status.h>
#include <stddef.h>

typedef enum csv_missing {
    CSV_MISSING_ERROR, /* the first missing cell is an error */
    CSV_MISSING_DROP,  /* rows with a missing cell are removed */
    CSV_MISSING_KEEP,  /* missing cells stay NaN (for masks) */
    CSV_MISSING_LABELS /* of csv_check: the first missing cell is an error, a missing label is none */
} csv_missing;

typedef struct csv_options {
    char separator; /* 0: found by itself among comma, semicolon, tab, blanks; ' ': runs of spaces and tabs */
    char decimal;   /* '.' (default) or ','; with ',' the comma is not tried as the separator */
    char comment;   /* begins a comment line, after blanks if any; '#' by default; 0: none */
    size_t skip;    /* physical lines to skip at the beginning */
    csv_missing missing; /* CSV_MISSING_ERROR; csv_read takes no notice of it: it is for csv_check */
    const char *labels;  /* a column, by name or 1-based number, whose cells are kept as text; "": the last
                            one;  NULL: none */
} csv_options;

csv_options csv_defaults(void);

/* The first cell of a column that is neither a number nor missing. */
typedef struct csv_trouble {
    size_t line;   /* where its row begins */
    char *message; /* the whole error, FILE:ROW:COLUMN in front; NULL: the column has none */
} csv_trouble;

enum { CSV_WARNINGS = 8 };

/* A hash table of the texts of a list, by their places in it. */
typedef struct csv_index {
    size_t *slots; /* the place + 1; 0: empty */
    size_t size, count;
} csv_index;

/* The texts of one column: names of groups, or of classes. Numbers are one text for one value: 1.0 is 1. */
typedef struct csv_labels {
    size_t column;
    size_t count;    /* different texts, in order of appearance; of a stream: in all parts so far */
    char **texts;    /* count: as names, UTF-8 without control characters */
    size_t *row;     /* rows: which one; CSV_NO_LABEL: the cell is missing. NULL: no labels were asked for, or
                        there is no such column */
    size_t capacity; /* of texts */
    csv_index index; /* of texts, as they were read */
} csv_labels;

#define CSV_NO_LABEL ((size_t)-1)

typedef struct csv_table {
    size_t rows, columns;
    char **names;          /* columns: UTF-8 without control characters, not empty, all different */
    double *values;        /* rows × columns, row-major; finite, or NaN where missing or in trouble */
    size_t *lines;         /* rows: the physical line (1-based) on which the row begins */
    csv_trouble *troubles; /* columns */
    csv_labels labels;
    char *file;     /* as given, for messages; "standard input" for "-" */
    char separator; /* that was used; ' ': blanks */
    char decimal;
    int has_header;
    int is_part;                  /* of a stream: others may have the rows that this one lacks */
    char *warnings[CSV_WARNINGS]; /* the first warning_count: one line each, with file and place */
    size_t warning_count;
} csv_table;

/* Reads path ("-": standard input), CSV or NumPy's .npy, which is known by its first bytes; options NULL: the
 * defaults. Errors are one line, name FILE:ROW:COLUMN (the physical 1-based line on which the row begins, the
 * 1-based cell) and say what to do. MARQ_ERROR_READ: cannot be read; MARQ_ERROR_DATA: bad content (empty,
 * header only, ragged row, open quote, NUL, UTF-16); MARQ_ERROR_ARGUMENT: options that contradict each other;
 * MARQ_ERROR_MEMORY. On success *table is owned by the caller: csv_clear. After a failure it is empty. */
marq_status csv_read(const char *path, const csv_options *options, csv_table *table, marq_error *error);

/* The same a part at a time, for files of any size: each part has the rows of about 4 MB of text. A last
 * column without a name and values is kept. */
typedef struct csv_stream csv_stream;

/* NULL on failure, with the reason in *error. The path and *options are borrowed until csv_stream_close. */
csv_stream *csv_stream_open(const char *path, const csv_options *options, marq_error *error);

/* *table ← the next rows, in a table that the stream owns and renews with each call; NULL at the end. What is
 * told of troubles and warnings is of all parts so far. */
marq_status csv_stream_next(csv_stream *stream, csv_table **table, marq_error *error);

void csv_stream_close(csv_stream *stream); /* NULL is allowed */

/* Checks the columns in use (0-based indices). The first trouble in them is the error. Otherwise missing
 * cells, and missing labels: CSV_MISSING_ERROR: the first one is the error; CSV_MISSING_DROP: rows with one
 * are removed from the table, *dropped (NULL allowed) counts them, and it is an error if none is left,
 * but for a stream's part. */
marq_status csv_check(csv_table *table, const size_t *columns, size_t count, csv_missing missing,
                      size_t *dropped, marq_error *error);

/* The error that --missing drop leaves no row. */
marq_status csv_fail_all_missing(const char *file, marq_error *error);

/* Keeps the rows whose value is not 0; values: one a row. */
void csv_keep(csv_table *table, const double *values);

/* The 0-based column of a name or of a 1-based number; −1: there is none. A name wins over a number. */
long csv_find_column(const csv_table *table, const char *name_or_number);

/* *column ← the same, or MARQ_ERROR_ARGUMENT, which lists the columns; option: that names it, NULL: none. */
marq_status csv_require_column(const csv_table *table, const char *option, const char *name_or_number,
                               size_t *column, marq_error *error);

/* Frees what the table owns; it is empty afterwards. */
void csv_clear(csv_table *table);

#endif
