/* plots: a trained model beside its data, and the course of the training. */
#ifndef PLOTS_TRAINING_H
#define PLOTS_TRAINING_H

#include <plots/curve.h>
#include <plots/style.h>

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
    const char *error_name;            /* of the mse, for its axis; NULL: "mean squared error" */
    size_t best;                       /* index of the epoch whose parameters were kept */
} plots_history;

/* Measured against fitted. One input: points by set over x, the curve as a line (curve required), its band
 * low … high and that of measurements if it has them. Two inputs: the fitted surface as a colour map with
 * labelled contour lines beside the measured points on the same colour scale (surface required, at least 2 ×
 * 2). None or more: fitted over measured, all sets in one panel with R² in its key. Where the fit runs away
 * from the data, the axis follows it half the data's range. xlabel, ylabel, logx and logy of the style are
 * used. */
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

/* The confusion matrix of a classification with classes ≥ 2, counts[true*classes + given]: each cell has the
 * colour of its share of the row, its count and, where there is room, the share in percent. The note above
 * says which rows are counted, in `rows`, such as "test rows", and how many are right. */
marq_status plots_confusion(const plots_style *style, const char *name, const char *rows, size_t classes,
                            const char *const *names, const size_t *counts, plots_list *list,
                            marq_error *error);

#endif
