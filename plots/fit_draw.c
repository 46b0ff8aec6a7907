/* The script of plots_fit: the key, the upper panel, the residuals. */
#include "fit.h"
#include "line.h"
#include "series.h"

#include <base/least.h>
#include <math.h>
#include <string.h>

enum { LABEL_CHARACTERS = 76, TALL_LABEL = 46, SHORT_LABEL = 34, RESIDUAL_LABEL = 20 };
enum { MOST_GROUPS_NAMED = 12, MOST_MODELS_NAMED = 8, GREY_STYLE = 6 };
static const double CONFIDENCE_SHARE = 0.28, PREDICTION_SHARE = 0.12;

/* ---- What things look like ---- */

static bool one_model(const fit_plot *f) {
    return f->models->models == 1;
}

static size_t points_style(const fit_plot *f, size_t group) {
    if (f->groups > 1) return PLOTS_SERIES_STYLE + group % PLOTS_SERIES;
    return one_model(f) ? 1 : GREY_STYLE;
}

/* Where shapes stand for models in the residuals and colours for groups, the points above are full. */
static const char *points_shape(const fit_plot *f) {
    return f->groups > 1 && !one_model(f) ? " pt 7" : "";
}

static const char *curve_colour(const fit_plot *f, const plots_curve *c) {
    if (f->groups > 1) return plots_colour(c->group);
    return one_model(f) ? "#000000" : plots_colour(c->model);
}

static const char *curve_dash(const fit_plot *f, const plots_curve *c) {
    return one_model(f) ? "1" : plots_dash(c->model);
}

/* ---- Key ---- */

/* Whether any curve has the band, and of which level. */
static bool find_band(const fit_plot *f, bool prediction, double *level) {
    for (size_t k = 0; k < f->models->curves; k++) {
        *level = f->models->curve[k].level;
        if ((prediction ? f->drawn[k].prediction : f->drawn[k].confidence) > 1) return true;
    }
    return false;
}

static void name_groups(plots_key *key, const fit_plot *f) {
    if (f->groups == 1) {
        plots_key_add_points(key, "measured", points_style(f, 0));
        return;
    }
    for (size_t g = 0; g < marq_least(f->groups, MOST_GROUPS_NAMED); g++) {
        plots_key_entry *entry = plots_key_add(key, f->points->group_names[g], NULL);
        marq_format(entry->point, sizeof entry->point, "ls %zu%s ps 0.7", points_style(f, g),
                    points_shape(f));
        if (one_model(f) && f->models->curves > 0)
            marq_format(entry->line, sizeof entry->line, "ls %zu", points_style(f, g));
    }
    if (f->groups > MOST_GROUPS_NAMED) {
        char more[PLOTS_KEY_NAME];
        marq_format(more, sizeof more, "and %zu more", f->groups - MOST_GROUPS_NAMED);
        plots_key_add(key, NULL, more);
    }
}

/* Several models: the line of the upper panel with the point of the lower one. */
static void name_models(plots_key *key, const fit_plot *f) {
    if (one_model(f) && (f->groups > 1 || f->models->curves == 0)) return;
    for (size_t m = 0; m < marq_least(f->models->models, MOST_MODELS_NAMED); m++) {
        const char *const *names = f->models->names;
        plots_key_entry *entry = plots_key_add(key, names ? names[m] : NULL, names ? NULL : "fit");
        const char *colour = one_model(f) || f->groups > 1 ? "#000000" : plots_colour(m);
        marq_format(entry->line, sizeof entry->line, "lc rgb '%s' lw 1.4 dt %s", colour,
                    one_model(f) ? "1" : plots_dash(m));
        if (!one_model(f) && f->models->residuals)
            marq_format(entry->point, sizeof entry->point, "lc rgb '%s' pt %d ps 0.7", colour,
                        plots_shape(m));
    }
}

static plots_key make_key(const fit_plot *f) {
    plots_key key = {0};
    double level;
    name_groups(&key, f);
    name_models(&key, f);
    if (find_band(f, false, &level)) plots_key_add_band(&key, level, "confidence", CONFIDENCE_SHARE);
    if (find_band(f, true, &level)) plots_key_add_band(&key, level, "prediction", PREDICTION_SHARE);
    return key;
}

/* ---- Upper panel ---- */

static void add_band(plots_sheet *sheet, const fit_plot *f, size_t k, bool prediction) {
    char block[PLOTS_BLOCK_SIZE];
    if ((prediction ? f->drawn[k].prediction : f->drawn[k].confidence) < 2) return;
    plots_band_entry(sheet, plots_block_name(block, prediction ? "prediction" : "confidence", k),
                     curve_colour(f, &f->models->curve[k]), prediction ? PREDICTION_SHARE : CONFIDENCE_SHARE);
}

