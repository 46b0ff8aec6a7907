#include "line.h"

#include <math.h>

enum { MOST_LINE_POINTS = 20000 };

static bool has_place(const double row[3], bool band, const plots_axis axes[2]) {
    if (isnan(plots_axis_value(&axes[0], row[0]))) return false;
    if (band) return plots_plottable(row[1]) && plots_plottable(row[2]);
    return !isnan(plots_axis_value(&axes[1], row[1]));
}

size_t plots_data_line(plots_sheet *sheet, const char *block, size_t points, const double *x,
                       const double *const y[2], const plots_axis axes[2]) {
    size_t every = 1 + (points - 1) / MOST_LINE_POINTS, written = 0;
    bool band = y[1] != NULL, gap = false;
    for (size_t i = 0; i < points; i++) {
        if (i % every != 0 && i + 1 != points) continue;
        double row[3] = {x[i], y[0][i], band ? y[1][i] : 0};
        bool missing = !has_place(row, band, axes);
        if (!missing && written == 0) plots_data_block(sheet, block);
        if (!missing && written > 0 && gap) marq_text_add(&sheet->data, "\n");
        if (!missing) plots_data_row(sheet, row, band ? 3 : 2);
        written += !missing;
        gap = missing;
    }
    return written;
}

void plots_near_define(plots_sheet *sheet, const char *letter, const plots_axis *axis) {
    double span = axis->high - axis->low, ratio = axis->high / axis->low;
    double low = axis->log ? fmax(axis->low / ratio, 1e-300) : axis->low - 100 * span;
    double high = axis->log ? fmin(axis->high * ratio, 1e300) : axis->high + 100 * span;
    marq_text_add(&sheet->script, "near_%s(v) = v < %.6g ? %.6g : v > %.6g ? %.6g : v\n", letter, low, low,
                  high, high);
}

void plots_band_entry(plots_sheet *sheet, const char *block, const char *colour, double share) {
    plots_entry(sheet,
                "'%s.dat' index '%s' using 1:(near_y($2)):(near_y($3)) with filledcurves lc rgb '%s' "
                "fs transparent solid %.2f noborder",
                sheet->name, block, colour, share);
}

void plots_key_add_band(plots_key *key, double level, const char *what, double share) {
    char name[PLOTS_KEY_NAME];
    if (level > 0)
        marq_format(name, sizeof name, "%.4g %% %s", 100 * level, what);
    else
        marq_format(name, sizeof name, "%s", what);
    plots_key_entry *entry = plots_key_add(key, NULL, name);
    marq_format(entry->area, sizeof entry->area, "fc rgb '#000000' fs transparent solid %.2f noborder",
                share);
}

/* As vectors, because gnuplot's own bars leave a hole in the middle. Those whose ends are both off the axis
 * are drawn only if gnuplot is told so. */
void plots_error_bars_entry(plots_sheet *sheet, const char *block, const char *place, int low, bool upright,
                            const char *style) {
    char from[32], size[64], letter = upright ? 'y' : 'x';
    marq_format(from, sizeof from, "(near_%c($%d))", letter, low);
    marq_format(size, sizeof size, "(near_%c($%d) - near_%c($%d))", letter, low + 1, letter, low);
    if (upright)
        plots_entry(sheet, "'%s.dat' index '%s' using %s:%s:(0):%s with vectors nohead %s", sheet->name,
                    block, place, from, size, style);
    else
        plots_entry(sheet, "'%s.dat' index '%s' using %s:%s:%s:(0) with vectors nohead %s", sheet->name,
                    block, from, place, size, style);
}
