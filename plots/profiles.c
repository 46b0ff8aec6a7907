/* Profiles of parameters in panels of one height axis. */
#include "line.h"
#include "words.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/inference.h>
#include <stdlib.h>

enum { GAP = 56, OFFSET_WIDTH = 6 };
static const double BEYOND = 1.5; /* of the limit: what is shown of a profile */

typedef struct profile_sheet {
    plots_sheet *sheet;
    const plots_profile_set *set;
    size_t columns, rows;
    plots_axis y;
    double scale;                           /* of the font */
    double left, top, width, height, below; /* of a panel; what stands below it */
} profile_sheet;

/* ---- Values ---- */

static double shown(const profile_sheet *s, double tau) {
    return s->set->rise ? tau * tau : tau;
}

static plots_range values_shown(const profile_sheet *s, const plots_profile *p, double offset) {
    plots_range range = plots_range_empty;
    for (size_t i = 0; i < p->points; i++)
        if (fabs(p->tau[i]) <= BEYOND * s->set->limit) plots_range_add(&range, p->value[i] - offset);
    plots_range_add(&range, p->low - offset);
    plots_range_add(&range, p->high - offset);
    plots_range_add(&range, p->best - offset);
    return range;
}

/* Where the numbers would be long the axis counts from the best value. */
static plots_axis find_x(const profile_sheet *s, const plots_profile *p, double *offset) {
    double room = s->width / (CHARACTER_WIDTH * s->scale);
    *offset = 0;
    plots_range range = values_shown(s, p, 0);
    plots_axis axis = plots_axis_make(&range, PLOTS_LINEAR, 0.04, 4, (size_t)room);
    if (axis.width <= OFFSET_WIDTH || !plots_plottable(p->best)) return axis;
    *offset = p->best;
    range = values_shown(s, p, p->best);
    return plots_axis_make(&range, PLOTS_LINEAR, 0.04, 4, (size_t)room);
}

static plots_axis find_y(const profile_sheet *s) {
    double most = BEYOND * s->set->limit;
    plots_range range = {s->set->rise ? 0 : -most, shown(s, most), HUGE_VAL};
    return plots_axis_make(&range, PLOTS_LINEAR, s->set->rise ? 0.02 : 0, s->rows > 2 ? 4 : 7, 0);
}

/* ---- Data ---- */

static size_t write_profile(const profile_sheet *s, size_t k, const plots_axis *x, double offset,
                            double *work) {
    const plots_profile *p = &s->set->profile[k];
    const plots_axis axes[2] = {*x, s->y};
    double *value = work, *height = work + p->points;
    char block[PLOTS_BLOCK_SIZE];
    for (size_t i = 0; i < p->points; i++) {
        value[i] = p->value[i] - offset;
        height[i] = shown(s, p->tau[i]);
    }
    const double *line[2] = {height};
    return plots_data_line(s->sheet, plots_block_name(block, "profile", k), p->points, value, line, axes);
}

/* The ends of the interval, on the profile by their definition. */
static size_t write_ends(const profile_sheet *s, size_t k, double offset) {
    const plots_profile *p = &s->set->profile[k];
    const double ends[2] = {p->low, p->high};
    char block[PLOTS_BLOCK_SIZE];
    size_t written = 0;
    for (size_t e = 0; e < 2; e++) {
        if (!plots_plottable(ends[e])) continue;
        if (written++ == 0) plots_data_block(s->sheet, plots_block_name(block, "ends", k));
        plots_data_row(s->sheet, (double[]){ends[e] - offset, shown(s, e ? s->set->limit : -s->set->limit)},
                       2);
    }
    return written;
}

/* ---- Panels ---- */

static void find_layout(profile_sheet *s, double top) {
    static const size_t columns[PLOTS_MOST_PROFILES + 1] = {1, 1, 2, 3, 2, 3, 3, 4, 4, 3, 4, 4, 4};
    s->columns = columns[s->set->count];
    s->rows = (s->set->count + s->columns - 1) / s->columns;
    s->scale = s->set->count <= 4 ? 1 : s->set->count <= 6 ? 0.85 : 0.75;
    s->y = find_y(s);
    s->left = (1.6 * LINE_HEIGHT + (double)(s->y.width + 1) * CHARACTER_WIDTH) * s->scale;
    s->top = top;
    s->below = 2.7 * LINE_HEIGHT * s->scale;
    s->width = (PAGE_WIDTH - s->left - 40 - GAP * (double)(s->columns - 1)) / (double)s->columns;
    s->height = (top - (double)s->rows * s->below - 20 * (double)(s->rows - 1)) / (double)s->rows;
}

