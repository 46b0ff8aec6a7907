/* plots: what a fitted formula says about its data, and how sure it is. */
#ifndef PLOTS_INFERENCE_H
#define PLOTS_INFERENCE_H

#include <plots/curve.h>
#include <plots/style.h>

/* Measured rows of one predictor, in groups (data sets of a global fit). */
typedef struct plots_points {
    size_t rows;
    const double *x, *y; /* rows */

    /* rows each; NULL: none. Error bars reach one standard deviation to both sides; y_low and y_high, both or
     * neither, replace y ∓ y_sigma where the deviation is of a transformed response. A deviation that is not
     * positive has no bar. */
    const double *x_sigma, *y_sigma, *y_low, *y_high;

    size_t groups;                  /* 0 is the same as 1 */
    const size_t *group;            /* rows, 0 … groups−1; NULL if there is one */
    const char *const *group_names; /* groups; NULL if there is one */
    const char *x_name, *y_name;    /* of the axes, unless the style has others */
} plots_points;

/* What was fitted to them: one model, or several to compare. */
typedef struct plots_models {
    size_t models;            /* at least 1 */
    const char *const *names; /* models; NULL with one: "fit" */
    size_t curves;
    const plots_curve *curve;       /* curves; of any group and model, in any order */
    const double *const *residuals; /* models, each rows; NULL: no panel of residuals */
    int weighted;                   /* the residuals are divided by the standard deviations */
    const char *residual_name;      /* NULL: "residual", or "residual / σ" */
} plots_models;

/* Data with error bars, fitted curves and their bands; below them, on the same x axis, the residuals. Groups
 * have a colour and a shape each, their curves the same colour; models of one group have a colour and a dash
 * each, models of several groups a dash each. Where curve, bands or bars run away from the data the axis
 * follows them half the data's range. Above 2000 points the bars are left out. The key has at most 12 groups
 * and 8 models. xlabel, ylabel, logx and logy of the style are used. Error: no rows, a group or model that is
 * out of range, half a band. */
marq_status plots_fit(const plots_style *style, const char *name, const plots_points *points,
                      const plots_models *models, plots_list *list, marq_error *error);

#endif
