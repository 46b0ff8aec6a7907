/* The table of options: name, value, help, and how the value is read. */
#include "args.h"

#include <base/error.h>
#include <base/number.h>
#include <math.h>
#include <string.h>

/* ---- Kinds of values ---- */

static marq_status wrong(marq_error *error, const char *name, const char *value, const char *expected) {
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: %s is expected", name, value, expected);
}

static marq_status number_in(const char *name, const char *value, double least, double most, double *out,
                             marq_error *error) {
    if (marq_number_parse(value, out) && *out >= least && *out <= most) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: a number from %g to %g is expected", name, value,
                     least, most);
}

static marq_status whole_in(const char *name, const char *value, double least, double most, double *out,
                            marq_error *error) {
    if (marq_number_parse(value, out) && *out >= least && *out <= most && *out == floor(*out)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: a whole number from %.0f to %.0f is expected", name,
                     value, least, most);
}

static marq_status given(const char *name, const char *value, double least, double most, fit_number *out,
                         marq_error *error) {
    out->given = true;
    return number_in(name, value, least, most, &out->value, error);
}

static marq_status given_whole(const char *name, const char *value, double least, double most,
                               fit_number *out, marq_error *error) {
    out->given = true;
    return whole_in(name, value, least, most, &out->value, error);
}

/* Bytes: a number, and perhaps k, M, G or T (of 1000), with or without B. */
static marq_status bytes(const char *name, const char *value, double *out, marq_error *error) {
    static const char prefixes[] = "kMGT";
    const char *end;
    bool right = marq_number_read(value, &end, out);
    const char *prefix = right && *end ? strchr(prefixes, *end == 'K' ? 'k' : *end) : NULL;
    for (int step = prefix ? (int)(prefix - prefixes) + 1 : 0; step > 0; step--) *out *= 1000;
    if (right && prefix) end++;
    if (right && *end == 'B') end++;
    return right && !*end && *out >= 1 ? MARQ_OK : wrong(error, name, value, "a size such as 500M or 2G");
}

/* One character, or the word "tab" or "\t". */
static marq_status character(const char *name, const char *value, char *out, marq_error *error) {
    if (strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0) value = "\t";
    if (value[0] == '\0' || value[1] != '\0') return wrong(error, name, value, "one character");
    *out = value[0];
    return MARQ_OK;
}

/* Copies the next item of a list with separator into item and moves *list behind it; false at the end. */
static bool next_item(const char **list, char separator, char *item, size_t size) {
    if (!*list) return false;
    const char *end = strchr(*list, separator);
    size_t length = end ? (size_t)(end - *list) : strlen(*list);
    if (length >= size) length = size - 1;
    memcpy(item, *list, length);
    item[length] = '\0';
    *list = end ? end + 1 : NULL;
    return true;
}

/* ---- Options ---- */

#define OPTION(function) static marq_status function(fit_arguments *a, const char *v, marq_error *error)
#define TEXT_OPTION(function, field)                                                                         \
    OPTION(function) {                                                                                       \
        (void)error;                                                                                         \
        a->field = v;                                                                                        \
        return MARQ_OK;                                                                                      \
    }
#define FLAG_OPTION(function, field, value)                                                                  \
    OPTION(function) {                                                                                       \
        (void)v, (void)error;                                                                                \
        a->field = value;                                                                                    \
        return MARQ_OK;                                                                                      \
    }

