/* Lines over a parameter: a study's results. */
#include "key.h"
#include "line.h"
#include "series.h"
#include "sort.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/study.h>
#include <stdlib.h>

enum { MOST_SERIES = 20, FEW_VALUES = 8, MANY_POINTS = 60, LABEL_CHARACTERS = 76, SIDE_CHARACTERS = 46 };

typedef struct lines_sheet {
    plots_sheet *sheet;
    const plots_series *series;
    size_t count;
    size_t style[MOST_SERIES]; /* line style of each */
    plots_axis axes[2];
} lines_sheet;

enum { REFERENCE_STYLE = 6 };

static void choose_styles(lines_sheet *l) {
    size_t measured = 0;
    for (size_t k = 0; k < l->count; k++)
        l->style[k] =
            l->series[k].reference ? (size_t)REFERENCE_STYLE : PLOTS_SERIES_STYLE + measured++ % PLOTS_SERIES;
}

static marq_status check(const plots_series *series, size_t count, marq_error *error) {
    if (!series || count == 0 || count > MOST_SERIES)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a plot of lines has 1 to %d series", (int)MOST_SERIES);
    for (size_t k = 0; k < count; k++) {
        const plots_series *s = &series[k];
        if (!s->name || s->points == 0 || !s->x || !s->y || !s->low != !s->high)
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "series %zu needs a name and points, and both ends of error bars or none",
                             k + 1);
    }
    return MARQ_OK;
}

/* ---- Axes ---- */

/* References are drawn where the measured ones are. */
static void find_ranges(const lines_sheet *l, plots_range ranges[2]) {
    for (int references = 0; references < 2; references++) {
        if (references && ranges[0].low <= ranges[0].high) break;
        for (size_t k = 0; k < l->count; k++) {
            const plots_series *s = &l->series[k];
            if (!s->reference != !references) continue;
            for (size_t i = 0; i < s->points; i++) {
                if (!plots_plottable(s->x[i]) || !plots_plottable(s->y[i])) continue;
                plots_range_add(&ranges[0], s->x[i]);
                plots_range_add(&ranges[1], s->y[i]);
            }
        }
    }
    plots_range measured = ranges[1];
    for (size_t k = 0; k < l->count; k++) {
        const plots_series *s = &l->series[k];
        plots_range_follow(&ranges[1], &measured, l->sheet->style->logy, s->low, s->points);
        plots_range_follow(&ranges[1], &measured, l->sheet->style->logy, s->high, s->points);
        if (s->reference) plots_range_follow(&ranges[1], &measured, l->sheet->style->logy, s->y, s->points);
    }
}

/* The different values of x; of more than most: most + 1. */
static size_t different_values(const lines_sheet *l, double *values, size_t most) {
    size_t count = 0;
    for (size_t k = 0; k < l->count; k++)
        for (size_t i = 0; i < l->series[k].points && count <= most; i++) {
            double x = plots_axis_value(&l->axes[0], l->series[k].x[i]);
            size_t at = 0;
            while (at < count && values[at] != x) at++;
            if (at == count && !isnan(x)) values[count++] = x;
        }
    return count;
}

static bool have_room(const plots_axis *x, const double *values, size_t count) {
    char label[PLOTS_TIC_SIZE];
    for (size_t k = 0; k + 1 < count; k++) {
        int width = marq_format(label, sizeof label, "%.6g", values[k + 1]);
        double apart = plots_axis_place(x, values[k + 1]) - plots_axis_place(x, values[k]);
        if (apart * (PAGE_WIDTH - 300) < (width + 1) * CHARACTER_WIDTH) return false;
    }
    return true;
}

/* Threads and batch sizes: the reader wants these numbers, not round ones. */
static void name_few_values(lines_sheet *l) {
    double values[FEW_VALUES + 1];
    size_t count = different_values(l, values, FEW_VALUES);
    plots_axis *x = &l->axes[0];
    if (count > FEW_VALUES || count < 2) return;
    plots_sort(values, count);
    if (values[0] < 1e-3 || values[count - 1] >= 1e6 || !have_room(x, values, count)) return;
    x->tics = x->width = 0;
    x->exponent = 0;
    for (size_t k = 0; k < count; k++) {
        marq_format(x->label[k], PLOTS_TIC_SIZE, "%.6g", values[k]);
        x->at[x->tics++] = values[k];
    }
}

static void find_axes(lines_sheet *l) {
    const plots_style *style = l->sheet->style;
    plots_range ranges[2] = {plots_range_empty, plots_range_empty};
    find_ranges(l, ranges);
    if (!style->logy && ranges[1].low > 0 && ranges[1].low < 0.5 * ranges[1].high) ranges[1].low = 0;
    l->axes[0] = plots_axis_make(&ranges[0], style->logx ? PLOTS_LOG : PLOTS_LINEAR, 0.04, 8, 80);
    l->axes[1] = plots_axis_make(&ranges[1], style->logy ? PLOTS_LOG : PLOTS_LINEAR, 0.05, 7, 0);
    if (ranges[1].low == 0 && !l->axes[1].log) l->axes[1].low = 0;
    name_few_values(l);
}

