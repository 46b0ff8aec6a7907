/* Comparison, two inputs: the fitted surface as a map with contour lines on the left, the measured points on
 * the right, on the same axes and the same colour scale. */
#include "surface.h"
#include "colour.h"
#include "comparison.h"

#include <math.h>

enum { LABEL_CHARACTERS = 34, BAR_LABEL_CHARACTERS = 40 };

typedef surface_axes axes;

static axes find_axes(const plots_style *style, const plots_rows *rows, const plots_surface *surface) {
    plots_range x = plots_range_empty, y = plots_range_empty, measured = plots_range_empty;
    plots_range_add_all(&x, surface->x, surface->nx);
    plots_range_add_all(&y, surface->y, surface->ny);
    for (size_t i = 0; i < rows->rows; i++) {
        plots_range_add(&x, rows->x[2 * i]);
        plots_range_add(&y, rows->x[2 * i + 1]);
        plots_range_add(&measured, rows->measured[i]);
    }
    plots_range z = measured;
    plots_range_follow(&z, &measured, false, surface->z, surface->nx * surface->ny);
    return (axes){
        .x = plots_axis_make(&x, style->logx ? PLOTS_LOG : PLOTS_LINEAR, 0, 5, 30),
        .y = plots_axis_make(&y, style->logy ? PLOTS_LOG : PLOTS_LINEAR, 0, 7, 0),
        .z = plots_axis_make(&z, PLOTS_LINEAR, 0, 8, 0),
    };
}

static size_t write_points(plots_sheet *sheet, const plots_rows *rows, const axes *a) {
    plots_thinning thinning = plots_thin(sheet->style, rows->rows);
    size_t written = 0;
    for (size_t i = 0; i < rows->rows; i++) {
        if (!plots_thin_takes(&thinning, plots_set_of(rows, i))) continue;
        double row[5] = {plots_axis_value(&a->x, rows->x[2 * i]), plots_axis_value(&a->y, rows->x[2 * i + 1]),
                         rows->measured[i], rows->fitted[i], (double)plots_set_of(rows, i)};
        if (isnan(row[0]) || isnan(row[1]) || !plots_plottable(row[2])) continue;
        if (written++ == 0) plots_data_block(sheet, "measured");
        plots_data_row(sheet, row, 5);
    }
    return written;
}

/* Where the panels are: labels on the left, the colour bar with its labels on the right. */
typedef struct layout {
    double left, right, width, bottom, top;
} layout;

static layout find_layout(const plots_sheet *sheet, const axes *a, const char *note) {
    layout l = {
        .left = LINE_HEIGHT + (double)(a->y.width + 2) * CHARACTER_WIDTH,
        .bottom = 3.1 * LINE_HEIGHT,
        .top = PAGE_HEIGHT - LINE_HEIGHT * (1.6 + 1.3 * (double)plots_title_lines(sheet, note)),
    };
    l.right = PAGE_WIDTH - plots_colour_bar_width(&a->z);
    l.width = (l.right - l.left - 90) / 2;
    return l;
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const axes *a, const layout *l,
                   const char *note) {
    marq_text *script = &sheet->script;
    marq_text_add(script, "%s", plots_palette_even);
    plots_multiplot(sheet, note);
    plots_label(sheet, "cblabel", "", rows->out_name, &a->z, BAR_LABEL_CHARACTERS);
    plots_colour_bar(sheet, &a->z, l->right + 30, l->bottom, l->top);
    marq_text_add(script, "unset key\nunset grid\n");
}

/* Draws the colours and the colour bar, without axes: the picture's points are evenly spaced on the page. */
static void draw_map(plots_sheet *sheet) {
    marq_text *script = &sheet->script;
    marq_text_add(script, "unset logscale x\nunset logscale y\nset xrange [0:1]\nset yrange [0:1]\n"
                          "unset xtics\nunset ytics\nunset border\n");
    marq_text_add(script, "plot '%s.dat' index 'map' matrix using (($1+0.5)/%d):(($2+0.5)/%d):3 with image\n",
                  sheet->name, (int)SURFACE_PIXELS, (int)SURFACE_PIXELS);
    marq_text_add(script, "unset colorbox\nset border 31 lw 0.7 lc rgb '#333333'\n");
}

static void draw_fit(plots_sheet *sheet, const plots_rows *rows, const axes *a, const layout *l,
                     const surface_labels *labels, bool fit) {
    const plots_style *style = sheet->style;
    marq_text *script = &sheet->script;
    marq_text_add(script, "\n# left: the fit\n");
    plots_panel(sheet, l->left, l->left + l->width, l->bottom, l->top);
    if (fit) draw_map(sheet);
    plots_axis_add(script, "x", &a->x);
    plots_axis_add(script, "y", &a->y);
    marq_text_add(script, "set tics nomirror front scale 0.6 tc rgb '#000000'\n");
    plots_label(sheet, "xlabel", "", style->xlabel ? style->xlabel : rows->in_names[0], &a->x,
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", style->ylabel ? style->ylabel : rows->in_names[1], &a->y,
                LABEL_CHARACTERS);
    marq_text_add(script, "set label 3 'fitted' at graph 0.5, graph 1 center offset 0,0.85\n");
    surface_draw_labels(sheet, labels);
    if (fit)
        plots_entry(sheet, "'%s.dat' index 'contours' using 1:2:3 with lines lw 0.6 lc rgb variable",
                    sheet->name);
    plots_entries_end(sheet);
    surface_remove_labels(sheet, labels);
}

static void draw_points(plots_sheet *sheet, const axes *a, size_t points, const layout *l) {
    marq_text *script = &sheet->script;
    marq_text_add(script, "\n# right: the measured points\n");
    plots_panel(sheet, l->right - l->width, l->right, l->bottom, l->top);
    marq_text_add(script,
                  "set label 3 'measured' at graph 0.5, graph 1 center offset 0,0.85\nset ylabel ''\n");
    plots_axis_hide(script, "y", &a->y);
    marq_text_add(script, "point = %.2f # the size of the points\n", plots_point_size(points, 0.6));
    if (points > 0 && points <= 2000) /* an outline, so that light points can be seen */
        plots_entry(sheet,
                    "'%s.dat' index 'measured' using 1:2 with points pt 7 ps 1.25*point lc rgb '#777777'",
                    sheet->name);
    if (points > 0)
        plots_entry(sheet, "'%s.dat' index 'measured' using 1:2:3 with points pt 7 ps point palette",
                    sheet->name);
    plots_entries_end(sheet);
    marq_text_add(script, "unset multiplot\n");
}

marq_status plots_draw_surface(const plots_style *style, const char *name, const plots_rows *rows,
                               const plots_surface *surface, plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status =
        plots_sheet_open(&sheet, style, name, "the fitted surface and the measured points", list, error);
    if (status != MARQ_OK) return status;
    axes a = find_axes(style, rows, surface);
    plots_thinning thinning = plots_thin(style, rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_thin_note(note, &thinning, "row");
    const char *columns[] = {rows->in_names[0], rows->in_names[1], rows->out_name, "fitted", "set"};
    plots_data_columns(&sheet, columns, 5);
    size_t points = write_points(&sheet, rows, &a);
    layout l = find_layout(&sheet, &a, note);
    surface_labels labels = {.width = l.width, .height = l.top - l.bottom};
    bool fit = surface_write(&sheet, surface, &a, &labels) > 0;
    set_up(&sheet, rows, &a, &l, note);
    draw_fit(&sheet, rows, &a, &l, &labels, fit);
    draw_points(&sheet, &a, points, &l);
    return plots_sheet_close(&sheet, list, error);
}
