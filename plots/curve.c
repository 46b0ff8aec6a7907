/* Comparison, one input: measured points by set, the fitted curve on top. */
#include "comparison.h"

#include <math.h>

enum { LABEL_CHARACTERS = 76, MOST_CURVE_POINTS = 20000 };

typedef struct axes {
    plots_axis x, y;
} axes;

static axes find_axes(const plots_style *style, const plots_rows *rows, const plots_curve *curve) {
    plots_range x = plots_range_empty, measured = plots_range_empty;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_plottable(rows->x[i]) || !plots_plottable(rows->measured[i])) continue;
        plots_range_add(&x, rows->x[i]);
        plots_range_add(&measured, rows->measured[i]);
    }
    if (x.low > x.high) plots_range_add_all(&x, curve->x, curve->points);
    plots_range y = plots_fit_range(&measured, curve->y, curve->points);
    if (isfinite(measured.positive)) y.positive = measured.positive;
    return (axes){
        .x = plots_axis_make(&x, style->logx ? PLOTS_LOG : PLOTS_LINEAR, 0.02, 8, 80),
        .y = plots_axis_make(&y, style->logy ? PLOTS_LOG : PLOTS_LINEAR, 0.05, 7, 0),
    };
}

static size_t write_set(plots_sheet *sheet, const plots_rows *rows, size_t set, const axes *a) {
    plots_thinning thinning = plots_thin(rows->rows);
    size_t written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_in_set(rows, i, set) || !plots_thin_takes(&thinning, set)) continue;
        double row[3] = {plots_axis_value(&a->x, rows->x[i]), plots_axis_value(&a->y, rows->measured[i]),
                         rows->fitted[i]};
        if (isnan(row[0]) || isnan(row[1])) continue;
        if (written++ == 0) plots_data_block(sheet, plots_set_name(rows, set));
        plots_data_row(sheet, row, 3);
    }
    return written;
}

/* A value off the axis interrupts the line: gnuplot breaks it at an empty line. */
static size_t write_curve(plots_sheet *sheet, const plots_curve *curve, const axes *a) {
    size_t every = 1 + (curve->points - 1) / MOST_CURVE_POINTS, written = 0;
    bool gap = false;
    for (size_t i = 0; i < curve->points; i++) {
        if (i % every != 0 && i + 1 != curve->points) continue;
        double row[2] = {plots_axis_value(&a->x, curve->x[i]), plots_axis_value(&a->y, curve->y[i])};
        bool missing = isnan(row[0]) || isnan(row[1]);
        if (!missing && written == 0) plots_data_block(sheet, "fit");
        if (!missing && written > 0 && gap) marq_text_add(&sheet->data, "\n");
        if (!missing) plots_data_row(sheet, row, 2);
        written += !missing;
        gap = missing;
    }
    return written;
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const axes *a) {
    const plots_style *style = sheet->style;
    plots_thinning thinning = plots_thin(rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_head(sheet, plots_thin_note(note, &thinning, "row"), false);
    plots_label(sheet, "xlabel", "", style->xlabel ? style->xlabel : rows->in_names[0], &a->x,
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", style->ylabel ? style->ylabel : rows->out_name, &a->y,
                LABEL_CHARACTERS - 28);
    plots_axis_add(&sheet->script, "x", &a->x);
    plots_axis_add(&sheet->script, "y", &a->y);
}

static void draw(plots_sheet *sheet, const plots_rows *rows, const size_t shown[PLOTS_SETS], size_t curve) {
    double size = plots_point_size(shown[0] + shown[1] + shown[2], 1);
    marq_text_add(&sheet->script, "point = %.2f # the size of the points\n\n", size);
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (shown[set])
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu ps point notitle",
                        sheet->name, plots_set_name(rows, set), set + 1);
    if (curve > 0)
        plots_entry(sheet, "'%s.dat' index 'fit' using 1:2 with %s notitle", sheet->name,
                    curve == 1 ? "points ls 4 pt 7 ps 0.5" : "lines ls 4");
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (shown[set])
            plots_entry(sheet, "NaN with points ls %zu ps 0.7 title '%s'", set + 1,
                        plots_set_name(rows, set));
    plots_entry(sheet, "NaN with lines ls 4 title 'fit'");
    plots_entries_end(sheet);
}

marq_status plots_draw_curve(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status =
        plots_sheet_open(&sheet, style, name, "measured points and the fitted curve", list, error);
    if (status != MARQ_OK) return status;
    axes a = find_axes(style, rows, curve);
    const char *columns[] = {rows->in_names[0], rows->out_name, "fitted"};
    plots_data_columns(&sheet, columns, 3);
    size_t shown[PLOTS_SETS];
    for (size_t set = 0; set < PLOTS_SETS; set++) shown[set] = write_set(&sheet, rows, set, &a);
    size_t points = write_curve(&sheet, curve, &a);
    set_up(&sheet, rows, &a);
    draw(&sheet, rows, shown, points);
    return plots_sheet_close(&sheet, list, error);
}
