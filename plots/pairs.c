/* Fitted over measured, all sets in one panel: the comparison of any number of inputs. */
#include "comparison.h"
#include "key.h"

enum { LABEL_CHARACTERS = 40 };

static plots_axis find_axis(const plots_style *style, const plots_rows *rows) {
    plots_range measured = plots_range_empty;
    plots_range_add_all(&measured, rows->measured, rows->rows);
    bool log = style->logx || style->logy; /* both axes are of the same quantity */
    plots_range range = measured;
    plots_range_follow(&range, &measured, log, rows->fitted, rows->rows);
    return plots_axis_make(&range, log ? PLOTS_LOG : PLOTS_LINEAR, 0.04, 7, 60);
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const plots_axis *axis) {
    const plots_style *style = sheet->style;
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_key none = {0}; /* it stands at the side */
    plots_head(sheet, plots_thin_note(note, &thinning, "row"), &none, false);
    plots_label(sheet, "xlabel", style->xlabel ? "" : "measured ",
                style->xlabel ? style->xlabel : rows->out_name, axis, LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", style->ylabel ? "" : "fitted ",
                style->ylabel ? style->ylabel : rows->out_name, axis, LABEL_CHARACTERS);
    plots_axis_add(&sheet->script, "x", axis);
    plots_axis_add(&sheet->script, "y", axis);
    double left = LINE_HEIGHT + (double)(axis->width + 3) * CHARACTER_WIDTH, bottom = 3.1 * LINE_HEIGHT;
    double top = PAGE_HEIGHT - LINE_HEIGHT * (0.8 + 1.2 * (double)plots_title_lines(sheet, note));
    double right = left + top - bottom; /* a square */
    plots_panel(sheet, left, right, bottom, top);
    marq_text_add(&sheet->script, "set key at screen %.4f, screen %.4f left top vertical samplen 1.5\n",
                  (right + 30) / PAGE_WIDTH, top / PAGE_HEIGHT);
}

static void draw(plots_sheet *sheet, const plots_rows *rows, const size_t shown[PLOTS_SETS]) {
    double size = plots_point_size(shown[0] + shown[1] + shown[2], 0.6);
    char r_squared[PLOTS_NOTE_SIZE];
    marq_text_add(&sheet->script, "point = %.2f # the size of the points\n\n", size);
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (shown[set])
            plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu ps point notitle",
                        sheet->name, plots_set_name(rows, set), set + 1);
    plots_entry(sheet, "x with lines ls 4 lw 0.8 title 'fitted = measured'");
    for (size_t set = 0; set < PLOTS_SETS; set++) {
        if (!shown[set]) continue;
        plots_entry(sheet, "NaN with points ls %zu ps 0.7 title '%s, %s'", set + 1, plots_set_name(rows, set),
                    plots_r_squared(r_squared, rows, set));
    }
    plots_entries_end(sheet);
}

marq_status plots_draw_pairs(const plots_style *style, const char *name, const plots_rows *rows,
                             plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = plots_sheet_open(&sheet, style, name, "fitted over measured values", list, error);
    if (status != MARQ_OK) return status;
    plots_axis axis = find_axis(style, rows);
    const char *columns[] = {"measured", "fitted"};
    plots_data_columns(&sheet, columns, 2);
    size_t shown[PLOTS_SETS];
    for (size_t set = 0; set < PLOTS_SETS; set++) shown[set] = plots_data_pairs(&sheet, rows, set, &axis);
    set_up(&sheet, rows, &axis);
    draw(&sheet, rows, shown);
    return plots_sheet_close(&sheet, list, error);
}