TEXT_OPTION(set_inputs, inputs)
TEXT_OPTION(set_outputs, outputs)
TEXT_OPTION(set_where, where)
TEXT_OPTION(set_params, params)
TEXT_OPTION(set_title, title)
TEXT_OPTION(set_xlabel, xlabel)
TEXT_OPTION(set_ylabel, ylabel)
TEXT_OPTION(set_split_column, split_column)
TEXT_OPTION(set_from, from)
TEXT_OPTION(set_group, group)
TEXT_OPTION(set_sigma_x, sigma_x)
TEXT_OPTION(set_vs, vs)
FLAG_OPTION(set_nested, nested, true)
TEXT_OPTION(set_shared, shared)
FLAG_OPTION(set_c, as_c, true)
FLAG_OPTION(set_json, json, true)
FLAG_OPTION(set_stream, stream, true)
FLAG_OPTION(set_bands, bands, true)
FLAG_OPTION(set_no_plot, no_plot, true)
FLAG_OPTION(set_profile, profile, true)
FLAG_OPTION(set_quiet, quiet, true)
FLAG_OPTION(set_verbose, verbose, true)
FLAG_OPTION(set_logx, logx, true)
FLAG_OPTION(set_logy, logy, true)
FLAG_OPTION(set_help, action, FIT_HELP)
FLAG_OPTION(set_version, action, FIT_VERSION)
FLAG_OPTION(set_lm, optimizer, MARQ_OPTIMIZER_LM)
FLAG_OPTION(set_absolute, sigma_absolute, true)
FLAG_OPTION(set_profile_ci, profile_ci, true)
FLAG_OPTION(set_bayes, bayes, true)
FLAG_OPTION(set_nesterov, nesterov, true)
FLAG_OPTION(set_contiguous, split_contiguous, true)

OPTION(set_out) {
    a->out = v;
    return *v ? MARQ_OK : marq_fail(error, MARQ_ERROR_ARGUMENT, "--out needs a name");
}

OPTION(set_optimizer) {
    return marq_optimizer_find(v, &a->optimizer) ? MARQ_OK
                                                 : wrong(error, "--optimizer", v, "lm, sgd, adam or rmsprop");
}

OPTION(set_seed) {
    double seed = 0;
    marq_status status = whole_in("--seed", v, 0, 9007199254740992.0, &seed, error);
    a->seed = (uint64_t)seed;
    return status;
}

OPTION(set_threads) {
    double threads = 0;
    marq_status status = whole_in("--threads", v, 1, 1024, &threads, error);
    a->threads = (int)threads;
    return status;
}

OPTION(set_plot_format) {
    static const char *const keys[] = {[PLOTS_PNG] = "png", [PLOTS_SVG] = "svg", [PLOTS_PDF] = "pdf"};
    for (int i = PLOTS_PNG; i <= PLOTS_PDF; i++)
        if (strcmp(v, keys[i]) == 0) {
            a->plot_format = (plots_format)i;
            return MARQ_OK;
        }
    return wrong(error, "--plot-format", v, "png, svg or pdf");
}

OPTION(set_separator) {
    return character("--separator", v, &a->csv.separator, error);
}

OPTION(set_decimal) {
    if (strcmp(v, ".") != 0 && strcmp(v, ",") != 0) return wrong(error, "--decimal", v, ". or ,");
    a->csv.decimal = v[0];
    return MARQ_OK;
}

OPTION(set_comment) {
    return character("--comment", v, &a->csv.comment, error);
}

OPTION(set_skip) {
    double skip = 0;
    marq_status status = whole_in("--skip", v, 0, 1e9, &skip, error);
    a->csv.skip = (size_t)skip;
    return status;
}

OPTION(set_missing) {
    static const char *const keys[] = {
        [CSV_MISSING_ERROR] = "error", [CSV_MISSING_DROP] = "drop", [CSV_MISSING_KEEP] = "mask"};
    for (int i = 0; i < (int)(sizeof keys / sizeof *keys); i++)
        if (strcmp(v, keys[i]) == 0) {
            a->csv.missing = (csv_missing)i;
            return MARQ_OK;
        }
    return wrong(error, "--missing", v, "error, drop or mask");
}

