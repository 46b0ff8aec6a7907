/* The confusion matrix of a classification: which classes were taken for which. */
#include "colour.h"
#include "heat.h"
#include "rows.h"
#include "words.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <plots/training.h>
#include <stdlib.h>

enum { WITH_PERCENT = 96, WITH_COUNT = 34 }; /* least sides of cells in pixels */

typedef struct table {
    double *share, *count; /* classes × classes; percent of the row, and the counts */
    double all, right, most;
} table;

static bool fill(table *t, size_t classes, const size_t *counts) {
    t->share = marq_alloc_doubles(classes, classes);
    t->count = marq_alloc_doubles(classes, classes);
    if (!t->share || !t->count) return false;
    for (size_t i = 0; i < classes; i++) {
        double row = 0;
        for (size_t j = 0; j < classes; j++) row += (double)counts[i * classes + j];
        for (size_t j = 0; j < classes; j++) {
            size_t k = i * classes + j;
            t->count[k] = (double)counts[k];
            t->share[k] = row > 0 ? 100 * t->count[k] / row : 0;
            t->most = fmax(t->most, t->count[k]);
        }
        t->all += row;
        t->right += (double)counts[i * classes + i];
    }
    return true;
}

static void draw(plots_sheet *sheet, const char *rows, size_t classes, const char *const *names,
                 const table *t) {
    char note[PLOTS_NOTE_SIZE];
    if (t->all > 0)
        marq_format(note, sizeof note, "%s: %.2f %% right (%.0f of %.0f)", rows, 100 * t->right / t->all,
                    t->right, t->all);
    else
        marq_format(note, sizeof note, "no %s", rows);
    plots_heat heat = {.rows = classes,
                       .columns = classes,
                       .row_names = names,
                       .column_names = names,
                       .value = t->share,
                       .extra = t->count,
                       .palette = plots_palette_from_zero,
                       .high = 100,
                       .white_from = 60,
                       .text = "''",
                       .text_width = 1,
                       .text_lines = 1,
                       .bar_label = "percent of the row",
                       .row_label = "true class",
                       .column_label = "predicted class"};
    double side = plots_heat_side(sheet, &heat, note);
    double digits = fmax(2, floor(log10(fmax(t->most, 1))) + 1);
    if (side >= WITH_PERCENT) {
        heat.text = "sprintf(\"%.0f\\n%.0f %%\", n, v)";
        heat.text_width = fmax(0.64 * digits, 3.2); /* "100 %" */
        heat.text_lines = 2;
    } else if (side >= WITH_COUNT) {
        heat.text = "sprintf('%.0f', n)";
        heat.text_width = 0.64 * digits;
    }
    plots_heat_draw(sheet, &heat, note);
}

marq_status plots_confusion(const plots_style *style, const char *name, const char *rows, size_t classes,
                            const char *const *names, const size_t *counts, plots_list *list,
                            marq_error *error) {
    plots_sheet sheet;
    table t = {0};
    if (classes < 2 || !rows || !names || !counts)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "a confusion matrix needs rows of two classes with names");
    marq_status status = plots_sheet_open(&sheet, style, name, "the confusion matrix", list, error);
    if (status != MARQ_OK) return status;
    if (fill(&t, classes, counts))
        draw(&sheet, rows, classes, names, &t);
    else
        sheet.data.failed = 1;
    free(t.share);
    free(t.count);
    return plots_sheet_close(&sheet, list, error);
}
