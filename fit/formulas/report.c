/* The report of a formula's fit as JSON: report.json, params.json. */
#include "formulas/compare.h"

#include "drawn.h"
#include "json.h"
#include <math.h>
#include <string.h>

const char *formula_status_word(const formula_outcome *o) {
    switch (o->result.status) {
    case MARQ_STOP_CALLER:
        return "interrupted";
    case MARQ_STOP_ITERATIONS:
    case MARQ_STOP_EVALUATIONS:
    case MARQ_STOP_TIME:
    case MARQ_STOP_STALLED:
        return "not_converged";
    default:
        return "converged";
    }
}

static void set_interval(json_t *p, const formula_outcome *o, double value, double error) {
    double reach = o->statistics.factor * error;
    json_object_set_new(p, "interval_low", fit_json_number(value - reach));
    json_object_set_new(p, "interval_high", fit_json_number(value + reach));
}

static void set_spread(json_t *p, const marq_spread *spread) {
    json_object_set_new(p, "bootstrap_low", fit_json_number(spread->low));
    json_object_set_new(p, "bootstrap_high", fit_json_number(spread->high));
    json_object_set_new(p, "bootstrap_mean", fit_json_number(spread->mean));
    json_object_set_new(p, "bootstrap_stderr", fit_json_number(spread->deviation));
}

static json_t *parameter(const formula_outcome *o, size_t j) {
    json_t *p = json_object();
    bool fixed = o->side[j] == 2;
    json_object_set_new(p, "name", json_string(o->names[j]));
    json_object_set_new(p, "value", fit_json_number(o->theta[j]));
    json_object_set_new(p, "stderr", fixed ? json_null() : fit_json_number(o->deviation[j]));
    json_object_set_new(p, "fixed", json_boolean(fixed));
    json_object_set_new(p, "at_bound", json_boolean(o->side[j] == 1 || o->side[j] == -1));
    json_object_set_new(p, "lower", fit_json_number(o->lower[j]));
    json_object_set_new(p, "upper", fit_json_number(o->upper[j]));
    json_object_set_new(p, "start", fit_json_number(o->start[j]));
    bool free = o->side[j] == 0 || formula_is_tied(o, j);
    if (formula_is_tied(o, j)) json_object_set_new(p, "tied", json_string(formula_tie_text(o, j)));
    set_interval(p, o, o->theta[j], free ? o->deviation[j] : (double)NAN);
    if (o->intervals) {
        json_object_set_new(p, "profile_low", fit_json_number(o->intervals[j].low.value));
        json_object_set_new(p, "profile_high", fit_json_number(o->intervals[j].high.value));
    }
    if (o->bootstrap.used) set_spread(p, &o->bootstrap.spread[j]);
    return p;
}

json_t *formula_parameter_list(const formula_outcome *o) {
    json_t *list = json_array();
    for (size_t j = 0; j < o->parameters; j++) json_array_append_new(list, parameter(o, j));
    return list;
}

/* Input -> the column with its standard deviations. */
static json_t *errors_in_inputs(const formula_outcome *o) {
    json_t *inputs = json_object();
    for (size_t k = 0; k < o->uses.inputs; k++)
        json_object_set_new(inputs, o->table.names[o->uses.input[k]],
                            json_string(o->table.names[o->uses.input_sigma[k]]));
    return inputs;
}

static json_t *bootstrap(const formula_outcome *o) {
    bool cases = formula_resampling(o) == MARQ_RESAMPLING_CASES;
    json_t *b = json_object();
    json_object_set_new(b, "samples", fit_json_size(o->bootstrap.samples));
    json_object_set_new(b, "used", fit_json_size(o->bootstrap.used));
    json_object_set_new(b, "resampling", json_string(cases ? "cases" : "residuals"));
    return b;
}

static json_t *all_groups(const formula_outcome *o) {
    json_t *list = json_array();
    for (size_t g = 0; g < o->groups.count; g++) {
        double chi2, r2;
        formula_judge_group(o, g, &chi2, &r2);
        json_t *group = json_object();
        json_object_set_new(group, "name", json_string(o->groups.names[g]));
        json_object_set_new(group, "rows", fit_json_size(formula_group_size(o, g)));
        json_object_set_new(group, "chi2", fit_json_number(chi2));
        json_object_set_new(group, "r2", fit_json_number(r2));
        json_array_append_new(list, group);
    }
    return list;
}

