/* Rows of cells into a table: header or not, how many columns, row after row. */
#include "csv/reader.h"

#include <base/error.h>
#include <base/memory.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

csv_options csv_defaults(void) {
    return (csv_options){.decimal = '.', .comment = '#', .missing = CSV_MISSING_ERROR};
}

/* May neither separate nor begin a comment: part of numbers, words, quotes or lines. */
static bool is_taken(char sign) {
    unsigned char byte = (unsigned char)sign;
    bool letter = (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
    bool digit = byte >= '0' && byte <= '9';
    return letter || digit || byte >= 0x7F || strchr("+-.\"\n\r", sign) != NULL; /* strchr: NUL too */
}

static marq_status check_options(const csv_options *options, marq_error *error) {
    const char *words = NULL;
    char separator = options->separator, comment = options->comment;
    if (options->decimal != '.' && options->decimal != ',') words = "the decimal sign must be . or ,";
    if (separator && is_taken(separator))
        words = "the separator must be one ASCII sign: no letter, digit, quote, plus, minus or point";
    if (comment && (is_taken(comment) || comment == ' ' || comment == '\t' || comment == ','))
        words = "the comment sign must be one ASCII sign: no letter, digit, blank, quote, plus, minus, point "
                "or comma";
    if (comment && comment == separator) words = "the separator and the comment sign must differ";
    return words ? marq_fail(error, MARQ_ERROR_ARGUMENT, "%s", words) : MARQ_OK;
}

static bool grow_labels(csv_table *table, size_t capacity) {
    if (!table->labels.row) return true;
    size_t *row = realloc(table->labels.row, capacity * sizeof *row);
    if (row) table->labels.row = row;
    return row != NULL;
}

bool csv_reader_grow(csv_reader *r) {
    csv_table *table = r->table;
    if (table->rows < r->capacity) return true;
    size_t capacity = r->capacity ? 2 * r->capacity : 1;
    if (capacity > SIZE_MAX / sizeof(double) / table->columns) return false;
    double *values = realloc(table->values, capacity * table->columns * sizeof *values);
    if (values) table->values = values;
    size_t *lines = realloc(table->lines, capacity * sizeof *lines);
    if (lines) table->lines = lines;
    if (!values || !lines || !grow_labels(table, capacity)) return false;
    r->capacity = capacity;
    return true;
}

/* Units or a second header: the first row below the header, and it holds nothing but words. */
static bool may_be_units(const csv_reader *r) {
    double value;
    if (r->header.count == 0 || r->table->rows > 0) return false;
    for (size_t i = 0; i < r->row.count; i++) {
        csv_kind kind = csv_cell_read(&r->row.cells[i], r->options->decimal, &value);
        if (kind != CSV_WORDS && kind != CSV_ABSENT) return false;
    }
    return true;
}

static marq_status convert_cells(csv_reader *r, double *values) {
    csv_table *table = r->table;
    bool units = may_be_units(r);
    for (size_t i = 0; i < table->columns; i++) {
        csv_kind kind = csv_cell_read(&r->row.cells[i], r->options->decimal, &values[i]);
        bool label = table->labels.row && table->labels.column == i;
        if (label && !csv_add_label(table, table->rows, &r->row.cells[i], kind, values[i]))
            return marq_fail_memory(r->error, table->file);
        if (kind == CSV_NUMBER || kind == CSV_ABSENT) continue;
        if (!csv_note_trouble(table, &r->row, i, kind, units)) return marq_fail_memory(r->error, table->file);
    }
    return MARQ_OK;
}

marq_status csv_reader_add(csv_reader *r) {
    csv_table *table = r->table;
    bool filled = r->row.count == table->columns && r->row.cells[table->columns - 1].length > 0;
    if (r->row.count != table->columns || (r->padded && filled))
        return csv_fail_ragged(table, &r->row, table->columns - r->padded, r->header.line, r->error);
    r->last_filled = r->last_filled || filled;
    if (!csv_reader_grow(r)) return marq_fail_memory(r->error, table->file);
    marq_status status = convert_cells(r, table->values + table->rows * table->columns);
    if (status != MARQ_OK) return status;
    table->lines[table->rows++] = r->row.line;
    return MARQ_OK;
}

/* A header if a cell is neither a number nor a failed attempt at one. */
static marq_status find_header(csv_reader *r) {
    size_t words = 0, numbers = 0;
    double value;
    for (size_t i = 0; i < r->row.count; i++) {
        csv_kind kind = csv_cell_read(&r->row.cells[i], r->options->decimal, &value);
        words += kind == CSV_WORDS;
        numbers += kind == CSV_NUMBER;
    }
    if (words == 0) return MARQ_OK;
    r->table->has_header = 1;
    csv_row cells = r->header;
    r->header = r->row;
    r->row = (csv_row){.cells = cells.cells, .capacity = cells.capacity};
    if (numbers == 0) return MARQ_OK;
    bool warned =
        csv_warn(r->table,
                 "%s:%zu: the first row has numbers beside text: it is taken as the header; if it is data, "
                 "put a header above it",
                 r->table->file, r->header.line);
    return warned ? MARQ_OK : marq_fail_memory(r->error, r->table->file);
}

/* A column that is not there has no labels: who asked for them says so. */
static marq_status find_labels(csv_reader *r) {
    const char *name = r->options->labels;
    long column = name ? csv_find_column(r->table, name) : -1;
    if (name && !*name) column = (long)r->table->columns - 1;
    if (column < 0) return MARQ_OK;
    r->table->labels.column = (size_t)column;
    r->table->labels.row = marq_alloc(1, sizeof *r->table->labels.row);
    return r->table->labels.row ? MARQ_OK : marq_fail_memory(r->error, r->table->file);
}

/* The first row of data says how many columns there are. One separator too many at the end of the header, or
 * of every other line, is forgiven. */
marq_status csv_reader_columns(csv_reader *r, size_t count) {
    r->table->columns = count;
    r->table->troubles = marq_alloc(count, sizeof *r->table->troubles);
    if (!r->table->troubles || !csv_name_columns(r->table, &r->header))
        return marq_fail_memory(r->error, r->table->file);
    return find_labels(r);
}

static marq_status set_columns(csv_reader *r) {
    size_t names = r->header.count, cells = r->row.count;
    bool header_ends_empty = names == cells + 1 && r->header.cells[names - 1].length == 0;
    r->padded = names > 0 && cells == names + 1 && r->row.cells[names].length == 0;
    if (names > 0 && cells != names && !header_ends_empty && !r->padded)
        return csv_fail_ragged(r->table, &r->row, names, r->header.line, r->error);
    return csv_reader_columns(r, cells);
}

marq_status csv_reader_end(csv_reader *r) {
    csv_table *table = r->table;
    size_t last = table->columns - 1;
    bool named = last < r->header.count && r->header.cells[last].length > 0;
    if (r->last_filled || named || last == 0) return MARQ_OK;
    for (size_t i = 1; i < table->rows; i++)
        memmove(table->values + i * last, table->values + i * table->columns, last * sizeof *table->values);
    free(table->names[last]);
    table->columns = last;
    if (table->labels.row && table->labels.column == last) csv_clear_labels(&table->labels);
    bool warned =
        csv_warn(table, "%s: the last column has no name and no values: it is left out", table->file);
    return warned ? MARQ_OK : marq_fail_memory(r->error, table->file);
}

static marq_status fail_empty(const csv_reader *r) {
    const char *file = r->table->file;
    if (r->header.count > 0)
        return marq_fail(r->error, MARQ_ERROR_DATA,
                         "%s:%zu: a header, but no row of numbers below it: add data", file, r->header.line);
    if (r->options->skip > 0)
        return marq_fail(r->error, MARQ_ERROR_DATA, "%s: no data behind the skipped lines: lower --skip %zu",
                         file, r->options->skip);
    return marq_fail(r->error, MARQ_ERROR_DATA,
                     "%s: the file holds no data: it is empty or has only comments", file);
}

marq_status csv_reader_fail(csv_reader *r, csv_scan scan) {
    r->ran_out = scan == CSV_SCAN_END || scan == CSV_SCAN_OPEN_QUOTE;
    return scan == CSV_SCAN_END ? fail_empty(r) : csv_fail_scan(r->table, scan, &r->row, r->error);
}

marq_status csv_reader_top(csv_reader *r) {
    csv_scan scan = csv_next_row(&r->scanner, &r->row);
    if (scan != CSV_SCAN_ROW) return csv_reader_fail(r, scan);
    marq_status status = find_header(r);
    if (status != MARQ_OK) return status;
    if (r->header.count > 0) scan = csv_next_row(&r->scanner, &r->row);
    if (scan != CSV_SCAN_ROW) return csv_reader_fail(r, scan);
    return set_columns(r);
}

marq_status csv_reader_at(csv_reader *r, char *begin, size_t length) {
    csv_table *table = r->table;
    if (length >= 2 && (memcmp(begin, "\xFF\xFE", 2) == 0 || memcmp(begin, "\xFE\xFF", 2) == 0))
        return marq_fail(r->error, MARQ_ERROR_DATA,
                         "%s:1:1: the file is UTF-16: save it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8",
                         table->file);
    size_t mark = length >= 3 && memcmp(begin, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    r->scanner = csv_scanner_make(begin + mark, length - mark, r->options->comment);
    csv_scanner_skip_lines(&r->scanner, r->options->skip);
    table->decimal = r->options->decimal;
    table->separator = r->options->separator;
    if (!table->separator) table->separator = csv_find_separator(&r->scanner, table->decimal);
    csv_scanner_separate(&r->scanner, table->separator);
    return MARQ_OK;
}

marq_status csv_reader_begin(csv_reader *r, const char *path) {
    marq_status status = check_options(r->options, r->error);
    if (status != MARQ_OK) return status;
    r->table->file = marq_copy_text(strcmp(path, "-") == 0 ? "standard input" : path);
    return r->table->file ? MARQ_OK : marq_fail_memory(r->error, path);
}

void csv_reader_forget(csv_reader *r) {
    char *file = r->table->file;
    int is_part = r->table->is_part;
    r->table->file = NULL;
    csv_clear(r->table);
    r->table->file = file;
    r->table->is_part = is_part;
    r->header.count = r->row.count = 0;
    r->ran_out = false;
}