/* So many that what is left out is far below the axis' steps. */
static int offset_digits(double offset, const plots_axis *x) {
    double digits = ceil(log10(fabs(offset) / (x->high - x->low))) + 3;
    return (int)fmin(fmax(digits, 3), 17);
}

/* "b2 − 238.9421292  (×10⁻⁵)" below the panel. */
static void name_panel(const profile_sheet *s, size_t k, const plots_axis *x, double offset, double y) {
    marq_text *script = &s->sheet->script;
    char font[PLOTS_FONT_SIZE], number[PLOTS_NUMBER_SIZE], power[PLOTS_NUMBER_SIZE];
    int digits = offset_digits(offset, x);
    double room =
        s->width / (0.62 * EM_WIDTH * s->scale) - (x->exponent ? 8 : 0) - (offset != 0 ? digits + 5 : 0);
    marq_text_add(script, "set label 1 ");
    plots_quote(script, s->set->profile[k].name, room > 4 ? (size_t)room : 4);
    if (offset != 0)
        marq_text_add(script, " . ' %s %s'", offset < 0 ? "+" : "−",
                      plots_number(number, fabs(offset), digits));
    if (x->exponent) marq_text_add(script, " . '  (×%s)'", plots_power(power, x->exponent));
    marq_text_add(script, " at graph 0.5, screen %.4f center noenhanced font '%s'\n", y / PAGE_HEIGHT,
                  plots_font(s->sheet, s->scale, font));
}

static void set_panel(const profile_sheet *s, size_t k, const plots_axis *x, double offset) {
    marq_text *script = &s->sheet->script;
    size_t column = k % s->columns, row = k / s->columns;
    double left = s->left + (double)column * (s->width + GAP),
           top = s->top - (double)row * (s->height + s->below + 20);
    marq_text_add(script, "\n# %zu\n", k + 1);
    plots_panel(s->sheet, left, left + s->width, top - s->height, top);
    plots_axis_add(script, "x", x);
    name_panel(s, k, x, offset, top - s->height - 2 * LINE_HEIGHT * s->scale);
    if (column == 0)
        plots_axis_show(script, "y", &s->y);
    else
        plots_axis_hide(script, "y", &s->y);
}

static void mark_ends(const profile_sheet *s, size_t k, double offset) {
    const double ends[2] = {s->set->profile[k].low, s->set->profile[k].high};
    if (k > 0) marq_text_add(&s->sheet->script, "unset arrow\n"); /* the first panel has the key's, too */
    for (size_t e = 0; e < 2; e++)
        if (plots_plottable(ends[e]))
            marq_text_add(&s->sheet->script,
                          "set arrow from first %.15g, graph 0 to first %.15g, first %.15g nohead ls 5\n",
                          ends[e] - offset, ends[e] - offset, shown(s, e ? s->set->limit : -s->set->limit));
}

static void draw_panel(profile_sheet *s, size_t k, size_t points, size_t ends, double offset) {
    plots_sheet *sheet = s->sheet;
    const plots_profile *p = &s->set->profile[k];
    char block[PLOTS_BLOCK_SIZE];
    double limit = shown(s, s->set->limit);
    plots_entry(sheet, "%.15g with lines ls 5 lw 0.6", limit);
    if (!s->set->rise) plots_entry(sheet, "%.15g with lines ls 5 lw 0.6", -limit);
    if (p->stderror > 0 && plots_plottable(p->stderror))
        plots_entry(sheet, "near_y(((x - %.17g)/%.17g)%s) with lines ls 6", p->best - offset, p->stderror,
                    s->set->rise ? "**2" : "");
    if (points > 0)
        plots_entry(sheet, "'%s.dat' index '%s' using 1:(near_y($2)) with %s", sheet->name,
                    plots_block_name(block, "profile", k),
                    points > 1 ? "lines ls 1 lw 1.6" : "points ls 1 ps 0.5");
    if (ends > 0)
        plots_entry(sheet, "'%s.dat' index '%s' using 1:2 with points ls 1 pt 7 ps %.2f", sheet->name,
                    plots_block_name(block, "ends", k), 0.6 * s->scale);
    plots_entries_end(sheet);
}

