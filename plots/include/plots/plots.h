/* plots: arrays in; a gnuplot script, its data file and a picture out.
 *
 * Each plot NAME writes into style->folder: NAME.dat (data that we wrote), NAME.gp (the script, which a user
 * can change and run again with `gnuplot NAME.gp` in that folder) and, by gnuplot, NAME.png|svg|pdf. The
 * data and the script are written by plots_…(); plots_render() runs gnuplot on all scripts of a list at once.
 * NAME is of ASCII letters, digits, - _ . and starts with a letter or digit. Knows neither nets nor the
 * solver. No function prints. Arrays are borrowed for the call only.
 *
 * Values that are not finite, or not positive on a log axis, are left out; a log axis without any positive
 * value becomes a linear one. Of many rows every k-th of each set is drawn as a point, about 20 000 in all,
 * and the picture says so; histograms and R² use all rows. Pictures are 6 × 4 inch, a PNG 1800 × 1200 pixels.
 */
#ifndef PLOTS_PLOTS_H
#define PLOTS_PLOTS_H

#include <marq/status.h>
#include <stddef.h>

typedef enum plots_format { PLOTS_PNG, PLOTS_SVG, PLOTS_PDF } plots_format;

/* What all plots of a run share. Texts come from users: they are quoted, control characters are dropped, long
 * ones are cut. xlabel, ylabel, logx and logy are of the comparison plot only. */
typedef struct plots_style {
    const char *folder; /* exists already */
    plots_format format;
    const char *title;  /* NULL: none but the plot's own */
    const char *xlabel; /* NULL: the column's name */
    const char *ylabel;
    int logx, logy;
} plots_style;

enum { PLOTS_SETS = 3 }; /* 0 train, 1 validation, 2 test */

/* Rows of data with what the model gives for them. */
typedef struct plots_rows {
    size_t rows, inputs;
    const double *x;             /* rows × inputs, row-major */
    const double *measured;      /* rows */
    const double *fitted;        /* rows */
    const unsigned char *set;    /* rows, 0 … PLOTS_SETS−1; NULL: not split, the key says "measured" */
    const char *const *in_names; /* inputs; these and x are needed by plots_comparison only */
    const char *out_name;
} plots_rows;

/* One input: the fitted curve on a fine grid. */
typedef struct plots_curve {
    size_t points;
    const double *x, *y; /* points; x ascending */
} plots_curve;

/* Two inputs: the fitted surface on a grid. */
typedef struct plots_surface {
    size_t nx, ny;
    const double *x, *y; /* nx, ny; ascending */
    const double *z;     /* ny × nx, row-major: z[j*nx + i] at (x[i], y[j]) */
} plots_surface;

/* The course of a training, one entry an epoch; NaN where there is no value. */
typedef struct plots_history {
    size_t epochs;
    const double *epoch;               /* epochs: numbers on the x axis */
    const double *mse[PLOTS_SETS];     /* epochs each; NULL: no such set */
    const double *mu, *gradient_norm;  /* epochs */
    const double *validation_failures; /* epochs: failures in a row; NULL without validation */
    size_t best;                       /* index of the epoch whose parameters were kept */
} plots_history;

/* Names and files of the pictures of a run. Zero-initialise; free with plots_list_clear. */
enum { PLOTS_MOST = 32 };
typedef struct plots_list {
    char *names[PLOTS_MOST]; /* "comparison" …, without ending */
    int drawn[PLOTS_MOST];   /* set by plots_render */
    size_t count;
} plots_list;

/* Measured against fitted. One input: points by set over x, the curve as a line (curve required).
 * Two inputs: the fitted surface as a colour map with contour lines beside the measured points on the same
 * colour scale (surface required, at least 2 × 2). None or more: fitted over measured, all sets in one panel
 * with R² in its key. Where the fit runs away from the data, the axis follows it half the data's range. */
marq_status plots_comparison(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, const plots_surface *surface, plots_list *list,
                             marq_error *error);

/* Error over epochs, log axis, one line a set, the best epoch marked. */
marq_status plots_error(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error);

/* Three panels over epochs: damping mu and gradient norm (log axes), validation failures. A series that is
 * NULL or has no value has no panel. */
marq_status plots_state(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error);

/* Histogram of the residuals (measured − fitted), stacked by set, zero marked. Residuals more than eight
 * interquartile ranges beyond the quartiles are not drawn; their number is in the title. */
marq_status plots_residuals(const plots_style *style, const char *name, const plots_rows *rows,
                            plots_list *list, marq_error *error);

/* Fitted against measured with the line y = x, one panel a set that has rows and one for all, R² in each. */
marq_status plots_regression(const plots_style *style, const char *name, const plots_rows *rows,
                             plots_list *list, marq_error *error);

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
