/* Parameters that ran to where they no longer matter, such as b in a·exp(−b x) + c where only x = 0 shows a.
 *
 * The covariance does not tell: it judges J with columns of one length, and theirs are tiny, not dependent.
 * Here θ_j is taken farther from 0, by factors of 10³ to 10³⁰. If no such value changes the model, as a mean
 * square over the weighted rows, by more than
 *     10⁻³ √(χ²/N) + 10⁻¹² max |w y|    (the second where residuals are nothing but rounding)
 * then the data do not tell θ_j from infinity, and its standard error, however large, means nothing. The
 * largest factors are for parameters that are 0 but for rounding: they matter as soon as they are large. */
#include "formulas/fit.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double STEP = 1e3, OF_RESIDUALS = 1e-3, OF_VALUES = 1e-12;
enum { STEPS = 10 };

static double weight(const formula_outcome *o, size_t i) {
    return o->weights ? o->weights[i] : 1;
}

/* The change of the model that nobody would see. */
static double least_change(const formula_outcome *o) {
    double most = 0;
    for (size_t i = 0; i < o->rows; i++) most = fmax(most, fabs(weight(o, i) * o->left[i]));
    return OF_RESIDUALS * sqrt(o->statistics.chi2 / (double)o->rows) + OF_VALUES * most;
}

/* Root of the mean square over the rows. Not finite where the model cannot be computed. */
static double change_at(const formula_outcome *o, const double *theta, double *value) {
    double sum = 0;
    formula_values(o, theta, value);
    for (size_t i = 0; i < o->rows; i++) {
        double change = weight(o, i) * (value[i] - o->model[i]);
        sum += change * change;
    }
    return sqrt(sum / (double)o->rows);
}

static bool is_saturated(const formula_outcome *o, size_t j, double least, double *theta, double *value) {
    double at = o->theta[j];
    bool same = true;
    for (int k = 0; k < STEPS && same; k++) {
        theta[j] *= STEP;
        if (!isfinite(theta[j])) break;
        if (o->ties) formula_follow_ties(o->ties, theta);
        same = change_at(o, theta, value) <= least; /* false for NaN */
    }
    theta[j] = at;
    if (o->ties) formula_follow_ties(o->ties, theta);
    return same;
}

/* Free, without a bound ahead, and not named by the covariance already. */
static bool may_run(const formula_outcome *o, size_t j) {
    double ahead = o->theta[j] > 0 ? o->upper[j] : o->lower[j];
    return o->side[j] == 0 && o->theta[j] != 0 && !isinf(o->deviation[j]) && isinf(ahead);
}

marq_status formula_warn_of_saturated(formula_outcome *o, marq_error *error) {
    double *theta = marq_alloc_doubles(o->parameters, 1), *value = marq_alloc_doubles(o->rows, 1);
    bool complete = theta && value;
    double least = least_change(o);
    if (complete) memcpy(theta, o->theta, o->parameters * sizeof *theta);
    for (size_t j = 0; complete && j < o->parameters; j++)
        if (may_run(o, j) && is_saturated(o, j, least, theta, value))
            fit_warn(&o->warnings,
                     "the data do not determine %s: all values beyond %.4g fit as well, and its standard "
                     "error says nothing: fix it, bound it or leave it out",
                     o->names[j], o->theta[j]);
    free(theta);
    free(value);
    return complete ? MARQ_OK : marq_fail_memory(error, "the warnings");
}
