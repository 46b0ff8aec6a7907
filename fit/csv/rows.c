/* Text into rows of cells. One pass, nothing copied: a cell is a place in the text. */
#include "csv/inside.h"

#include <stdlib.h>
#include <string.h>

csv_scanner csv_scanner_make(char *text, size_t length, char comment) {
    csv_scanner scanner = {.at = text, .end = text + length, .line = 1, .comment = comment};
    csv_scanner_separate(&scanner, ',');
    return scanner;
}

void csv_scanner_separate(csv_scanner *scanner, char separator) {
    scanner->separator = separator;
    memset(scanner->stop, 0, sizeof scanner->stop);
    scanner->stop['\n'] = scanner->stop['\r'] = scanner->stop['\0'] = true;
    scanner->stop[(unsigned char)separator] = true;
    if (separator == ' ') scanner->stop['\t'] = true;
}

static bool ends_line(const csv_scanner *scanner, const char *at) {
    return at == scanner->end || *at == '\n' || *at == '\r';
}

/* LF, CRLF and a lone CR end a line. */
static void pass_line_end(csv_scanner *scanner) {
    if (scanner->at == scanner->end) return;
    if (*scanner->at == '\r' && scanner->at[1] == '\n') scanner->at++;
    scanner->at++;
    scanner->line++;
}

static void pass_line(csv_scanner *scanner) {
    while (!ends_line(scanner, scanner->at)) scanner->at++;
    pass_line_end(scanner);
}

void csv_scanner_skip_lines(csv_scanner *scanner, size_t count) {
    for (size_t i = 0; i < count && scanner->at < scanner->end; i++) pass_line(scanner);
}

/* Where the blanks that may surround a cell end; a tab that separates is none of them. */
static char *behind_blanks(const csv_scanner *scanner, char *at) {
    while (*at == ' ' || (*at == '\t' && scanner->separator != '\t')) at++;
    return at;
}

/* Passes blank lines (tabs are blanks here whatever separates) and comment lines. False: the text ends. */
static bool find_row(csv_scanner *scanner) {
    while (scanner->at < scanner->end) {
        const char *first = scanner->at + strspn(scanner->at, " \t");
        bool comment = scanner->comment && *first == scanner->comment;
        if (!ends_line(scanner, first) && !comment) return true;
        pass_line(scanner);
    }
    return false;
}

static csv_scan append_cell(csv_row *row, csv_cell cell) {
    if (row->count == row->capacity) {
        size_t capacity = row->capacity ? 2 * row->capacity : 16;
        csv_cell *cells = realloc(row->cells, capacity * sizeof *cells);
        if (!cells) return CSV_SCAN_MEMORY;
        row->cells = cells;
        row->capacity = capacity;
    }
    row->cells[row->count++] = cell;
    return CSV_SCAN_ROW;
}

static csv_cell trim(char *text, size_t length, bool quoted) {
    while (length > 0 && (*text == ' ' || *text == '\t')) text++, length--;
    while (length > 0 && (text[length - 1] == ' ' || text[length - 1] == '\t')) length--;
    return (csv_cell){text, length, quoted};
}

/* opening: the place behind the opening quote. Line ends within the quotes belong to the cell. */
static csv_scan read_quoted(csv_scanner *scanner, csv_row *row, char *opening) {
    char *at = opening;
    for (; at < scanner->end; at++) {
        if (*at == '"' && at[1] != '"') break;
        if (*at == '"') at++;
        if (*at == '\0') return CSV_SCAN_NUL;
        if (*at == '\n' || (*at == '\r' && at[1] != '\n')) scanner->line++;
    }
    if (at >= scanner->end) return CSV_SCAN_OPEN_QUOTE;
    char *next = behind_blanks(scanner, at + 1);
    bool separated = scanner->separator == ' ' && next > at + 1;
    if (!separated && !ends_line(scanner, next) && *next != scanner->separator)
        return *next == '\0' ? CSV_SCAN_NUL : CSV_SCAN_AFTER_QUOTE;
    scanner->at = next;
    return append_cell(row, trim(opening, (size_t)(at - opening), true));
}

static csv_scan read_cell(csv_scanner *scanner, csv_row *row) {
    char *begin = behind_blanks(scanner, scanner->at), *at = begin;
    if (*begin == '"') return read_quoted(scanner, row, begin + 1);
    while (!scanner->stop[(unsigned char)*at]) at++;
    if (*at == '\0' && at < scanner->end) return CSV_SCAN_NUL;
    scanner->at = at;
    return append_cell(row, trim(begin, (size_t)(at - begin), false));
}

/* Passes what separates two cells. False: the row ends here. */
static bool pass_separator(csv_scanner *scanner) {
    if (scanner->separator == ' ') {
        scanner->at = behind_blanks(scanner, scanner->at);
        return !ends_line(scanner, scanner->at);
    }
    if (ends_line(scanner, scanner->at)) return false;
    scanner->at++;
    return true;
}

csv_scan csv_next_row(csv_scanner *scanner, csv_row *row) {
    row->count = 0;
    if (!find_row(scanner)) return CSV_SCAN_END;
    row->line = scanner->line;
    do {
        csv_scan scan = read_cell(scanner, row);
        if (scan != CSV_SCAN_ROW) return scan;
    } while (pass_separator(scanner));
    pass_line_end(scanner);
    return CSV_SCAN_ROW;
}
