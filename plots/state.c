/* The state of a training over epochs: damping, gradient norm, validation failures, one panel each above a
 * common axis. A panel without any value is left out. */
#include "history.h"
#include "rows.h"

typedef struct panel {
    const char *name, *label;
    const double *values;
    plots_scale scale;
    plots_axis axis;
    size_t shown;
} panel;

enum { PANELS = 3 };

static void find_panels(panel panels[PANELS], const plots_history *history) {
    panels[0] = (panel){.name = "mu", .label = "damping\\nμ", .values = history->mu, .scale = PLOTS_LOG};
    panels[1] = (panel){.name = "gradient_norm",
                        .label = "gradient\\nnorm",
                        .values = history->gradient_norm,
                        .scale = PLOTS_LOG};
    panels[2] = (panel){.name = "validation_failures",
                        .label = "validation\\nfailures",
                        .values = history->validation_failures,
                        .scale = PLOTS_COUNTS};
    for (size_t p = 0; p < PANELS; p++)
        panels[p].axis = plots_value_axis(history, &panels[p].values, 1, panels[p].scale, 4);
    plots_axis *failures = &panels[2].axis;
    plots_range range = {0, failures->high > 1 ? failures->high : 1, 1};
    *failures = plots_axis_make(&range, PLOTS_COUNTS, 0.08, 4, 0);
}

/* One panel among `count`, the first on top; only the lowest has the epochs' numbers below it. */
static void draw_panel(plots_sheet *sheet, const panel *p, const plots_axis *epochs, size_t place,
                       size_t count, double left, double top) {
    double bottom = 3.1 * LINE_HEIGHT, gap = 40;
    double height = (top - bottom - gap * (double)(count - 1)) / (double)count;
    double low = top - height - (double)place * (height + gap);
    bool last = place + 1 == count;
    marq_text_add(&sheet->script, "\n# %s\n", p->name);
    plots_panel(sheet, left, PAGE_WIDTH - 50, low, low + height);
    if (!p->axis.log) marq_text_add(&sheet->script, "unset logscale y\nunset mytics\n");
    marq_text_add(&sheet->script, "set label 2 \"%s\" at screen %.4f, graph 0.5 center rotate noenhanced\n",
                  p->label, 1.2 * LINE_HEIGHT / PAGE_WIDTH);
    plots_axis_add(&sheet->script, "y", &p->axis);
    if (last) plots_axis_show(&sheet->script, "x", epochs);
    if (last) plots_label(sheet, "xlabel", "epoch", "", epochs, 1);
    if (p->shown)
        plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with %s ls 1 pt 7 ps 0.4 lw 2", sheet->name,
                    p->name,
                    p->scale == PLOTS_COUNTS && p->shown > 1 ? "steps" : plots_series_style(p->shown));
    plots_entries_end(sheet);
    if (place == 0) marq_text_add(&sheet->script, "unset label 1\n");
}

static void draw(plots_sheet *sheet, const plots_history *history, const panel panels[PANELS]) {
    plots_axis epochs = plots_epoch_axis(history);
    size_t count = 0, width = 4;
    for (size_t p = 0; p < PANELS; p++) {
        count += panels[p].shown > 0;
        if (panels[p].axis.width > width) width = panels[p].axis.width;
    }
    double left = 2 * LINE_HEIGHT + (double)(width + 3) * CHARACTER_WIDTH;
    double top = PAGE_HEIGHT - LINE_HEIGHT * (1.6 + 1.3 * (double)plots_title_lines(sheet, NULL));
    plots_multiplot(sheet, NULL);
    plots_axis_add(&sheet->script, "x", &epochs);
    plots_axis_hide(&sheet->script, "x", &epochs);
    marq_text_add(&sheet->script, "unset key\n");
    plots_best_line(sheet, history);
    plots_best_label(sheet, history, &epochs);
    size_t place = 0;
    for (size_t p = 0; p < PANELS; p++)
        if (panels[p].shown || (count == 0 && p == 1))
            draw_panel(sheet, &panels[p], &epochs, place++, count ? count : 1, left, top);
    marq_text_add(&sheet->script, "unset multiplot\n");
}

marq_status plots_state(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_history_check(history, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "the state of the training over epochs", list, error);
    if (status != MARQ_OK) return status;
    panel panels[PANELS];
    find_panels(panels, history);
    const char *columns[] = {"epoch", "value"};
    plots_data_columns(&sheet, columns, 2);
    for (size_t p = 0; p < PANELS; p++)
        panels[p].shown =
            plots_data_series(&sheet, history, panels[p].name, panels[p].values, &panels[p].axis);
    draw(&sheet, history, panels);
    return plots_sheet_close(&sheet, list, error);
}