/* ---- Data ---- */

static size_t write_line(const lines_sheet *l, size_t k) {
    const plots_series *s = &l->series[k];
    const double *y[2] = {s->y};
    char block[PLOTS_BLOCK_SIZE];
    return plots_data_line(l->sheet, plots_block_name(block, "series", k), s->points, s->x, y, l->axes);
}

static size_t write_bars(const lines_sheet *l, size_t k) {
    const plots_series *s = &l->series[k];
    char block[PLOTS_BLOCK_SIZE];
    size_t written = 0;
    for (size_t i = 0; s->low && i < s->points; i++) {
        double row[4] = {plots_axis_value(&l->axes[0], s->x[i]), plots_axis_value(&l->axes[1], s->y[i]),
                         s->low[i], s->high[i]};
        if (isnan(row[0]) || isnan(row[1]) || !plots_plottable(row[2]) || !plots_plottable(row[3])) continue;
        if (written++ == 0) plots_data_block(l->sheet, plots_block_name(block, "bars", k));
        plots_data_row(l->sheet, row, 4);
    }
    return written;
}

/* ---- Script ---- */

static plots_key make_key(const lines_sheet *l) {
    plots_key key = {0};
    for (size_t k = 0; k < l->count; k++) {
        const plots_series *s = &l->series[k];
        plots_key_entry *entry = plots_key_add(&key, s->name, NULL);
        marq_format(entry->line, sizeof entry->line, "ls %zu", l->style[k]);
        if (!s->reference) marq_format(entry->point, sizeof entry->point, "ls %zu ps 0.7", l->style[k]);
    }
    return key;
}

static void set_up(const lines_sheet *l) {
    plots_sheet *sheet = l->sheet;
    const plots_style *style = sheet->style;
    plots_key key = make_key(l);
    plots_series_styles(sheet, l->count < PLOTS_SERIES ? l->count : PLOTS_SERIES);
    marq_text_add(&sheet->script, "set style line 6 lc rgb '#777777' lw 1 dt (8,6)\n");
    plots_head(sheet, NULL, &key, false);
    plots_label(sheet, "xlabel", "", style->xlabel ? style->xlabel : "", &l->axes[0], LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", style->ylabel ? style->ylabel : "", &l->axes[1], SIDE_CHARACTERS);
    plots_axis_add(&sheet->script, "x", &l->axes[0]);
    plots_axis_add(&sheet->script, "y", &l->axes[1]);
    plots_near_define(sheet, "y", &l->axes[1]);
    marq_text_add(&sheet->script, "\n");
}

static void draw_line(const lines_sheet *l, size_t k, size_t points) {
    const plots_series *s = &l->series[k];
    char block[PLOTS_BLOCK_SIZE];
    if (points == 0) return;
    plots_entry(l->sheet, "'%s.dat' index '%s' using 1:(near_y($2)) with ", l->sheet->name,
                plots_block_name(block, "series", k));
    if (s->reference)
        marq_text_add(&l->sheet->script, "lines ls 6");
    else
        marq_text_add(&l->sheet->script, "linespoints ls %zu ps 0.7 pi %zu", l->style[k],
                      points > MANY_POINTS ? points / 15 : 1);
}

static void draw(const lines_sheet *l) {
    size_t lines[MOST_SERIES], bars[MOST_SERIES];
    char block[PLOTS_BLOCK_SIZE], style[32];
    const char *columns[] = {"x", "y", "low", "high"};
    plots_data_columns(l->sheet, columns, 4);
    for (size_t k = 0; k < l->count; k++) {
        lines[k] = write_line(l, k);
        bars[k] = write_bars(l, k);
    }
    set_up(l);
    for (int references = 1; references >= 0; references--) /* below the measured ones */
        for (size_t k = 0; k < l->count; k++)
            if (!l->series[k].reference == !references) draw_line(l, k, lines[k]);
    for (size_t k = 0; k < l->count; k++)
        if (bars[k]) {
            marq_format(style, sizeof style, "ls %zu lw 0.8", l->style[k]);
            plots_error_bars_entry(l->sheet, plots_block_name(block, "bars", k), "1", 3, true, style);
        }
    plots_entries_end(l->sheet);
}

marq_status plots_lines(const plots_style *style, const char *name, const plots_series *series, size_t count,
                        plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = check(series, count, error);
    if (status == MARQ_OK) status = plots_sheet_open(&sheet, style, name, "lines of a study", list, error);
    if (status != MARQ_OK) return status;
    lines_sheet l = {.sheet = &sheet, .series = series, .count = count};
    choose_styles(&l);
    find_axes(&l);
    draw(&l);
    return plots_sheet_close(&sheet, list, error);
}
