/* The report of a formula's fit for a person. */
#include "formulas/fit.h"

#include "drawn.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void add_errors(const formula_outcome *o, marq_text *text) {
    const formula_uses *u = &o->uses;
    if (u->inputs == 0) return;
    marq_text_add(text, "errors    orthogonal distance regression: ");
    for (size_t k = 0; k < u->inputs; k++)
        marq_text_add(text, "%s%s has the errors %s", k ? ", " : "", o->table.names[u->input[k]],
                      o->table.names[u->input_sigma[k]]);
    marq_text_add(text, "%s\n          residuals are distances in units of the standard deviations\n",
                  o->weights ? "" : ", the output has 1");
}

static void add_method(const formula_outcome *o, marq_text *text) {
    static const char *const losses[] = {"", "soft L1", "Huber's", "Cauchy's", "arctan", "Tukey's"};
    marq_plan plan;
    marq_error ignored = {0};
    bool known = marq_plan_solve(&o->problem, &o->options, &plan, &ignored) == MARQ_OK;
    marq_method method = known ? plan.method : o->options.method;
    marq_text_add(text, "method    %s",
                  method == MARQ_METHOD_DOGLEG         ? "Powell's dogleg"
                  : method == MARQ_METHOD_TRUST_REGION ? "Levenberg-Marquardt, trust region"
                                                       : "Levenberg-Marquardt");
    if (o->problem.linear) marq_text_add(text, ", linear parameters eliminated");
    if (o->problem.loss != MARQ_LOSS_SQUARES)
        marq_text_add(text, ", %s loss of scale %g", losses[o->problem.loss],
                      o->problem.loss_scale > 0 ? o->problem.loss_scale : 1);
    marq_text_add(text, "\n");
}

static void add_head(const formula_outcome *o, marq_text *text) {
    const fit_arguments *a = o->arguments;
    const marq_result *r = &o->result;
    marq_text_add(text, "data      %s: %zu rows", a->data, o->rows);
    marq_text_add(text, a->sigma ? ", standard deviations from %s%s\n" : "\n", a->sigma,
                  a->sigma_absolute ? " (absolute)" : "");
    if (a->group) {
        marq_text_add(text, "groups    %zu, by %s; ", o->groups.count, a->group);
        marq_text_add(text, a->shared ? "shared: %s\n" : "nothing is shared\n", a->shared);
    }
    marq_text_add(text, "formula   %s\n", a->formula);
    formula_saved_report(o, text);
    add_errors(o, text);
    add_method(o, text);
    marq_text_add(text, "solution  %s: %s\n", formula_status_word(o), r->message);
    marq_text_add(text, "          %zu iterations, %zu residual and %zu Jacobian evaluations", r->iterations,
                  r->residual_evaluations, r->jacobian_evaluations);
    if (o->minima)
        marq_text_add(text, "; the best of many starts, %zu minim%s", o->minima, o->minima == 1 ? "um" : "a");
    marq_text_add(text, "\n");
}

enum { FIGURE = 32 };

/* A figure that the data do not define is told in words. */
static const char *figure(double value, int digits, char room[FIGURE]) {
    marq_format(room, FIGURE, isnan(value) ? "undefined" : "%.*g", digits, value);
    return room;
}

static void add_statistics(const formula_outcome *o, marq_text *text) {
    const formula_statistics *s = &o->statistics;
    char a[FIGURE], b[FIGURE], free[48];
    marq_format(free, sizeof free, "%zu of %zu", o->uncertainty.free, o->parameters);
    marq_text_add(text, "\nfree parameters  %-14s degrees of freedom  %zu\n", free, s->dof);
    marq_text_add(text, "chi2             %-14s R2                  %s\n", figure(s->chi2, 7, a),
                  figure(s->r2, 9, b));
    marq_text_add(text, "reduced chi2     %-14s adjusted R2         %s\n", figure(s->reduced, 7, a),
                  figure(s->adjusted_r2, 9, b));
    marq_text_add(text, "AIC              %-14s AICc                %s\n", figure(s->aic, 7, a),
                  figure(s->aicc, 7, b));
    marq_text_add(text, "BIC              %-14s Durbin-Watson       %s\n", figure(s->bic, 7, a),
                  figure(s->durbin_watson, 4, b));
    marq_text_add(text, "runs of signs    %-14zu p of so few         %s\n", s->runs, figure(s->runs_p, 3, a));
}

/* What each data set has of the residuals. */
static void add_groups(const formula_outcome *o, marq_text *text) {
    if (!o->groups.names) return;
    marq_text_add(text, "\n%-24s %8s  %14s  %s\n", o->table.names[o->table.labels.column], "rows", "chi2",
                  "R2");
    for (size_t g = 0; g < o->groups.count; g++) {
        double chi2, r2;
        formula_judge_group(o, g, &chi2, &r2);
        marq_text_add(text, "%-24s %8zu  %14.7g  %.9g\n", o->groups.names[g], formula_group_size(o, g), chi2,
                      r2);
    }
}

/* What is to be said behind a parameter's numbers: that it does not move, and its bounds. */
static void add_state(const formula_outcome *o, size_t j, marq_text *text) {
    static const char *const words[] = {"  at its lower bound", "", "  at its upper bound", "  fixed"};
    marq_text_add(text, "%s", words[o->side[j] + 1]);
    bool below = o->lower[j] > -HUGE_VAL, above = o->upper[j] < HUGE_VAL;
    if (below && above) marq_text_add(text, "  bounds %g:%g", o->lower[j], o->upper[j]);
    if (below && !above) marq_text_add(text, "  bounds %g:", o->lower[j]);
    if (!below && above) marq_text_add(text, "  bounds :%g", o->upper[j]);
    marq_text_add(text, "\n");
}

