/* plots: what all plots share: where the files go, how pictures are drawn, which there are. */
#ifndef PLOTS_STYLE_H
#define PLOTS_STYLE_H

#include <marq/status.h>
#include <stddef.h>

typedef enum plots_format { PLOTS_PNG, PLOTS_SVG, PLOTS_PDF } plots_format;

/* What all plots of a run share. Texts come from users: they are quoted, control characters are dropped, long
 * ones are cut. xlabel, ylabel, logx and logy are of the plots that say so. */
typedef struct plots_style {
    const char *folder; /* exists already */
    plots_format format;
    const char *title;  /* NULL: none but the plot's own */
    const char *xlabel; /* NULL: the column's name */
    const char *ylabel;
    int logx, logy;
} plots_style;

/* Names and files of the pictures of a run. Zero-initialise; free with plots_list_clear. */
enum { PLOTS_MOST = 32 };
typedef struct plots_list {
    char *names[PLOTS_MOST]; /* "comparison" …, without ending */
    int drawn[PLOTS_MOST];   /* set by plots_render */
    size_t count;
} plots_list;

/* 1 if these values ask for a log axis: all finite ones are positive, they span more than two decades, and
 * their logarithms are spread far more evenly between the ends than they are (Kolmogorov's distance to even
 * spacing at most half as large). Values that are not finite don't count. 0 also when out of memory. For
 * style->logx and logy, unless the user said something. */
int plots_wants_log(const double *values, size_t count);

/* Runs gnuplot on every script of the list, all at once, each with a limit of seconds (> 0), in a process
 * group of its own: Ctrl-C reaches only the caller. A picture is written to a temporary name and renamed.
 * Sets list->drawn. MARQ_OK if all were drawn; otherwise the message says why (gnuplot is not installed: the
 * message names the Debian package; it failed: its first error line). */
marq_status plots_render(const plots_style *style, plots_list *list, double seconds, marq_error *error);

/* The file name of picture i, e.g. "comparison.png", into out. */
void plots_file_name(const plots_style *style, const plots_list *list, size_t i, char *out, size_t size);

void plots_list_clear(plots_list *list);

/* Removes from folder every picture that marq draws (a known plot name, .png .svg .pdf; with -SUFFIX only if
 * its script is there too, because otherwise it may be a copy of the user's), so that no picture of an
 * earlier run stays. Other files are left alone. */
void plots_remove_old(const char *folder);

#endif
