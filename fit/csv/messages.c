/* Errors and warnings in words: where, what, and what to do about it; one line each. */
#include "csv/inside.h"

#include <base/error.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>

bool csv_warn(csv_table *table, const char *format, ...) {
    if (table->warning_count == CSV_WARNINGS) return true;
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    marq_format_list(line, sizeof line, format, arguments);
    va_end(arguments);
    marq_text text = {0};
    marq_text_add(&text, "%s", line);
    table->warnings[table->warning_count] = text.data;
    if (!text.failed) table->warning_count++;
    return !text.failed;
}

marq_status csv_fail_scan(const csv_table *table, csv_scan scan, const csv_row *row, marq_error *error) {
    const char *words = "";
    switch (scan) {
    case CSV_SCAN_NUL:
        words = "a NUL byte, so this is not plain text: save the table as CSV in UTF-8";
        break;
    case CSV_SCAN_OPEN_QUOTE:
        words = "the quote that opens this cell is never closed: close it";
        break;
    case CSV_SCAN_AFTER_QUOTE:
        words = "text behind the closing quote: put the whole cell in quotes, with each quote in it doubled";
        break;
    default:
        return marq_fail_memory(error, table->file);
    }
    return marq_fail(error, MARQ_ERROR_DATA, "%s:%zu:%zu: %s", table->file, row->line, row->count + 1, words);
}

static const char *name_separator(char separator, char out[CSV_SHORT]) {
    switch (separator) {
    case ',':
        return "comma";
    case ';':
        return "semicolon";
    case '\t':
        return "tab";
    case ' ':
        return "blanks";
    default:
        return csv_shorten(out, &separator, 1);
    }
}

marq_status csv_fail_ragged(const csv_table *table, const csv_row *row, size_t expected, size_t header_line,
                            marq_error *error) {
    char buffer[CSV_SHORT];
    size_t place = (row->count < expected ? row->count : expected) + 1;
    size_t other = header_line ? header_line : table->lines[0];
    const char *advice = row->count < expected ? "complete or delete the row"
                                               : "put a cell that holds the separator in quotes";
    if (table->rows == 0)
        advice = "if the table begins further down, leave the lines above it out with --skip";
    if (table->rows == 0 && table->separator == ',' && row->count > expected)
        advice = "if commas are decimal signs, add --decimal ,; if the table begins further down, use --skip";
    return marq_fail(error, MARQ_ERROR_DATA,
                     "%s:%zu:%zu: the row has %zu cell%s, the %s on line %zu has %zu (separator: %s): "
                     "%s, or name another separator with --separator",
                     table->file, row->line, place, row->count, row->count == 1 ? "" : "s",
                     header_line ? "header" : "first row", other, expected,
                     name_separator(table->separator, buffer), advice);
}

/* What the cell is and what to do, behind its text. units: it may be a row of units. */
static void describe(marq_text *text, const csv_table *table, const csv_row *row, csv_kind kind, bool units) {
    switch (kind) {
    case CSV_INFINITE:
        marq_text_add(text, "is not finite: correct it, or empty it and add --missing drop");
        return;
    case CSV_TOO_LARGE:
        marq_text_add(text, "is too large for a double: rescale the column");
        return;
    case CSV_OTHER_DECIMAL:
        if (table->decimal == ',')
            marq_text_add(text, "has a decimal point: leave out --decimal ,");
        else if (table->separator == ',')
            marq_text_add(text, "has a decimal comma: add --decimal , --separator ,");
        else
            marq_text_add(text, "has a decimal comma: add --decimal ,");
        return;
    default:
        break;
    }
    marq_text_add(text, "is not a number: ");
    if (units)
        marq_text_add(text, "if line %zu holds units, delete it, or read from below it with --skip %zu",
                      row->line, row->line);
    else
        marq_text_add(text, "correct it, empty it and add --missing drop, or choose columns with --inputs");
}

bool csv_note_trouble(csv_table *table, const csv_row *row, size_t column, csv_kind kind, bool units) {
    csv_trouble *trouble = &table->troubles[column];
    if (trouble->message) return true;
    char cell[CSV_SHORT], name[CSV_SHORT];
    csv_shorten(cell, row->cells[column].text, row->cells[column].length);
    csv_shorten(name, table->names[column], strlen(table->names[column]));
    marq_text text = {0};
    marq_text_add(&text, "%s:%zu:%zu: \"%s\" in column %s ", table->file, row->line, column + 1, cell, name);
    describe(&text, table, row, kind, units);
    *trouble = (csv_trouble){row->line, text.data};
    return !text.failed;
}
