/* Rows of cells into a table. The text that the rows lie in is the caller's: he may hand over one part after
 * another. */
#ifndef FIT_CSV_READER_H
#define FIT_CSV_READER_H

#include "csv/csv.h"
#include "csv/inside.h"

typedef struct csv_reader {
    const csv_options *options;
    csv_table *table;
    marq_error *error;
    csv_scanner scanner;
    csv_row header; /* count 0: there is none */
    csv_row row;
    size_t capacity; /* rows that table has memory for */
    bool padded;     /* the rows end with a separator and the header does not: a last column without a name */
    bool ran_out;    /* the text ended where a row should have been, or within one */
    bool last_filled; /* a cell of the last column is not empty */
} csv_reader;

/* Checks the options, and gives the table the file's name. */
marq_status csv_reader_begin(csv_reader *r, const char *path);

/* At the beginning of the file: the scanner at the first row of the text, *end of which is NUL. */
marq_status csv_reader_at(csv_reader *r, char *begin, size_t length);

/* Reads the header, if any, and the first row of data into r->row. */
marq_status csv_reader_top(csv_reader *r);

/* Gives the table so many columns, named by r->header. */
marq_status csv_reader_columns(csv_reader *r, size_t count);

/* Room for one row more. False without memory. */
bool csv_reader_grow(csv_reader *r);

/* Adds r->row to the table. */
marq_status csv_reader_add(csv_reader *r);

/* A bad row, or the end where there should be a row. */
marq_status csv_reader_fail(csv_reader *r, csv_scan scan);

/* After the last row: drops a last column that is wholly empty and has no name, from a separator at the end
 * of every line. */
marq_status csv_reader_end(csv_reader *r);

/* As before csv_reader_at. */
void csv_reader_forget(csv_reader *r);

#endif
