/* Nested models, and the F test of the smaller one (χ²_s, p_s parameters) against the larger (χ²_b, p_b):
 *     F = ((χ²_s − χ²_b)/(p_b − p_s)) / (χ²_b/(N − p_b)),
 * Fisher's F with p_b − p_s and N − p_b degrees of freedom if the smaller one is true (Seber & Wild 1989,
 * section 5.9.1; exact for linear models).
 *
 * Nested is what the user orders with --nested: each formula a special case of the next. Without that it is
 * what can be seen: all parameters of one formula are in the other, and with its further ones 0 or 1 the
 * other gives the same values in every row, at places around the fit. */
#include "formulas/compare.h"

#include <base/error.h>
#include <base/memory.h>
#include <marq/distribution.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_FURTHER = 8, PLACES = 3 };

typedef struct pair {
    const formula_outcome *small, *big;
    double *theta_small, *theta_big;
    double *value_small, *value_big; /* rows */
} pair;

/* The parameters of the larger formula that the smaller one lacks; false: not all of the smaller's are in the
 * larger, or too many are further ones. */
static bool find_further(const pair *p, size_t further[MOST_FURTHER], size_t *count) {
    const marq_formula *small = p->small->formula, *big = p->big->formula;
    size_t shared = 0;
    *count = 0;
    for (size_t i = 0; i < p->big->groups.local; i++) {
        const char *name = marq_formula_parameter_name(big, i);
        if (marq_formula_find_parameter(small, name) != MARQ_FORMULA_NONE)
            shared++;
        else if (*count < MOST_FURTHER)
            further[(*count)++] = i;
        else
            return false;
    }
    return shared == p->small->groups.local && *count > 0;
}

/* Parameters near the smaller fit; factor differs from place to place. */
static void set_theta(const pair *p, double factor) {
    formula_local(p->small, 0, p->small->theta, p->theta_small);
    for (size_t i = 0; i < p->small->groups.local; i++) p->theta_small[i] *= 1 + factor * (double)(i % 3 + 1);
    for (size_t i = 0; i < p->big->groups.local; i++) {
        size_t j =
            marq_formula_find_parameter(p->small->formula, marq_formula_parameter_name(p->big->formula, i));
        if (j != MARQ_FORMULA_NONE) p->theta_big[i] = p->theta_small[j];
    }
}

/* Equal to what is left of 16 digits. */
static bool values_agree(const pair *p) {
    marq_formula_data data = formula_data(p->small);
    size_t rows = p->small->rows;
    marq_formula_evaluate(p->small->formula, &data, p->theta_small, 0, rows, p->value_small);
    marq_formula_evaluate(p->big->formula, &data, p->theta_big, 0, rows, p->value_big);
    double largest = 0, distance = 0;
    for (size_t i = 0; i < rows; i++) {
        if (!isfinite(p->value_small[i]) || !isfinite(p->value_big[i])) return false;
        largest = fmax(largest, fabs(p->value_small[i]));
        distance = fmax(distance, fabs(p->value_small[i] - p->value_big[i]));
    }
    return largest > 0 && distance <= 1e-11 * largest;
}

static bool is_nested(const pair *p) {
    static const double factors[PLACES] = {0, 0.037, -0.11};
    size_t further[MOST_FURTHER], count;
    if (!find_further(p, further, &count)) return false;
    for (unsigned choice = 0; choice < 1u << count; choice++) {
        int agree = 0;
        for (size_t k = 0; k < count; k++) p->theta_big[further[k]] = choice >> k & 1;
        for (int place = 0; place < PLACES; place++) {
            set_theta(p, factors[place]);
            agree += values_agree(p);
        }
        if (agree == PLACES) return true;
    }
    return false;
}

static bool is_known(const formula_outcome *small, const formula_outcome *big, bool *complete) {
    pair p = {.small = small,
              .big = big,
              .theta_small = marq_alloc_doubles(small->groups.local, 1),
              .theta_big = marq_alloc_doubles(big->groups.local, 1),
              .value_small = marq_alloc_doubles(small->rows, 1),
              .value_big = marq_alloc_doubles(small->rows, 1)};
    *complete = p.theta_small && p.theta_big && p.value_small && p.value_big;
    bool nested = *complete && is_nested(&p);
    free(p.theta_small);
    free(p.theta_big);
    free(p.value_small);
    free(p.value_big);
    return nested;
}

static formula_nesting test(const formula_comparison *c, size_t small, size_t big, bool known) {
    const formula_model *s = &c->model[small], *b = &c->model[big];
    formula_nesting n = {.small = small,
                         .big = big,
                         .known = known,
                         .numerator = b->parameters - s->parameters,
                         .denominator = b->dof};
    bool possible = n.denominator > 0 && b->chi2 > 0;
    n.f = possible ? fmax((s->chi2 - b->chi2) / n.numerator / (b->chi2 / n.denominator), 0) : (double)NAN;
    n.p = possible ? marq_f_tail(n.f, n.numerator, n.denominator) : (double)NAN;
    return n;
}

marq_status formula_find_nested(const formula_run *run, formula_comparison *c, marq_error *error) {
    c->nesting = marq_alloc(run->count * run->count, sizeof *c->nesting);
    if (!c->nesting) return marq_fail_memory(error, "the comparison");
    for (size_t s = 0; s < run->count; s++)
        for (size_t b = 0; b < run->count; b++) {
            bool complete = true, ordered = run->arguments->nested && b == s + 1;
            if (!(c->model[s].parameters < c->model[b].parameters)) continue;
            bool known = !ordered && is_known(&run->outcome[s], &run->outcome[b], &complete);
            if (!complete) return marq_fail_memory(error, "the comparison");
            if (known || ordered) c->nesting[c->nested++] = test(c, s, b, known);
        }
    return MARQ_OK;
}
