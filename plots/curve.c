/* Comparison, one input: measured points by set, the fitted curve on top. */
#include "comparison.h"
#include "line.h"

#include <math.h>

enum { LABEL_CHARACTERS = 76 };
static const double BAND_SHARE = 0.2, PREDICTION_SHARE = 0.12;

/* Of x and y. */
static void find_axes(const plots_style *style, const plots_rows *rows, const plots_curve *curve,
                      plots_axis axes[2]) {
    plots_range x = plots_range_empty, measured = plots_range_empty;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_plottable(rows->x[i]) || !plots_plottable(rows->measured[i])) continue;
        plots_range_add(&x, rows->x[i]);
        plots_range_add(&measured, rows->measured[i]);
    }
    if (x.low > x.high) plots_range_add_all(&x, curve->x, curve->points);
    plots_range y = measured;
    plots_range_follow(&y, &measured, style->logy, curve->y, curve->points);
    plots_range_follow(&y, &measured, style->logy, curve->low, curve->points);
    plots_range_follow(&y, &measured, style->logy, curve->high, curve->points);
    plots_range_follow(&y, &measured, style->logy, curve->prediction_low, curve->points);
    plots_range_follow(&y, &measured, style->logy, curve->prediction_high, curve->points);
    axes[0] = plots_axis_make(&x, style->logx ? PLOTS_LOG : PLOTS_LINEAR, 0.02, 8, 80);
    axes[1] = plots_axis_make(&y, style->logy ? PLOTS_LOG : PLOTS_LINEAR, 0.05, 7, 0);
}

static size_t write_set(plots_sheet *sheet, const plots_rows *rows, size_t set, const plots_axis axes[2]) {
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    size_t written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_in_set(rows, i, set) || !plots_thin_takes(&thinning, set)) continue;
        double row[3] = {plots_axis_value(&axes[0], rows->x[i]),
                         plots_axis_value(&axes[1], rows->measured[i]), rows->fitted[i]};
        if (isnan(row[0]) || isnan(row[1])) continue;
        if (written++ == 0) plots_data_block(sheet, plots_set_name(rows, set));
        plots_data_row(sheet, row, 3);
    }
    return written;
}

/* What of the data is there to be drawn. */
typedef struct shown {
    size_t set[PLOTS_SETS], curve, band, prediction;
} shown;

static shown write_data(plots_sheet *sheet, const plots_rows *rows, const plots_curve *curve,
                        const plots_axis axes[2]) {
    const char *columns[] = {rows->in_names[0], rows->out_name, "fitted"};
    const double *line[2] = {curve->y}, *band[2] = {curve->low, curve->high},
                 *prediction[2] = {curve->prediction_low, curve->prediction_high};
    shown s = {0};
    plots_data_columns(sheet, columns, 3);
    for (size_t set = 0; set < PLOTS_SETS; set++) s.set[set] = write_set(sheet, rows, set, axes);
    s.curve = plots_data_line(sheet, "fit", curve->points, curve->x, line, axes);
    if (curve->low) s.band = plots_data_line(sheet, "band", curve->points, curve->x, band, axes);
    if (curve->prediction_low)
        s.prediction = plots_data_line(sheet, "prediction", curve->points, curve->x, prediction, axes);
    return s;
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const plots_curve *curve, const shown *s,
                   const plots_axis axes[2]) {
    const plots_style *style = sheet->style;
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_key key = {0};
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (s->set[set]) plots_key_add_points(&key, plots_set_name(rows, set), set + 1);
    plots_key_add_line(&key, "fit", 4);
    if (s->band > 1)
        plots_key_add_band(&key, curve->level, s->prediction > 1 ? "confidence" : "band", BAND_SHARE);
    if (s->prediction > 1) plots_key_add_band(&key, curve->level, "prediction", PREDICTION_SHARE);
    plots_head(sheet, plots_thin_note(note, &thinning, "row"), &key, false);
    plots_near_define(sheet, "y", &axes[1]);
    plots_label(sheet, "xlabel", "", style->xlabel ? style->xlabel : rows->in_names[0], &axes[0],
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", style->ylabel ? style->ylabel : rows->out_name, &axes[1],
                LABEL_CHARACTERS - 28);
    plots_axis_add(&sheet->script, "x", &axes[0]);
    plots_axis_add(&sheet->script, "y", &axes[1]);
}

static void draw(plots_sheet *sheet, const plots_rows *rows, const shown *s) {
    double size = plots_point_size(s->set[0] + s->set[1] + s->set[2], 1);
    marq_text_add(&sheet->script, "point = %.2f # the size of the points\n\n", size);
    if (s->prediction > 1) plots_band_entry(sheet, "prediction", "#000000", PREDICTION_SHARE);
    if (s->band > 1) plots_band_entry(sheet, "band", "#000000", BAND_SHARE);
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (s->set[set])
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu ps point", sheet->name,
                        plots_set_name(rows, set), set + 1);
    if (s->curve > 0)
        plots_entry(sheet, "'%s.dat' index 'fit' using 1:(near_y($2)) with %s", sheet->name,
                    s->curve == 1 ? "points ls 4 pt 7 ps 0.5" : "lines ls 4");
    plots_entries_end(sheet);
}

marq_status plots_draw_curve(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status =
        plots_sheet_open(&sheet, style, name, "measured points and the fitted curve", list, error);
    if (status != MARQ_OK) return status;
    plots_axis axes[2];
    find_axes(style, rows, curve, axes);
    shown s = write_data(&sheet, rows, curve, axes);
    set_up(&sheet, rows, curve, &s, axes);
    draw(&sheet, rows, &s);
    return plots_sheet_close(&sheet, list, error);
}
