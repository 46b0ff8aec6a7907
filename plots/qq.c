/* Q–Q plot of standardised residuals: are they normal? Of n residuals the i-th smallest stands over the
 * normal quantile z of p = (i − a)/(n + 1 − 2a). Its standard deviation is about √(p(1−p)/n)/φ(z), with φ the
 * normal density: that gives the band. */
#include "line.h"
#include "residual_rows.h"
#include "sort.h"
#include <base/error.h>
#include <base/memory.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>

enum { BAND_POINTS = 201, VISIBLE = 1500 };
static const double TWO_SIDED_95 = 1.959963984540054, BAND_SHARE = 0.15;

typedef struct quantiles {
    size_t count;
    size_t *order; /* rows: those with a value first, in ascending order of it; owned */
    double *z;     /* rows: of each row, NaN without a value; owned */
} quantiles;

static void quantiles_clear(quantiles *q) {
    free(q->order);
    free(q->z);
}

/* Values that are not finite are sorted behind all others and left out. */
static bool find_quantiles(quantiles *q, const plots_residual_rows *rows) {
    q->order = marq_alloc(rows->rows, sizeof *q->order);
    q->z = marq_alloc_doubles(rows->rows, 1);
    if (!q->order || !q->z) return false;
    for (size_t i = 0; i < rows->rows; i++) {
        bool finite = plots_plottable(rows->residual[i]);
        q->z[i] = finite ? rows->residual[i] : HUGE_VAL;
        q->count += finite;
    }
    if (!plots_sort_index(q->z, rows->rows, q->order)) return false;
    double a = q->count <= 10 ? 0.375 : 0.5;
    for (size_t k = 0; k < rows->rows; k++) {
        double p = ((double)(k + 1) - a) / ((double)q->count + 1 - 2 * a);
        q->z[q->order[k]] = k < q->count ? marq_normal_quantile(p) : (double)NAN;
    }
    return true;
}

/* ---- Band and axes ---- */

typedef struct band {
    double z[BAND_POINTS], low[BAND_POINTS], high[BAND_POINTS];
} band;

static void find_band(band *b, double most, size_t count) {
    for (size_t k = 0; k < BAND_POINTS; k++) {
        double z = most * (2.0 * (double)k / (BAND_POINTS - 1) - 1), p = marq_normal_cdf(z);
        double density = exp(-0.5 * z * z) / sqrt(2 * 3.141592653589793);
        double half = TWO_SIDED_95 * sqrt(p * (1 - p) / (double)count) / density;
        b->z[k] = z;
        b->low[k] = z - half;
        b->high[k] = z + half;
    }
}

/* Both axes hold the line's end. */
static void find_axes(const plots_residual_rows *rows, const quantiles *q, const band *b,
                      plots_axis axes[2]) {
    plots_range z = plots_range_empty, r = plots_range_empty;
    plots_range_add_all(&z, q->z, rows->rows);
    plots_range_add_all(&r, rows->residual, rows->rows);
    if (q->count > 0) plots_range_add_all(&r, b->z, BAND_POINTS);
    plots_range y = r;
    plots_range_follow(&y, &r, false, b->low, q->count > 0 ? BAND_POINTS : 0);
    plots_range_follow(&y, &r, false, b->high, q->count > 0 ? BAND_POINTS : 0);
    axes[0] = plots_axis_make(&z, PLOTS_LINEAR, 0.04, 8, 80);
    axes[1] = plots_axis_make(&y, PLOTS_LINEAR, 0.05, 7, 0);
}

/* ---- Data ---- */

/* In ascending order; a point that is hardly apart from the last one is left out. */
static size_t write_points(plots_sheet *sheet, const plots_residual_rows *rows, const quantiles *q,
                           const plots_axis axes[2]) {
    double last[2] = {-HUGE_VAL, -HUGE_VAL};
    size_t written = 0;
    for (size_t k = 0; k < q->count; k++) {
        size_t i = q->order[k];
        double place[2] = {plots_axis_place(&axes[0], q->z[i]),
                           plots_axis_place(&axes[1], rows->residual[i])};
        if (plots_is_outlier(rows, i)) continue;
        if (hypot(place[0] - last[0], place[1] - last[1]) < 1.0 / VISIBLE) continue;
        if (written++ == 0) plots_data_block(sheet, "points");
        plots_data_row(sheet, (double[]){q->z[i], rows->residual[i]}, 2);
        last[0] = place[0];
        last[1] = place[1];
    }
    return written;
}

static void write_data(plots_sheet *sheet, plots_residual_points *p, const quantiles *q, const band *b,
                       const plots_axis axes[2]) {
    const char *columns[] = {"normal_quantile", "standardised_residual", "row"};
    const double *ends[2] = {b->low, b->high};
    plots_data_columns(sheet, columns, 3);
    if (q->count > 0) plots_data_line(sheet, "band", BAND_POINTS, b->z, ends, axes);
    p->points = write_points(sheet, p->rows, q, axes);
    plots_data_outliers(sheet, p);
}

/* ---- Script ---- */

static void draw(plots_sheet *sheet, const plots_residual_points *p, const quantiles *q,
                 const plots_axis axes[2]) {
    const char *name = p->rows->residual_name;
    plots_key key = {0};
    plots_residual_keys(&key, p);
    plots_key_add_line(&key, "normal distribution", 4);
    plots_key_add_band(&key, 0.95, "pointwise", BAND_SHARE);
    plots_head(sheet, NULL, &key, false);
    plots_label(sheet, "xlabel", "normal quantile", "", &axes[0], 1);
    plots_label(sheet, "ylabel", "", name ? name : "standardised residual", &axes[1], 46);
    plots_axis_add(&sheet->script, "x", &axes[0]);
    plots_axis_add(&sheet->script, "y", &axes[1]);
    plots_near_define(sheet, "y", &axes[1]);
    marq_text_add(&sheet->script, "\n");
    if (q->count > 0) plots_band_entry(sheet, "band", "#000000", BAND_SHARE);
    plots_entry(sheet, "x with lines ls 4 lw 0.8");
    plots_residual_entries(sheet, p);
    plots_entries_end(sheet);
}

static void draw_all(plots_sheet *sheet, const plots_residual_rows *rows, const quantiles *q) {
    band b;
    plots_axis axes[2];
    double most = q->count > 1 ? q->z[q->order[q->count - 1]] : 1;
    find_band(&b, most, q->count);
    find_axes(rows, q, &b, axes);
    plots_residual_points points = {.rows = rows, .x = q->z, .x_axis = &axes[0], .y_axis = &axes[1]};
    write_data(sheet, &points, q, &b, axes);
    draw(sheet, &points, q, axes);
}

marq_status plots_qq(const plots_style *style, const char *name, const plots_residual_rows *rows,
                     plots_list *list, marq_error *error) {
    plots_sheet sheet;
    quantiles q = {0};
    marq_status status = plots_residual_rows_check(rows, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "Q–Q plot of the residuals", list, error);
    if (status != MARQ_OK) return status;
    if (find_quantiles(&q, rows))
        draw_all(&sheet, rows, &q);
    else
        sheet.data.failed = 1;
    quantiles_clear(&q);
    return plots_sheet_close(&sheet, list, error);
}
