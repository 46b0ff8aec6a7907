/* A saved formula: model.json of a formula's fit, read back, on new data, in words, as C source. */
#ifndef FIT_FORMULAS_SAVED_H
#define FIT_FORMULAS_SAVED_H

#include "saved.h"
#include <marq/formula.h>

/* What a fit --from the model takes of it beside the parameters: what its own command line leaves out. */
typedef struct formula_taken {
    bool formula, group, shared, ties;
} formula_taken;

/* The model as it was fitted. Names and texts belong to root. */
typedef struct formula_saved {
    json_t *root;
    marq_formula *formula;
    const char *text;           /* of the formula */
    const char **names;         /* of the table's columns; owned, the strings are not */
    size_t columns, parameters; /* of that table; of the formula, in one group */
    const char *group_column;   /* NULL: one group without a name */
    size_t groups;
    double *theta; /* groups × parameters */
    /* --from */
    char *shared; /* "a,b": its shared parameters; owned; NULL: none */
    formula_taken taken;
} formula_saved;

/* read.c: of the parsed file, which saved then shares; path stands in messages. MARQ_ERROR_FORMAT. Empty
 * after a failure. */
marq_status formula_saved_read(json_t *root, const char *path, formula_saved *saved, marq_error *error);
void formula_saved_clear(formula_saved *saved);
/* The name of a group. */
const char *formula_saved_group(const formula_saved *saved, size_t group);

/* The entry of model.json's list of parameters that has this name; NULL: there is none. */
const json_t *formula_saved_parameter(const formula_saved *saved, const char *name);

/* from.c: completes the arguments of a fit with what they leave out; saved must live as long as they do. */
marq_status formula_take_saved(formula_saved *saved, fit_arguments *arguments, marq_error *error);

/* saved.c: --from: a formula's model is loaded, to be cleared by the caller also after a failure, and
 * completes the arguments; a net's is left to the nets. */
marq_status fit_take_from(fit_arguments *arguments, formula_saved *model, marq_error *error);

/* root: the model's file, borrowed. */
marq_status fit_predict_formula(const fit_arguments *arguments, json_t *root, fit_streams streams,
                                marq_error *error);
marq_status fit_show_formula(const fit_arguments *arguments, json_t *root, fit_streams streams,
                             marq_error *error);

/* export.c: 'double model(const double *x)', of several groups 'double model(const double *x, int group)'. */
marq_status fit_export_formula(const char *path, json_t *root, marq_text *text, marq_error *error);

#endif
