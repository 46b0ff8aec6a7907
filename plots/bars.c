/* Bars of a study: groups of them, upright or, where names are long, lying. Everything is computed with the
 * categories along u and the values along v; lying bars have u downwards. */
#include "key.h"
#include "line.h"
#include "series.h"
#include "words.h"
#include <base/error.h>
#include <math.h>
#include <plots/study.h>

enum {
    MOST_CATEGORIES = 60,
    MOST_SERIES = 14,
    NAME_CHARACTERS = 34,
    LABEL_CHARACTERS = 76,
    SIDE_CHARACTERS = 46
};
static const double GROUP_WIDTH = 0.8;  /* of the distance between categories */
static const double NUMBER_SCALE = 0.9; /* of the page's own size of letters, at most */

typedef struct bars_sheet {
    plots_sheet *sheet;
    const plots_bars_table *table;
    plots_axis v;
    bool lying;
} bars_sheet;

typedef struct layout {
    double left, right, bottom, top;
} layout;

static marq_status check(const plots_bars_table *t, marq_error *error) {
    if (!t || t->categories == 0 || t->categories > MOST_CATEGORIES || t->series == 0 ||
        t->series > MOST_SERIES)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "a plot of bars has 1 to %d categories and 1 to %d series", (int)MOST_CATEGORIES,
                         (int)MOST_SERIES);
    if (!t->category_names || (t->series > 1 && !t->series_names) || !t->value || !t->low != !t->high)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "bars need names, values, and both ends of error bars or none");
    return MARQ_OK;
}

/* ---- Texts ---- */

static const char *number_text(char out[PLOTS_NUMBER_SIZE], const plots_bars_table *t, double value) {
    bool whole =
        value == floor(value) && fabs(value) < 1e5; /* a count keeps all its digits, and gets no others */
    if (!whole) return plots_number(out, value, t->digits);
    marq_format(out, PLOTS_NUMBER_SIZE, "%s%.0f", value < 0 ? "−" : "", fabs(value));
    return out;
}

/* Pixels at the page's own size of letters. */
static double longest_number(const plots_bars_table *t) {
    char number[PLOTS_NUMBER_SIZE];
    double longest = 0;
    for (size_t i = 0; i < t->series * t->categories; i++)
        if (plots_plottable(t->value[i]))
            longest = fmax(longest, plots_text_width(number_text(number, t, t->value[i]), PLOTS_NUMBER_SIZE));
    return longest * EM_WIDTH;
}

static double longest_name(const plots_bars_table *t) {
    double longest = 0;
    for (size_t c = 0; c < t->categories; c++)
        longest = fmax(longest, plots_text_width(t->category_names[c], NAME_CHARACTERS));
    return longest * EM_WIDTH;
}

/* ---- Axis of the values ---- */

/* The margin of the axis at both ends, as a share of what lies between. Beyond a lying bar its number needs
 * the number's own length. */
static double margin_for_numbers(const plots_bars_table *t, bool lying) {
    double usual = t->digits > 0 ? 0.1 : 0.05;
    if (!lying || t->digits <= 0) return usual;
    double height = 0.75 * PAGE_HEIGHT / (double)(t->categories * t->series) * GROUP_WIDTH;
    double number = longest_number(t) * fmin(height / LINE_HEIGHT, NUMBER_SCALE) + CHARACTER_WIDTH,
           panel = PAGE_WIDTH - 150 - longest_name(t);
    return fmin(fmax(usual, number / fmax(panel - 2 * number, number)), 0.5);
}

static plots_axis find_axis(const plots_style *style, const plots_bars_table *t, bool lying) {
    plots_range measured = plots_range_empty;
    plots_range_add_all(&measured, t->value, t->series * t->categories);
    plots_range range = measured;
    plots_range_follow(&range, &measured, style->logy, t->low, t->series * t->categories);
    plots_range_follow(&range, &measured, style->logy, t->high, t->series * t->categories);
    if (!style->logy) plots_range_add(&range, 0);
    plots_axis axis =
        plots_axis_make(&range, style->logy ? PLOTS_LOG : PLOTS_LINEAR, margin_for_numbers(t, lying), 7, 80);
    if (!axis.log && range.low == 0) axis.low = 0;
    if (!axis.log && range.high == 0 && range.low < 0) axis.high = 0;
    return axis;
}

