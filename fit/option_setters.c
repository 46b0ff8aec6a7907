#include "option_setters.h"

#include "list.h"
#include "option_values.h"
#include <base/error.h>
#include <base/number.h>
#include <math.h>
#include <string.h>

#define OPTION(function) marq_status function(fit_arguments *a, const char *v, marq_error *error)

/* ---- The run ---- */

OPTION(fit_set_out) {
    a->out = v;
    return *v ? MARQ_OK : marq_fail(error, MARQ_ERROR_ARGUMENT, "--out needs a name");
}

OPTION(fit_set_seed) {
    double seed = 0;
    marq_status status = fit_whole_value("--seed", v, 0, 9007199254740992.0, &seed, error);
    a->seed = (uint64_t)seed;
    return status;
}

OPTION(fit_set_threads) {
    double threads = 0;
    marq_status status = fit_whole_value("--threads", v, 1, 1024, &threads, error);
    a->threads = (int)threads;
    return status;
}

OPTION(fit_set_plot_format) {
    static const char *const keys[] = {[PLOTS_PNG] = "png", [PLOTS_SVG] = "svg", [PLOTS_PDF] = "pdf"};
    for (int i = PLOTS_PNG; i <= PLOTS_PDF; i++)
        if (strcmp(v, keys[i]) == 0) {
            a->plot_format = (plots_format)i;
            return MARQ_OK;
        }
    return fit_wrong_value(error, "--plot-format", v, "png, svg or pdf");
}

OPTION(fit_set_lm) {
    (void)v, (void)error;
    a->optimizer = MARQ_OPTIMIZER_LM;
    return MARQ_OK;
}

OPTION(fit_set_help) {
    (void)v, (void)error;
    a->action = FIT_HELP;
    return MARQ_OK;
}

OPTION(fit_set_version) {
    (void)v, (void)error;
    a->action = FIT_VERSION;
    return MARQ_OK;
}

/* ---- Data ---- */

/* One character, or the word "tab" or "\t". */
static marq_status character(const char *name, const char *value, char *out, marq_error *error) {
    if (strcmp(value, "tab") == 0 || strcmp(value, "\\t") == 0) value = "\t";
    if (value[0] == '\0' || value[1] != '\0') return fit_wrong_value(error, name, value, "one character");
    *out = value[0];
    return MARQ_OK;
}

OPTION(fit_set_separator) {
    return character("--separator", v, &a->csv.separator, error);
}

OPTION(fit_set_decimal) {
    if (strcmp(v, ".") != 0 && strcmp(v, ",") != 0) return fit_wrong_value(error, "--decimal", v, ". or ,");
    a->csv.decimal = v[0];
    return MARQ_OK;
}

OPTION(fit_set_comment) {
    return character("--comment", v, &a->csv.comment, error);
}

OPTION(fit_set_skip) {
    double skip = 0;
    marq_status status = fit_whole_value("--skip", v, 0, 1e9, &skip, error);
    a->csv.skip = (size_t)skip;
    return status;
}

OPTION(fit_set_missing) {
    static const char *const keys[] = {
        [CSV_MISSING_ERROR] = "error", [CSV_MISSING_DROP] = "drop", [CSV_MISSING_KEEP] = "mask"};
    for (int i = 0; i < (int)(sizeof keys / sizeof *keys); i++)
        if (strcmp(v, keys[i]) == 0) {
            a->csv.missing = (csv_missing)i;
            return MARQ_OK;
        }
    return fit_wrong_value(error, "--missing", v, "error, drop or mask");
}

OPTION(fit_set_split) {
    char item[32];
    double shares[MARQ_SETS] = {0};
    int count = 0;
    for (const char *list = v; fit_list_next(&list, '/', item, sizeof item); count++)
        if (count == MARQ_SETS || !marq_number_parse(item, &shares[count]) || !(shares[count] >= 0))
            return fit_wrong_value(error, "--split", v,
                                   "three shares, training/validation/test, such as 70/15/15");
    if (count != MARQ_SETS || !(shares[0] > 0))
        return fit_wrong_value(error, "--split", v,
                               "three shares, training/validation/test, such as 70/15/15");
    memcpy(a->split, shares, sizeof shares);
    a->split_given = true;
    return MARQ_OK;
}

/* ---- Nets ---- */

/* Bytes: a number, and perhaps k, M, G or T (of 1000), with or without B. */
static marq_status bytes(const char *name, const char *value, double *out, marq_error *error) {
    static const char prefixes[] = "kMGT";
    const char *end;
    bool right = marq_number_read(value, &end, out);
    const char *prefix = right && *end ? strchr(prefixes, *end == 'K' ? 'k' : *end) : NULL;
    for (int step = prefix ? (int)(prefix - prefixes) + 1 : 0; step > 0; step--) *out *= 1000;
    if (right && prefix) end++;
    if (right && *end == 'B') end++;
    return right && !*end && *out >= 1 ? MARQ_OK
                                       : fit_wrong_value(error, name, value, "a size such as 500M or 2G");
}

OPTION(fit_set_hidden) {
    char item[32];
    a->hidden_count = 0;
    a->shape_given = true;
    a->hidden_auto = strcmp(v, "auto") == 0;
    if (a->hidden_auto || strcmp(v, "none") == 0) return MARQ_OK;
    for (const char *list = v; fit_list_next(&list, ',', item, sizeof item);) {
        double width = 0;
        if (a->hidden_count == FIT_MOST_LAYERS - 1)
            return fit_wrong_value(error, "--hidden", v, "at most 31 layers");
        if (!marq_number_parse(item, &width) || width < 1 || width > 100000 || width != floor(width))
            return fit_wrong_value(error, "--hidden", v,
                                   "a list of layer sizes such as 20,20,10, auto, or none,");
        a->hidden[a->hidden_count++] = (size_t)width;
    }
    return MARQ_OK;
}

