/* The report as Markdown, for people. */
#include "frame.h"

#include <base/text.h>
#include <stdio.h>
#include <stdlib.h>

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void add_cell(marq_text *out, const json_t *cell) {
    if (json_is_string(cell))
        marq_text_add(out, " %s |", json_string_value(cell));
    else if (json_is_integer(cell))
        marq_text_add(out, " %lld |", (long long)json_integer_value(cell));
    else if (json_is_real(cell))
        marq_text_add(out, " %.4g |", json_real_value(cell));
    else
        marq_text_add(out, " |");
}

static void add_row(marq_text *out, const json_t *row) {
    size_t i;
    const json_t *cell;
    marq_text_add(out, "|");
    json_array_foreach(row, i, cell) add_cell(out, cell);
    marq_text_add(out, "\n");
}

static void add_table(marq_text *out, const json_t *table) {
    const json_t *columns = json_object_get(table, "columns"), *row;
    size_t i;
    marq_text_add(out, "\n## %s\n\n", text_of(table, "title"));
    add_row(out, columns);
    marq_text_add(out, "|");
    for (i = 0; i < json_array_size(columns); i++) marq_text_add(out, "---|");
    marq_text_add(out, "\n");
    json_array_foreach(json_object_get(table, "rows"), i, row) add_row(out, row);
}

static void add_machine(marq_text *out, json_t *machine) {
    const char *key;
    json_t *value;
    marq_text_add(out, "\n## Machine\n\n| | |\n|---|---|\n");
    json_object_foreach(machine, key, value) {
        marq_text_add(out, "| %s |", key);
        add_cell(out, value);
        marq_text_add(out, "\n");
    }
}

static void add_pictures(marq_text *out, const json_t *report) {
    size_t i;
    const json_t *picture;
    json_array_foreach(json_object_get(report, "pictures"), i, picture) {
        const char *file = json_string_value(json_object_get(picture, "file"));
        if (file) marq_text_add(out, "\n![%s](%s)\n", text_of(picture, "title"), file);
    }
}

char *bench_markdown(const json_t *report) {
    marq_text out = {0};
    size_t i;
    const json_t *item;
    marq_text_add(&out, "# %s\n\n%s\n", text_of(report, "title"), text_of(report, "about"));
    if (json_is_true(json_object_get(report, "quick")))
        marq_text_add(&out, "\nQuick mode: small sizes and few samples; for a look, not for figures.\n");
    add_pictures(&out, report);
    json_array_foreach(json_object_get(report, "tables"), i, item) if (!json_object_get(item, "only_json"))
        add_table(&out, item);
    if (json_array_size(json_object_get(report, "notes")) > 0) marq_text_add(&out, "\n## Notes\n");
    json_array_foreach(json_object_get(report, "notes"), i, item)
        marq_text_add(&out, "\n%s\n", json_string_value(item));
    if (json_array_size(json_object_get(report, "absent")) > 0) marq_text_add(&out, "\n## Absent\n\n");
    json_array_foreach(json_object_get(report, "absent"), i, item)
        marq_text_add(&out, "- %s: %s\n", text_of(item, "what"), text_of(item, "why"));
    add_machine(&out, json_object_get(report, "machine"));
    if (out.failed) bench_fail("out of memory for the report");
    return out.data;
}
