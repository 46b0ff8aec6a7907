/* fit DATA --formula TEXT: the stages of a formula's fit in order, and what they pass on. */
#ifndef FIT_FORMULAS_FIT_H
#define FIT_FORMULAS_FIT_H

#include "csv/columns.h"
#include "streams.h"
#include <base/text.h>
#include <jansson.h>
#include <marq/formula.h>
#include <marq/inference.h>
#include <marq/odr.h>
#include <plots/inference.h>

/* An expression of the fit's parameters. */
typedef struct formula_relation {
    marq_formula *formula; /* NULL: none */
    bool across;           /* it names parameters of certain groups, NAME[GROUP] */
} formula_relation;

/* A quantity derived from the parameters: of --derive, or a tied parameter. */
typedef struct formula_derived {
    char name[128];
    const char *tie; /* the text of --tie; NULL: it is derived */
    const formula_relation *relation;
    size_t group; /* that it is of; 0 if of all */
    double value, error;
    marq_spread spread; /* with --bootstrap; NaN: too few samples have it */
} formula_derived;

/* Goodness of fit, of weighted residuals on the formula's left side. */
typedef struct formula_statistics {
    size_t dof;
    double chi2, reduced, rss, r2, adjusted_r2, aic, aicc, bic; /* NaN where undefined */
    double factor;                                              /* t quantile of the confidence level */
    double durbin_watson;
    size_t runs;   /* of residuals of one sign */
    double runs_p; /* the chance of so few; NaN: all have one sign */
} formula_statistics;

enum { FORMULA_MOST_PARAMETERS = 500 }; /* of a formula (marq/formula.h); more in all groups together */

/* The places that many starts solve from, and the distinct minima that they report. */
enum { FORMULA_STARTS = 32, FORMULA_MINIMA = 8 };

/* Where a start value comes from; 0: nowhere, it is 1. */
enum { START_GIVEN = 1, START_FROM_DATA = 2 };

/* Data sets of one file (--group). Each has its own set of the formula's parameters, but for the shared ones,
 * which are one for all. Without --group there is one group, and all parameters are its own. */
typedef struct formula_groups {
    size_t count;
    const char *const *names; /* NULL without --group */
    size_t *first;            /* count + 1: group g's rows are first[g] … first[g + 1] − 1 of the table */
    size_t *order;            /* rows: where the rows of the file, in its order, are in the table */
    size_t local;             /* parameters of the formula */
    size_t *place;            /* count × local: which parameter of the fit that is in the group */
    char **parameters;        /* names of the fit's parameters: a, b[GROUP] … */
} formula_groups;

typedef struct formula_odr formula_odr;
typedef struct formula_ties formula_ties;

/* Columns that options name. */
typedef struct formula_uses {
    size_t sigma;  /* MARQ_FORMULA_NONE: none */
    size_t inputs; /* with errors */
    size_t input[MARQ_ODR_MOST_INPUTS], input_sigma[MARQ_ODR_MOST_INPUTS];
} formula_uses;

typedef struct formula_bootstrap {
    size_t samples, used; /* used 0: there is none */
    marq_spread *spread;  /* parameters */
    double *values;       /* samples × parameters */
} formula_bootstrap;

typedef struct formula_run formula_run;
typedef struct formula_net formula_net;
typedef struct formula_comparison formula_comparison;

