/* The histogram of the residuals: are they centred, symmetric, and alike in all sets? */
#include "histogram.h"
#include "key.h"
#include "rows.h"
#include "words.h"
#include <base/error.h>
#include <math.h>

enum { LABEL_CHARACTERS = 48 };

static void write_bins(plots_sheet *sheet, const plots_histogram *h) {
    const char *columns[] = {"from", "to", "train", "validation", "test"};
    plots_data_columns(sheet, columns, 5);
    plots_data_block(sheet, "bins");
    for (size_t b = 0; b < h->bins; b++) {
        double row[2 + PLOTS_SETS] = {h->low + (double)b * h->width, h->low + (double)(b + 1) * h->width};
        for (size_t set = 0; set < PLOTS_SETS; set++) row[2 + set] = (double)h->count[b][set];
        plots_data_row(sheet, row, 2 + PLOTS_SETS);
    }
}

/* The bins' range; zero is on it unless it is far away. */
static plots_axis find_x(const plots_histogram *h) {
    double high = h->low + h->width * (double)h->bins;
    plots_range range = {h->low, high, HUGE_VAL};
    double span = high - h->low;
    if (h->low > 0 && h->low < span) range.low = 0;
    if (high < 0 && -high < span) range.high = 0;
    return plots_axis_make(&range, PLOTS_LINEAR, 0.03, 9, 80);
}

static plots_axis find_y(const plots_histogram *h) {
    size_t most = 1;
    for (size_t b = 0; b < h->bins; b++) {
        size_t sum = h->count[b][0] + h->count[b][1] + h->count[b][2];
        if (sum > most) most = sum;
    }
    plots_range range = {0, 1.06 * (double)most, 1};
    return plots_axis_make(&range, PLOTS_COUNTS, 0, 7, 0);
}

static void describe(char note[PLOTS_NOTE_SIZE], const plots_histogram *h) {
    char mean[PLOTS_NUMBER_SIZE], deviation[PLOTS_NUMBER_SIZE];
    plots_number(mean, h->mean, 3);
    plots_number(deviation, h->deviation, 3);
    if (h->values == 0)
        marq_format(note, PLOTS_NOTE_SIZE, "no finite residuals");
    else if (h->outside == 0)
        marq_format(note, PLOTS_NOTE_SIZE, "mean %s, standard deviation %s", mean, deviation);
    else
        marq_format(note, PLOTS_NOTE_SIZE, "mean %s, standard deviation %s; %zu of %zu outside", mean,
                    deviation, h->outside, h->values);
}

static void count_rows(const plots_rows *rows, size_t in_set[PLOTS_SETS]) {
    for (size_t i = 0; i < rows->rows; i++) in_set[plots_set_of(rows, i)]++;
}

static plots_key name_sets(const plots_rows *rows) {
    plots_key key = {0};
    size_t in_set[PLOTS_SETS] = {0};
    count_rows(rows, in_set);
    for (size_t set = 0; rows->set && set < PLOTS_SETS; set++) {
        if (!in_set[set]) continue;
        plots_key_entry *entry = plots_key_add(&key, NULL, plots_set_names[set]);
        marq_format(entry->area, sizeof entry->area, "fc ls %zu fs solid 0.85 noborder", set + 1);
    }
    return key;
}

static void set_up(plots_sheet *sheet, const plots_rows *rows, const plots_histogram *h) {
    char note[PLOTS_NOTE_SIZE];
    plots_key key = name_sets(rows);
    plots_axis x = find_x(h), y = find_y(h);
    describe(note, h);
    plots_head(sheet, note, &key, false);
    plots_label(sheet, "xlabel", "residual (measured − fitted) of ", rows->out_name, &x, LABEL_CHARACTERS);
    plots_label(sheet, "ylabel", "rows", "", &y, 1);
    plots_axis_add(&sheet->script, "x", &x);
    plots_axis_add(&sheet->script, "y", &y);
    marq_text_add(
        &sheet->script,
        "set style fill solid 0.85 border rgb '#FFFFFF'\n"
        "set arrow 1 from first 0, graph 0 to first 0, graph 1 nohead front ls 5 lc rgb '#000000'\n\n");
}

/* Boxes from corner to corner, one set on top of the other. */
static void draw(plots_sheet *sheet, const plots_rows *rows) {
    static const char *const below[] = {"(0)", "3", "($3+$4)"}, *const above[] = {"3", "($3+$4)",
                                                                                  "($3+$4+$5)"};
    size_t in_set[PLOTS_SETS] = {0};
    count_rows(rows, in_set);
    for (size_t set = 0; set < PLOTS_SETS; set++)
        if (in_set[set])
            plots_entry(sheet, "'%s.dat' index 'bins' using 1:(0):1:2:%s:%s with boxxyerror ls %zu lw 0.5",
                        sheet->name, below[set], above[set], set + 1);
    plots_entries_end(sheet);
}

marq_status plots_residuals(const plots_style *style, const char *name, const plots_rows *rows,
                            plots_list *list, marq_error *error) {
    plots_sheet sheet;
    plots_histogram histogram;
    marq_status status = plots_rows_check(rows, error);
    if (status == MARQ_OK)
        status = plots_sheet_open(&sheet, style, name, "the histogram of the residuals", list, error);
    if (status != MARQ_OK) return status;
    if (!plots_histogram_of_residuals(&histogram, rows))
        sheet.data.failed = 1;
    else
        write_bins(&sheet, &histogram);
    set_up(&sheet, rows, &histogram);
    draw(&sheet, rows);
    return plots_sheet_close(&sheet, list, error);
}
