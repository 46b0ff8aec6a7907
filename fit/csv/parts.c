/* The text of a file, a part at a time: whole lines, and where a row goes on beyond them (a line end in
 * quotes) or the file has not begun yet (comments), as many more as it takes. The text itself is never in
 * memory as a whole, unless it is one row. */
#include "csv/npy.h"
#include "csv/reader.h"

#include <base/error.h>
#include <base/memory.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART = 1 << 22 }; /* bytes */

struct csv_stream {
    csv_reader r;
    csv_table table;
    csv_options options;
    FILE *file;
    char *text;                    /* capacity + 1 bytes */
    size_t length, capacity, part; /* bytes in it; of which the part's */
    size_t least;                  /* bytes that the next part must have: fewer were no row */
    char behind;                   /* the byte at part, where a NUL is while the rows are read */
    bool begun;
    csv_npy npy; /* of a file that is no text */
};

/* ---- The text ---- */

/* Bytes up to the last line's end; all of them at the end of the file. */
static size_t whole_lines(const csv_stream *s) {
    size_t length = s->length;
    if (feof(s->file)) return length;
    while (length > 0 && s->text[length - 1] != '\n') length--;
    return length;
}

static bool enlarge(csv_stream *s) {
    char *text = s->capacity < SIZE_MAX / 4 ? realloc(s->text, 2 * s->capacity + 1) : NULL;
    if (!text) return false;
    s->text = text;
    s->capacity *= 2;
    return true;
}

static void end_part(csv_stream *s, size_t part) {
    s->part = part;
    s->behind = s->text[part];
    s->text[part] = '\0';
}

/* The part ends at this place instead, and what follows belongs to the next one, which is to have more. */
static void cut_part(csv_stream *s, const char *place) {
    size_t cut = (size_t)(place - s->text);
    s->text[s->part] = s->behind;
    s->least = s->part - cut + 1;
    end_part(s, cut);
}

/* The next part, at the text's begin. */
static marq_status refill(csv_stream *s) {
    s->text[s->part] = s->behind;
    s->length -= s->part;
    memmove(s->text, s->text + s->part, s->length);
    size_t part = 0;
    for (;;) {
        s->length += fread(s->text + s->length, 1, s->capacity - s->length, s->file);
        if (ferror(s->file))
            return marq_fail(s->r.error, MARQ_ERROR_READ, "%s: %s", s->table.file, strerror(errno));
        part = whole_lines(s);
        if ((part > 0 && part >= s->least) || feof(s->file)) break;
        if (!enlarge(s)) return marq_fail_memory(s->r.error, s->table.file);
    }
    s->least = 0;
    end_part(s, part);
    return MARQ_OK;
}

/* ---- Rows ---- */

/* The scanner at the beginning of the file, and the first row in r->row. */
static marq_status begin_file(csv_stream *s) {
    csv_reader *r = &s->r;
    for (;;) {
        marq_status status = csv_reader_at(r, s->text, s->part);
        if (status == MARQ_OK) status = csv_reader_top(r);
        if (status == MARQ_OK || !r->ran_out || feof(s->file)) return status;
        csv_reader_forget(r);
        cut_part(s, s->text);
        status = refill(s);
        if (status != MARQ_OK) return status;
    }
}

/* The scanner at the part. */
static marq_status begin_part(csv_stream *s) {
    csv_reader *r = &s->r;
    if (!s->begun) {
        s->begun = true;
        marq_status status = begin_file(s);
        return status == MARQ_OK ? csv_reader_add(r) : status;
    }
    size_t line = r->scanner.line;
    r->scanner = csv_scanner_make(s->text, s->part, r->options->comment);
    csv_scanner_separate(&r->scanner, s->table.separator);
    r->scanner.line = line;
    return MARQ_OK;
}

static marq_status read_part(csv_stream *s) {
    csv_reader *r = &s->r;
    if (s->npy.columns > 0) return csv_npy_read(&s->npy, PART, r);
    csv_scan scan = CSV_SCAN_ROW;
    const char *begin = s->text;
    size_t line = 0;
    marq_status status = refill(s);
    if (status == MARQ_OK) status = begin_part(s);
    while (status == MARQ_OK) {
        begin = r->scanner.at;
        line = r->scanner.line;
        scan = csv_next_row(&r->scanner, &r->row);
        if (scan != CSV_SCAN_ROW) break;
        status = csv_reader_add(r);
    }
    if (status != MARQ_OK || scan == CSV_SCAN_END) return status;
    if (scan != CSV_SCAN_OPEN_QUOTE || feof(s->file)) return csv_reader_fail(r, scan);
    cut_part(s, begin);
    r->scanner.line = line;
    return MARQ_OK;
}

/* ---- Files ---- */

static marq_status open_file(csv_stream *s, const char *path) {
    marq_status status = csv_reader_begin(&s->r, path);
    if (status != MARQ_OK) return status;
    s->text = malloc(s->capacity + 1);
    if (!s->text) return marq_fail_memory(s->r.error, path);
    s->text[0] = '\0';
    s->file = strcmp(path, "-") == 0 ? stdin : fopen(path, "rbe");
    if (!s->file) return marq_fail(s->r.error, MARQ_ERROR_READ, "%s: %s", path, strerror(errno));
    s->length = fread(s->text, 1, CSV_NPY_MAGIC, s->file);
    s->behind = s->text[0];
    clearerr(s->file); /* the end is met again */
    return csv_npy_begins(s->text, s->length) ? csv_npy_open(&s->npy, s->file, &s->r) : MARQ_OK;
}

static marq_status open_stream(csv_stream **made, const char *path, const csv_options *options, int is_part,
                               marq_error *error) {
    csv_stream *s = *made = marq_alloc(1, sizeof *s);
    if (!s) return marq_fail_memory(error, path);
    s->options = options ? *options : csv_defaults();
    s->r = (csv_reader){.options = &s->options, .table = &s->table, .error = error};
    s->capacity = PART;
    s->table.is_part = is_part;
    return open_file(s, path);
}

csv_stream *csv_stream_open(const char *path, const csv_options *options, marq_error *error) {
    csv_stream *s;
    if (open_stream(&s, path, options, 1, error) == MARQ_OK) return s;
    csv_stream_close(s);
    return NULL;
}

void csv_stream_close(csv_stream *s) {
    if (!s) return;
    if (s->file && s->file != stdin) fclose(s->file);
    free(s->r.header.cells);
    free(s->r.row.cells);
    free(s->text);
    free(s->npy.buffer);
    csv_clear(&s->table);
    free(s);
}

marq_status csv_stream_next(csv_stream *s, csv_table **table, marq_error *error) {
    s->r.error = error;
    marq_status status = MARQ_OK;
    s->table.rows = 0;
    if (s->begun) s->r.header.count = 0; /* the first row of a part is not the one below the header */
    do status = read_part(s);
    while (status == MARQ_OK && s->table.rows == 0 && !feof(s->file));
    *table = status == MARQ_OK && s->table.rows > 0 ? &s->table : NULL;
    return status;
}

marq_status csv_read(const char *path, const csv_options *options, csv_table *table, marq_error *error) {
    csv_stream *s;
    *table = (csv_table){0};
    marq_status status = open_stream(&s, path, options, 0, error);
    while (status == MARQ_OK && !feof(s->file)) status = read_part(s);
    if (status == MARQ_OK) status = csv_reader_end(&s->r);
    if (status == MARQ_OK) {
        *table = s->table;
        s->table = (csv_table){0};
    }
    csv_stream_close(s);
    return status;
}