/* One formula's fit. */
typedef struct formula_outcome {
    const formula_run *run;
    const fit_arguments *arguments; /* with this formula */
    FILE *err;
    csv_table table; /* the run's: borrowed */
    formula_uses uses;
    const double **columns; /* of the table: stride table.columns */
    marq_formula *formula;
    size_t rows, parameters, response;
    double *start, *theta, *lower, *upper, *weights; /* weights NULL: all 1 */
    unsigned char *fixed, *given;                    /* given: START_… */
    signed char *side;                               /* marq_bound_sides */
    const char **names;
    formula_groups groups;
    marq_formula_problem *own;
    marq_problem of_formula; /* all rows, the formula's parameters */
    formula_odr *odr;        /* NULL: the inputs are exact */
    formula_ties *ties;      /* parameters of one group that follow others; NULL: none */
    marq_ties followers;     /* the same for the solver */
    marq_problem problem;    /* all rows, all parameters */
    marq_options options;
    marq_result result;
    size_t minima; /* distinct ones that many starts found; 0: one start */
    struct {
        double cost;
        size_t starts;         /* that ended there */
    } minimum[FORMULA_MINIMA]; /* the best of them, by cost */
    double *covariance, *deviation;
    marq_uncertainty uncertainty;
    formula_statistics statistics;
    marq_interval *intervals; /* parameters, with --profile-ci; else NULL */
    marq_curve_point *curves; /* parameters × MARQ_CURVE_POINTS */
    unsigned char *linear;    /* parameters that enter linearly; NULL: not looked for */
    formula_relation
        quantities[2 * FIT_MOST_EXPRESSIONS]; /* of --tie, then of --derive; empty: not of this formula */
    formula_derived *derived;                 /* owned */
    size_t derived_count;
    formula_bootstrap bootstrap;
    double *distance, *true_inputs; /* with odr: rows; rows × inputs */
    double *left, *model;           /* rows: left side, right side */
    double *measured, *fitted;      /* rows, on the data's scale */
    fit_warnings warnings;
    plots_list plots;
    char *folder;
    int threads;
} formula_outcome;

/* All of a command's formulas, on the same rows. */
struct formula_run {
    const fit_arguments *arguments;
    csv_table table;
    size_t count, best;
    bool interrupted;               /* by Ctrl-C, in the solves or in what follows them */
    formula_net *net;               /* --vs; NULL: none */
    formula_comparison *comparison; /* NULL: there is one model */
    fit_arguments *each;            /* count: the arguments with one formula each */
    formula_outcome *outcome;       /* count */
    marq_profile *profile;          /* NULL: not asked for */
};

/* Runs the command. */
marq_status fit_formula(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error);

/* columns.c */
enum { FORMULA_OTHER_COLUMNS = 2 + MARQ_ODR_MOST_INPUTS }; /* beside those on the right side, at most */
marq_status formula_find_columns(formula_outcome *o, marq_error *error);
marq_status formula_find_response(formula_outcome *o, marq_error *error);
/* *predictor ← the first of --inputs, if that was given. */
marq_status formula_find_predictor(const formula_outcome *o, size_t *predictor, marq_error *error);
bool formula_has_use(const formula_outcome *o, size_t column);
/* Whether a lineshape has a column with another use for its predictor; the first one without. */
bool formula_shape_is_misled(const formula_outcome *o);
size_t formula_free_column(const formula_outcome *o);
/* After parsing: which input has which errors. */
marq_status formula_match_errors(formula_outcome *o, marq_error *error);
/* The column with the standard deviations of an input; −1: it is exact. */
long formula_errors_of(const formula_outcome *o, size_t column);
/* Writes all columns in use, returns how many. */
size_t formula_list_columns(const formula_outcome *o, size_t *list);
/* A constant response is refused, a constant input warned about. */
marq_status formula_check_columns(formula_outcome *o, marq_error *error);
marq_status formula_take_weights(formula_outcome *o, marq_error *error);

/* setup.c: the text; start values, fixed parameters, bounds, the problem. */
marq_status formula_read(formula_outcome *o, marq_error *error);
marq_status formula_setup(formula_outcome *o, marq_error *error);
marq_formula_data formula_data(const formula_outcome *o);

/* from.c: --from. Whether the table has what the model's formula needs; what was taken, in words and as JSON.
 */
marq_status formula_check_saved(const formula_outcome *o, marq_error *error);
void formula_saved_report(const formula_outcome *o, marq_text *text);
json_t *formula_saved_report_json(const formula_outcome *o);

/* params.c: --from and --params: starts, bounds and fixed parameters of a former fit. */
marq_status formula_read_parameters(formula_outcome *o, marq_error *error);

