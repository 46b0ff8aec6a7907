/* Statistics of a fit with N rows, p free parameters and weighted residuals f = w (model − left side):
 *     χ² = Σ f²,  reduced χ² = χ²/(N − p),  R² = 1 − Σ w² (model − y)² / Σ w² (y − ȳ_w)²,
 * ȳ_w the weighted mean (with errors in the inputs f are the distances, and R² has the vertical residuals),
 *     AIC = N ln(χ²/N) + 2k,  AICc = AIC + 2k(k + 1)/(N − k − 1),  BIC = N ln(χ²/N) + k ln N,  k = p + 1 (the
 * variance too) (Burnham & Anderson 2002, section 2.4; lmfit counts k = p). */
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

double formula_weighted_residual(const formula_outcome *o, size_t i) {
    return o->distance ? o->distance[i] : weight(o, i) * (o->model[i] - o->left[i]);
}

/* Σ w² (y − ȳ_w)² over rows first … end−1. */
static double spread(const formula_outcome *o, size_t first, size_t end) {
    double sum = 0, weights = 0, spread = 0;
    for (size_t i = first; i < end; i++) {
        double w = weight(o, i) * weight(o, i);
        sum += w * o->left[i];
        weights += w;
    }
    for (size_t i = first; i < end; i++) {
        double d = weight(o, i) * (o->left[i] - sum / weights);
        spread += d * d;
    }
    return spread;
}

void formula_judge_group(const formula_outcome *o, size_t group, double *chi2, double *r2) {
    size_t first = o->groups.first[group], end = o->groups.first[group + 1];
    double total = spread(o, first, end);
    double vertical = 0;
    *chi2 = 0;
    for (size_t i = first; i < end; i++) {
        double f = formula_weighted_residual(o, i), r = weight(o, i) * (o->left[i] - o->model[i]);
        *chi2 += f * f;
        vertical += r * r;
    }
    *r2 = total > 0 ? 1 - vertical / total : (double)NAN;
}

static void judge_residuals(formula_outcome *o) {
    formula_statistics *s = &o->statistics;
    double rows = (double)o->rows, k = (double)o->uncertainty.free + 1, vertical = 0;
    s->dof = o->uncertainty.dof;
    for (size_t i = 0; i < o->rows; i++) {
        double f = formula_weighted_residual(o, i), r = o->left[i] - o->model[i];
        s->chi2 += f * f;
        s->rss += r * r;
        vertical += weight(o, i) * r * weight(o, i) * r;
    }
    double none = (double)NAN, total = spread(o, 0, o->rows);
    s->reduced = s->dof ? s->chi2 / (double)s->dof : none;
    s->r2 = total > 0 ? 1 - vertical / total : none;
    s->adjusted_r2 = s->dof ? 1 - (1 - s->r2) * (rows - 1) / (double)s->dof : none;
    s->bic = s->chi2 > 0 ? rows * log(s->chi2 / rows) + k * log(rows) : none;
    s->aic = s->chi2 > 0 ? rows * log(s->chi2 / rows) + 2 * k : none;
    s->aicc = s->chi2 > 0 && rows > k + 1
                  ? rows * log(s->chi2 / rows) + 2 * k + 2 * k * (k + 1) / (rows - k - 1)
                  : none;
    double tail = 0.5 + 0.5 * o->arguments->confidence;
    s->factor = o->arguments->sigma_absolute ? marq_normal_quantile(tail)
                : s->dof                     ? marq_t_quantile(tail, (double)s->dof)
                                             : none;
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
    if (o->rows >= 15 && (s->durbin_watson < 1 || s->runs_p < 0.001))
        fit_warn(
            &o->warnings,
            "the residuals follow each other (Durbin-Watson %.2f, 2 is expected; %zu runs of one sign): the "
            "formula may lack something, and the errors are too small",
            s->durbin_watson, s->runs);
    size_t far = 0;
    for (size_t i = 0; i < o->rows; i++)
        far += formula_weighted_residual(o, i) * formula_weighted_residual(o, i) > 16 * s->reduced;
    if (far > 0 && s->dof > 0)
        fit_warn(&o->warnings, "%zu row%s more than 4 standard deviations off: look at %s%s", far,
                 far == 1 ? " lies" : "s lie", far == 1 ? "it" : "them",
                 o->arguments->loss == MARQ_LOSS_SQUARES ? ", or try --loss" : "");
    if (marq_formula_is_transformed(o->formula))
        fit_warn(&o->warnings,
                 "residuals, R2 and errors are those of %s; predictions are on the data's scale",
                 marq_formula_left_text(o->formula));
    if (o->arguments->loss != MARQ_LOSS_SQUARES)
        fit_warn(&o->warnings, "under a robust loss the standard errors weigh rows as the loss does at the "
                               "end; chi2, R2, AIC and BIC "
                               "count all rows in full");
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
    formula_values(o, o->theta, o->model);
    for (size_t i = 0; i < o->rows; i++) o->measured[i] = o->table.values[i * o->table.columns + o->response];
    memcpy(o->fitted, o->model, o->rows * sizeof *o->fitted);
    marq_status status = MARQ_OK;
    if (marq_formula_is_transformed(o->formula))
        status = marq_formula_back(o->formula, &data, 0, o->rows, o->model, o->fitted, error);
    if (status == MARQ_OK)
        status = marq_covariance_at(&o->problem, &o->options, o->theta, o->arguments->sigma_absolute,
                                    o->names, o->covariance, o->deviation, &o->uncertainty, error);
    if (status < 0) return status;
    if (o->odr) status = formula_judge_odr(o, error);
    if (status < 0) return status;
    marq_bound_sides(&o->problem, o->theta, o->side);
    judge_residuals(o);
    status = formula_judge_order(o, error);
    if (status < 0) return status;
    status = formula_derive(o, error);
    warn(o);
    return status == MARQ_OK ? formula_warn_of_saturated(o, error) : status;
}
