#include "series.h"

static const char *const colours[PLOTS_COLOURS] = {"#0072B2", "#E69F00", "#009E73", "#D55E00",
                                                   "#CC79A7", "#56B4E9", "#555555"};

/* Open circle, triangle, square, diamond, inverted triangle, pentagon, cross; then the same filled. Colours
 * come round after seven with the other set of shapes. */
static const int shapes[PLOTS_SERIES] = {6, 8, 4, 12, 10, 14, 2, 7, 9, 5, 13, 11, 15, 1};

static const char *const dashes[] = {"1", "(10,4)", "(3,3)", "(10,4,3,4)", "(16,4)", "(6,3,3,3,3,3)"};

const char *plots_colour(size_t k) {
    return colours[k % PLOTS_COLOURS];
}

int plots_shape(size_t k) {
    return shapes[k % PLOTS_SERIES];
}

const char *plots_dash(size_t k) {
    return dashes[k % (sizeof dashes / sizeof *dashes)];
}

void plots_series_styles(plots_sheet *sheet, size_t count) {
    for (size_t k = 0; k < count; k++)
        marq_text_add(&sheet->script, "set style line %zu lc rgb '%s' pt %d lw 1.2\n", PLOTS_SERIES_STYLE + k,
                      plots_colour(k), plots_shape(k));
    marq_text_add(&sheet->script, "\n");
}
