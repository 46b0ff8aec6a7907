/* Names of columns: fit to be printed, written to JSON, and told apart. */
#include "csv/inside.h"

#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>

static bool is_utf8(const csv_cell *cell) {
    for (size_t at = 0, size; at < cell->length; at += size) {
        size = csv_measure_sign(cell->text + at, cell->length - at);
        if (size == 0) return false;
    }
    return true;
}

/* Control signs become blanks; in front there are none. */
static void add_sign(marq_text *out, const char *sign, size_t size) {
    bool blank = *sign == ' ' || csv_is_control(sign, size);
    if (!blank)
        marq_text_add_bytes(out, sign, size);
    else if (out->length > 0)
        marq_text_add_bytes(out, " ", 1);
}

/* The sign at text, as UTF-8, in out; returns the number of bytes that it was read from. */
static size_t convert_sign(const char *text, size_t length, bool utf8, marq_text *out) {
    unsigned char byte = (unsigned char)*text;
    char latin1[2] = {(char)(0xC0 | byte >> 6), (char)(0x80 | (byte & 0x3F))};
    if (!utf8 && byte >= 0x80) {
        add_sign(out, latin1, 2);
        return 1;
    }
    size_t size = csv_measure_sign(text, length);
    add_sign(out, text, size);
    return size;
}

char *csv_make_name(const csv_cell *cell, bool *latin1) {
    marq_text name = {0};
    bool utf8 = is_utf8(cell);
    *latin1 = *latin1 || !utf8;
    marq_text_add_bytes(&name, "", 0);
    for (size_t at = 0; at < cell->length;) {
        if (cell->quoted && cell->text[at] == '"') at++; /* the first of two */
        at += convert_sign(cell->text + at, cell->length - at, utf8, &name);
    }
    if (name.failed) {
        marq_text_clear(&name);
        return NULL;
    }
    while (name.length > 0 && name.data[name.length - 1] == ' ') name.data[--name.length] = '\0';
    return name.data;
}

/* Gives the column the stem as its name, followed by _COLUMN as often as it takes to be new. */
static bool set_name(csv_table *table, csv_index *given, size_t column, const char *stem, bool *changed) {
    marq_text name = {0};
    marq_text_add(&name, "%s", stem);
    while (!name.failed && csv_index_find(given, table->names, name.data) != CSV_NO_LABEL) {
        marq_text_add(&name, "_%zu", column + 1);
        *changed = true;
    }
    table->names[column] = name.data;
    return !name.failed && csv_index_add(given, table->names, column);
}

/* What the warnings are about. */
typedef struct odd_names {
    size_t duplicates, first; /* first: the column of the first duplicate */
    bool latin1;
} odd_names;

/* A cell of nothing but blanks leaves the column without a name. */
static bool name_from_header(csv_table *table, csv_index *given, size_t column, const csv_cell *cell,
                             odd_names *odd) {
    bool changed = false;
    char *stem = csv_make_name(cell, &odd->latin1);
    bool complete = stem && (!*stem || set_name(table, given, column, stem, &changed));
    free(stem);
    if (changed && odd->duplicates++ == 0) odd->first = column;
    return complete;
}

static bool name_by_number(csv_table *table, csv_index *given, size_t column) {
    char stem[32];
    bool changed;
    marq_format(stem, sizeof stem, "c%zu", column + 1);
    return set_name(table, given, column, stem, &changed);
}

static bool warn_of(csv_table *table, const csv_row *header, const odd_names *odd) {
    char name[CSV_SHORT], more[48] = "";
    const char *first = table->names[odd->first];
    csv_shorten(name, first, strlen(first));
    if (odd->duplicates > 1) marq_format(more, sizeof more, " (and %zu more like it)", odd->duplicates - 1);
    bool complete = true;
    if (odd->duplicates > 0)
        complete = csv_warn(table, "%s:%zu:%zu: this column's name is taken: it is read as %s%s", table->file,
                            header->line, odd->first + 1, name, more);
    if (complete && odd->latin1)
        complete =
            csv_warn(table, "%s:%zu: the header is not UTF-8: taken as Latin-1", table->file, header->line);
    return complete;
}

/* Names from the header go first, so that an unnamed column never takes one of them. */
static bool name_all(csv_table *table, const csv_row *header, csv_index *given) {
    odd_names odd = {0};
    for (size_t i = 0; i < table->columns && i < header->count; i++)
        if (header->cells[i].length > 0 && !name_from_header(table, given, i, &header->cells[i], &odd))
            return false;
    for (size_t i = 0; i < table->columns; i++)
        if (!table->names[i] && !name_by_number(table, given, i)) return false;
    return warn_of(table, header, &odd);
}

bool csv_name_columns(csv_table *table, const csv_row *header) {
    table->names = marq_alloc(table->columns, sizeof *table->names);
    csv_index given = {0};
    bool complete = table->names && name_all(table, header, &given);
    csv_index_clear(&given);
    return complete;
}
