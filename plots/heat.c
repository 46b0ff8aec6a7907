#include "heat.h"

#include "colour.h"
#include "key.h"
#include "words.h"
#include <math.h>

enum { NAME_CHARACTERS = 16, MOST_SIDE = 300, SLANTED = 14, GAP = 20, NAME_LEAST = 30 };

typedef struct layout {
    double left, right, bottom, top, side;
    double name_scale;   /* of the font */
    double rows_name;    /* width of the longest name of a row */
    double columns_name; /* height that the names below take */
    int angle;           /* they are turned by it if there is no room for them beside each other */
    plots_axis bar;
} layout;

static double longest_name(const char *const *names, size_t count) {
    double longest = 0;
    for (size_t i = 0; i < count; i++) longest = fmax(longest, plots_text_width(names[i], NAME_CHARACTERS));
    return longest * EM_WIDTH;
}

/* The names' font follows the cells; then the cells take what the names leave. */
static void place_names(layout *l, const plots_heat *h, double guess) {
    l->name_scale = fmin(1, fmax(guess, NAME_LEAST) / (1.15 * LINE_HEIGHT));
    double below = longest_name(h->column_names, h->columns) * l->name_scale;
    l->rows_name = longest_name(h->row_names, h->rows) * l->name_scale;
    l->angle = below <= guess - 12 ? 0 : h->columns <= SLANTED ? 45 : 90;
    l->columns_name = l->angle == 45 ? 0.71 * (below + LINE_HEIGHT * l->name_scale)
                      : l->angle     ? below
                                     : LINE_HEIGHT * l->name_scale;
}

static layout find_layout(const plots_sheet *sheet, const plots_heat *h, const char *note) {
    plots_range range = {h->low, h->high, HUGE_VAL};
    layout l = {.bar = plots_axis_make(&range, PLOTS_LINEAR, 0, 8, 0)};
    l.top = PAGE_HEIGHT - LINE_HEIGHT * (0.8 + 1.2 * (double)plots_title_lines(sheet, note));
    double below = h->column_label ? 1.7 * LINE_HEIGHT : 0.3 * LINE_HEIGHT;
    double before = h->row_label ? 1.7 * LINE_HEIGHT : 0.3 * LINE_HEIGHT;
    double most = (double)(h->rows > h->columns ? h->rows : h->columns);
    l.side = (PAGE_HEIGHT - 300) / most;
    for (int pass = 0; pass < 3; pass++) {
        place_names(&l, h, l.side);
        double height = l.top - below - l.columns_name - GAP;
        double width = PAGE_WIDTH - before - l.rows_name - GAP - 30 - plots_colour_bar_width(&l.bar);
        l.side = fmin(MOST_SIDE, fmin(height / (double)h->rows, width / (double)h->columns));
    }
    double used =
        before + l.rows_name + GAP + l.side * (double)h->columns + 30 + plots_colour_bar_width(&l.bar);
    double left_over = l.top - below - l.columns_name - GAP - l.side * (double)h->rows;
    l.top -= left_over / 2;
    l.left = (PAGE_WIDTH - used) / 2 + before + l.rows_name + GAP;
    l.right = l.left + l.side * (double)h->columns;
    l.bottom = l.top - l.side * (double)h->rows;
    return l;
}

double plots_heat_side(const plots_sheet *sheet, const plots_heat *heat, const char *note) {
    return find_layout(sheet, heat, note).side;
}

static void write_cells(plots_sheet *sheet, const plots_heat *h) {
    const char *columns[] = {"column", "row", "value", "number"};
    plots_data_columns(sheet, columns, h->extra ? 4 : 3);
    plots_data_block(sheet, "cells");
    for (size_t i = 0; i < h->rows; i++)
        for (size_t j = 0; j < h->columns; j++) {
            size_t k = i * h->columns + j;
            double row[4] = {(double)j, (double)i, h->value[k], h->extra ? h->extra[k] : 0};
            if (plots_plottable(row[2])) plots_data_row(sheet, row, h->extra ? 4 : 3);
        }
}

static void add_names(plots_sheet *sheet, const char *letter, const char *const *names, size_t count,
                      double scale, const char *how) {
    char font[PLOTS_FONT_SIZE];
    marq_text_add(&sheet->script, "set %stics (", letter);
    for (size_t i = 0; i < count; i++) {
        marq_text_add(&sheet->script, i ? ", " : "");
        plots_quote(&sheet->script, names[i], NAME_CHARACTERS);
        marq_text_add(&sheet->script, " %zu", i);
    }
    marq_text_add(&sheet->script, ") %s scale 0 noenhanced font '%s'\n", how, plots_font(sheet, scale, font));
}

static void add_label(plots_sheet *sheet, int number, const char *label, double x, double y,
                      const char *how) {
    if (label)
        marq_text_add(&sheet->script, "set label %d '%s' at screen %.4f, screen %.4f center%s\n", number,
                      label, x / PAGE_WIDTH, y / PAGE_HEIGHT, how);
}

static void set_up(plots_sheet *sheet, const plots_heat *h, const layout *l, const char *note) {
    marq_text *script = &sheet->script;
    plots_key none = {0};
    plots_head(sheet, note, &none, false);
    marq_text_add(script, "%sunset grid\nunset border\n", h->palette);
    if (h->bar_label) marq_text_add(script, "set cblabel '%s'\n", h->bar_label);
    plots_colour_bar(sheet, &l->bar, l->right + 30, l->bottom, l->top);
    plots_panel(sheet, l->left, l->right, l->bottom, l->top);
    marq_text_add(script, "set xrange [-0.5:%.1f]\nset yrange [%.1f:-0.5]\n", (double)h->columns - 0.5,
                  (double)h->rows - 0.5);
    add_names(sheet, "x", h->column_names, h->columns, l->name_scale,
              l->angle == 45 ? "rotate by 45 right"
              : l->angle     ? "rotate by 90 right"
                             : "norotate");
    add_names(sheet, "y", h->row_names, h->rows, l->name_scale, "norotate");
    add_label(sheet, 1, h->column_label, (l->left + l->right) / 2,
              l->bottom - GAP - l->columns_name - LINE_HEIGHT, "");
    add_label(sheet, 2, h->row_label, l->left - GAP - l->rows_name - LINE_HEIGHT, (l->bottom + l->top) / 2,
              " rotate");
}

void plots_heat_draw(plots_sheet *sheet, const plots_heat *h, const char *note) {
    layout l = find_layout(sheet, h, note);
    double wide = 0.94 * l.side / (h->text_width * EM_WIDTH);
    char font[PLOTS_FONT_SIZE];
    double scale = fmin(1, fmin(wide, 0.8 * l.side / ((double)h->text_lines * LINE_HEIGHT)));
    write_cells(sheet, h);
    set_up(sheet, h, &l, note);
    marq_text_add(&sheet->script, "number(v, n) = %s\n\n", h->text);
    plots_entry(sheet,
                "'%s.dat' index 'cells' using 1:2:($1-0.5):($1+0.5):($2-0.5):($2+0.5):3 with boxxyerror "
                "lc palette lw 0.5 fs solid 1 border rgb '#C8C8C8'",
                sheet->name);
    for (int white = 0; white < 2; white++)
        plots_entry(
            sheet,
            "'%s.dat' index 'cells' using (abs($3) %s %.6g ? $1 : NaN):2:(number($3, $%d)) with labels "
            "font '%s' tc rgb '%s'",
            sheet->name, white ? ">=" : "<", h->white_from, h->extra ? 4 : 3, plots_font(sheet, scale, font),
            white ? "#FFFFFF" : "#000000");
    plots_entries_end(sheet);
}
