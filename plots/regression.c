/* Fitted over measured, one panel a set and one for all, R² above each. */
#include "rows.h"

#include <string.h>

enum { LABEL_CHARACTERS = 40, PANELS = PLOTS_SETS + 1, GAP = 100 };

/* Square panels in the middle of the page, in one or two rows. */
typedef struct layout {
    size_t columns, lines;
    double side, left, top, between; /* between: from one line of panels to the next */
} layout;

static layout find_layout(const plots_sheet *sheet, const plots_axis *axis, size_t panels, const char *note) {
    layout l = {.columns = panels > 1 ? 2 : 1, .lines = panels > 2 ? 2 : 1, .between = 80};
    double labels = LINE_HEIGHT + (double)(axis->width + 2) * CHARACTER_WIDTH;
    double bottom = 3.1 * LINE_HEIGHT;
    l.top = PAGE_HEIGHT - LINE_HEIGHT * (1.6 + 1.3 * (double)plots_title_lines(sheet, note));
    double height = (l.top - bottom - l.between * (double)(l.lines - 1)) / (double)l.lines;
    double width = (PAGE_WIDTH - labels - 40 - GAP * (double)(l.columns - 1)) / (double)l.columns;
    l.side = height < width ? height : width;
    double used = labels + l.side * (double)l.columns + GAP * (double)(l.columns - 1);
    l.left = labels + (PAGE_WIDTH - used - 40) / 2;
    return l;
}

static plots_axis find_axis(const plots_rows *rows) {
    plots_range range = plots_range_empty;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_plottable(rows->measured[i]) || !plots_plottable(rows->fitted[i])) continue;
        plots_range_add(&range, rows->measured[i]);
        plots_range_add(&range, rows->fitted[i]);
    }
    return plots_axis_make(&range, PLOTS_LINEAR, 0.04, 5, 26);
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const plots_axis *axis, const layout *l,
                   const char *note) {
    marq_text *script = &sheet->script;
    plots_multiplot(sheet, note);
    plots_axis_add(script, "x", axis);
    plots_axis_add(script, "y", axis);
    plots_label(sheet, "label 1", "measured ", rows->out_name, axis, LABEL_CHARACTERS);
    plots_label(sheet, "label 2", "fitted ", rows->out_name, axis, LABEL_CHARACTERS);
    double lines = (double)l->lines, columns = (double)l->columns;
    double low = l->top - lines * l->side - (lines - 1) * l->between;
    double middle_x = l->left + (columns * l->side + (columns - 1) * GAP) / 2, middle_y = (l->top + low) / 2;
    marq_text_add(script, "set label 1 at screen %.4f, screen %.4f center\n", middle_x / PAGE_WIDTH,
                  (low - 2.1 * LINE_HEIGHT) / PAGE_HEIGHT);
    marq_text_add(script, "set label 2 at screen %.4f, screen %.4f center rotate\n",
                  (l->left - (double)(axis->width + 1) * CHARACTER_WIDTH - 0.7 * LINE_HEIGHT) / PAGE_WIDTH,
                  middle_y / PAGE_HEIGHT);
    marq_text_add(script, "unset key\n");
}

static void draw_panel(plots_sheet *sheet, const plots_rows *rows, const plots_axis *axis, const layout *l,
                       size_t set, size_t place, size_t panels) {
    marq_text *script = &sheet->script;
    size_t column = place % l->columns, line = place / l->columns;
    double left = l->left + (double)column * (l->side + GAP);
    double top = l->top - (double)line * (l->side + l->between);
    char r_squared[PLOTS_NOTE_SIZE];
    marq_text_add(script, "\n# %s\n", plots_set_name(rows, set));
    plots_panel(sheet, left, left + l->side, top - l->side, top);
    marq_text_add(script, "set label 3 '%s%s%s' at graph 0.5, graph 1 center offset 0,0.6 noenhanced\n",
                  rows->set ? plots_set_names[set] : "", rows->set ? ":  " : "",
                  plots_r_squared(r_squared, rows, set));
    bool lowest = place + l->columns >= panels;
    if (lowest)
        plots_axis_show(script, "x", axis);
    else
        plots_axis_hide(script, "x", axis);
    if (column == 0)
        plots_axis_show(script, "y", axis);
    else
        plots_axis_hide(script, "y", axis);
}

static void draw_points(plots_sheet *sheet, const plots_rows *rows, size_t set,
                        const size_t shown[PLOTS_SETS]) {
    for (size_t s = 0; s < PLOTS_SETS; s++)
        if (shown[s] && (set == s || set == PLOTS_ALL))
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu ps point", sheet->name,
                        plots_set_name(rows, s), s + 1);
    plots_entry(sheet, "x with lines ls 4 lw 0.8");
    plots_entries_end(sheet);
}

static void draw(plots_sheet *sheet, const plots_rows *rows, const plots_axis *axis,
                 const size_t shown[PLOTS_SETS], const size_t in_set[PLOTS_SETS]) {
    size_t panels = 0, place = 0;
    for (size_t set = 0; set < PLOTS_SETS; set++) panels += in_set[set] > 0;
    panels += panels > 1;
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_thin_note(note, &thinning, "row");
    layout l = find_layout(sheet, axis, panels, note);
    set_up(sheet, rows, axis, &l, note);
    marq_text_add(&sheet->script, "point = %.2f # the size of the points\n",
                  plots_point_size(shown[0] + shown[1] + shown[2], panels > 1 ? 0.3 : 0.6));
    for (size_t set = 0; set < PANELS; set++) {
        if (set == PLOTS_ALL ? panels == 1 : in_set[set] == 0) continue;
        draw_panel(sheet, rows, axis, &l, set, place, panels);
        draw_points(sheet, rows, set, shown);
        if (place++ == 0) marq_text_add(&sheet->script, "unset label 1\nunset label 2\n");
    }
    marq_text_add(&sheet->script, "unset multiplot\n");
}

marq_status plots_regression(const plots_style *style, const char *name, const plots_rows *rows,
                             plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_rows_check(rows, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "fitted over measured values by set", list, error);
    if (status != MARQ_OK) return status;
    plots_axis axis = find_axis(rows);
    const char *columns[] = {"measured", "fitted"};
    plots_data_columns(&sheet, columns, 2);
    size_t shown[PLOTS_SETS], in_set[PLOTS_SETS] = {0};
    for (size_t i = 0; i < rows->rows; i++) in_set[plots_set_of(rows, i)]++;
    for (size_t set = 0; set < PLOTS_SETS; set++) shown[set] = plots_data_pairs(&sheet, rows, set, &axis);
    draw(&sheet, rows, &axis, shown, in_set);
    return plots_sheet_close(&sheet, list, error);
}