bool formula_any_has(const formula_outcome *o, const char *name);
/* An option names what is no free parameter: perhaps a column or a constant. */
marq_status formula_fail_name(const formula_outcome *o, const char *option, const char *name,
                              marq_error *error);

/* solve.c */
/* How many places are solved from. */
size_t formula_starts(const fit_arguments *arguments);
marq_status formula_solve(formula_outcome *o, marq_error *error);

/* groups.c: which rows and parameters are whose. */
/* Sorts the table's rows by group, after csv_check. */
marq_status formula_sort_table(csv_table *table, marq_error *error);
marq_status formula_group_rows(formula_outcome *o, marq_error *error);
/* Names and places of the parameters. */
marq_status formula_group_parameters(formula_outcome *o, marq_error *error);
void formula_groups_clear(formula_groups *groups);
size_t formula_group_size(const formula_outcome *o, size_t group);
/* Finds what an option calls NAME or NAME[GROUP] in group `group`; NONE if that is not meant. */
size_t formula_named_place(const formula_outcome *o, const char *name, size_t group);
/* local[i] ← the group's value of the formula's parameter i. */
void formula_local(const formula_outcome *o, size_t group, const double *theta, double *local);
/* The quadratic form of the covariance with a gradient by the formula's parameters in a group. */
double formula_variance(const formula_outcome *o, size_t group, const double *gradient);
/* value ← the right side in all rows. */
void formula_values(const formula_outcome *o, const double *theta, double *value);

/* relations.c: expressions of the fit's parameters: the text from `begin` on. option: that they come from,
 * for messages, which show the text. */
marq_status formula_read_relation(const formula_outcome *o, const char *option, const char *text,
                                  size_t begin, formula_relation *relation, marq_error *error);
void formula_relation_clear(formula_relation *relation);
/* Its value for a group at the fit's parameters theta; gradient, if not NULL: FORMULA_MOST_PARAMETERS, the
 * derivatives by the parameters of relation->formula ... */
double formula_relation_value(const formula_outcome *o, const formula_relation *relation, size_t group,
                              const double *theta, double *gradient);
/* ... of which the k-th is this parameter of the fit. */
size_t formula_relation_source(const formula_outcome *o, const formula_relation *relation, size_t group,
                               size_t k);
/* Which group the bracket at text names; *end ← behind it. NONE: none of them. */
size_t formula_find_group(const formula_groups *groups, const char *bracket, const char **end);
marq_status formula_fail_group(const char *option, const char *text, marq_error *error);

/* group_ties.c: --tie 'a[G]=…', o->ties; then what the solver asks of them (marq_ties in marq/lm.h). */
marq_status formula_read_ties(formula_outcome *o, marq_error *error);
bool formula_is_tied(const formula_outcome *o, size_t parameter);
const char *formula_tie_text(const formula_outcome *o, size_t parameter);
const unsigned char *formula_tied(const formula_ties *ties);
void formula_follow_ties(const formula_ties *ties, double *theta);
void formula_differentiate_ties(const formula_ties *ties, const double *theta, double *jacobian);
void formula_ties_destroy(formula_ties *ties);

/* grouped.c: o->problem ← that of all groups. */
void formula_bind_groups(formula_outcome *o);

/* odr.c: o->problem ← distances in place of residuals; at the solution the distances and the true inputs. */
marq_status formula_bind_odr(formula_outcome *o, marq_error *error);
marq_status formula_judge_odr(formula_outcome *o, marq_error *error);
void formula_odr_destroy(formula_odr *odr);

/* start_groups.c: fits each of several groups by itself, for the start of all. */
marq_status formula_start_groups(formula_outcome *o, marq_error *error);

/* start.c: starts from the data for the parameters of lineshapes that have none. */
void formula_start_shapes(formula_outcome *o);
/* The parameters that are left without a start, neither fixed nor eliminated, and where to look for them. */
typedef struct formula_open {
    size_t count;
    unsigned char *flags;       /* a flag a parameter of the fit */
    marq_formula_range *ranges; /* one a parameter of the fit */
} formula_open;
marq_status formula_find_open(const formula_outcome *o, formula_open *open, marq_error *error);
void formula_open_clear(formula_open *open);
/* mirror.c: makes parameters positive whose sign the formula does not depend on; those with a start stay. */
marq_status formula_choose_signs(formula_outcome *o, marq_error *error);