OPTION(set_hidden) {
    char item[32];
    a->hidden_count = 0;
    a->shape_given = true;
    a->hidden_auto = strcmp(v, "auto") == 0;
    if (a->hidden_auto || strcmp(v, "none") == 0) return MARQ_OK;
    for (const char *list = v; next_item(&list, ',', item, sizeof item);) {
        double width = 0;
        if (a->hidden_count == FIT_MOST_LAYERS - 1) return wrong(error, "--hidden", v, "at most 31 layers");
        if (!marq_number_parse(item, &width) || width < 1 || width > 100000 || width != floor(width))
            return wrong(error, "--hidden", v, "a list of layer sizes such as 20,20,10, auto, or none,");
        a->hidden[a->hidden_count++] = (size_t)width;
    }
    return MARQ_OK;
}

OPTION(set_restarts) {
    return given_whole("--restarts", v, 1, 1000, &a->restarts, error);
}

OPTION(set_activation) {
    char item[32];
    a->activation_count = 0;
    a->shape_given = true;
    for (const char *list = v; next_item(&list, ',', item, sizeof item);) {
        if (a->activation_count == FIT_MOST_LAYERS)
            return wrong(error, "--activation", v, "at most 32 names");
        if (!marq_activation_find(item, &a->activation[a->activation_count++]))
            return wrong(error, "--activation", v, "tanh, sigmoid, relu or linear, one or one a layer,");
    }
    return MARQ_OK;
}

OPTION(set_init) {
    a->init_given = true;
    return marq_initialiser_find(v, &a->init) ? MARQ_OK
                                              : wrong(error, "--init", v, "nguyen-widrow, initnw or xavier");
}

OPTION(set_normalise) {
    a->normalise_given = true;
    return marq_normalisation_find(v, &a->normalise)
               ? MARQ_OK
               : wrong(error, "--normalise", v, "range, unit, standard or none");
}

OPTION(set_recipe) {
    return marq_recipe_find(v, &a->recipe) ? MARQ_OK : wrong(error, "--recipe", v, "marq or trainlm");
}

OPTION(set_jacobian) {
    static const struct {
        const char *key;
        marq_jacobian value;
    } list[] = {{"analytic", MARQ_JACOBIAN_AUTO},
                {"fd", MARQ_JACOBIAN_FORWARD},
                {"fd-central", MARQ_JACOBIAN_CENTRAL}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(v, list[i].key) == 0) {
            a->jacobian = list[i].value;
            return MARQ_OK;
        }
    return wrong(error, "--jacobian", v, "analytic, fd or fd-central");
}

OPTION(set_epochs) {
    return given_whole("--epochs", v, 0, 1e9, &a->epochs, error);
}

OPTION(set_goal) {
    return given("--goal", v, 0, 1e300, &a->goal, error);
}

OPTION(set_max_fail) {
    return given_whole("--max-fail", v, 0, 1e9, &a->max_fail, error);
}

OPTION(set_min_grad) {
    return given("--min-grad", v, 0, 1e300, &a->min_grad, error);
}

OPTION(set_mu) {
    return given("--mu", v, 1e-300, 1e300, &a->mu, error);
}

OPTION(set_mu_inc) {
    return given("--mu-inc", v, 1.0001, 1e6, &a->mu_inc, error);
}

OPTION(set_mu_dec) {
    /* MATLAB's mu_dec is the factor below 1; ours is the divisor. Both are understood. */
    marq_status status = given("--mu-dec", v, 1e-6, 1e6, &a->mu_dec, error);
    if (status == MARQ_OK && a->mu_dec.value < 1) a->mu_dec.value = 1 / a->mu_dec.value;
    if (status == MARQ_OK && a->mu_dec.value < 1.0001)
        return wrong(error, "--mu-dec", v, "a divisor above 1, or a factor below 1,");
    return status;
}

OPTION(set_mu_max) {
    return given("--mu-max", v, 1e-300, 1e300, &a->mu_max, error);
}

OPTION(set_learning_rate) {
    return given("--learning-rate", v, 1e-12, 1e6, &a->learning_rate, error);
}

OPTION(set_momentum) {
    return given("--momentum", v, 0, 0.999999, &a->momentum, error);
}

