/* A table that was read: finding columns, checking those in use. */
#include "csv/csv.h"

#include "csv/inside.h"
#include <base/error.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* A 1-based number of a column, made of digits only; 0: it is none. */
static size_t read_number(const csv_table *table, const char *text) {
    size_t number = 0;
    for (; *text >= '0' && *text <= '9' && number <= table->columns; text++)
        number = 10 * number + (size_t)(*text - '0');
    return *text == '\0' && number <= table->columns ? number : 0;
}

long csv_find_column(const csv_table *table, const char *name_or_number) {
    for (size_t i = 0; i < table->columns; i++)
        if (strcmp(table->names[i], name_or_number) == 0) return (long)i;
    return (long)read_number(table, name_or_number) - 1;
}

marq_status csv_require_column(const csv_table *table, const char *option, const char *name, size_t *column,
                               marq_error *error) {
    long found = csv_find_column(table, name);
    char names[300] = "";
    *column = (size_t)found;
    if (found >= 0) return MARQ_OK;
    for (size_t i = 0; i < table->columns && strlen(names) + strlen(table->names[i]) + 8 < sizeof names;
         i++) {
        if (i) strcat(names, ", ");
        strcat(names, table->names[i]);
    }
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s%s%s has no column %s: its columns are %s",
                     option ? option : "", option ? ": " : "", table->file, name, names);
}

/* The trouble that comes first in the file. */
static const csv_trouble *find_trouble(const csv_table *table, const size_t *columns, size_t count) {
    const csv_trouble *first = NULL;
    for (size_t i = 0; i < count; i++) {
        const csv_trouble *trouble = &table->troubles[columns[i]];
        if (!trouble->message) continue;
        if (!first || trouble->line < first->line || (trouble->line == first->line && trouble < first))
            first = trouble;
    }
    return first;
}

/* The first column in use (the labels' is, where missing ones count) of which the row has no value; SIZE_MAX:
 * there is none. */
static size_t find_missing(const csv_table *table, size_t row, const size_t *columns, size_t count,
                           csv_missing missing) {
    const double *values = table->values + row * table->columns;
    size_t found = SIZE_MAX;
    for (size_t i = 0; i < count; i++)
        if (isnan(values[columns[i]]) && columns[i] < found) found = columns[i];
    const csv_labels *labels = &table->labels;
    bool unlabelled = missing != CSV_MISSING_LABELS && labels->row && labels->row[row] == CSV_NO_LABEL;
    return unlabelled && labels->column < found ? labels->column : found;
}

static marq_status fail_missing(const csv_table *table, size_t row, size_t column, marq_error *error) {
    char name[CSV_SHORT];
    csv_shorten(name, table->names[column], strlen(table->names[column]));
    return marq_fail(
        error, MARQ_ERROR_DATA,
        "%s:%zu:%zu: a missing value in column %s: fill it in, or leave out such rows with --missing drop",
        table->file, table->lines[row], column + 1, name);
}

static void move_row(csv_table *table, size_t to, size_t from) {
    if (to == from) return;
    size_t width = table->columns;
    memcpy(table->values + to * width, table->values + from * width, width * sizeof *table->values);
    table->lines[to] = table->lines[from];
    if (table->labels.row) table->labels.row[to] = table->labels.row[from];
}

void csv_keep(csv_table *table, const double *values) {
    size_t kept = 0;
    for (size_t i = 0; i < table->rows; i++)
        if (values[i] != 0) move_row(table, kept++, i);
    table->rows = kept;
}

marq_status csv_fail_all_missing(const char *file, marq_error *error) {
    return marq_fail(error, MARQ_ERROR_DATA,
                     "%s: every row has a missing value in a column in use, so --missing drop leaves none: "
                     "use other columns",
                     file);
}

static marq_status check_missing(csv_table *table, const size_t *columns, size_t count, csv_missing missing,
                                 size_t *dropped, marq_error *error) {
    size_t kept = 0, rows = table->rows;
    for (size_t i = 0; i < rows; i++) {
        size_t column = find_missing(table, i, columns, count, missing);
        if (column == SIZE_MAX)
            move_row(table, kept++, i);
        else if (missing != CSV_MISSING_DROP)
            return fail_missing(table, i, column, error);
    }
    table->rows = kept;
    if (dropped) *dropped = rows - kept;
    return kept > 0 || table->is_part ? MARQ_OK : csv_fail_all_missing(table->file, error);
}

marq_status csv_check(csv_table *table, const size_t *columns, size_t count, csv_missing missing,
                      size_t *dropped, marq_error *error) {
    if (dropped) *dropped = 0;
    const csv_trouble *trouble = find_trouble(table, columns, count);
    if (trouble) return marq_fail(error, MARQ_ERROR_DATA, "%s", trouble->message);
    if (missing == CSV_MISSING_KEEP) return MARQ_OK;
    return check_missing(table, columns, count, missing, dropped, error);
}

void csv_clear(csv_table *table) {
    for (size_t i = 0; i < table->columns && table->names; i++) free(table->names[i]);
    for (size_t i = 0; i < table->columns && table->troubles; i++) free(table->troubles[i].message);
    for (size_t i = 0; i < table->warning_count; i++) free(table->warnings[i]);
    csv_clear_labels(&table->labels);
    free(table->names);
    free(table->troubles);
    free(table->values);
    free(table->lines);
    free(table->file);
    *table = (csv_table){0};
}
