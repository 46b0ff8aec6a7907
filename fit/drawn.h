/* What every fit's pictures share: their style, the drawing, and what the reports say of them. */
#ifndef FIT_DRAWN_H
#define FIT_DRAWN_H

#include "args.h"
#include "warnings.h"
#include <base/text.h>
#include <jansson.h>

plots_style fit_plot_style(const fit_arguments *arguments, const char *folder);

/* Runs gnuplot. Pictures that cannot be drawn are a warning: the fit stands without them. */
void fit_render(const plots_style *style, plots_list *plots, fit_warnings *warnings);

/* "pictures: fit.png …" and a newline; nothing if there are none. */
void fit_drawn_text(const fit_arguments *arguments, const plots_list *plots, marq_text *text);

/* The file names. */
json_t *fit_drawn_json(const fit_arguments *arguments, const plots_list *plots);

#endif