OPTION(fit_set_activation) {
    char item[32];
    a->activation_count = 0;
    a->shape_given = true;
    for (const char *list = v; fit_list_next(&list, ',', item, sizeof item);) {
        if (a->activation_count == FIT_MOST_LAYERS)
            return fit_wrong_value(error, "--activation", v, "at most 32 names");
        if (!marq_activation_find(item, &a->activation[a->activation_count++]))
            return fit_wrong_value(error, "--activation", v,
                                   "tanh, sigmoid, relu or linear, one or one a layer,");
    }
    return MARQ_OK;
}

OPTION(fit_set_init) {
    a->init_given = true;
    return marq_initialiser_find(v, &a->init)
               ? MARQ_OK
               : fit_wrong_value(error, "--init", v, "nguyen-widrow, initnw or xavier");
}

OPTION(fit_set_normalise) {
    a->normalise_given = true;
    return marq_normalisation_find(v, &a->normalise)
               ? MARQ_OK
               : fit_wrong_value(error, "--normalise", v, "range, unit, standard or none");
}

OPTION(fit_set_optimizer) {
    return marq_optimizer_find(v, &a->optimizer)
               ? MARQ_OK
               : fit_wrong_value(error, "--optimizer", v, "lm, sgd, adam or rmsprop");
}

OPTION(fit_set_recipe) {
    return marq_recipe_find(v, &a->recipe) ? MARQ_OK
                                           : fit_wrong_value(error, "--recipe", v, "marq or trainlm");
}

OPTION(fit_set_jacobian) {
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
    return fit_wrong_value(error, "--jacobian", v, "analytic, fd or fd-central");
}

OPTION(fit_set_mu_dec) {
    /* MATLAB's mu_dec is the factor below 1; ours is the divisor. Both are understood. */
    a->mu_dec.given = true;
    marq_status status = fit_number_value("--mu-dec", v, 1e-6, 1e6, &a->mu_dec.value, error);
    if (status == MARQ_OK && a->mu_dec.value < 1) a->mu_dec.value = 1 / a->mu_dec.value;
    if (status == MARQ_OK && a->mu_dec.value < 1.0001)
        return fit_wrong_value(error, "--mu-dec", v, "a divisor above 1, or a factor below 1,");
    return status;
}

OPTION(fit_set_memory) {
    a->memory.given = true;
    return bytes("--memory", v, &a->memory.value, error);
}

/* ---- Formulas ---- */

static marq_status add_expression(const char *name, const char *v, const char **list, size_t *count,
                                  marq_error *error) {
    if (*count == FIT_MOST_EXPRESSIONS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s was given more than %d times", name,
                         FIT_MOST_EXPRESSIONS);
    list[(*count)++] = v;
    return MARQ_OK;
}

OPTION(fit_set_formula) {
    if (!a->formula) a->formula = v;
    marq_status status = add_expression("--formula", v, a->formulas, &a->formula_count, error);
    if (status != MARQ_OK) return status;
    return *v ? MARQ_OK : fit_wrong_value(error, "--formula", v, "a formula such as 'y = a*exp(-b*x)'");
}

OPTION(fit_set_tie) {
    bool of_group = strcspn(v, "[") < strcspn(v, "=");
    if (of_group && !strchr(v, '=')) return fit_wrong_value(error, "--tie", v, "NAME[SET]=...");
    return of_group ? add_expression("--tie", v, a->group_ties, &a->group_tie_count, error)
                    : add_expression("--tie", v, a->ties, &a->tie_count, error);
}

OPTION(fit_set_derive) {
    return add_expression("--derive", v, a->derived, &a->derived_count, error);
}

OPTION(fit_set_method) {
    if (strcmp(v, "auto") == 0)
        a->method = MARQ_METHOD_AUTO;
    else if (strcmp(v, "lm") == 0)
        a->method = MARQ_METHOD_DAMPING;
    else if (strcmp(v, "trf") == 0)
        a->method = MARQ_METHOD_TRUST_REGION;
    else if (strcmp(v, "dogleg") == 0)
        a->method = MARQ_METHOD_DOGLEG;
    else
        return fit_wrong_value(error, "--method", v, "auto, lm, trf or dogleg");
    return MARQ_OK;
}

OPTION(fit_set_varpro) {
    a->varpro = strcmp(v, "on") == 0;
    return a->varpro || strcmp(v, "off") == 0 ? MARQ_OK : fit_wrong_value(error, "--varpro", v, "on or off");
}

OPTION(fit_set_confidence) {
    return fit_number_value("--confidence", v, 0.01, 0.999999, &a->confidence, error);
}

/* N, N:residuals or N:cases. */
OPTION(fit_set_bootstrap) {
    char count[32];
    size_t length = strcspn(v, ":");
    if (length >= sizeof count) return fit_wrong_value(error, "--bootstrap", v, "a number of samples");
    memcpy(count, v, length);
    count[length] = '\0';
    a->resampling_given = v[length] != '\0';
    const char *what = v[length] ? v + length + 1 : "residuals";
    a->resampling = strcmp(what, "cases") == 0 ? MARQ_RESAMPLING_CASES : MARQ_RESAMPLING_RESIDUALS;
    if (a->resampling == MARQ_RESAMPLING_RESIDUALS && strcmp(what, "residuals") != 0)
        return fit_wrong_value(error, "--bootstrap", v, "N, N:residuals or N:cases");
    a->bootstrap.given = true;
    return fit_whole_value("--bootstrap", count, 2, 1e7, &a->bootstrap.value, error);
}
