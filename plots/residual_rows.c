#include "residual_rows.h"

#include "rows.h"
#include "series.h"
#include "sort.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_NUMBERS = 12, NUMBER_WIDTH = 140, OUTLIER_COLOUR = 3 };

marq_status plots_residual_rows_check(const plots_residual_rows *rows, marq_error *error) {
    if (!rows || rows->rows == 0 || !rows->residual)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a plot of residuals needs at least one");
    return MARQ_OK;
}

bool plots_is_outlier(const plots_residual_rows *rows, size_t i) {
    return rows->outlier && rows->outlier[i];
}

static bool is_marked(const plots_residual_points *p, size_t i) {
    return plots_is_outlier(p->rows, i) && plots_plottable(p->rows->residual[i]) && !isnan(p->x[i]);
}

/* ---- Data ---- */

static void write_outlier(plots_sheet *sheet, const plots_residual_points *p, size_t i) {
    double number = (double)(p->rows->number ? p->rows->number[i] : i + 1);
    plots_data_row(sheet, (double[]){p->x[i], p->rows->residual[i], number}, 3);
}

/* Outliers with their numbers: those that stand clear of the larger ones' numbers. Places in pixels. */
typedef struct numbered {
    size_t count, row[MOST_NUMBERS];
    double x[MOST_NUMBERS], y[MOST_NUMBERS];
    bool left[MOST_NUMBERS]; /* of its point */
} numbered;

static void add_number(numbered *n, const plots_residual_points *p, size_t i) {
    double place = plots_axis_place(p->x_axis, p->x[i]);
    bool left = place > 0.9;
    double x = place * PAGE_WIDTH + (left ? -NUMBER_WIDTH : NUMBER_WIDTH) / 2;
    double y = plots_axis_place(p->y_axis, p->rows->residual[i]) * PAGE_HEIGHT;
    for (size_t k = 0; k < n->count; k++)
        if (fabs(n->x[k] - x) < NUMBER_WIDTH && fabs(n->y[k] - y) < LINE_HEIGHT) return;
    n->row[n->count] = i;
    n->x[n->count] = x;
    n->y[n->count] = y;
    n->left[n->count++] = left;
}

/* The largest first. */
static bool find_numbered(numbered *n, const plots_residual_points *p) {
    double *size = marq_alloc_doubles(p->outliers, 1);
    size_t *row = marq_alloc(p->outliers, sizeof *row), *order = marq_alloc(p->outliers, sizeof *order),
           count = 0;
    bool done = size && row && order;
    for (size_t i = 0; done && i < p->rows->rows; i++) {
        if (!is_marked(p, i)) continue;
        size[count] = -fabs(p->rows->residual[i]);
        row[count++] = i;
    }
    done = done && plots_sort_index(size, count, order);
    for (size_t k = 0; done && k < count && n->count < MOST_NUMBERS; k++) add_number(n, p, row[order[k]]);
    free(size);
    free(row);
    free(order);
    return done;
}

static size_t write_numbered(plots_sheet *sheet, const plots_residual_points *p, const numbered *n,
                             bool left) {
    size_t written = 0;
    for (size_t k = 0; k < n->count; k++) {
        if (n->left[k] != left) continue;
        if (written++ == 0) plots_data_block(sheet, left ? "left" : "right");
        write_outlier(sheet, p, n->row[k]);
    }
    return written;
}

void plots_data_outliers(plots_sheet *sheet, plots_residual_points *p) {
    numbered n = {0};
    for (size_t i = 0; i < p->rows->rows; i++) {
        if (!is_marked(p, i)) continue;
        if (p->outliers++ == 0) plots_data_block(sheet, "outliers");
        write_outlier(sheet, p, i);
    }
    if (p->outliers > 0 && !find_numbered(&n, p)) sheet->data.failed = 1;
    p->right = write_numbered(sheet, p, &n, false);
    p->left = write_numbered(sheet, p, &n, true);
}

/* ---- Script ---- */

void plots_residual_keys(plots_key *key, const plots_residual_points *p) {
    if (p->outliers == 0) return;
    if (p->rows->groups < 2) plots_key_add_points(key, "residual", 1);
    plots_key_entry *entry = plots_key_add(key, NULL, "outlier");
    marq_format(entry->point, sizeof entry->point, "lc rgb '%s' pt 7 ps 0.7", plots_colour(OUTLIER_COLOUR));
}

static void add_numbers(plots_sheet *sheet, const char *block, const char *side, const char *offset) {
    plots_entry(sheet, "'%s.dat' index '%s' using 1:2:(sprintf('%%.0f', $3)) with labels %s offset %s,0.2",
                sheet->name, block, side, offset);
}

void plots_residual_entries(plots_sheet *sheet, const plots_residual_points *p) {
    double size = plots_point_size(p->points, 1);
    if (p->points)
        plots_entry(sheet, "'%s.dat' index 'points' using 1:2 with points ls 1 ps %.2f", sheet->name, size);
    if (p->outliers)
        plots_entry(sheet, "'%s.dat' index 'outliers' using 1:2 with points lc rgb '%s' pt 7 ps %.2f",
                    sheet->name, plots_colour(OUTLIER_COLOUR), fmax(size, 0.4));
    if (p->right) add_numbers(sheet, "right", "left", "0.7");
    if (p->left) add_numbers(sheet, "left", "right", "-0.7");
}
