/* Correlations of fitted parameters: the lower half of the matrix, without the diagonal of ones. */
#include "colour.h"
#include "heat.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/inference.h>
#include <stdlib.h>

enum { TWO_DECIMALS = 14 }; /* parameters; of more the cells hold 100 times the correlation */

static void draw(plots_sheet *sheet, size_t count, const char *const *names, const double *values) {
    bool plain = count <= TWO_DECIMALS;
    plots_heat heat = {.rows = count - 1,
                       .columns = count - 1,
                       .row_names = names + 1,
                       .column_names = names,
                       .value = values,
                       .palette = plots_palette_signed,
                       .low = -1,
                       .high = 1,
                       .white_from = 0.75,
                       .text = plain ? "gprintf('%.2f', floor(100*v + 0.5)/100.0)"
                                     : "gprintf('%.0f', floor(100*v + 0.5))",
                       .text_width = plain ? 3.1 : 2.8,
                       .text_lines = 1,
                       .bar_label = plain ? "correlation" : "correlation (in the cells × 100)"};
    plots_heat_draw(sheet, &heat, NULL);
}

marq_status plots_correlation(const plots_style *style, const char *name, size_t count,
                              const char *const *names, const double *correlation, plots_list *list,
                              marq_error *error) {
    plots_sheet sheet;
    if (count < 2 || !names || !correlation)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "a correlation needs two parameters with names");
    marq_status status =
        plots_sheet_open(&sheet, style, name, "correlations of the fitted parameters", list, error);
    if (status != MARQ_OK) return status;
    double *lower = marq_alloc_doubles(count - 1, count - 1);
    for (size_t i = 0; lower && i + 1 < count; i++)
        for (size_t j = 0; j + 1 < count; j++)
            lower[i * (count - 1) + j] = j <= i ? correlation[(i + 1) * count + j] : (double)NAN;
    if (lower)
        draw(&sheet, count, names, lower);
    else
        sheet.data.failed = 1;
    free(lower);
    return plots_sheet_close(&sheet, list, error);
}
