#include "sheet.h"

#include "list.h"
#include "words.h"
#include <base/error.h>
#include <base/file.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POWER_CHARACTERS = 11 }; /* "  (×10⁻¹⁵)" */

/* 6 × 4 inch in each format, text of about 8 points, lines of 0.7 points. */
static const char *const terminals[] = {
    [PLOTS_PNG] = "pngcairo size 1800,1200 font 'Sans,26' linewidth 3 pointscale 3",
    [PLOTS_SVG] = "svg size 576,384 font 'Sans,11' linewidth 1",
    [PLOTS_PDF] = "pdfcairo size 6in,4in font 'Sans,6.25' fontscale 1 linewidth 1.4 pointscale 0.65",
};
static const double font_sizes[] = {[PLOTS_PNG] = 26, [PLOTS_SVG] = 11, [PLOTS_PDF] = 6.25};

/* Colours that colour-blind readers can tell apart (Okabe, Ito 2008), and a shape a set. */
static const char common[] =
    "set encoding utf8\n"
    "set minussign\n"
    "set datafile missing 'NaN'\n"
    "\n"
    "# 1 train, 2 validation, 3 test (a colour and a shape each), 4 the fit, 5 marks\n"
    "set style line 1 lc rgb '#0072B2' pt 6 lw 1\n"
    "set style line 2 lc rgb '#E69F00' pt 8 lw 1\n"
    "set style line 3 lc rgb '#009E73' pt 4 lw 1\n"
    "set style line 4 lc rgb '#000000' lw 1.4\n"
    "set style line 5 lc rgb '#555555' lw 1 dt (6,4)\n"
    "set border lw 0.7 lc rgb '#333333'\n"
    "set grid lt 1 lc rgb '#D0D0D0' lw 0.5\n"
    "set tics nomirror scale 0.6 tc rgb '#000000'\n"
    "set key noenhanced\n";

static marq_status check(const plots_style *style, const char *name, const plots_list *list,
                         marq_error *error) {
    if (!style || !style->folder || !list || !plots_name_is_plain(name))
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "a plot needs a style with a folder, a list and a name of letters, digits, - _ .");
    if ((unsigned)style->format > PLOTS_PDF)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "unknown picture format %d", (int)style->format);
    if (list->count >= PLOTS_MOST)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "more than %d plots", (int)PLOTS_MOST);
    return MARQ_OK;
}

marq_status plots_sheet_open(plots_sheet *sheet, const plots_style *style, const char *name,
                             const char *subject, const plots_list *list, marq_error *error) {
    marq_status status = check(style, name, list, error);
    if (status != MARQ_OK) return status;
    *sheet = (plots_sheet){.style = style, .name = name};
    marq_text_add(&sheet->script, "# marq: %s.\n", subject);
    marq_text_add(&sheet->script, "# Change what you like, then run in this folder: gnuplot %s.gp\n", name);
    marq_text_add(&sheet->script, "if (!exists('output_file')) output_file = '%s.%s'\n", name,
                  plots_format_ending(style->format));
    marq_text_add(&sheet->script,
                  "set terminal %s enhanced background rgb 'white'\nset output output_file\n%s\n",
                  terminals[style->format], common);
    return MARQ_OK;
}

static marq_status write_text(const plots_sheet *sheet, const char *ending, const marq_text *text,
                              marq_error *error) {
    marq_text path = {0};
    marq_text_add(&path, "%s/%s.%s", sheet->style->folder, sheet->name, ending);
    marq_status status = path.failed ? marq_fail_memory(error, "the name of a plot's file")
                                     : marq_file_write(path.data, text, error);
    marq_text_clear(&path);
    return status;
}

marq_status plots_sheet_close(plots_sheet *sheet, plots_list *list, marq_error *error) {
    marq_text_add(&sheet->script, "\nunset output\n");
    marq_status status = write_text(sheet, "dat", &sheet->data, error);
    if (status == MARQ_OK) status = write_text(sheet, "gp", &sheet->script, error);
    if (status == MARQ_OK) status = plots_list_add(list, sheet->name, error);
    marq_text_clear(&sheet->script);
    marq_text_clear(&sheet->data);
    return status;
}

