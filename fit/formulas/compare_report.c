/* The comparison for a person, and as JSON. */
#include "formulas/compare.h"

#include "json.h"
#include <math.h>

static void add_tests(const formula_run *run, marq_text *text) {
    const formula_comparison *c = run->comparison;
    double level = 1 - run->arguments->confidence;
    if (run->arguments->loss != MARQ_LOSS_SQUARES)
        marq_text_add(text, "F test    none: under a robust loss the fits do not minimise chi2\n");
    for (size_t k = 0; k < c->nested; k++) {
        const formula_nesting *n = &c->nesting[k];
        marq_text_add(text, "F test    %zu is nested in %zu (%s): F(%.4g, %.4g) = %.5g, p = %.3g: %s\n",
                      n->small + 1, n->big + 1, n->known ? "seen" : "as --nested says", n->numerator,
                      n->denominator, n->f, n->p,
                      n->p < level ? "the larger one explains more than chance would"
                                   : "the larger one is no better than chance");
    }
}

/* How the net deals with what formulas have options for. */
static void add_net(const formula_run *run, marq_text *text) {
    const formula_comparison *c = run->comparison;
    const formula_outcome *first = &run->outcome[0];
    if (!run->net) return;
    if (first->groups.count > 1)
        marq_text_add(text, "net       one for all groups: each is an input of its own, 0 or 1\n");
    if (first->odr)
        marq_text_add(
            text,
            "net       errors in the inputs count to first order, by its slopes (effective variance)\n");
    if (c->model[run->count].aicc < c->model[run->best].aicc)
        marq_text_add(text, "net       its AICc is below that of every formula: they lack something\n");
}

void formula_comparison_text(const formula_run *run, marq_text *text) {
    const formula_comparison *c = run->comparison;
    if (!c) return;
    marq_text_add(text, "comparison of %zu models on %zu rows\n", c->count, run->outcome[0].rows);
    marq_text_add(text, "    %6s  %12s %12s %11s %9s %8s %11s  %s\n", "param.", "chi2", "reduced", "AICc",
                  "delta", "weight", "BIC", "model");
    for (size_t i = 0; i < c->count; i++) {
        const formula_model *m = &c->model[i];
        marq_text_add(text, "%2zu%s %6.4g  %12.6g %12.6g %11.4f %9.3f %8.4f %11.4f  %s%s%s\n", i + 1,
                      i == run->best ? "*" : " ", m->parameters, m->chi2, m->reduced, m->aicc, m->delta,
                      m->weight, m->bic, m->text, m->status[0] == 'c' ? "" : "  ",
                      m->status[0] == 'c' ? "" : m->status);
    }
    add_tests(run, text);
    add_net(run, text);
    marq_text_add(text, "best      %zu (*), by AICc%s; its report:\n\n", run->best + 1,
                  run->net ? ", of the formulas" : "");
}

static json_t *models(const formula_run *run) {
    const formula_comparison *c = run->comparison;
    json_t *list = json_array();
    for (size_t i = 0; i < c->count; i++) {
        const formula_model *m = &c->model[i];
        char folder[24] = "net";
        if (i < run->count) marq_format(folder, sizeof folder, i == run->best ? "." : "%zu", i + 1);
        json_t *entry = json_object();
        json_object_set_new(entry, "model", json_string(m->text));
        json_object_set_new(entry, "kind", json_string(i < run->count ? "formula" : "net"));
        json_object_set_new(entry, "status", json_string(m->status));
        json_object_set_new(entry, "parameters", fit_json_number(m->parameters));
        json_object_set_new(entry, "dof", fit_json_number(m->dof));
        json_object_set_new(entry, "chi2", fit_json_number(m->chi2));
        json_object_set_new(entry, "reduced_chi2", fit_json_number(m->reduced));
        json_object_set_new(entry, "aicc", fit_json_number(m->aicc));
        json_object_set_new(entry, "delta_aicc", fit_json_number(m->delta));
        json_object_set_new(entry, "weight", fit_json_number(m->weight));
        json_object_set_new(entry, "bic", fit_json_number(m->bic));
        json_object_set_new(entry, "folder", json_string(folder));
        json_array_append_new(list, entry);
    }
    return list;
}

static json_t *tests(const formula_comparison *c) {
    json_t *list = json_array();
    for (size_t k = 0; k < c->nested; k++) {
        const formula_nesting *n = &c->nesting[k];
        json_t *entry = json_object();
        json_object_set_new(entry, "small", fit_json_size(n->small + 1));
        json_object_set_new(entry, "big", fit_json_size(n->big + 1));
        json_object_set_new(entry, "known_by", json_string(n->known ? "values" : "order"));
        json_object_set_new(entry, "f", fit_json_number(n->f));
        json_object_set_new(entry, "dof", json_pack("[f, f]", n->numerator, n->denominator));
        json_object_set_new(entry, "p", fit_json_number(n->p));
        json_array_append_new(list, entry);
    }
    return list;
}

json_t *formula_comparison_json(const formula_run *run) {
    json_t *root = json_object();
    json_object_set_new(root, "best", fit_json_size(run->best + 1));
    json_object_set_new(root, "models", models(run));
    json_object_set_new(root, "nested", tests(run->comparison));
    return root;
}