/* Value, error, share, interval. */
static void add_numbers(const formula_outcome *o, int width, const char *name, double value, double error,
                        marq_text *text) {
    double reach = o->statistics.factor * error;
    marq_text_add(text, "%-*s  %15.9g  %12.5g %8.3g  %15.8g ... %-15.8g", width, name, value, error,
                  100 * fabs(error / value), value - reach, value + reach);
}

static void add_parameter(const formula_outcome *o, int width, size_t j, marq_text *text) {
    double value = o->theta[j], error = o->deviation[j];
    bool many = o->given[j] == 0 && o->minima > 0; /* then its start is not known */
    if (o->side[j] == 0) {
        add_numbers(o, width, o->names[j], value, error, text);
        marq_text_add(text, many ? " %9.4g         many" : " %9.4g %12.5g", value / error, o->start[j]);
    } else if (formula_is_tied(o, j)) {
        add_numbers(o, width, o->names[j], value, error, text);
        marq_text_add(text, "   tied: %s\n", formula_tie_text(o, j));
        return;
    } else {
        marq_text_add(text, "%-*s  %15.9g", width, o->names[j], value);
    }
    add_state(o, j, text);
}

static int name_width(const formula_outcome *o) {
    enum { LEAST = 9, MOST = 30 };
    size_t width = LEAST;
    for (size_t j = 0; j < o->parameters; j++)
        if (strlen(o->names[j]) > width) width = strlen(o->names[j]);
    for (size_t k = 0; k < o->derived_count; k++)
        if (strlen(o->derived[k].name) > width) width = strlen(o->derived[k].name);
    return width < MOST ? (int)width : MOST;
}

static void add_parameters(const formula_outcome *o, marq_text *text) {
    int width = name_width(o);
    marq_text_add(text, "\n%-*s  %15s  %12s %8s  %13.4g %% interval            %9s %12s\n", width,
                  "parameter", "value", "std. error", "%", 100 * o->arguments->confidence, "t", "start");
    for (size_t j = 0; j < o->parameters; j++) add_parameter(o, width, j, text);
    for (size_t k = 0; k < o->derived_count; k++) {
        const formula_derived *d = &o->derived[k];
        add_numbers(o, width, d->name, d->value, d->error, text);
        marq_text_add(text, d->tie ? "   tied: %s\n" : "   derived\n", d->tie);
    }
}

static void add_profiles(const formula_outcome *o, marq_text *text) {
    if (!o->intervals) return;
    marq_text_add(text, "\nprofile likelihood, %g %%\n", 100 * o->arguments->confidence);
    for (size_t j = 0; j < o->parameters; j++) {
        const marq_interval *i = &o->intervals[j];
        if (i->low.status != MARQ_END_NONE)
            marq_text_add(text, "  %-24s %15.8g ... %.8g\n", o->names[j], i->low.value, i->high.value);
    }
}

static double correlation(const formula_outcome *o, size_t i, size_t j) {
    return o->covariance[i * o->parameters + j] / (o->deviation[i] * o->deviation[j]);
}

typedef struct pair {
    size_t a, b;
    double correlation;
} pair;

static int compare_pairs(const void *a, const void *b) {
    double x = fabs(((const pair *)a)->correlation), y = fabs(((const pair *)b)->correlation);
    return x > y ? -1 : x < y;
}

/* The strongest ones. */
static void add_correlations(const formula_outcome *o, marq_text *text) {
    enum { MOST = 20 };
    static const double LIMIT = 0.1;
    size_t n = o->parameters, count = 0;
    pair *pairs = marq_alloc(n * n, sizeof *pairs);
    for (size_t i = 0; pairs && i < n; i++)
        for (size_t j = i + 1; j < n; j++) {
            double c = correlation(o, i, j);
            bool tied = formula_is_tied(o, i) || formula_is_tied(o, j);
            if (fabs(c) > LIMIT && !tied) pairs[count++] = (pair){i, j, c};
        }
    if (count > 0) {
        qsort(pairs, count, sizeof *pairs, compare_pairs);
        marq_text_add(text, "\ncorrelations above %g\n", LIMIT);
    }
    for (size_t k = 0; k < count && k < MOST; k++)
        marq_text_add(text, "  %+.4f  %s, %s\n", pairs[k].correlation, o->names[pairs[k].a],
                      o->names[pairs[k].b]);
    if (count > MOST) marq_text_add(text, "  and %zu weaker ones\n", count - MOST);
    free(pairs);
}

static void add_files(const formula_outcome *o, marq_text *text) {
    if (o->run->count > 1)
        marq_text_add(text, "\nthe other formulas' files are in the folders of their numbers in %s",
                      o->folder);
    marq_text_add(text, "\nwritten to %s: model.json params.json report.json predictions.csv%s%s\n",
                  o->folder, o->bootstrap.used ? " bootstrap.csv" : "",
                  o->run->profile ? " profile.speedscope.json profile.folded" : "");
    fit_drawn_text(o->arguments, &o->plots, text);
}

void formula_report_text(const formula_outcome *o, marq_text *text) {
    add_head(o, text);
    add_statistics(o, text);
    add_groups(o, text);
    add_parameters(o, text);
    add_profiles(o, text);
    formula_bootstrap_text(o, text);
    add_correlations(o, text);
    add_files(o, text);
}
