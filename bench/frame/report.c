/* What a study has found out: tables, notes, pictures, absentees, as one JSON document. */
#include "frame.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Takes the reference; ends the program without memory. */
static json_t *append(json_t *object, const char *list, json_t *value) {
    if (!value || json_array_append_new(json_object_get(object, list), value) != 0)
        bench_fail("out of memory for the report (or a text that is not UTF-8)");
    return value;
}

json_t *bench_table(bench *b, const char *key, const char *title, const char *columns) {
    json_t *table =
        append(b->report, "tables",
               json_pack("{s:s, s:s, s:[], s:[]}", "key", key, "title", title, "columns", "rows"));
    for (const char *end; *columns; columns = *end ? end + 1 : end) {
        end = columns + strcspn(columns, "|");
        append(table, "columns", json_stringn(columns, (size_t)(end - columns)));
    }
    return table;
}

void bench_row_of(json_t *table, json_t *cells) {
    if (json_array_size(cells) != json_array_size(json_object_get(table, "columns")))
        bench_fail("table %s: a row of %zu cells", json_string_value(json_object_get(table, "key")),
                   json_array_size(cells));
    append(table, "rows", cells);
}

static json_t *make_cell(char kind, va_list *cells) {
    if (kind == 's') return json_string(va_arg(*cells, const char *));
    if (kind == 'z') return json_integer((json_int_t)va_arg(*cells, size_t));
    if (kind == '-') return json_null();
    if (kind != 'f') bench_fail("unknown kind of cell '%c'", kind);
    double value = va_arg(*cells, double);
    return isfinite(value) ? json_real(value) : json_null();
}

void bench_row(json_t *table, const char *kinds, ...) {
    json_t *row = json_array();
    va_list cells;
    va_start(cells, kinds);
    for (; *kinds; kinds++)
        if (json_array_append_new(row, make_cell(*kinds, &cells)) != 0)
            bench_fail("out of memory for the report");
    va_end(cells);
    bench_row_of(table, row);
}

void bench_only_json(json_t *table) {
    json_object_set_new(table, "only_json", json_true());
}

void bench_note(bench *b, const char *format, ...) {
    char text[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    append(b->report, "notes", json_string(text));
}

void bench_absent(bench *b, const char *what, const char *why) {
    append(b->report, "absent", json_pack("{s:s, s:s}", "what", what, "why", why));
}

void bench_draw(bench *b, const json_t *table, const bench_picture *p) {
    append(b->report, "pictures",
           json_pack("{s:s, s:s, s:O, s:s, s:s, s:s, s:b, s:b, s:b, s:i}", "name", p->name, "title", p->title,
                     "table", json_object_get(table, "key"), "x", p->x, "y", p->y, "series", p->series,
                     "log_x", p->log_x, "log_y", p->log_y, "bars", p->bars, "ideal", (int)p->ideal));
}

const json_t *bench_find_table(const json_t *report, const char *key) {
    size_t i;
    const json_t *table;
    json_array_foreach(json_object_get(report, "tables"), i, table) {
        const char *own = json_string_value(json_object_get(table, "key"));
        if (own && strcmp(own, key) == 0) return table;
    }
    return NULL;
}
