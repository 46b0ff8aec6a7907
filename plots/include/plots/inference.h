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

/* Residuals of a fit, to be looked at. */
typedef struct plots_residual_rows {
    size_t rows;
    const double *residual;       /* rows; measured − fitted, perhaps divided by a standard deviation */
    const double *fitted;         /* rows; plots_residuals_fitted needs it */
    const unsigned char *outlier; /* rows; not 0: marked. NULL: none */
    const size_t *number;         /* rows: what a marked row is called in the picture; NULL: 1, 2, … */
    const char *residual_name;    /* of the axis; NULL: "residual", in a Q–Q plot "standardised residual" */
    const char *fitted_name;      /* NULL: "fitted value" */
    /* Of plots_residuals_fitted: a colour and a shape each. */
    size_t groups;                  /* 0 or 1: none */
    const size_t *group;            /* rows: which one, from 0 */
    const char *const *group_names; /* groups */
} plots_residual_rows;

/* Residuals over fitted values: a trend says that the model misses something, a spread that grows says that
 * the weights are wrong. Outliers are marked, up to twelve with their numbers. logy of the style is for the
 * fitted values. */
marq_status plots_residuals_fitted(const plots_style *style, const char *name,
                                   const plots_residual_rows *rows, plots_list *list, marq_error *error);

/* Q–Q plot: the i-th smallest of n standardised residuals over the normal quantile of (i − a)/(n + 1 − 2a),
 * a = 3/8 for n ≤ 10, else 1/2 (Blom 1958; as R's ppoints), with the line y = x and a pointwise 95 % band
 * z ± 1.96 √(p(1−p)/n)/φ(z) (Fox 2016, Applied Regression Analysis and
 * Generalized Linear Models). Of very many points that would lie
 * on each other some are left out. */
marq_status plots_qq(const plots_style *style, const char *name, const plots_residual_rows *rows,
                     plots_list *list, marq_error *error);

/* Correlations of count ≥ 2 parameters as colours and numbers, count × count, row-major, symmetric: the half
 * below the diagonal. Of more than 14 parameters the cells hold 100 times the correlation. A value that is
 * not finite has no cell. */
marq_status plots_correlation(const plots_style *style, const char *name, size_t count,
                              const char *const *names, const double *correlation, plots_list *list,
                              marq_error *error);

/* The profile of one parameter: for each of its values all others are fitted. */
typedef struct plots_profile {
    const char *name;
    size_t points;
    const double *value; /* points; ascending */
    const double *tau; /* points: sign(value − best) · √((χ²(value) − χ²_min)/s²), s² = χ²_min/dof or 1 */
    double best, stderror;
    double low, high; /* ends of the interval; NaN: open on that side */
} plots_profile;

enum { PLOTS_MOST_PROFILES = 12 };
typedef struct plots_profile_set {
    size_t count; /* 1 … PLOTS_MOST_PROFILES */
    const plots_profile *profile;
    double limit; /* |τ| at the ends of the intervals, from Student's t or the normal distribution */
    double level; /* of the intervals, as 0.95, for the key; 0: it names none */
    int rise;     /* draw τ², the rise of χ² */
} plots_profile_set;

/* Profiles of parameters, a panel each: τ over the parameter (Bates and Watts 1988, 6.1) with the ends of the
 * interval marked. Dotted is the linear approximation, (value − best)/stderror or its square: a profile that
 * leaves it says that best ± stderror is no good description. Where the numbers would be long, the axis
 * counts from the best value. */
marq_status plots_profiles(const plots_style *style, const char *name, const plots_profile_set *set,
                           plots_list *list, marq_error *error);

#endif
