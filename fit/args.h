/* argv -> arguments. */
#ifndef FIT_ARGS_H
#define FIT_ARGS_H

#include "csv/csv.h"
#include <marq/inference.h>
#include <marq/nn.h>
#include <plots/plots.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum fit_action {
    FIT_TRAIN,
    FIT_PREDICT,
    FIT_SHOW,
    FIT_EXPORT,
    FIT_SELFTEST,
    FIT_HELP,
    FIT_VERSION
} fit_action;

enum { FIT_MOST_LAYERS = 32, FIT_MOST_OPTIONS = 128, FIT_MOST_EXPRESSIONS = 64 };

/* A number that may have been given. */
typedef struct fit_number {
    bool given;
    double value;
} fit_number;

/* Strings are borrowed from argv. */
typedef struct fit_arguments {
    fit_action action;
    const char *data;  /* CSV file, or "-" */
    const char *model; /* predict, show, export */
    bool as_c;
    const char *out;              /* NULL: made from the data's name */
    const char *inputs, *outputs; /* comma-separated names or numbers; NULL: by default */
    csv_options csv;
    const char *where; /* expression that chooses rows; NULL: all */
    int threads;       /* 0: OpenMP's own */
    bool json, no_plot, profile, quiet, verbose, stream, bands;
    plots_format plot_format;
    const char *title, *xlabel, *ylabel;
    bool logx, logy;

    uint64_t seed;
    fit_number start_seed; /* of nets; not given: seed */
    double split[MARQ_SETS];
    bool split_contiguous, split_given;
    const char *split_column;
    const char *from; /* model to train on, or to start from */
    const struct formula_saved
        *saved; /* it, if it is a formula (formulas/saved_formula.h); NULL: it is none */

    size_t hidden[FIT_MOST_LAYERS], hidden_count;
    bool hidden_auto; /* --hidden auto */
    fit_number restarts;
    bool shape_given; /* --hidden or --activation */
    marq_activation activation[FIT_MOST_LAYERS];
    size_t activation_count;
    marq_initialiser init;
    bool init_given;
    marq_normalisation normalise;
    bool normalise_given;
    marq_optimizer optimizer;
    marq_recipe recipe;
    marq_jacobian jacobian;
    fit_number epochs, goal, max_fail, min_grad, mu, mu_inc, mu_dec, mu_max, seconds, memory;
    fit_number learning_rate, momentum, batch, l1, l2, clip, decay;
    const char *loss_name; /* --loss: nets and formulas have different ones (fit_check_optimizer) */
    marq_net_loss net_loss;
    double huber_delta;
    const char *output_weights; /* comma-separated numbers; NULL: all 1 */
    bool bayes;
    bool nesterov;
    /* Formulas */
    const char *formula; /* NULL: a net */
    const char *formulas[FIT_MOST_EXPRESSIONS];
    size_t formula_count;
    const char *params, *start, *fix, *bounds, *sigma, *sigma_x, *group, *shared, *vs;
    const char *ties[FIT_MOST_EXPRESSIONS], *derived[FIT_MOST_EXPRESSIONS];
    const char *group_ties[FIT_MOST_EXPRESSIONS]; /* NAME[SET]=… */
    size_t tie_count, group_tie_count, derived_count;
    bool sigma_absolute, profile_ci, varpro, nested;
    marq_loss loss;
    double loss_scale;
    marq_method method;
    double confidence;
    fit_number starts, bootstrap;
    marq_resampling resampling;
    bool resampling_given;
    bool given[FIT_MOST_OPTIONS]; /* by their places in fit_options */
} fit_arguments;

/* Reads argv. Fails with MARQ_ERROR_ARGUMENT. */
marq_status fit_parse(int argc, const char *const *argv, fit_arguments *arguments, marq_error *error);

/* Whether the options go together, once it is known what is fitted. Fails with MARQ_ERROR_ARGUMENT. */
marq_status fit_check_arguments(fit_arguments *arguments, marq_error *error);

/* Refuses options that were given and are not used by what is done with a saved fit, or by the selftest. */
marq_status fit_check_action(const fit_arguments *arguments, marq_error *error);

/* Refuses options that were given and are not those of the chosen optimizer, or of formulas. */
marq_status fit_check_optimizer(const fit_arguments *arguments, marq_error *error);

/* Reads --loss, once it is known whether a net or a formula is fitted. */
marq_status fit_read_loss(fit_arguments *arguments, marq_error *error);

/* Of the start values and the order of batches. */
uint64_t fit_start_seed(const fit_arguments *arguments);

/* The options of the training that the arguments ask for: the recipe's, and what was given besides. */
marq_train_options fit_train_options(const fit_arguments *arguments);

/* What the value of an option is, and where it goes. */
typedef enum fit_value {
    FIT_VALUE_OWN,    /* set reads it */
    FIT_VALUE_TEXT,   /* a const char * */
    FIT_VALUE_FLAG,   /* none: a bool becomes true */
    FIT_VALUE_NUMBER, /* a fit_number, from least to most */
    FIT_VALUE_WHOLE   /* the same of a whole number */
} fit_value;

/* One option: the only place where it is named and explained. */
typedef struct fit_option {
    const char *name;  /* "--seed" */
    const char *value; /* "N"; NULL: takes none */
    const char *help;
    fit_value kind;
    size_t field; /* its offset in fit_arguments */
    double least, most;
    marq_status (*set)(fit_arguments *arguments, const char *value, marq_error *error);
} fit_option;

/* A NULL name with help text is a heading; the list ends with a NULL name and NULL help. */
extern const fit_option fit_options[];

#endif
