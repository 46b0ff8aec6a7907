/* Statistics of a fit with N rows, p free parameters and weighted residuals f = w (model − left side):
 *     χ² = Σ f²,  reduced χ² = χ²/(N − p),  R² = 1 − Σ f² / Σ w² (y − ȳ_w)²,  ȳ_w the weighted mean
 *     AICc = N ln(χ²/N) + 2k + 2k(k + 1)/(N − k − 1),  BIC = N ln(χ²/N) + k ln N,  k = p + 1 (the variance
 * too) (Burnham & Anderson 2002, section 2.4; lmfit counts k = p). Durbin–Watson: Σ (f_i − f_{i−1})² / Σ f²
 * in the order of rows, near 2 for residuals without serial correlation. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double weight(const formula_outcome *o, size_t i) {
    return o->weights ? o->weights[i] : 1;
}

static double weighted_residual(const formula_outcome *o, size_t i) {
    return weight(o, i) * (o->model[i] - o->left[i]);
}

static double spread(const formula_outcome *o) {
    double sum = 0, weights = 0, spread = 0;
    for (size_t i = 0; i < o->rows; i++) {
        double w = weight(o, i) * weight(o, i);
        sum += w * o->left[i];
        weights += w;
    }
    for (size_t i = 0; i < o->rows; i++) {
        double d = weight(o, i) * (o->left[i] - sum / weights);
        spread += d * d;
    }
    return spread;
}

static void judge_residuals(formula_outcome *o) {
    formula_statistics *s = &o->statistics;
    double rows = (double)o->rows, k = (double)o->uncertainty.free + 1, steps = 0;
    s->dof = o->uncertainty.dof;
    for (size_t i = 0; i < o->rows; i++) {
        double f = weighted_residual(o, i), r = o->left[i] - o->model[i];
        double change = i ? f - weighted_residual(o, i - 1) : 0;
        s->chi2 += f * f;
        s->rss += r * r;
        steps += change * change;
    }
    double none = (double)NAN, total = spread(o);
    s->reduced = s->dof ? s->chi2 / (double)s->dof : none;
    s->r2 = total > 0 ? 1 - s->chi2 / total : none;
    s->adjusted_r2 = s->dof ? 1 - (1 - s->r2) * (rows - 1) / (double)s->dof : none;
    s->bic = s->chi2 > 0 ? rows * log(s->chi2 / rows) + k * log(rows) : none;
    s->aicc = s->chi2 > 0 && rows > k + 1
                  ? rows * log(s->chi2 / rows) + 2 * k + 2 * k * (k + 1) / (rows - k - 1)
                  : none;
    s->durbin_watson = s->chi2 > 0 ? steps / s->chi2 : none;
    double tail = 0.5 + 0.5 * o->arguments->confidence;
    s->factor = o->arguments->sigma_absolute ? marq_normal_quantile(tail)
                : s->dof                     ? marq_t_quantile(tail, (double)s->dof)
                                             : none;
}

/* √(gᵀ C g) with the gradient of the quantity. */
static marq_status derive(formula_outcome *o, size_t k, marq_error *error) {
    const char *text = o->arguments->derived[k];
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_PARAMETERS;
    options.parameters = o->names;
    options.parameter_count = o->parameters;
    marq_formula *formula;
    marq_formula_place place;
    marq_status status = marq_formula_parse(text, &options, &formula, &place, error);
    if (status != MARQ_OK) {
        char reason[sizeof error->message], marked[256];
        memcpy(reason, error->message, sizeof reason);
        if (status != MARQ_ERROR_FORMAT) return status;
        marq_formula_mark(text, &place, marked, sizeof marked);
        marked[strcspn(marked, "\n")] = '\0';
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--derive: %s in %s", reason, marked);
    }
    size_t n = o->parameters;
    formula_derived *d = &o->derived[k];
    const char *name = marq_formula_left_text(formula);
    marq_format(d->name, sizeof d->name, "%s", *name ? name : text);
    double *gradient = marq_alloc_doubles(n, 1), variance = 0;
    if (gradient) {
        marq_formula_gradient(formula, NULL, o->theta, 0, 1, &d->value, gradient, n);
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                if (gradient[i] != 0 && gradient[j] != 0)
                    variance += gradient[i] * o->covariance[i * n + j] * gradient[j];
        d->error = sqrt(variance);
    }
    marq_formula_destroy(formula);
    if (!gradient) return marq_fail_memory(error, "a derived quantity");
    free(gradient);
    return MARQ_OK;
}

