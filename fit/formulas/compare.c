/* The comparison of models with N rows and p parameters, k = p + 1 with the variance of the errors (Burnham &
 * Anderson 2002, sections 2.4 and 2.9):
 *     AICc = N ln(χ²/N) + 2k + 2k(k + 1)/(N − k − 1),   Δ_i = AICc_i − min AICc,
 *     w_i = exp(−Δ_i/2) / Σ_j exp(−Δ_j/2),              BIC = N ln(χ²/N) + k ln N.
 * A net counts with its effective number of parameters γ (versus.c). */
#include "formulas/compare.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static formula_model of_formula(const formula_outcome *o) {
    const formula_statistics *s = &o->statistics;
    return (formula_model){.text = o->arguments->formula,
                           .status = formula_status_word(o),
                           .parameters = (double)o->uncertainty.free,
                           .dof = (double)s->dof,
                           .chi2 = s->chi2,
                           .reduced = s->reduced,
                           .aicc = s->aicc,
                           .bic = s->bic};
}

static formula_model of_net(const formula_net *net, size_t rows) {
    double n = (double)rows, k = net->effective + 1, fit = n * log(net->chi2 / n), none = (double)NAN;
    bool possible = net->chi2 > 0 && n > k + 1;
    return (formula_model){.text = net->text,
                           .status = net->status,
                           .parameters = net->effective,
                           .dof = n - net->effective,
                           .chi2 = net->chi2,
                           .reduced = n > net->effective ? net->chi2 / (n - net->effective) : none,
                           .aicc = possible ? fit + 2 * k + 2 * k * (k + 1) / (n - k - 1) : none,
                           .bic = possible ? fit + k * log(n) : none};
}

static bool is_usable(const formula_model *m) {
    return strcmp(m->status, "converged") == 0;
}

/* Smaller is better: a model without residuals first, one without AICc last. */
static double rank(const formula_model *m) {
    double aicc = m->chi2 == 0 ? -HUGE_VAL : isnan(m->aicc) ? HUGE_VAL : m->aicc;
    return is_usable(m) ? aicc : HUGE_VAL;
}

static void weigh(formula_comparison *c) {
    double least = HUGE_VAL, sum = 0;
    for (size_t i = 0; i < c->count; i++)
        if (is_usable(&c->model[i])) least = fmin(least, c->model[i].aicc); /* fmin leaves NaN out */
    for (size_t i = 0; i < c->count; i++) {
        formula_model *m = &c->model[i];
        m->delta = m->aicc - least;
        m->weight = is_usable(m) && isfinite(m->aicc) ? exp(-0.5 * m->delta) : 0;
        sum += m->weight;
    }
    for (size_t i = 0; i < c->count; i++) c->model[i].weight /= sum; /* 0/0: nothing can be weighed */
}

/* Residuals of different left sides cannot be compared. */
marq_status formula_check_comparison(const formula_run *run, marq_error *error) {
    const formula_outcome *first = &run->outcome[0];
    for (size_t k = 1; k < run->count; k++) {
        const formula_outcome *o = &run->outcome[k];
        bool plain = !marq_formula_is_transformed(o->formula) && !marq_formula_is_transformed(first->formula);
        bool same = o->response == first->response &&
                    (plain ||
                     strcmp(marq_formula_left_text(o->formula), marq_formula_left_text(first->formula)) == 0);
        if (!same)
            return marq_fail(
                error, MARQ_ERROR_ARGUMENT,
                "the formulas '%s' and '%s' have different left sides: their residuals cannot be "
                "compared",
                first->arguments->formula, o->arguments->formula);
    }
    return MARQ_OK;
}

marq_status formula_compare(formula_run *run, marq_error *error) {
    size_t count = run->count + (run->net != NULL);
    if (count < 2) return MARQ_OK;
    formula_comparison *c = run->comparison = marq_alloc(1, sizeof *c);
    if (!c) return marq_fail_memory(error, "the comparison");
    c->count = count;
    c->model = marq_alloc(count, sizeof *c->model);
    if (!c->model) return marq_fail_memory(error, "the comparison");
    for (size_t k = 0; k < run->count; k++) {
        c->model[k] = of_formula(&run->outcome[k]);
        if (rank(&c->model[k]) < rank(&c->model[run->best])) run->best = k;
    }
    if (run->net) c->model[run->count] = of_net(run->net, run->outcome[0].rows);
    weigh(c);
    return formula_find_nested(run, c, error);
}

void formula_comparison_clear(formula_comparison *c) {
    if (!c) return;
    free(c->model);
    free(c->nesting);
    free(c);
}
