/* What stands above the panels: titles and the key. */
#include "key.h"
#include "words.h"

enum { TITLE_CHARACTERS = 80 };

static int has_text(const char *text) {
    return text && *text;
}

size_t plots_title_lines(const plots_sheet *sheet, const char *note) {
    return (size_t)(has_text(sheet->style->title) + has_text(note));
}

static void add_title(plots_sheet *sheet, const char *note) {
    const char *title = sheet->style->title;
    if (has_text(title)) plots_quote(&sheet->script, title, TITLE_CHARACTERS);
    if (has_text(title) && has_text(note)) marq_text_add(&sheet->script, " . \"\\n\" . ");
    if (has_text(note)) plots_quote(&sheet->script, note, TITLE_CHARACTERS);
    marq_text_add(&sheet->script, " noenhanced");
}

void plots_multiplot(plots_sheet *sheet, const char *note) {
    bool title = plots_title_lines(sheet, note) > 0;
    marq_text_add(&sheet->script, "set multiplot%s", title ? " title " : "");
    if (title) add_title(sheet, note);
    marq_text_add(&sheet->script, "\n");
}

double plots_head(plots_sheet *sheet, const char *note, const plots_key *key, bool label) {
    size_t lines = plots_title_lines(sheet, note);
    double title = PAGE_HEIGHT - 36, top = title - (double)lines * LINE_HEIGHT - (lines ? 8 : 0);
    size_t rows = plots_key_draw(sheet, key, top);
    double frame = top - LINE_HEIGHT * (double)(rows - 1) - (label ? 84 : 40);
    if (lines) {
        marq_text_add(&sheet->script, "set label 10 ");
        add_title(sheet, note);
        marq_text_add(&sheet->script, " at screen 0.5, screen %.4f center\n", title / PAGE_HEIGHT);
    }
    marq_text_add(&sheet->script, "set tmargin at screen %.4f\n", frame / PAGE_HEIGHT);
    return frame;
}
