/* Residuals over fitted values: does the model miss something, do the weights fit? */
#include "residual_rows.h"
#include "rows.h"
#include "series.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { LABEL_CHARACTERS = 76, SIDE_CHARACTERS = 46 };

typedef struct axes {
    plots_axis x, y;
} axes;

static axes find_axes(const plots_style *style, const plots_residual_rows *rows) {
    plots_range x = plots_range_empty, y = {0, 0, HUGE_VAL};
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_plottable(rows->fitted[i]) || !plots_plottable(rows->residual[i])) continue;
        plots_range_add(&x, rows->fitted[i]);
        plots_range_add(&y, rows->residual[i]);
    }
    return (axes){.x = plots_axis_make(&x, style->logy ? PLOTS_LOG : PLOTS_LINEAR, 0.04, 8, 80),
                  .y = plots_axis_make(&y, PLOTS_LINEAR, 0.08, 7, 0)};
}

/* ---- Groups ---- */

enum { MOST_GROUPS_NAMED = 12 };

static bool has_groups(const plots_residual_rows *rows) {
    return rows->groups > 1;
}

static size_t group_style(size_t group) {
    return PLOTS_SERIES_STYLE + group % PLOTS_SERIES;
}

static void name_groups(plots_key *key, const plots_residual_rows *rows) {
    for (size_t g = 0; g < rows->groups && g < MOST_GROUPS_NAMED; g++) {
        plots_key_entry *entry = plots_key_add(key, rows->group_names[g], NULL);
        marq_format(entry->point, sizeof entry->point, "ls %zu ps 0.7", group_style(g));
    }
    if (rows->groups > MOST_GROUPS_NAMED) {
        char more[PLOTS_KEY_NAME];
        marq_format(more, sizeof more, "and %zu more", rows->groups - MOST_GROUPS_NAMED);
        plots_key_add(key, NULL, more);
    }
}

/* ---- Points ---- */

static const char *block_of(const plots_residual_rows *rows, size_t group, char block[PLOTS_BLOCK_SIZE]) {
    if (!has_groups(rows)) return "points";
    return plots_block_name(block, "points", group);
}

/* A group's, all but the outliers, every k-th of very many. */
static size_t write_points(plots_sheet *sheet, const plots_residual_rows *rows, size_t group,
                           const plots_thinning *thinning, const axes *a) {
    char block[PLOTS_BLOCK_SIZE];
    size_t seen = 0, written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (has_groups(rows) && rows->group[i] != group) continue;
        double row[2] = {plots_axis_value(&a->x, rows->fitted[i]),
                         plots_axis_value(&a->y, rows->residual[i])};
        if (plots_is_outlier(rows, i) || seen++ % thinning->every != 0) continue;
        if (isnan(row[0]) || isnan(row[1])) continue;
        if (written++ == 0) plots_data_block(sheet, block_of(rows, group, block));
        plots_data_row(sheet, row, 2);
    }
    return written;
}

static void draw_points(plots_sheet *sheet, const plots_residual_points *p, const size_t *written) {
    char block[PLOTS_BLOCK_SIZE];
    if (!has_groups(p->rows)) {
        plots_residual_entries(sheet, p);
        return;
    }
    for (size_t g = 0; g < p->rows->groups; g++)
        if (written[g] > 0)
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu ps %.2f", sheet->name,
                        plots_block_name(block, "points", g), group_style(g), plots_point_size(p->points, 1));
    plots_residual_points outliers = *p;
    outliers.points = 0;
    plots_residual_entries(sheet, &outliers);
}

static void draw(plots_sheet *sheet, const plots_residual_points *p, const size_t *written,
                 const plots_thinning *thinning, const axes *a) {
    const plots_residual_rows *rows = p->rows;
    char note[PLOTS_NOTE_SIZE];
    plots_key key = {0};
    if (has_groups(rows)) name_groups(&key, rows);
    plots_residual_keys(&key, p);
    if (has_groups(rows))
        plots_series_styles(sheet, rows->groups < PLOTS_SERIES ? rows->groups : PLOTS_SERIES);
    plots_head(sheet, plots_thin_note(note, thinning, "row"), &key, false);
    plots_label(sheet, "xlabel", "", rows->fitted_name ? rows->fitted_name : "fitted value", &a->x,
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", rows->residual_name ? rows->residual_name : "residual", &a->y,
                SIDE_CHARACTERS);
    plots_axis_add(&sheet->script, "x", &a->x);
    plots_axis_add(&sheet->script, "y", &a->y);
    marq_text_add(&sheet->script, "\n");
    plots_entry(sheet, "0 with lines ls 4 lw 0.8");
    draw_points(sheet, p, written);
    plots_entries_end(sheet);
}

marq_status plots_residuals_fitted(const plots_style *style, const char *name,
                                   const plots_residual_rows *rows, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_residual_rows_check(rows, error);
    if (status == MARQ_OK && !rows->fitted)
        status = marq_fail(error, MARQ_ERROR_ARGUMENT, "residuals over fitted values need both");
    size_t groups = status == MARQ_OK && has_groups(rows) ? rows->groups : 1;
    size_t *written = marq_alloc(groups, sizeof *written); /* points of each group */
    if (status == MARQ_OK && !written) status = marq_fail_memory(error, "a plot");
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "residuals over fitted values", list, error);
    if (status == MARQ_OK) {
        axes a = find_axes(style, rows);
        plots_thinning thinning = plots_thin(style, rows->rows);
        const char *columns[] = {"fitted", "residual", "row"};
        plots_data_columns(&sheet, columns, 3);
        plots_residual_points points = {.rows = rows, .x = rows->fitted, .x_axis = &a.x, .y_axis = &a.y};
        for (size_t g = 0; g < groups; g++)
            points.points += written[g] = write_points(&sheet, rows, g, &thinning, &a);
        plots_data_outliers(&sheet, &points);
        draw(&sheet, &points, written, &thinning, &a);
        status = plots_sheet_close(&sheet, list, error);
    }
    free(written);
    return status;
}
