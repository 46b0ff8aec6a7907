/* Residuals over fitted values: does the model miss something, do the weights fit? */
#include "residual_rows.h"
#include "rows.h"
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

/* All but the outliers, every k-th of very many. */
static size_t write_points(plots_sheet *sheet, const plots_residual_rows *rows,
                           const plots_thinning *thinning, const axes *a) {
    size_t seen = 0, written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        double row[2] = {plots_axis_value(&a->x, rows->fitted[i]),
                         plots_axis_value(&a->y, rows->residual[i])};
        if (plots_is_outlier(rows, i) || seen++ % thinning->every != 0) continue;
        if (isnan(row[0]) || isnan(row[1])) continue;
        if (written++ == 0) plots_data_block(sheet, "points");
        plots_data_row(sheet, row, 2);
    }
    return written;
}

static void draw(plots_sheet *sheet, const plots_residual_points *p, const plots_thinning *thinning,
                 const axes *a) {
    const plots_residual_rows *rows = p->rows;
    char note[PLOTS_NOTE_SIZE];
    plots_key key = {0};
    plots_residual_keys(&key, p);
    plots_head(sheet, plots_thin_note(note, thinning, "row"), &key, false);
    plots_label(sheet, "xlabel", "", rows->fitted_name ? rows->fitted_name : "fitted value", &a->x,
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", rows->residual_name ? rows->residual_name : "residual", &a->y,
                SIDE_CHARACTERS);
    plots_axis_add(&sheet->script, "x", &a->x);
    plots_axis_add(&sheet->script, "y", &a->y);
    marq_text_add(&sheet->script, "\n");
    plots_entry(sheet, "0 with lines ls 4 lw 0.8");
    plots_residual_entries(sheet, p);
    plots_entries_end(sheet);
}

marq_status plots_residuals_fitted(const plots_style *style, const char *name,
                                   const plots_residual_rows *rows, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_residual_rows_check(rows, error);
    if (status == MARQ_OK && !rows->fitted)
        status = marq_fail(error, MARQ_ERROR_ARGUMENT, "residuals over fitted values need both");
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "residuals over fitted values", list, error);
    if (status != MARQ_OK) return status;
    axes a = find_axes(style, rows);
    plots_thinning thinning = plots_thin(style, rows->rows);
    const char *columns[] = {"fitted", "residual", "row"};
    plots_data_columns(&sheet, columns, 3);
    plots_residual_points points = {.rows = rows, .x = rows->fitted, .x_axis = &a.x, .y_axis = &a.y};
    points.points = write_points(&sheet, rows, &thinning, &a);
    plots_data_outliers(&sheet, &points);
    draw(&sheet, &points, &thinning, &a);
    return plots_sheet_close(&sheet, list, error);
}