static json_t *all_derived(const formula_outcome *o) {
    json_t *list = json_array();
    for (size_t k = 0; k < o->derived_count; k++) {
        const formula_derived *d = &o->derived[k];
        json_t *entry = json_object();
        json_object_set_new(entry, "name", json_string(d->name));
        json_object_set_new(entry, "value", fit_json_number(d->value));
        json_object_set_new(entry, "stderr", fit_json_number(d->error));
        json_object_set_new(entry, "tied", json_boolean(d->tie != NULL));
        set_interval(entry, o, d->value, d->error);
        if (o->bootstrap.used) set_spread(entry, &d->spread);
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *covariance(const formula_outcome *o) {
    json_t *rows = json_array();
    for (size_t i = 0; i < o->parameters; i++) {
        json_t *row = json_array();
        for (size_t j = 0; j < o->parameters; j++)
            json_array_append_new(row, fit_json_number(o->covariance[i * o->parameters + j]));
        json_array_append_new(rows, row);
    }
    return rows;
}

/* Formulas use all rows: validation and test are empty. */
static json_t *train_only(json_t *train, bool counts) {
    json_t *sets = json_object();
    json_object_set_new(sets, "train", train);
    json_object_set_new(sets, "validation", counts ? json_integer(0) : json_null());
    json_object_set_new(sets, "test", counts ? json_integer(0) : json_null());
    return sets;
}

static void set_outcome(json_t *root, const formula_outcome *o) {
    const marq_result *r = &o->result;
    json_t *evaluations = json_object();
    json_object_set_new(evaluations, "residual", fit_json_size(r->residual_evaluations));
    json_object_set_new(evaluations, "jacobian", fit_json_size(r->jacobian_evaluations));
    json_object_set_new(root, "version", json_string(MARQ_VERSION));
    json_object_set_new(root, "status", json_string(formula_status_word(o)));
    json_object_set_new(root, "stop_reason", json_string(r->message));
    json_object_set_new(root, "warnings", fit_json_strings(o->warnings.lines, o->warnings.count));
    json_object_set_new(root, "epochs", fit_json_size(r->iterations));
    json_object_set_new(root, "seconds", fit_json_number(r->seconds));
    json_object_set_new(root, "rows", train_only(fit_json_size(o->rows), true));
    json_object_set_new(root, "mse", train_only(fit_json_number(o->statistics.rss / (double)o->rows), false));
    json_object_set_new(root, "r2", train_only(fit_json_number(o->statistics.r2), false));
    json_object_set_new(root, "evaluations", evaluations);
}

static void set_statistics(json_t *root, const formula_outcome *o) {
    const formula_statistics *s = &o->statistics;
    const struct {
        const char *key;
        double value;
    } numbers[] = {{"rss", s->rss},
                   {"chi2", s->chi2},
                   {"reduced_chi2", s->reduced},
                   {"adjusted_r2", s->adjusted_r2},
                   {"aic", s->aic},
                   {"aicc", s->aicc},
                   {"bic", s->bic},
                   {"durbin_watson", s->durbin_watson},
                   {"runs", (double)s->runs},
                   {"runs_p", s->runs_p},
                   {"confidence", o->arguments->confidence}};
    json_object_set_new(root, "dof", fit_json_size(s->dof));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        json_object_set_new(root, numbers[i].key, fit_json_number(numbers[i].value));
}

/* What many starts ended in, the best first; none of one start. */
static json_t *minima(const formula_outcome *o) {
    json_t *list = json_array();
    for (size_t k = 0; k < o->minima && k < FORMULA_MINIMA; k++) {
        json_t *one = json_object();
        json_object_set_new(one, "cost", fit_json_number(o->minimum[k].cost));
        json_object_set_new(one, "starts", fit_json_size(o->minimum[k].starts));
        json_array_append_new(list, one);
    }
    return list;
}

static void set_circumstances(json_t *root, const formula_outcome *o) {
    char blas[300];
    marq_blas_describe(blas, sizeof blas);
    json_object_set_new(root, "n_parameters", fit_json_size(o->parameters));
    json_object_set_new(root, "optimizer", json_string("lm"));
    json_object_set_new(root, "threads", json_integer(o->threads));
    json_object_set_new(root, "blas", json_string(blas));
    json_object_set_new(root, "seed", json_integer((json_int_t)o->arguments->seed));
    json_object_set_new(root, "data", json_string(o->arguments->data));
    json_object_set_new(root, "model", json_string(o->arguments->formula));
    json_object_set_new(root, "plots", fit_drawn_json(o->arguments, &o->plots));
}

void formula_report_json(const formula_outcome *o, marq_text *text) {
    json_t *root = json_object();
    set_outcome(root, o);
    set_statistics(root, o);
    json_object_set_new(root, "parameters", formula_parameter_list(o));
    json_object_set_new(root, "derived", all_derived(o));
    json_object_set_new(root, "minima", minima(o));
    json_object_set_new(root, "covariance", covariance(o));
    if (o->arguments->saved) json_object_set_new(root, "from", formula_saved_report_json(o));
    if (o->odr) json_object_set_new(root, "sigma_x", errors_in_inputs(o));
    if (o->bootstrap.used) json_object_set_new(root, "bootstrap", bootstrap(o));
    if (o->run->comparison && o == &o->run->outcome[o->run->best])
        json_object_set_new(root, "comparison", formula_comparison_json(o->run));
    if (o->groups.names) json_object_set_new(root, "groups", all_groups(o));
    set_circumstances(root, o);
    fit_json_add(text, root);
}

void formula_parameters_json(const formula_outcome *o, marq_text *text) {
    json_t *root = json_object();
    json_object_set_new(root, "formula", json_string(o->arguments->formula));
    json_object_set_new(root, "parameters", formula_parameter_list(o));
    fit_json_add(text, root);
}