/* statistics.c: after the solve. */
marq_status formula_judge(formula_outcome *o, marq_error *error);

/* saturated.c: warns of parameters that ran to where they no longer matter. */
marq_status formula_warn_of_saturated(formula_outcome *o, marq_error *error);

/* serial.c: the statistics of their order. */
marq_status formula_judge_order(formula_outcome *o, marq_error *error);
/* model − left side of a row times its weight; with errors in the inputs the signed distance. */
double formula_weighted_residual(const formula_outcome *o, size_t row);
/* χ² of one group's rows, and R² about their own mean. */
void formula_judge_group(const formula_outcome *o, size_t group, double *chi2, double *r2);

/* derived.c: --derive: reads the texts, once the parameters are known; values and errors, after the solve. */
marq_status formula_parse_derived(formula_outcome *o, marq_error *error);
marq_status formula_derive(formula_outcome *o, marq_error *error);

/* profile.c: --profile-ci. */
marq_status formula_profile(formula_outcome *o, marq_error *error);
marq_status formula_draw_profiles(formula_outcome *o, const plots_style *style, marq_error *error);

/* resample.c: --bootstrap. */
marq_resampling formula_resampling(const formula_outcome *o);
marq_status formula_resample(formula_outcome *o, marq_error *error);
void formula_bootstrap_text(const formula_outcome *o, marq_text *text);
/* The parameters of each sample. */
void formula_bootstrap_csv(const formula_outcome *o, marq_text *text);

/* files.c: all files of one fit into its folder. */
marq_status formula_write(formula_outcome *o, marq_error *error);
void formula_clear(formula_outcome *o);

/* predictions.c: the rows of the file in its order, as CSV. */
void formula_predictions(const formula_outcome *o, marq_text *text);
/* A cell of CSV, in quotes where it needs them. */
void formula_add_word(marq_text *text, const char *word);

/* report_text.c, report.c */
void formula_report_text(const formula_outcome *o, marq_text *text);
void formula_report_json(const formula_outcome *o, marq_text *text);
json_t *formula_parameter_list(const formula_outcome *o);
void formula_parameters_json(const formula_outcome *o, marq_text *text);
const char *formula_status_word(const formula_outcome *o);

/* curves.c: one curve a group. Zero-initialise; *curves is the caller's, also after a failure. */
typedef struct formula_curves {
    size_t count;
    plots_curve *curve;
    double *memory;
} formula_curves;
marq_status formula_make_curves(const formula_outcome *o, int logarithmic, formula_curves *curves,
                                marq_error *error);
void formula_curves_clear(formula_curves *curves);
/* Values of the left side over the only predictor -> the response, in place. */
marq_status formula_back_on_grid(const formula_outcome *o, const double *x, size_t count, double *values,
                                 marq_error *error);

/* surfaces.c: of two predictors a map a group; of several the residuals over each. */
marq_status formula_draw_maps(formula_outcome *o, const plots_style *style, marq_error *error);
marq_status formula_draw_residuals_over(formula_outcome *o, const plots_style *style,
                                        const plots_residual_rows *rows, marq_error *error);

/* model.c: model.json; formulas/saved_formula.h reads it. */
void formula_model_json(const formula_outcome *o, marq_text *text);

/* pictures.c */
/* Whether rows have standard deviations on the data's scale. */
bool formula_bars(const formula_outcome *o);

/* The rows of the only predictor. Zero-initialise; *points is the caller's, also after a failure. */
typedef struct formula_points {
    plots_points view;
    double *x, *sigma, *x_sigma;
    size_t *group;
    char **names; /* of the groups; NULL: one without a name */
} formula_points;
bool formula_make_points(const formula_outcome *o, formula_points *points);
void formula_points_clear(formula_points *points);
marq_status formula_draw(formula_outcome *o, marq_error *error);

#endif