/* Names that do not fit below their bars in a row. */
static bool names_are_long(const plots_bars_table *t) {
    double room = (PAGE_WIDTH - 260.0) / (double)t->categories - 16;
    for (size_t c = 0; c < t->categories; c++)
        if (plots_text_width(t->category_names[c], NAME_CHARACTERS) * EM_WIDTH > room) return true;
    return false;
}

/* ---- Data ---- */

/* Category, from and to of the bar along u, its value, and the ends of its error bar. */
static size_t write_series(const bars_sheet *b, size_t k) {
    const plots_bars_table *t = b->table;
    char block[PLOTS_BLOCK_SIZE];
    double width = GROUP_WIDTH / (double)t->series;
    size_t written = 0;
    for (size_t c = 0; c < t->categories; c++) {
        size_t i = k * t->categories + c;
        double from = (double)c - GROUP_WIDTH / 2 + width * (double)k;
        double row[6] = {(double)c,
                         from,
                         from + width,
                         plots_axis_value(&b->v, t->value[i]),
                         t->low ? t->low[i] : (double)NAN,
                         t->high ? t->high[i] : (double)NAN};
        if (isnan(row[3])) continue;
        if (written++ == 0) plots_data_block(b->sheet, plots_block_name(block, "series", k));
        plots_data_row(b->sheet, row, 6);
    }
    return written;
}

/* ---- Script ---- */

/* Pixels that a bar has across. */
static double bar_width(const bars_sheet *b, const layout *l) {
    double along = b->lying ? l->top - l->bottom : l->right - l->left;
    return along / (double)b->table->categories * GROUP_WIDTH / (double)b->table->series;
}

static layout find_layout(const bars_sheet *b, double top) {
    const plots_bars_table *t = b->table;
    bool u_label = b->sheet->style->xlabel && *b->sheet->style->xlabel;
    layout l = {.right = PAGE_WIDTH - 50, .bottom = 3.1 * LINE_HEIGHT, .top = top};
    if (b->lying)
        l.left = 30 + longest_name(t) + (u_label ? 1.4 * LINE_HEIGHT : 0);
    else
        l.left = 1.4 * LINE_HEIGHT + (double)(b->v.width + 2) * CHARACTER_WIDTH;
    if (!b->lying && !u_label) l.bottom = 1.8 * LINE_HEIGHT;
    return l;
}

static plots_key make_key(const plots_bars_table *t) {
    plots_key key = {0};
    for (size_t k = 0; t->series_names && k < t->series; k++) {
        plots_key_entry *entry = plots_key_add(&key, t->series_names[k], NULL);
        marq_format(entry->area, sizeof entry->area, "fc rgb '%s' fs solid 0.85 noborder", plots_colour(k));
    }
    return key;
}

static void add_categories(const bars_sheet *b) {
    marq_text *script = &b->sheet->script;
    const plots_bars_table *t = b->table;
    const char *letter = b->lying ? "y" : "x";
    marq_text_add(script, "set %stics scale 0 noenhanced (", letter);
    for (size_t c = 0; c < t->categories; c++) {
        marq_text_add(script, c ? ", " : "");
        plots_quote(script, t->category_names[c], NAME_CHARACTERS);
        marq_text_add(script, " %zu", c);
    }
    double end = (double)t->categories - 0.4;
    marq_text_add(script, ")\nset %srange [%.1f:%.1f]\nset grid no%stics\n", letter, b->lying ? end : -0.6,
                  b->lying ? -0.6 : end, letter);
}