/* Below an open point the bars are covered by a white disc: they do not cross it. */
static void add_discs(plots_sheet *sheet, const fit_plot *f, size_t group, const char *y) {
    char block[PLOTS_BLOCK_SIZE];
    if (f->points_in[group] > 0)
        plots_entry(sheet, "'%s.dat' index '%s' using 1:%s with points pt 7 ps 1.1*point lc rgb '#FFFFFF'",
                    sheet->name, plots_block_name(block, "points", group), y);
}

static void add_upper_bars(plots_sheet *sheet, const fit_plot *f, size_t group) {
    char block[PLOTS_BLOCK_SIZE], style[32];
    const plots_points *p = f->points;
    if (f->points_in[group] == 0) return;
    plots_block_name(block, "points", group);
    marq_format(style, sizeof style, "ls %zu lw 0.6", points_style(f, group));
    if (p->x_sigma) plots_error_bars_entry(sheet, block, "2", 3, false, style);
    if (p->y_sigma || p->y_low) plots_error_bars_entry(sheet, block, "1", 5, true, style);
    add_discs(sheet, f, group, "2");
}

static void add_lower_bars(plots_sheet *sheet, const fit_plot *f, size_t group) {
    char block[PLOTS_BLOCK_SIZE];
    if (f->points_in[group] == 0) return;
    plots_entry(sheet, "'%s.dat' index '%s' using 1:($%d-$%d):(0):(2*$%d) with vectors nohead ls %zu lw 0.6",
                sheet->name, plots_block_name(block, "points", group), (int)FIT_RESIDUAL_COLUMN,
                (int)FIT_SIGMA_COLUMN, (int)FIT_SIGMA_COLUMN, points_style(f, group));
    add_discs(sheet, f, group, "8");
}

static void add_points(plots_sheet *sheet, const fit_plot *f, size_t group) {
    char block[PLOTS_BLOCK_SIZE];
    if (f->points_in[group] > 0)
        plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls %zu%s ps point", sheet->name,
                    plots_block_name(block, "points", group), points_style(f, group), points_shape(f));
}

static void add_curve(plots_sheet *sheet, const fit_plot *f, size_t k) {
    char block[PLOTS_BLOCK_SIZE];
    const plots_curve *c = &f->models->curve[k];
    if (f->drawn[k].curve == 0) return;
    plots_entry(sheet, "'%s.dat' index '%s' using 1:(near_y($2)) with ", sheet->name,
                plots_block_name(block, "curve", k));
    if (f->drawn[k].curve == 1)
        marq_text_add(&sheet->script, "points pt 7 ps 0.5 lc rgb '%s'", curve_colour(f, c));
    else
        marq_text_add(&sheet->script, "lines lc rgb '%s' lw 1.4 dt %s", curve_colour(f, c), curve_dash(f, c));
}

/* Few points stand on the bands; many would hide them. */
static void draw_upper(plots_sheet *sheet, const fit_plot *f) {
    bool many = f->shown > FIT_FEW;
    for (size_t g = 0; many && g < f->groups; g++) add_points(sheet, f, g);
    for (size_t k = 0; k < f->models->curves; k++) add_band(sheet, f, k, true);
    for (size_t k = 0; k < f->models->curves; k++) add_band(sheet, f, k, false);
    for (size_t g = 0; f->bars && g < f->groups; g++) add_upper_bars(sheet, f, g);
    for (size_t g = 0; !many && g < f->groups; g++) add_points(sheet, f, g);
    for (size_t k = 0; k < f->models->curves; k++) add_curve(sheet, f, k);
    plots_entries_end(sheet);
}

/* ---- Lower panel ---- */

static void add_residuals(plots_sheet *sheet, const fit_plot *f, size_t group, size_t model) {
    char block[PLOTS_BLOCK_SIZE];
    if (f->points_in[group] == 0) return;
    plots_entry(sheet, "'%s.dat' index '%s' using 1:%zu with points ", sheet->name,
                plots_block_name(block, "points", group), FIT_RESIDUAL_COLUMN + model);
    if (one_model(f))
        marq_text_add(&sheet->script, "ls %zu ps point", points_style(f, group));
    else
        marq_text_add(&sheet->script, "lc rgb '%s' pt %d ps point",
                      plots_colour(f->groups > 1 ? group : model), plots_shape(model));
}

