/* A plot under construction: the texts of NAME.gp and NAME.dat, and what all scripts have in common. */
#ifndef PLOTS_SHEET_H
#define PLOTS_SHEET_H

#include "axis.h"
#include <base/text.h>
#include <plots/plots.h>

/* The page in pixels, and what text takes of it (a digit, the font's size, a line); pictures in other formats
 * have the same proportions. */
enum { PAGE_WIDTH = 1800, PAGE_HEIGHT = 1200, CHARACTER_WIDTH = 22, EM_WIDTH = 34, LINE_HEIGHT = 42 };

typedef struct plots_sheet {
    const plots_style *style;
    const char *name;
    marq_text script, data;
    size_t blocks;  /* of the data so far */
    size_t entries; /* of the plot command that is being written */
} plots_sheet;

/* Checks what every plot is given; then starts both texts. subject: what the picture shows, in our words. */
marq_status plots_sheet_open(plots_sheet *sheet, const plots_style *style, const char *name,
                             const char *subject, const plots_list *list, marq_error *error);

/* Writes both files, adds the plot to the list, frees the texts. */
marq_status plots_sheet_close(plots_sheet *sheet, plots_list *list, marq_error *error);

/* Data: a block that the script calls by name, then its rows. A value that has no place on the axis: NaN. */
void plots_data_columns(plots_sheet *sheet, const char *const *names, size_t count);
void plots_data_block(plots_sheet *sheet, const char *name);
void plots_data_row(plots_sheet *sheet, const double *values, size_t count);

/* "WHAT 003" for k = 2: the name of a block. gnuplot finds a block by the beginning of its name, so all have
 * one length. Returns out. */
enum { PLOTS_BLOCK_SIZE = 40, PLOTS_FONT_SIZE = 16 };
const char *plots_block_name(char out[PLOTS_BLOCK_SIZE], const char *what, size_t k);

/* gnuplot's words for the page's font in another size. Returns out. */
const char *plots_font(const plots_sheet *sheet, double scale, char out[PLOTS_FONT_SIZE]);

/* Titles: the user's and a note of ours (NULL or empty: none), a line each. */
size_t plots_title_lines(const plots_sheet *sheet, const char *note);

/* `set multiplot`, with the title on top of the page. */
void plots_multiplot(plots_sheet *sheet, const char *note);

/* `set xlabel` … : words of ours, then the user's text, then the power of ten of the axis. */
void plots_label(plots_sheet *sheet, const char *label, const char *words, const char *user,
                 const plots_axis *axis, size_t most);

/* The same turned, at the left of the page beside the panel's middle: where all panels of a page have theirs,
 * whatever the width of their tics. label: "label 2". */
void plots_side_label(plots_sheet *sheet, const char *label, const char *user, const plots_axis *axis,
                      size_t most);

/* The drawing area, in pixels from the left and from the bottom. */
void plots_panel(plots_sheet *sheet, double left, double right, double bottom, double top);

/* The plot command: each entry starts with plots_entry, the last is followed by plots_entries_end. */
void plots_entry(plots_sheet *sheet, const char *format, ...) MARQ_PRINTF(2, 3);
void plots_entries_end(plots_sheet *sheet);

#endif