OPTION(set_batch) {
    return given_whole("--batch", v, 1, 1e9, &a->batch, error);
}

static marq_status add_expression(const char *name, const char *v, const char **list, size_t *count,
                                  marq_error *error) {
    if (*count == FIT_MOST_EXPRESSIONS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s was given more than %d times", name,
                         FIT_MOST_EXPRESSIONS);
    list[(*count)++] = v;
    return MARQ_OK;
}

OPTION(set_formula) {
    if (!a->formula) a->formula = v;
    marq_status status = add_expression("--formula", v, a->formulas, &a->formula_count, error);
    if (status != MARQ_OK) return status;
    return *v ? MARQ_OK : wrong(error, "--formula", v, "a formula such as 'y = a*exp(-b*x)'");
}

OPTION(set_start) {
    (void)error;
    a->start = v;
    return MARQ_OK;
}

OPTION(set_fix) {
    (void)error;
    a->fix = v;
    return MARQ_OK;
}

OPTION(set_bounds) {
    (void)error;
    a->bounds = v;
    return MARQ_OK;
}

OPTION(set_sigma) {
    (void)error;
    a->sigma = v;
    return MARQ_OK;
}

OPTION(set_tie) {
    bool of_group = strcspn(v, "[") < strcspn(v, "=");
    if (of_group && !strchr(v, '=')) return wrong(error, "--tie", v, "NAME[SET]=...");
    return of_group ? add_expression("--tie", v, a->group_ties, &a->group_tie_count, error)
                    : add_expression("--tie", v, a->ties, &a->tie_count, error);
}

OPTION(set_derive) {
    return add_expression("--derive", v, a->derived, &a->derived_count, error);
}

TEXT_OPTION(set_loss, loss_name)
TEXT_OPTION(set_output_weights, output_weights)

static marq_status read_formula_loss(fit_arguments *a, const char *v, marq_error *error) {
    static const char *const names[] = {"linear", "soft_l1", "huber", "cauchy", "arctan", "tukey"};
    size_t length = strcspn(v, ":");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncmp(v, names[i], length) == 0) {
            a->loss = (marq_loss)i;
            return v[length] ? number_in("--loss", v + length + 1, 1e-300, 1e300, &a->loss_scale, error)
                             : MARQ_OK;
        }
    return wrong(error, "--loss", v, "linear, soft_l1, huber, cauchy, arctan or tukey, and perhaps :SCALE");
}

static marq_status read_net_loss(fit_arguments *a, const char *v, marq_error *error) {
    static const char huber[] = "huber:";
    if (strncmp(v, huber, sizeof huber - 1) == 0) {
        a->net_loss = MARQ_NET_HUBER;
        return number_in("--loss", v + sizeof huber - 1, 1e-140, 1e140, &a->huber_delta, error);
    }
    if (marq_net_loss_find(v, &a->net_loss) && a->net_loss != MARQ_NET_HUBER) return MARQ_OK;
    return wrong(error, "--loss", v,
                 "squares, cross-entropy, or huber:DELTA with the error where it becomes linear,");
}

marq_status fit_read_loss(fit_arguments *a, marq_error *error) {
    if (!a->loss_name) return MARQ_OK;
    return a->formula ? read_formula_loss(a, a->loss_name, error) : read_net_loss(a, a->loss_name, error);
}

OPTION(set_method) {
    if (strcmp(v, "auto") == 0)
        a->method = MARQ_METHOD_AUTO;
    else if (strcmp(v, "lm") == 0)
        a->method = MARQ_METHOD_DAMPING;
    else if (strcmp(v, "trf") == 0)
        a->method = MARQ_METHOD_TRUST_REGION;
    else if (strcmp(v, "dogleg") == 0)
        a->method = MARQ_METHOD_DOGLEG;
    else
        return wrong(error, "--method", v, "auto, lm, trf or dogleg");
    return MARQ_OK;
}

