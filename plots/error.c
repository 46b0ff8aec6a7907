/* The error over epochs: is it still falling, and does the validation error rise again? */
#include "history.h"
#include "key.h"
#include "rows.h"

/* The circle at the best epoch: on the validation error if there is one, else on the training error. */
static size_t write_best(plots_sheet *sheet, const plots_history *history, const plots_axis *axis) {
    const size_t order[] = {1, 0, 2};
    for (size_t k = 0; k < PLOTS_SETS; k++) {
        const double *mse = history->mse[order[k]];
        if (!mse) continue;
        double value = plots_axis_value(axis, mse[history->best]);
        if (value != value || !plots_plottable(history->epoch[history->best])) continue;
        plots_data_block(sheet, "best");
        plots_data_row(sheet, (double[]){history->epoch[history->best], value}, 2);
        return 1;
    }
    return 0;
}

static const char *name_of(const plots_history *history) {
    return history->error_name ? history->error_name : "mean squared error";
}

static void set_up(plots_sheet *sheet, const plots_history *history, const size_t shown[PLOTS_SETS],
                   const plots_axis *axis) {
    plots_axis epochs = plots_epoch_axis(history);
    plots_key key = {0};
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (shown[set]) plots_key_add_line(&key, plots_set_names[set], set + 1);
    plots_head(sheet, NULL, &key, true);
    plots_label(sheet, "xlabel", "epoch", "", &epochs, 1);
    plots_label(sheet, "ylabel", name_of(history), "", axis, 1);
    plots_axis_add(&sheet->script, "x", &epochs);
    plots_axis_add(&sheet->script, "y", axis);
    plots_best_line(sheet, history);
    plots_best_label(sheet, history, &epochs);
    marq_text_add(&sheet->script, "\n");
}

static void draw(plots_sheet *sheet, const size_t shown[PLOTS_SETS], size_t best) {
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (shown[set])
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with %s ls %zu lw 2 ps 0.6", sheet->name,
                        plots_set_names[set], plots_series_style(shown[set]), set + 1);
    if (best)
        plots_entry(sheet, "'%s.dat' index 'best' using 1:2 with points pt 6 ps 1.4 lw 1.5 lc rgb '#000000'",
                    sheet->name);
    plots_entries_end(sheet);
}

marq_status plots_error(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_history_check(history, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "the error over epochs", list, error);
    if (status != MARQ_OK) return status;
    plots_axis axis = plots_value_axis(history, history->mse, PLOTS_SETS, PLOTS_LOG, 8);
    const char *columns[] = {"epoch", history->error_name ? "error" : "mean_squared_error"};
    plots_data_columns(&sheet, columns, 2);
    size_t shown[PLOTS_SETS];
    for (size_t set = 0; set < PLOTS_SETS; set++)
        shown[set] = plots_data_series(&sheet, history, plots_set_names[set], history->mse[set], &axis);
    size_t best = write_best(&sheet, history, &axis);
    set_up(&sheet, history, shown, &axis);
    draw(&sheet, shown, best);
    return plots_sheet_close(&sheet, list, error);
}