static void set_up(const bars_sheet *b, const layout *l) {
    plots_sheet *sheet = b->sheet;
    const plots_style *style = sheet->style;
    const char *v = b->lying ? "x" : "y";
    marq_text_add(&sheet->script, "set style fill solid 0.85 border rgb '#FFFFFF'\nset clip two\n");
    plots_panel(sheet, l->left, l->right, l->bottom, l->top);
    const char *u_label = style->xlabel ? style->xlabel : "", *v_label = style->ylabel ? style->ylabel : "";
    if (b->lying) {
        plots_label(sheet, "xlabel", "", v_label, &b->v, LABEL_CHARACTERS);
        plots_side_label(sheet, "label 1", u_label, NULL, SIDE_CHARACTERS);
    } else {
        plots_label(sheet, "xlabel", "", u_label, NULL, LABEL_CHARACTERS);
        plots_label(sheet, "ylabel", "", v_label, &b->v, SIDE_CHARACTERS);
    }
    plots_axis_add(&sheet->script, v, &b->v);
    plots_near_define(sheet, v, &b->v);
    add_categories(b);
    marq_text_add(&sheet->script, "base = %.15g # of the bars\n", b->v.log ? b->v.low : 0.0);
}

/* The numbers stand at the bars' ends, or behind their error bars; not where they would be too small to read.
 */
static void add_numbers(const bars_sheet *b, const layout *l) {
    const plots_bars_table *t = b->table;
    char number[PLOTS_NUMBER_SIZE], font[PLOTS_FONT_SIZE];
    double width = GROUP_WIDTH / (double)t->series;
    double scale = bar_width(b, l) / (b->lying ? LINE_HEIGHT : 1.05 * longest_number(t));
    if (t->digits <= 0 || scale < 0.45) return;
    plots_font(b->sheet, fmin(scale, NUMBER_SCALE), font);
    for (size_t i = 0; i < t->series * t->categories; i++) {
        double u =
            (double)(i % t->categories) - GROUP_WIDTH / 2 + width * ((double)(i / t->categories) + 0.5);
        double v = plots_axis_value(&b->v, t->value[i]), end = t->high && t->high[i] > v ? t->high[i] : v;
        if (isnan(v)) continue;
        end = v < 0 ? fmax(v, 0) : fmin(end, b->v.high);
        marq_text_add(&b->sheet->script, "set label '%s' at first %.15g, first %.15g %s font '%s' front\n",
                      number_text(number, t, t->value[i]), b->lying ? end : u, b->lying ? u : end,
                      b->lying ? "left offset 0.5,0" : "center offset 0,0.5", font);
    }
}

static void draw_series(const bars_sheet *b, size_t k) {
    char block[PLOTS_BLOCK_SIZE];
    plots_block_name(block, "series", k);
    plots_entry(b->sheet, "'%s.dat' index '%s' using %s with boxxyerror lc rgb '%s' lw 0.5", b->sheet->name,
                block, b->lying ? "4:1:(base):4:2:3" : "1:4:2:3:(base):4", plots_colour(k));
    if (b->table->low)
        plots_error_bars_entry(b->sheet, block, "(($2+$3)/2)", 5, !b->lying, "lc rgb '#000000' lw 0.8");
}

static void draw(const bars_sheet *b) {
    const char *columns[] = {"category", "from", "to", "value", "low", "high"};
    size_t written[MOST_SERIES];
    plots_key key = make_key(b->table);
    plots_data_columns(b->sheet, columns, 6);
    for (size_t k = 0; k < b->table->series; k++) written[k] = write_series(b, k);
    layout l = find_layout(b, plots_head(b->sheet, NULL, &key, false));
    set_up(b, &l);
    add_numbers(b, &l);
    if (b->v.low < 0 && !b->v.log)
        marq_text_add(&b->sheet->script, "set %szeroaxis ls 4 lw 0.8\n", b->lying ? "y" : "x");
    marq_text_add(&b->sheet->script, "\n");
    for (size_t k = 0; k < b->table->series; k++)
        if (written[k]) draw_series(b, k);
    plots_entries_end(b->sheet);
}

marq_status plots_bars(const plots_style *style, const char *name, const plots_bars_table *table,
                       plots_list *list, marq_error *error) {
    plots_sheet sheet;
    marq_status status = check(table, error);
    if (status == MARQ_OK) status = plots_sheet_open(&sheet, style, name, "bars of a study", list, error);
    if (status != MARQ_OK) return status;
    bars_sheet b = {.sheet = &sheet, .table = table, .lying = names_are_long(table)};
    b.v = find_axis(style, table, b.lying);
    draw(&b);
    return plots_sheet_close(&sheet, list, error);
}
