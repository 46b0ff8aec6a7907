/* plots: arrays in; a gnuplot script, its data file and a picture out.
 *
 * Each plot NAME writes into style->folder: NAME.dat (data that we wrote), NAME.gp (the script, which a user
 * can change and run again with `gnuplot NAME.gp` in that folder) and, by gnuplot, NAME.png|svg|pdf. The
 * data and the script are written by plots_…(); plots_render() runs gnuplot on all scripts of a list at once.
 * Knows neither nets nor the solver. No function prints. Arrays are borrowed for the call only. */
#ifndef PLOTS_PLOTS_H
#define PLOTS_PLOTS_H

#include <marq/status.h>
#include <stddef.h>

typedef enum plots_format { PLOTS_PNG, PLOTS_SVG, PLOTS_PDF } plots_format;

/* What all plots of a run share. Texts come from users: they are quoted, control characters are dropped. */
typedef struct plots_style {
    const char *folder; /* exists already */
    plots_format format;
    const char *title;  /* NULL: none but the plot's own */
    const char *xlabel; /* NULL: the column's name */
    const char *ylabel;
    int logx, logy; /* of the comparison plot */
} plots_style;

enum { PLOTS_SETS = 3 }; /* 0 train, 1 validation, 2 test */

/* Rows of data with what the model gives for them. */
typedef struct plots_rows {
    size_t rows, inputs;
    const double *x;             /* rows × inputs, row-major */
    const double *measured;      /* rows */
    const double *fitted;        /* rows */
    const unsigned char *set;    /* rows, 0 … PLOTS_SETS−1; NULL: all 0 */
    const char *const *in_names; /* inputs */
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
 * colour scale (surface required). More: use plots_regression under this name (done here). */
marq_status plots_comparison(const plots_style *style, const char *name, const plots_rows *rows,
                             const plots_curve *curve, const plots_surface *surface, plots_list *list,
                             marq_error *error);

/* Error over epochs, log axis, one line a set, the best epoch marked. */
marq_status plots_error(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error);

/* Three panels over epochs: damping mu and gradient norm (log axes), validation failures. */
marq_status plots_state(const plots_style *style, const char *name, const plots_history *history,
                        plots_list *list, marq_error *error);

/* Histogram of the residuals (measured − fitted), stacked by set, zero marked. */
marq_status plots_residuals(const plots_style *style, const char *name, const plots_rows *rows,
                            plots_list *list, marq_error *error);

/* Fitted against measured with the line y = x, one panel a set that has rows and one for all, R² in each. */
marq_status plots_regression(const plots_style *style, const char *name, const plots_rows *rows,
                             plots_list *list, marq_error *error);

/* Runs gnuplot on every script of the list, all at once, each with a limit of seconds. A picture is written
 * to a temporary name and renamed. Sets list->drawn. MARQ_OK if all were drawn; otherwise the message says
 * why (gnuplot is not installed: the message names the Debian package; it failed: its first error line). */
marq_status plots_render(const plots_style *style, plots_list *list, double seconds, marq_error *error);

/* The file name of picture i, e.g. "comparison.png", into out. */
void plots_file_name(const plots_style *style, const plots_list *list, size_t i, char *out, size_t size);

void plots_list_clear(plots_list *list);

/* Removes from folder every picture that marq draws (a known plot name with -SUFFIX or without, .png .svg
 * .pdf), so that no picture of an earlier run stays. Other files are left alone. */
void plots_remove_old(const char *folder);

#endif
