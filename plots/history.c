#include "history.h"

#include "rows.h"
#include <base/error.h>
#include <math.h>

enum { MOST_EPOCHS = 20000, FEW_EPOCHS = 30 };

marq_status plots_history_check(const plots_history *history, marq_error *error) {
    if (!history || history->epochs == 0 || !history->epoch)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a plot over epochs needs at least one epoch");
    if (history->best >= history->epochs)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "the best epoch has index %zu of %zu", history->best,
                         history->epochs);
    return MARQ_OK;
}

plots_axis plots_epoch_axis(const plots_history *history) {
    plots_range range = plots_range_empty;
    plots_range_add_all(&range, history->epoch, history->epochs);
    if (range.low == range.high) { /* one epoch: a whole one on each side */
        range.low -= 1;
        range.high += 1;
    }
    return plots_axis_make(&range, PLOTS_COUNTS, 0.02, 8, 80);
}

plots_axis plots_value_axis(const plots_history *history, const double *const *values, size_t series,
                            plots_scale scale, size_t most) {
    plots_range range = plots_range_empty;
    for (size_t s = 0; s < series; s++)
        if (values[s]) plots_range_add_all(&range, values[s], history->epochs);
    return plots_axis_make(&range, scale, 0.05, most, 0);
}

size_t plots_data_series(plots_sheet *sheet, const plots_history *history, const char *name,
                         const double *values, const plots_axis *axis) {
    if (!values) return 0;
    size_t every = 1 + (history->epochs - 1) / MOST_EPOCHS, written = 0;
    for (size_t i = 0; i < history->epochs; i++) {
        if (i % every != 0 && i != history->best && i + 1 != history->epochs) continue;
        double row[2] = {history->epoch[i], plots_axis_value(axis, values[i])};
        if (!plots_plottable(row[0]) || isnan(row[1])) continue;
        if (written++ == 0) plots_data_block(sheet, name);
        plots_data_row(sheet, row, 2);
    }
    return written;
}

void plots_best_line(plots_sheet *sheet, const plots_history *history) {
    double best = history->epoch[history->best];
    if (!plots_plottable(best)) return;
    marq_text_add(&sheet->script,
                  "set arrow 1 from first %.15g, graph 0 to first %.15g, graph 1 nohead back ls 5\n", best,
                  best);
}

/* Beside the ends the text is set from the line inwards, so that it stays on the page. */
void plots_best_label(plots_sheet *sheet, const plots_history *history, const plots_axis *epochs) {
    double best = history->epoch[history->best];
    if (!plots_plottable(best)) return;
    double place = plots_axis_place(epochs, best);
    const char *side = place < 0.12 ? "left" : place > 0.88 ? "right" : "center";
    marq_text_add(&sheet->script, "set label 1 'best: epoch %.15g' at first %.15g, graph 1 %s offset 0,0.6\n",
                  best, best, side);
}

const char *plots_series_style(size_t count) {
    return count == 1 ? "points" : count <= FEW_EPOCHS ? "linespoints" : "lines";
}
