/* --bootstrap N: percentile intervals from fits of resampled data (marq/inference.h), of parameters and of
 * what is derived from them. */
#include "formulas/fit.h"

#include "count_progress.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

marq_resampling formula_resampling(const formula_outcome *o) {
    if (o->arguments->resampling_given) return o->arguments->resampling;
    /* The residuals of errors in the inputs are distances: they cannot be moved to other rows. */
    return o->odr ? MARQ_RESAMPLING_CASES : MARQ_RESAMPLING_RESIDUALS;
}

static marq_status allocate(formula_outcome *o, size_t samples, marq_error *error) {
    formula_bootstrap *b = &o->bootstrap;
    b->samples = samples;
    b->spread = marq_alloc(o->parameters, sizeof *b->spread);
    b->values = marq_alloc_doubles(samples, o->parameters);
    return b->spread && b->values ? MARQ_OK : marq_fail_memory(error, "the bootstrap");
}

/* Of a derived quantity over the samples. */
static void spread(formula_outcome *o, formula_derived *d, double *values) {
    const formula_bootstrap *b = &o->bootstrap;
    size_t count = 0;
    for (size_t k = 0; k < b->samples; k++) {
        const double *theta = b->values + k * o->parameters;
        double value =
            isnan(theta[0]) ? (double)NAN : formula_relation_value(o, d->relation, d->group, theta, NULL);
        if (isfinite(value)) values[count++] = value;
    }
    double none = (double)NAN;
    d->spread = 2 * count >= b->samples ? marq_spread_of(values, count, o->arguments->confidence)
                                        : (marq_spread){none, none, none, none};
    if (count < b->used)
        fit_warn(&o->warnings,
                 "%s is not a finite number in %zu of %zu samples, which its interval leaves out", d->name,
                 b->used - count, b->used);
}

static marq_status spread_derived(formula_outcome *o, marq_error *error) {
    double *values = marq_alloc_doubles(o->bootstrap.samples, 1);
    if (!values) return marq_fail_memory(error, "the bootstrap");
    for (size_t k = 0; k < o->derived_count; k++) spread(o, &o->derived[k], values);
    free(values);
    return MARQ_OK;
}

marq_status formula_resample(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    marq_bootstrap_options options = marq_bootstrap_options_default();
    options.samples = (size_t)a->bootstrap.value;
    options.seed = a->seed;
    options.level = a->confidence;
    options.resampling = formula_resampling(o);
    if (o->odr && options.resampling == MARQ_RESAMPLING_RESIDUALS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "--bootstrap: with --sigma-x only cases can be resampled: --bootstrap %zu:cases",
                         options.samples);
    marq_status status = allocate(o, options.samples, error);
    if (status != MARQ_OK) return status;
    fit_count_progress progress = fit_count_begin(o->err, a->quiet, "bootstrap");
    options.progress = fit_count_show;
    options.progress_user = &progress;
    status = marq_bootstrap(&o->problem, &o->options, o->theta, &options, o->bootstrap.spread,
                            o->bootstrap.values, &o->bootstrap.used, error);
    fit_count_end(&progress);
    if (status < 0) return status;
    if (status == MARQ_STOP_CALLER) {
        o->bootstrap.used = 0;
        fit_warn(&o->warnings, "the bootstrap was interrupted: its intervals are left out");
    } else if (o->bootstrap.used < options.samples) {
        fit_warn(&o->warnings, "%zu of %zu resampled fits failed, and are left out",
                 options.samples - o->bootstrap.used, options.samples);
    }
    return o->bootstrap.used ? spread_derived(o, error) : MARQ_OK;
}

static void add_spread(const char *name, const marq_spread *s, double value, marq_text *text) {
    marq_text_add(text, "  %-24s %15.8g ... %-15.8g  std. error %12.5g  bias %12.5g\n", name, s->low, s->high,
                  s->deviation, s->mean - value);
}

void formula_bootstrap_text(const formula_outcome *o, marq_text *text) {
    const formula_bootstrap *b = &o->bootstrap;
    if (b->used == 0) return;
    marq_text_add(text, "\nbootstrap of %s, %zu samples, percentile intervals of %g %%\n",
                  formula_resampling(o) == MARQ_RESAMPLING_CASES ? "cases" : "residuals", b->used,
                  100 * o->arguments->confidence);
    for (size_t j = 0; j < o->parameters; j++)
        if (o->side[j] == 0) add_spread(o->names[j], &b->spread[j], o->theta[j], text);
    for (size_t k = 0; k < o->derived_count; k++)
        add_spread(o->derived[k].name, &o->derived[k].spread, o->derived[k].value, text);
}

void formula_bootstrap_csv(const formula_outcome *o, marq_text *text) {
    for (size_t j = 0; j < o->parameters; j++) {
        formula_add_word(text, o->names[j]);
        marq_text_add(text, j + 1 < o->parameters ? "," : "\n");
    }
    for (size_t k = 0; k < o->bootstrap.samples; k++) {
        const double *row = o->bootstrap.values + k * o->parameters;
        if (isnan(row[0])) continue;
        for (size_t j = 0; j < o->parameters; j++) {
            marq_text_add_number(text, row[j]);
            marq_text_add(text, j + 1 < o->parameters ? "," : "\n");
        }
    }
}
