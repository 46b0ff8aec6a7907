/* Comparison, two inputs: the fitted surface as a map with contour lines on the left, the measured points on
 * the right, on the same axes and the same colour scale. */
#include "comparison.h"

#include <math.h>

enum { LABEL_CHARACTERS = 34, BAR_LABEL_CHARACTERS = 40, MOST_CELLS = 150 };

typedef struct axes {
    plots_axis x, y, z;
} axes;

/* Perceptually uniform, also in grey and for colour-blind readers (viridis by Smith and van der Walt). */
static const char palette[] =
    "set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', \\\n"
    "                     5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725')\n";

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

static bool on_grid(size_t i, size_t count) {
    return i % (1 + (count - 1) / MOST_CELLS) == 0 || i + 1 == count;
}

/* One row of the grid after the other, an empty line between them. Gives the number of values. */
static size_t write_surface(plots_sheet *sheet, const plots_surface *surface, const axes *a) {
    size_t values = 0;
    plots_data_block(sheet, "fit");
    for (size_t j = 0; j < surface->ny; j++) {
        if (!on_grid(j, surface->ny)) continue;
        if (j > 0) marq_text_add(&sheet->data, "\n");
        for (size_t i = 0; i < surface->nx; i++) {
            double row[3] = {plots_axis_value(&a->x, surface->x[i]), plots_axis_value(&a->y, surface->y[j]),
                             surface->z[j * surface->nx + i]};
            if (!on_grid(i, surface->nx)) continue;
            plots_data_row(sheet, row, 3);
            values += plots_plottable(row[2]);
        }
    }
    return values;
}

static size_t write_points(plots_sheet *sheet, const plots_rows *rows, const axes *a) {
    plots_thinning thinning = plots_thin(rows->rows);
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
    double bar = 70 + LINE_HEIGHT + (double)(a->z.width + 5) * CHARACTER_WIDTH;
    l.right = PAGE_WIDTH - bar;
    l.width = (l.right - l.left - 90) / 2;
    return l;
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const axes *a, const layout *l,
                   const char *note) {
    marq_text *script = &sheet->script;
    marq_text_add(script, "%s", palette);
    plots_multiplot(sheet, note);
    plots_label(sheet, "cblabel", "", rows->out_name, &a->z, BAR_LABEL_CHARACTERS);
    marq_text_add(script, "set cblabel offset %s,0\n", a->z.tics ? "1.5" : "1"); /* listed: not measured */
    plots_axis_add(script, "x", &a->x);
    plots_axis_add(script, "y", &a->y);
    plots_axis_add(script, "cb", &a->z);
    marq_text_add(script, "unset key\nunset grid\nset colorbox user origin screen %.4f, screen %.4f ",
                  (l->right + 30) / PAGE_WIDTH, l->bottom / PAGE_HEIGHT);
    marq_text_add(script, "size screen %.4f, screen %.4f border\n", 40.0 / PAGE_WIDTH,
                  (l->top - l->bottom) / PAGE_HEIGHT);
}

/* The lines' levels: the tics of the colour bar and halfway between. They are found before anything is drawn;
 * the panel itself is then an ordinary plot, so that both panels have their axes in the same places. */
static void find_contours(plots_sheet *sheet, const axes *a) {
    double step = a->z.step / 2;
    marq_text_add(&sheet->script,
                  "\n# contour lines at the tics of the colour bar and halfway between\n"
                  "set contour base\nunset surface\nset cntrparam levels incremental %.15g, %.15g, %.15g\n",
                  ceil(a->z.low / step) * step, step, a->z.high);
    marq_text_add(&sheet->script,
                  "set table $contours\nsplot '%s.dat' index 'fit' using 1:2:3\nunset table\n"
                  "unset contour\nset surface\n\n",
                  sheet->name);
}

/* Draws the colours and the colour bar, without axes. */
static void draw_map(plots_sheet *sheet, const plots_surface *surface) {
    size_t coarse = surface->nx < surface->ny ? surface->nx : surface->ny;
    size_t fine = sheet->style->format == PLOTS_PNG ? 240 : 100; /* cells are objects in SVG and PDF */
    size_t smooth = 1 + fine / (coarse < MOST_CELLS ? coarse : MOST_CELLS);
    marq_text_add(&sheet->script, "unset xtics\nunset ytics\nunset border\nset view map\n");
    marq_text_add(&sheet->script, "set pm3d interpolate %zu,%zu\n", smooth, smooth);
    marq_text_add(&sheet->script, "splot '%s.dat' index 'fit' using 1:2:3 with pm3d\n", sheet->name);
    marq_text_add(&sheet->script, "unset colorbox\nset border 31 lw 0.7 lc rgb '#333333'\n");
}

static void draw_fit(plots_sheet *sheet, const plots_rows *rows, const plots_surface *surface, const axes *a,
                     const layout *l, bool fit) {
    const plots_style *style = sheet->style;
    marq_text *script = &sheet->script;
    marq_text_add(script, "\n# left: the fit\n");
    plots_panel(sheet, l->left, l->left + l->width, l->bottom, l->top);
    if (fit) draw_map(sheet, surface);
    plots_axis_add(script, "x", &a->x);
    plots_axis_add(script, "y", &a->y);
    marq_text_add(script, "set tics nomirror front scale 0.6 tc rgb '#000000'\n");
    plots_label(sheet, "xlabel", "", style->xlabel ? style->xlabel : rows->in_names[0], &a->x,
                LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "", style->ylabel ? style->ylabel : rows->in_names[1], &a->y,
                LABEL_CHARACTERS);
    marq_text_add(script, "set label 3 'fitted' at graph 0.5, graph 1 center offset 0,0.6\n");
    if (fit) plots_entry(sheet, "$contours using 1:2 with lines lw 0.5 lc rgb '#000000'");
    plots_entries_end(sheet);
}

static void draw_points(plots_sheet *sheet, const axes *a, size_t points, const layout *l) {
    marq_text *script = &sheet->script;
    marq_text_add(script, "\n# right: the measured points\n");
    plots_panel(sheet, l->right - l->width, l->right, l->bottom, l->top);
    marq_text_add(script,
                  "set label 3 'measured' at graph 0.5, graph 1 center offset 0,0.6\nset ylabel ''\n");
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
    plots_thinning thinning = plots_thin(rows->rows);
    char note[PLOTS_NOTE_SIZE];
    plots_thin_note(note, &thinning, "row");
    const char *columns[] = {rows->in_names[0], rows->in_names[1], rows->out_name, "fitted", "set"};
    plots_data_columns(&sheet, columns, 5);
    bool fit = write_surface(&sheet, surface, &a) > 0;
    size_t points = write_points(&sheet, rows, &a);
    layout l = find_layout(&sheet, &a, note);
    if (fit) find_contours(&sheet, &a);
    set_up(&sheet, rows, &a, &l, note);
    draw_fit(&sheet, rows, surface, &a, &l, fit);
    draw_points(&sheet, &a, points, &l);
    return plots_sheet_close(&sheet, list, error);
}