static void draw_lower(plots_sheet *sheet, const fit_plot *f) {
    for (size_t g = 0; f->residual_bars && g < f->groups; g++) add_lower_bars(sheet, f, g);
    for (size_t m = 0; m < f->models->models; m++)
        for (size_t g = 0; g < f->groups; g++) add_residuals(sheet, f, g, m);
    plots_entry(sheet, "0 with lines ls 4 lw 0.8");
    plots_entries_end(sheet);
}

/* ---- Page ---- */

typedef struct layout {
    double left, right, bottom, top;
    double middle, below; /* lower end of the upper panel, upper end of the lower one */
} layout;

static layout find_layout(const fit_plot *f, double top) {
    size_t width = f->axes[1].width > 3 ? f->axes[1].width : 3;
    if (f->models->residuals && f->residual_axis.width > width) width = f->residual_axis.width;
    layout l = {.left = 2.2 * LINE_HEIGHT + (double)width * CHARACTER_WIDTH,
                .right = PAGE_WIDTH - fmax(50, 0.5 * CHARACTER_WIDTH * (double)f->axes[0].width),
                .bottom = 3.1 * LINE_HEIGHT,
                .top = top};
    l.below = l.bottom + 0.28 * (l.top - l.bottom);
    l.middle = f->models->residuals ? l.below + 36 : l.bottom;
    return l;
}

static const char *describe(char out[PLOTS_NOTE_SIZE], const fit_plot *f) {
    plots_thin_note(out, &f->thinning, "row");
    size_t length = strlen(out);
    if (f->bars_left_out)
        marq_format(out + length, PLOTS_NOTE_SIZE - length, "%s",
                    length ? ", without error bars" : "error bars are not shown");
    return out;
}

static void x_label(plots_sheet *sheet, const fit_plot *f) {
    const char *user = sheet->style->xlabel;
    plots_label(sheet, "xlabel", "", user ? user : f->points->x_name, &f->axes[0], LABEL_CHARACTERS);
}

/* Before the key, which uses them. */
static void add_styles(plots_sheet *sheet, const fit_plot *f) {
    if (f->groups > 1) plots_series_styles(sheet, f->groups < PLOTS_SERIES ? f->groups : PLOTS_SERIES);
    marq_text_add(&sheet->script, "set style line %d lc rgb '#777777' pt 6 lw 1\n", (int)GREY_STYLE);
}

static void set_up(plots_sheet *sheet, const fit_plot *f) {
    marq_text_add(&sheet->script, "set clip two\npoint = %.2f # the size of the points\n",
                  plots_point_size(f->shown, 0.7));
    plots_near_define(sheet, "x", &f->axes[0]);
    plots_near_define(sheet, "y", &f->axes[1]);
    plots_axis_add(&sheet->script, "x", &f->axes[0]);
    plots_axis_add(&sheet->script, "y", &f->axes[1]);
}

static void set_lower(plots_sheet *sheet, const fit_plot *f, const layout *l) {
    const char *name = f->models->residual_name;
    marq_text_add(&sheet->script, "\n# residuals\nunset label\nunset arrow\nunset object\n");
    plots_panel(sheet, l->left, l->right, l->bottom, l->below);
    plots_axis_show(&sheet->script, "x", &f->axes[0]);
    x_label(sheet, f);
    if (f->axes[1].log) marq_text_add(&sheet->script, "unset logscale y\nunset mytics\n");
    plots_axis_add(&sheet->script, "y", &f->residual_axis);
    plots_side_label(sheet, "label 2",
                     name                  ? name
                     : f->models->weighted ? "residual / σ"
                                           : "residual",
                     &f->residual_axis, RESIDUAL_LABEL);
    marq_text_add(&sheet->script, "\n");
}

void plots_fit_draw(plots_sheet *sheet, const fit_plot *f) {
    bool below = f->models->residuals != NULL;
    const char *user = sheet->style->ylabel;
    char note[PLOTS_NOTE_SIZE];
    plots_key key = make_key(f);
    add_styles(sheet, f);
    layout l = find_layout(f, plots_head(sheet, describe(note, f), &key, false));
    set_up(sheet, f);
    if (below) marq_text_add(&sheet->script, "set multiplot\n");
    plots_panel(sheet, l.left, l.right, l.middle, l.top);
    if (below)
        plots_axis_hide(&sheet->script, "x", &f->axes[0]);
    else
        x_label(sheet, f);
    plots_side_label(sheet, "label 2", user ? user : f->points->y_name, &f->axes[1],
                     below ? SHORT_LABEL : TALL_LABEL);
    marq_text_add(&sheet->script, "\n");
    draw_upper(sheet, f);
    if (!below) return;
    set_lower(sheet, f, &l);
    draw_lower(sheet, f);
    marq_text_add(&sheet->script, "unset multiplot\n");
}