static void warn(formula_outcome *o) {
    const formula_statistics *s = &o->statistics;
    if (o->uncertainty.message[0]) fit_warn(&o->warnings, "%s", o->uncertainty.message);
    for (size_t j = 0; j < o->parameters; j++)
        if (o->side[j] == -1 || o->side[j] == 1)
            fit_warn(&o->warnings, "%s ends at its %s bound: its standard error is that of a fixed parameter",
                     o->names[j], o->side[j] < 0 ? "lower" : "upper");
    if (s->dof == 0)
        fit_warn(&o->warnings, "as many parameters as rows: no degree of freedom is left for their errors");
    if (o->rows >= 15 && s->durbin_watson < 1)
        fit_warn(&o->warnings,
                 "the residuals follow each other (Durbin-Watson %.2f, 2 is expected): the formula may lack "
                 "something, and the errors are too small",
                 s->durbin_watson);
    size_t far = 0;
    for (size_t i = 0; i < o->rows; i++)
        far += weighted_residual(o, i) * weighted_residual(o, i) > 16 * s->reduced;
    if (far > 0 && s->dof > 0)
        fit_warn(&o->warnings,
                 "%zu row%s lie%s more than 4 standard deviations off: look at them, or try --loss", far,
                 far == 1 ? "" : "s", far == 1 ? "s" : "");
    if (marq_formula_is_transformed(o->formula))
        fit_warn(&o->warnings,
                 "residuals, R2 and errors are those of %s; predictions are on the data's scale",
                 marq_formula_left_text(o->formula));
    if (o->arguments->loss != MARQ_LOSS_SQUARES)
        fit_warn(&o->warnings,
                 "under a robust loss the standard errors weigh rows as the loss does at the end");
}

marq_status formula_judge(formula_outcome *o, marq_error *error) {
    o->left = marq_alloc_doubles(o->rows, 1);
    o->model = marq_alloc_doubles(o->rows, 1);
    o->measured = marq_alloc_doubles(o->rows, 1);
    o->fitted = marq_alloc_doubles(o->rows, 1);
    if (!o->left || !o->model || !o->measured || !o->fitted)
        return marq_fail_memory(error, "the fitted values");
    marq_formula_data data = formula_data(o);
    marq_formula_left(o->formula, &data, 0, o->rows, o->left);
    marq_formula_evaluate(o->formula, &data, o->theta, 0, o->rows, o->model);
    for (size_t i = 0; i < o->rows; i++) o->measured[i] = o->table.values[i * o->table.columns + o->response];
    memcpy(o->fitted, o->model, o->rows * sizeof *o->fitted);
    marq_status status = MARQ_OK;
    if (marq_formula_is_transformed(o->formula))
        status = marq_formula_back(o->formula, &data, 0, o->rows, o->model, o->fitted, error);
    if (status == MARQ_OK)
        status = marq_covariance_at(&o->problem, &o->options, o->theta, o->arguments->sigma_absolute,
                                    o->names, o->covariance, o->deviation, &o->uncertainty, error);
    if (status < 0) return status;
    marq_bound_sides(&o->problem, o->theta, o->side);
    judge_residuals(o);
    status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < o->arguments->derived_count; k++)
        status = derive(o, k, error);
    warn(o);
    return status;
}