OPTION(set_varpro) {
    a->varpro = strcmp(v, "on") == 0;
    return a->varpro || strcmp(v, "off") == 0 ? MARQ_OK : wrong(error, "--varpro", v, "on or off");
}

OPTION(set_confidence) {
    return number_in("--confidence", v, 0.01, 0.999999, &a->confidence, error);
}

OPTION(set_starts) {
    return given_whole("--starts", v, 1, 1e5, &a->starts, error);
}

/* N, N:residuals or N:cases. */
OPTION(set_bootstrap) {
    char count[32];
    size_t length = strcspn(v, ":");
    if (length >= sizeof count) return wrong(error, "--bootstrap", v, "a number of samples");
    memcpy(count, v, length);
    count[length] = '\0';
    a->resampling_given = v[length] != '\0';
    const char *what = v[length] ? v + length + 1 : "residuals";
    a->resampling = strcmp(what, "cases") == 0 ? MARQ_RESAMPLING_CASES : MARQ_RESAMPLING_RESIDUALS;
    if (a->resampling == MARQ_RESAMPLING_RESIDUALS && strcmp(what, "residuals") != 0)
        return wrong(error, "--bootstrap", v, "N, N:residuals or N:cases");
    return given_whole("--bootstrap", count, 2, 1e7, &a->bootstrap, error);
}

OPTION(set_decay) {
    return given("--decay", v, 1e-12, 1e6, &a->decay, error);
}

OPTION(set_l1) {
    return given("--l1", v, 0, 1e6, &a->l1, error);
}

OPTION(set_l2) {
    return given("--l2", v, 0, 1e6, &a->l2, error);
}

OPTION(set_clip) {
    return given("--clip", v, 1e-12, 1e300, &a->clip, error);
}

OPTION(set_time) {
    return given("--time", v, 1e-3, 1e9, &a->seconds, error);
}

OPTION(set_memory) {
    a->memory.given = true;
    return bytes("--memory", v, &a->memory.value, error);
}

OPTION(set_split) {
    char item[32];
    double shares[MARQ_SETS] = {0};
    int count = 0;
    for (const char *list = v; next_item(&list, '/', item, sizeof item); count++)
        if (count == MARQ_SETS || !marq_number_parse(item, &shares[count]) || !(shares[count] >= 0))
            return wrong(error, "--split", v, "three shares, training/validation/test, such as 70/15/15");
    if (count != MARQ_SETS || !(shares[0] > 0))
        return wrong(error, "--split", v, "three shares, training/validation/test, such as 70/15/15");
    memcpy(a->split, shares, sizeof shares);
    a->split_given = true;
    return MARQ_OK;
}

#define HEADING(text)                                                                                        \
    { NULL, NULL, text, NULL }
