/* Pictures of tables, drawn by plots/. */
#include "frame.h"

#include <base/memory.h>
#include <base/text.h>
#include <math.h>
#include <plots/plots.h>
#include <plots/study.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SERIES = 20, MOST_CATEGORIES = 60 };
static const double seconds_for_gnuplot = 60;

/* ---- Cells ---- */

static size_t column_of(const json_t *table, const json_t *picture, const char *role) {
    const char *title = json_string_value(json_object_get(picture, role));
    size_t i;
    const json_t *column;
    json_array_foreach(json_object_get(table, "columns"), i, column) {
        if (title && strcmp(json_string_value(column), title) == 0) return i;
    }
    bench_fail("picture %s: the table has no column \"%s\"",
               json_string_value(json_object_get(picture, "name")), title ? title : "");
}

static double number_at(const json_t *row, size_t column) {
    const json_t *cell = json_array_get(row, column);
    return json_is_number(cell) ? json_number_value(cell) : (double)NAN;
}

/* Texts that appear in a column, in order of first appearance. */
typedef struct texts {
    size_t count;
    char *text[MOST_CATEGORIES];
} texts;

/* A number with its column's title: "threads 2". */
static char *text_at(const json_t *table, const json_t *row, size_t column) {
    const json_t *cell = json_array_get(row, column);
    marq_text text = {0};
    if (json_is_string(cell))
        marq_text_add(&text, "%s", json_string_value(cell));
    else
        marq_text_add(&text, "%s %g",
                      json_string_value(json_array_get(json_object_get(table, "columns"), column)),
                      json_number_value(cell));
    if (text.failed) bench_fail("out of memory for the pictures");
    return text.data;
}

/* Where the row's text is among them; adds it if it is new. */
static size_t place_of(texts *known, const json_t *table, const json_t *row, size_t column) {
    char *text = text_at(table, row, column);
    for (size_t k = 0; k < known->count; k++)
        if (strcmp(known->text[k], text) == 0) {
            free(text);
            return k;
        }
    if (known->count == MOST_CATEGORIES) bench_fail("a picture has more than %d names", MOST_CATEGORIES);
    known->text[known->count] = text;
    return known->count++;
}

static void forget(texts *known) {
    for (size_t k = 0; k < known->count; k++) free(known->text[k]);
}

/* ---- A picture ---- */

typedef struct view {
    const json_t *table, *rows;
    size_t x, y, series; /* columns */
    const char *name;
    bench_ideal ideal;
    plots_style style;
} view;

/* Adds the ideal at the x of the first line; values: room for its y. */
static size_t add_ideal(bench_ideal ideal, plots_series *series, size_t count, double *values) {
    if (ideal == BENCH_IDEAL_NONE || count == 0) return count;
    series[count] = series[0];
    series[count].name = "ideal";
    series[count].reference = 1;
    for (size_t i = 0; i < series[0].points; i++)
        values[i] = ideal == BENCH_IDEAL_LINEAR ? series[0].x[i] / series[0].x[0] : 1;
    series[count].y = values;
    return count + 1;
}

static marq_status draw_lines(const view *v, plots_list *list, marq_error *error) {
    texts names = {0};
    size_t i, rows = json_array_size(v->rows);
    const json_t *row;
    json_array_foreach(v->rows, i, row) place_of(&names, v->table, row, v->series);
    if (names.count >= MOST_SERIES) bench_fail("picture %s has more than %d lines", v->name, MOST_SERIES - 1);
    double *values = bench_doubles(2 * names.count + 1, rows);
    plots_series series[MOST_SERIES];
    for (size_t k = 0; k < names.count; k++)
        series[k] = (plots_series){
            .name = names.text[k], .x = values + 2 * k * rows, .y = values + (2 * k + 1) * rows};
    json_array_foreach(v->rows, i, row) {
        size_t k = place_of(&names, v->table, row, v->series), at = series[k].points++;
        values[2 * k * rows + at] = number_at(row, v->x);
        values[(2 * k + 1) * rows + at] = number_at(row, v->y);
    }
    size_t count = add_ideal(v->ideal, series, names.count, values + 2 * names.count * rows);
    marq_status status = plots_lines(&v->style, v->name, series, count, list, error);
    free(values);
    forget(&names);
    return status;
}

static marq_status draw_bars(const view *v, plots_list *list, marq_error *error) {
    texts categories = {0}, names = {0};
    size_t i;
    const json_t *row;
    json_array_foreach(v->rows, i, row) {
        place_of(&categories, v->table, row, v->x);
        place_of(&names, v->table, row, v->series);
    }
    double *values = bench_doubles(names.count, categories.count);
    for (i = 0; i < names.count * categories.count; i++) values[i] = (double)NAN;
    json_array_foreach(v->rows, i, row) values[place_of(&names, v->table, row, v->series) * categories.count +
                                               place_of(&categories, v->table, row, v->x)] =
        number_at(row, v->y);
    plots_bars_table table = {.categories = categories.count,
                              .series = names.count,
                              .category_names = (const char *const *)categories.text,
                              .series_names = (const char *const *)names.text,
                              .value = values,
                              .digits = 3};
    marq_status status = plots_bars(&v->style, v->name, &table, list, error);
    free(values);
    forget(&categories);
    forget(&names);
    return status;
}

static marq_status draw(const bench *b, const json_t *picture, plots_list *list, marq_error *error) {
    const json_t *table = bench_find_table(b->report, json_string_value(json_object_get(picture, "table")));
    view v = {.table = table,
              .rows = json_object_get(table, "rows"),
              .x = column_of(table, picture, "x"),
              .y = column_of(table, picture, "y"),
              .series = column_of(table, picture, "series"),
              .name = json_string_value(json_object_get(picture, "name")),
              .ideal = (bench_ideal)json_integer_value(json_object_get(picture, "ideal")),
              .style = {.folder = b->options.out,
                        .title = json_string_value(json_object_get(picture, "title")),
                        .xlabel = json_string_value(json_object_get(picture, "x")),
                        .ylabel = json_string_value(json_object_get(picture, "y")),
                        .logx = json_is_true(json_object_get(picture, "log_x")),
                        .logy = json_is_true(json_object_get(picture, "log_y"))}};
    if (json_array_size(v.rows) == 0) return MARQ_OK;
    return json_is_true(json_object_get(picture, "bars")) ? draw_bars(&v, list, error)
                                                          : draw_lines(&v, list, error);
}

/* Names the file of each picture that was drawn in its entry of the report. */
static void name_files(const json_t *pictures, const plots_style *style, const plots_list *list) {
    size_t i;
    json_t *picture;
    json_array_foreach(pictures, i, picture) {
        const char *name = json_string_value(json_object_get(picture, "name"));
        for (size_t k = 0; k < list->count; k++) {
            char file[256];
            plots_file_name(style, list, k, file, sizeof file);
            if (list->drawn[k] && strcmp(list->names[k], name) == 0)
                json_object_set_new(picture, "file", json_string(file));
        }
    }
}

void bench_draw_all(bench *b) {
    const json_t *pictures = json_object_get(b->report, "pictures"), *picture;
    plots_style style = {.folder = b->options.out};
    plots_list list = {0};
    marq_error error;
    size_t i;
    if (json_array_size(pictures) == 0) return;
    json_array_foreach(pictures, i, picture) {
        if (draw(b, picture, &list, &error) != MARQ_OK) bench_fail("%s", error.message);
    }
    if (plots_render(&style, &list, seconds_for_gnuplot, &error) != MARQ_OK)
        bench_absent(b, "pictures", error.message);
    name_files(pictures, &style, &list);
    plots_list_clear(&list);
}
