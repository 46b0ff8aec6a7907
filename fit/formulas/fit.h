/* fit DATA --formula TEXT: the stages of a formula's fit in order, and what they pass on. */
#ifndef FIT_FORMULAS_FIT_H
#define FIT_FORMULAS_FIT_H

#include "csv/columns.h"
#include "streams.h"
#include <base/text.h>
#include <marq/formula.h>
#include <marq/inference.h>

/* A quantity derived from the parameters. */
typedef struct formula_derived {
    char name[64];
    double value, error;
} formula_derived;

/* Goodness of fit, of weighted residuals on the formula's left side. */
typedef struct formula_statistics {
    size_t dof;
    double chi2, reduced, rss, r2, adjusted_r2, aicc, bic; /* NaN where undefined */
    double factor;                                         /* t quantile of the confidence level */
    double durbin_watson;
} formula_statistics;

/* Where a start value comes from; 0: nowhere, it is 1. */
enum { START_GIVEN = 1, START_FROM_DATA = 2 };

typedef struct formula_outcome {
    const fit_arguments *arguments;
    csv_table table;
    const double **columns; /* of the table: stride table.columns */
    marq_formula *formula;
    size_t rows, parameters, response;
    double *start, *theta, *lower, *upper, *weights; /* weights NULL: all 1 */
    unsigned char *fixed, *given;                    /* given: START_… */
    signed char *side;                               /* marq_bound_sides */
    const char **names;
    marq_formula_problem *own;
    marq_problem problem;
    marq_options options;
    marq_result result;
    size_t minima; /* distinct ones that many starts found; 0: one start */
    double *covariance, *deviation;
    marq_uncertainty uncertainty;
    formula_statistics statistics;
    marq_interval *intervals; /* parameters, with --profile-ci; else NULL */
    marq_curve_point *curves; /* parameters × MARQ_CURVE_POINTS */
    unsigned char *linear;    /* parameters that enter linearly; NULL: not looked for */
    formula_derived derived[FIT_MOST_EXPRESSIONS];
    double *left, *model;      /* rows: left side, right side */
    double *measured, *fitted; /* rows, on the data's scale */
    fit_warnings warnings;
    plots_list plots;
    char *folder;
    int threads;
} formula_outcome;

/* Runs the command. */
marq_status fit_formula(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error);

/* setup.c: the text, the columns it needs, start values, fixed parameters, bounds, weights. */
marq_status formula_setup(formula_outcome *o, marq_error *error);
marq_formula_data formula_data(const formula_outcome *o);

/* start.c: starts from the data for the parameters of lineshapes that have none. */
void formula_start_shapes(formula_outcome *o);
/* The box for the starts of the others: low, high of all parameters. Returns how many those are. */
size_t formula_start_box(const formula_outcome *o, double *low, double *high);

/* statistics.c: after the solve. */
marq_status formula_judge(formula_outcome *o, marq_error *error);

/* profile.c: --profile-ci. */
marq_status formula_profile(formula_outcome *o, marq_error *error);
marq_status formula_draw_profiles(formula_outcome *o, const plots_style *style, marq_error *error);

/* report.c */
void formula_report_text(const formula_outcome *o, marq_text *text);
void formula_report_json(const formula_outcome *o, marq_text *text);
void formula_parameters_json(const formula_outcome *o, marq_text *text);
const char *formula_status_word(const formula_outcome *o);

/* pictures.c */
marq_status formula_draw(formula_outcome *o, marq_error *error);

#endif
