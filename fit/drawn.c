#include "drawn.h"

static const double DRAWING_SECONDS = 60;

plots_style fit_plot_style(const fit_arguments *a, const char *folder) {
    return (plots_style){.folder = folder,
                         .format = a->plot_format,
                         .title = a->title,
                         .xlabel = a->xlabel,
                         .ylabel = a->ylabel,
                         .logx = a->logx,
                         .logy = a->logy};
}

void fit_render(const plots_style *style, plots_list *plots, fit_warnings *warnings) {
    marq_error drawing = {0};
    if (plots_render(style, plots, DRAWING_SECONDS, &drawing) != MARQ_OK)
        fit_warn(warnings, "no pictures: %s", drawing.message);
}

enum { NAME = 160 };

/* The file name of picture i, 1 if it was drawn. */
static int drawn(const fit_arguments *a, const plots_list *plots, size_t i, char name[NAME]) {
    plots_file_name(&(plots_style){.format = a->plot_format}, plots, i, name, NAME);
    return plots->drawn[i];
}

void fit_drawn_text(const fit_arguments *a, const plots_list *plots, marq_text *text) {
    size_t count = 0;
    char name[NAME];
    for (size_t i = 0; i < plots->count; i++)
        if (drawn(a, plots, i, name)) marq_text_add(text, "%s%s", count++ ? " " : "pictures: ", name);
    if (count) marq_text_add(text, "\n");
}

json_t *fit_drawn_json(const fit_arguments *a, const plots_list *plots) {
    json_t *array = json_array();
    char name[NAME];
    for (size_t i = 0; i < plots->count; i++)
        if (drawn(a, plots, i, name)) json_array_append_new(array, json_string(name));
    return array;
}
