/* Inside of the CSV reader: text -> rows of cells (rows.c) -> numbers (cell.c) and names
 * (names.c) -> table (csv.c). The text is never copied: a cell is a place in it. */
#ifndef FIT_CSV_INSIDE_H
#define FIT_CSV_INSIDE_H

#include "csv/csv.h"
#include <stdbool.h>

/* ---- rows.c: where rows and cells begin and end */

/* Without the blanks around it, and without its quotes; in a quoted cell "" still stands for ". */
typedef struct csv_cell {
    char *text;
    size_t length;
    bool quoted;
} csv_cell;

typedef struct csv_row {
    csv_cell *cells; /* grows; reused from row to row; free() at the end */
    size_t count, capacity;
    size_t line; /* physical, 1-based, on which the row begins */
} csv_row;

typedef struct csv_scanner {
    char *at, *end; /* *end must be NUL */
    size_t line;    /* of at */
    char separator, comment;
    bool stop[256]; /* bytes that end an unquoted cell */
} csv_scanner;

/* After a bad one, row->count is the number of whole cells before the bad one. */
typedef enum csv_scan {
    CSV_SCAN_ROW,
    CSV_SCAN_END,
    CSV_SCAN_NUL,
    CSV_SCAN_OPEN_QUOTE,
    CSV_SCAN_AFTER_QUOTE,
    CSV_SCAN_MEMORY
} csv_scan;

csv_scanner csv_scanner_make(char *text, size_t length, char comment);
void csv_scanner_separate(csv_scanner *scanner, char separator);
void csv_scanner_skip_lines(csv_scanner *scanner, size_t count);

/* Finds the next row that is neither blank nor a comment. */
csv_scan csv_next_row(csv_scanner *scanner, csv_row *row);

/* ---- separator.c */

/* The separator with which the first rows look most like a table of numbers. */
char csv_find_separator(const csv_scanner *scanner, char decimal);

/* ---- cell.c: what a cell says */

typedef enum csv_kind {
    CSV_NUMBER,
    CSV_ABSENT,        /* empty, NA, NaN, null */
    CSV_INFINITE,      /* inf, Infinity */
    CSV_TOO_LARGE,     /* a number beyond the doubles */
    CSV_OTHER_DECIMAL, /* would be a number with the other decimal sign */
    CSV_WORDS          /* anything else */
} csv_kind;

/* *value is the number, or NaN. The cell's text is as before when it returns. */
csv_kind csv_cell_read(const csv_cell *cell, char decimal, double *value);

/* ---- utf8.c */

/* How many bytes at text are one sign of valid UTF-8 (RFC 3629); 0: they are none. */
size_t csv_measure_sign(const char *text, size_t length);

/* C0, DEL and C1: they would break a line or drive a terminal. */
bool csv_is_control(const char *sign, size_t size);

enum { CSV_SHORT = 80 };

/* For messages: at most 32 signs, odd bytes as \xNN, always UTF-8. Returns out. */
const char *csv_shorten(char out[CSV_SHORT], const char *bytes, size_t length);

/* ---- names.c */

/* Gives every column of the table a name, from its header cell (count 0: there is no header) or c1, c2, …
 * False without memory. */
bool csv_name_columns(csv_table *table, const csv_row *header);

/* The cell as a name; of a cell that is not UTF-8 the bytes are taken as Latin-1, and *latin1 is set. Control
 * signs (a line end in quotes) become blanks, and no blank stays at an end. The caller frees it; NULL: no
 * memory. */
char *csv_make_name(const csv_cell *cell, bool *latin1);

/* ---- index.c: the places of texts in a list; an index of zeros is empty */

/* CSV_NO_LABEL: the text is none of the list's. */
size_t csv_index_find(const csv_index *index, char *const *texts, const char *text);

/* Puts texts[place], which is new, into the index. False without memory. */
bool csv_index_add(csv_index *index, char *const *texts, size_t place);
void csv_index_clear(csv_index *index);

/* ---- labels.c */

/* The label of a row that is being read. False without memory. */
bool csv_add_label(csv_table *table, size_t row, const csv_cell *cell, csv_kind kind, double value);
void csv_clear_labels(csv_labels *labels);

/* ---- messages.c: errors and warnings in words */

bool csv_warn(csv_table *table, const char *format, ...) MARQ_PRINTF(2, 3);

/* Why no row could be read: the scanner's reason, at the cell where it stopped. */
marq_status csv_fail_scan(const csv_table *table, csv_scan scan, const csv_row *row, marq_error *error);

/* The row has not the expected number of cells, which the header on header_line (0: no header, the first
 * row) has. */
marq_status csv_fail_ragged(const csv_table *table, const csv_row *row, size_t expected, size_t header_line,
                            marq_error *error);

/* Remembers the first cell of a column that is not a number. units: the row may be a second row of the
 * header. False without memory. */
bool csv_note_trouble(csv_table *table, const csv_row *row, size_t column, csv_kind kind, bool units);

#endif
