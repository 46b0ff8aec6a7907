/* CSV in: names, rows and columns of doubles. */
#ifndef FIT_CSV_H
#define FIT_CSV_H

#include <marq/status.h>
#include <stddef.h>

typedef enum csv_missing { CSV_MISSING_ERROR, CSV_MISSING_DROP } csv_missing;

typedef struct csv_options {
    char separator;      /* 0: found by itself among comma, semicolon, tab, blanks */
    char decimal;        /* '.' (default) or ',' */
    char comment;        /* '#' by default */
    size_t skip;         /* physical lines to skip at the beginning */
    csv_missing missing; /* applies to the columns in use, see csv_check */
} csv_options;

csv_options csv_defaults(void);

/* Missing cells (empty, NA, NaN, null) are NaN in values. */
typedef struct csv_table {
    size_t rows, columns;
    char **names;       /* columns */
    double *values;     /* rows × columns, row-major */
    size_t *lines;      /* rows: the physical line (1-based) on which the row begins */
    char *file;         /* as given, for messages */
    char separator;     /* that was used */
    int has_header;
    const char *warning; /* NULL, or one sentence in words, e.g. about a duplicate name; owned by the table */
} csv_table;

/* Reads path ("-": standard input). Errors name FILE:ROW:COLUMN (1-based physical line, cell number) and say
 * what to do. MARQ_ERROR_READ: cannot be read; MARQ_ERROR_DATA: bad content (empty, header only, ragged row,
 * text in a number's place, inf, NUL). On success *table is owned by the caller: csv_clear. */
marq_status csv_read(const char *path, const csv_options *options, csv_table *table, marq_error *error);

/* Finds missing cells in the given columns: with CSV_MISSING_ERROR the first one is an error that names the
 * place and the option --missing drop; with CSV_MISSING_DROP its rows are removed, *dropped counts them. */
marq_status csv_check(csv_table *table, const size_t *columns, size_t count, csv_missing missing,
                      size_t *dropped, marq_error *error);

/* The 0-based column of a name or of a 1-based number; −1: there is none. A name wins over a number. */
long csv_find_column(const csv_table *table, const char *name_or_number);

void csv_clear(csv_table *table);

#endif