const fit_option fit_options[] = {
    HEADING("Columns and rows"),
    {"--inputs", "A,B", "input columns, names or 1-based numbers (all but the outputs)", set_inputs},
    {"--outputs", "Y", "output columns (the last column)", set_outputs},
    {"--split", "70/15/15", "shares of rows for training, validation and test", set_split},
    {"--split-contiguous", NULL, "split in the order of rows instead of at random", set_contiguous},
    {"--split-column", "C", "column that says the set: 0 training, 1 validation, 2 test", set_split_column},
    {"--where", "'x < 5'", "use only rows where this expression of columns holds (see Formulas)", set_where},
    {"--missing", "error|drop|mask",
     "rows with a missing cell in a column in use (error); mask (nets): a missing output has weight 0",
     set_missing},
    {"--sigma", "COL", "column with the standard deviation of the output: a row weighs 1/sigma^2", set_sigma},
    {"--output-weights", "2,1", "of the squared errors of several outputs, normalised (all 1)",
     set_output_weights},
    {"--stream", NULL,
     "data larger than memory: a temporary file in the output folder; no predictions.csv, no pictures",
     set_stream},
    {"--separator", "C", "between cells: a character or tab (found by itself)", set_separator},
    {"--decimal", ".|,", "decimal sign of the data (.)", set_decimal},
    {"--comment", "C", "begins a comment line (#)", set_comment},
    {"--skip", "N", "lines to skip at the beginning", set_skip},
    HEADING("Net"),
    {"--hidden", "20,20,10",
     "sizes of the hidden layers; none: a linear model; auto: tries sizes, keeps the best", set_hidden},
    {"--restarts", "N",
     "trains from N starts, keeps the best on the validation rows (1; 2 of each size with auto)",
     set_restarts},
    {"--activation", "tanh", "tanh, sigmoid, relu or linear; one, or one a layer: tanh,relu,linear",
     set_activation},
    {"--init", "NAME", "start values: nguyen-widrow (default), initnw (MATLAB's) or xavier", set_init},
    {"--normalise", "NAME", "inputs and outputs: range ([-1,1], default), unit ([0,1]), standard, none",
     set_normalise},
    {"--from", "MODEL.json",
     "train a saved net on, keeping its scaling; fit a saved formula on: it and its parameters' starts, "
     "bounds and "
     "ties, its groups; options here win",
     set_from},
    HEADING("Training"),
    {"--optimizer", "NAME", "lm (default), sgd, adam or rmsprop", set_optimizer},
    {"--epochs", "N", "at most N epochs (1000)", set_epochs},
    {"--loss", "NAME[:SCALE]",
     "nets: squares (default), huber:DELTA (errors, over sigma, beyond DELTA count linearly) or "
     "cross-entropy "
     "(the output is a class, a number or text); formulas: linear (default), soft_l1, huber, cauchy, arctan "
     "or "
     "tukey",
     set_loss},
    {"--goal", "MSE", "stop at this training error, in units of the data squared", set_goal},
    {"--max-fail", "N", "stop after N epochs without a better validation error (20; 100 if not lm); 0: never",
     set_max_fail},
    {"--min-grad", "G", "stop at this gradient of the normalised error (1e-10)", set_min_grad},
    {"--batch", "N",
     "rows a step (lm: by the sizes of the problem; others 32); the number of rows or more: all of them",
     set_batch},
    {"--time", "SECONDS", "stop training after this time", set_time},
    {"--bands", NULL,
     "standard errors and limits (--confidence) of the predictions; of predict too: from bands.bin beside "
     "the model",
     set_bands},
    {"--seed", "N", "of the split, the start values and the order of batches (1)", set_seed},
    {"--threads", "N", "OpenMP threads (OMP_NUM_THREADS, or all cores)", set_threads},
    HEADING("Levenberg-Marquardt (--optimizer lm)"),
    {"--lm", NULL, "short for --optimizer lm", set_lm},
    {"--recipe", "NAME", "marq (default) or trainlm: MATLAB's start, damping and stop tests", set_recipe},
    {"--jacobian", "NAME", "analytic (default), fd (forward differences) or fd-central", set_jacobian},
    {"--decay", "A", "weight decay, on all rows: adds A/2 times the sum of parameter^2", set_decay},
    {"--bayes", NULL, "estimate the weight decay by the evidence (Bayesian regularisation), on all rows",
     set_bayes},
    {"--mu", "MU", "start of the damping (0.01)", set_mu},
    {"--mu-inc", "F", "damping times F after a rejected step (2)", set_mu_inc},
    {"--mu-dec", "F", "damping divided by F after an accepted step (3)", set_mu_dec},
    {"--mu-max", "MU", "stop at this damping (1e10)", set_mu_max},
    {"--memory", "SIZE", "of the solver, beside the data, such as 500M or 2G; its method keeps to it",
     set_memory},
    HEADING("First-order methods (--optimizer sgd, adam or rmsprop), with PyTorch's rules and constants"),
    {"--learning-rate", "R", "of the mean squared error on normalised outputs (sgd 0.01, others 0.001)",
     set_learning_rate},
    {"--momentum", "M", "of sgd and rmsprop, below 1 (0)", set_momentum},
    {"--nesterov", NULL, "Nesterov's form of sgd's momentum", set_nesterov},
    {"--l1", "L", "add L times the sum of |weight| to the error, biases left out (0)", set_l1},
    {"--l2", "L", "add L times the sum of weight^2 (0)", set_l2},
    {"--clip", "NORM", "shorten gradients that are longer than this (never)", set_clip},
    HEADING("Formulas (see marq/formula.h for the language)"),
    {"--formula", "TEXT",
     "fit this instead of a net: 'y = a*exp(-b*x) + c', or shapes: 'y = gauss + polynomial(1)'", set_formula},
    {"--vs", "net:10",
     "compare with a net of these hidden sizes; several --formula are compared with each other", set_vs},
    {"--nested", NULL, "each --formula is a special case of the next: F tests", set_nested},
    {"--start", "a=1,b=2", "start values; without them shapes start from the data, others from many places",
     set_start},
    {"--params", "FILE",
     "start values, bounds and what is fixed from the params.json of a fit; options here win (--start sets "
     "free)",
     set_params},
    {"--starts", "N", "how many of the best places are solved from (32), seeded by --seed", set_starts},
    {"--fix", "a=3", "parameters that stay", set_fix},
    {"--bounds", "a=0:1,b=0:", "lower and upper bounds", set_bounds},
    {"--tie", "'b=2*a'",
     "a parameter that follows others, of one set 'a[X]=2*a[Y]'; may be given several times", set_tie},
    {"--derive", "'half=log(2)/b'", "a quantity to report with its error; may be given several times",
     set_derive},
    {"--sigma-absolute", NULL, "take them as they are: do not scale errors by sqrt(chi2/dof)", set_absolute},
    {"--group", "COL", "column that names each row's data set: parameters are one a set, NAME[SET] ...",
     set_group},
    {"--shared", "a,b", "... but for these, which are one for all sets", set_shared},
    {"--sigma-x", "COL|x=COL",
     "column with the standard deviation of the input: orthogonal distance regression", set_sigma_x},
    {"--method", "NAME", "auto (default), lm, trf or dogleg", set_method},
    {"--confidence", "P", "level of intervals and bands (0.95)", set_confidence},
    {"--profile-ci", NULL, "intervals by profile likelihood as well, with their curves", set_profile_ci},
    {"--bootstrap", "N[:cases]", "percentile intervals from N fits of resampled residuals, or rows",
     set_bootstrap},
    {"--varpro", "on|off", "eliminate parameters that enter linearly (on)", set_varpro},
    HEADING("Output"),
    {"--out", "DIR", "folder for the results (the data's name + .fit, in the current folder)", set_out},
    {"--c", NULL, "with export: as C source that needs nothing but libm", set_c},
    {"--json", NULL, "print the report as JSON on standard output, and nothing else there", set_json},
    {"--no-plot", NULL, "draw nothing", set_no_plot},
    {"--plot-format", "png|svg|pdf", "of the pictures (png)", set_plot_format},
    {"--title", "TEXT", "of the pictures", set_title},
    {"--xlabel", "TEXT", "of the comparison plot (the column's name)", set_xlabel},
    {"--ylabel", "TEXT", "the same for the y axis", set_ylabel},
    {"--logx", NULL, "logarithmic x axis in the comparison plot", set_logx},
    {"--logy", NULL, "logarithmic y axis", set_logy},
    {"--profile", NULL, "write profile.speedscope.json and profile.folded, print a table of phases",
     set_profile},
    {"-q", NULL, "print nothing but errors", set_quiet},
    {"-v", NULL, "print a line for every epoch", set_verbose},
    {"--help", NULL, "this text (also -h)", set_help},
    {"--version", NULL, "versions of marq and of the BLAS in use", set_version},
    {NULL, NULL, NULL, NULL},
};
_Static_assert(sizeof fit_options / sizeof *fit_options <= FIT_MOST_OPTIONS,
               "arguments have a place for each option");