/* ---- Page ---- */

static plots_key make_key(const profile_sheet *s) {
    plots_key key = {0};
    char level[PLOTS_KEY_NAME] = "interval";
    if (s->set->level > 0) marq_format(level, sizeof level, "%.4g %% interval", 100 * s->set->level);
    plots_key_add_line(&key, "profile", 1);
    plots_key_add_line(&key, "linear approximation", 6);
    plots_key_entry *ends = plots_key_add(&key, NULL, level);
    marq_format(ends->point, sizeof ends->point, "ls 1 pt 7 ps 0.6");
    marq_format(ends->line, sizeof ends->line, "ls 5");
    return key;
}

static void set_up(profile_sheet *s) {
    marq_text *script = &s->sheet->script;
    char font[PLOTS_FONT_SIZE];
    marq_text_add(script, "set style line 6 lc rgb '#D55E00' lw 1.4 dt (3,4)\n");
    plots_key key = make_key(s);
    double top = plots_head(s->sheet, NULL, &key, false);
    find_layout(s, top);
    marq_text_add(script, "set multiplot\nset samples 400\n");
    plots_font(s->sheet, s->scale, font);
    marq_text_add(script, "set tics font '%s'\nset xtics offset 0,%.2f\n", font, 0.7 * (1 - s->scale));
    marq_text_add(script, "set label 2 '%s' at screen %.4f, screen %.4f center rotate font '%s'\n",
                  s->set->rise ? "rise of χ²" : "τ", 0.8 * LINE_HEIGHT * s->scale / PAGE_WIDTH,
                  (s->top + s->below) / 2 / PAGE_HEIGHT, font);
    plots_axis_add(script, "y", &s->y);
    plots_near_define(s->sheet, "y", &s->y);
}

static void draw(profile_sheet *s, double *work) {
    const char *columns[] = {"parameter", s->set->rise ? "chi_square_rise" : "tau"};
    plots_data_columns(s->sheet, columns, 2);
    set_up(s);
    for (size_t k = 0; k < s->set->count; k++) {
        double offset;
        plots_axis x = find_x(s, &s->set->profile[k], &offset);
        size_t points = write_profile(s, k, &x, offset, work), ends = write_ends(s, k, offset);
        set_panel(s, k, &x, offset);
        mark_ends(s, k, offset);
        draw_panel(s, k, points, ends, offset);
        if (k == 0) marq_text_add(&s->sheet->script, "unset label\nunset arrow\nunset object\n");
    }
    marq_text_add(&s->sheet->script, "unset multiplot\n");
}

static marq_status check(const plots_profile_set *set, marq_error *error) {
    if (!set || !set->profile || set->count == 0 || set->count > PLOTS_MOST_PROFILES)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a picture has 1 to %d profiles",
                         (int)PLOTS_MOST_PROFILES);
    if (!(set->limit > 0) || !plots_plottable(set->limit))
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "profiles need a positive limit");
    for (size_t k = 0; k < set->count; k++) {
        const plots_profile *p = &set->profile[k];
        if (p->points == 0 || !p->value || !p->tau || !p->name)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "profile %zu needs a name and points", k + 1);
    }
    return MARQ_OK;
}

marq_status plots_profiles(const plots_style *style, const char *name, const plots_profile_set *set,
                           plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = check(set, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "profiles of the parameters", list, error);
    if (status != MARQ_OK) return status;
    size_t most = 0;
    for (size_t k = 0; k < set->count; k++)
        most = set->profile[k].points > most ? set->profile[k].points : most;
    double *work = marq_alloc_doubles(most, 2);
    profile_sheet s = {.sheet = &sheet, .set = set};
    if (work)
        draw(&s, work);
    else
        sheet.data.failed = 1;
    free(work);
    return plots_sheet_close(&sheet, list, error);
}