void plots_data_columns(plots_sheet *sheet, const char *const *names, size_t count) {
    marq_text_add(&sheet->data, "# columns:");
    for (size_t i = 0; i < count; i++) {
        marq_text_add(&sheet->data, " ");
        plots_clean(&sheet->data, names[i], 1000);
    }
    marq_text_add(&sheet->data, "\n");
}

void plots_data_block(plots_sheet *sheet, const char *name) {
    marq_text_add(&sheet->data, "%s# %s\n", sheet->blocks++ ? "\n\n" : "", name);
}

void plots_data_row(plots_sheet *sheet, const double *values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (i > 0) marq_text_add_bytes(&sheet->data, " ", 1);
        if (plots_plottable(values[i]))
            marq_text_add_number(&sheet->data, values[i]);
        else
            marq_text_add_bytes(&sheet->data, "NaN", 3);
    }
    marq_text_add_bytes(&sheet->data, "\n", 1);
}

const char *plots_block_name(char out[PLOTS_BLOCK_SIZE], const char *what, size_t k) {
    marq_format(out, PLOTS_BLOCK_SIZE, "%s %03zu", what, k + 1);
    return out;
}

const char *plots_font(const plots_sheet *sheet, double scale, char out[PLOTS_FONT_SIZE]) {
    marq_format(out, PLOTS_FONT_SIZE, ",%.3g", font_sizes[sheet->style->format] * scale);
    return out;
}

void plots_label(plots_sheet *sheet, const char *label, const char *words, const char *user,
                 const plots_axis *axis, size_t most) {
    char power[PLOTS_NUMBER_SIZE];
    marq_text_add(&sheet->script, "set %s ", label);
    bool named = user && *user;
    if (*words) marq_text_add(&sheet->script, "'%s'%s", words, named ? " . " : "");
    if (named || !*words) plots_quote(&sheet->script, user, most);
    if (axis && axis->exponent)
        marq_text_add(&sheet->script, " . '  (×%s)'", plots_power(power, axis->exponent));
    marq_text_add(&sheet->script, " noenhanced");
    if (sheet->style->format == PLOTS_SVG && strcmp(label, "xlabel") == 0)
        marq_text_add(&sheet->script, " offset 0,0.5"); /* gnuplot puts it lower there, off the page */
    marq_text_add(&sheet->script, "\n");
}

void plots_side_label(plots_sheet *sheet, const char *label, const char *user, const plots_axis *axis,
                      size_t most) {
    plots_label(sheet, label, "", user, axis, most - (axis && axis->exponent ? POWER_CHARACTERS : 0));
    marq_text_add(&sheet->script, "set %s at screen %.4f, graph 0.5 center rotate\n", label,
                  0.9 * LINE_HEIGHT / PAGE_WIDTH);
}

void plots_panel(plots_sheet *sheet, double left, double right, double bottom, double top) {
    marq_text_add(&sheet->script, "set lmargin at screen %.4f\nset rmargin at screen %.4f\n",
                  left / PAGE_WIDTH, right / PAGE_WIDTH);
    marq_text_add(&sheet->script, "set bmargin at screen %.4f\nset tmargin at screen %.4f\n",
                  bottom / PAGE_HEIGHT, top / PAGE_HEIGHT);
}

void plots_entry(plots_sheet *sheet, const char *format, ...) {
    char entry[512];
    va_list arguments;
    va_start(arguments, format);
    int length = marq_format_list(entry, sizeof entry, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= sizeof entry) sheet->script.failed = 1;
    marq_text_add(&sheet->script, "%s%s", sheet->entries++ ? ", \\\n     " : "plot ", entry);
}

void plots_entries_end(plots_sheet *sheet) {
    marq_text_add(&sheet->script, "%s\n", sheet->entries ? "" : "plot NaN notitle");
    sheet->entries = 0;
}
