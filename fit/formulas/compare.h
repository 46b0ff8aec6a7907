/* Several models of the same rows: formulas, and perhaps a net. Which one do the data prefer? */
#ifndef FIT_FORMULAS_COMPARE_H
#define FIT_FORMULAS_COMPARE_H

#include "formulas/fit.h"
#include <base/text.h>
#include <jansson.h>
#include <marq/nn.h>

/* One model. Figures that are not defined are NaN. */
typedef struct formula_model {
    const char *text;
    const char *status;
    double parameters; /* free ones; a net: the effective number γ */
    double dof;        /* rows − parameters */
    double chi2, reduced, aicc, bic;
    double delta, weight; /* AICc over the least one; Akaike weight */
} formula_model;

/* A model that is a special case of another. */
typedef struct formula_nesting {
    size_t small, big;
    bool known; /* found, not said by --nested */
    double f, numerator, denominator, p;
} formula_nesting;

struct formula_comparison {
    size_t count; /* the formulas, then the net if there is one */
    formula_model *model;
    size_t nested;
    formula_nesting *nesting;
};

/* compare.c: whether the models can be compared, once they were read. */
marq_status formula_check_comparison(const formula_run *run, marq_error *error);
/* Fills run->comparison and run->best. */
marq_status formula_compare(formula_run *run, marq_error *error);
void formula_comparison_clear(formula_comparison *comparison);

/* nested.c: the pairs that are nested, with their F tests. */
marq_status formula_find_nested(const formula_run *run, formula_comparison *comparison, marq_error *error);

/* versus.c: --vs net:H1,H2 … A net on the first formula's left side, trained on all rows (versus_train.c). */
struct formula_net {
    marq_net *net;
    char text[128];
    size_t columns, inputs; /* inputs: the columns, then one a group of several */
    size_t *column;         /* columns: of the table */
    double *model;          /* rows: what it gives for the left side */
    double chi2, effective;
    const char *status;
};
marq_status formula_train_versus(formula_run *run, marq_error *error);
/* y[k] ← its value of the left side in a group at x[k] of its only column. */
marq_status formula_versus_curve(const formula_net *net, size_t group, const double *x, size_t points,
                                 double *y, marq_error *error);
/* Its model.json. */
marq_status formula_write_versus(const formula_run *run, const char *folder, marq_error *error);
void formula_versus_clear(formula_net *net);

/* compare_report.c */
void formula_comparison_text(const formula_run *run, marq_text *text);
json_t *formula_comparison_json(const formula_run *run);

/* compare_pictures.c: the models over the data. Nothing without a comparison. */
marq_status formula_add_comparison(const formula_run *run, plots_style style, plots_list *list,
                                   marq_error *error);

#endif
