#include "nist/selftest.h"

#include "json.h"
#include <base/error.h>
#include <math.h>
#include <string.h>

enum { SCORES = NIST_PROBLEMS * NIST_STARTS };

/* Certified values have 11 digits: more agreement cannot be seen. */
static double log_relative_error(size_t n, const double *values, const double *certified) {
    double worst = 0;
    for (size_t j = 0; j < n; j++) {
        double error = fabs(values[j] - certified[j]) / fabs(certified[j]);
        if (!(error <= 1)) return 0;
        worst = fmax(worst, error);
    }
    return worst <= 1e-11 ? 11 : -log10(worst);
}

selftest_score selftest_run(const nist_problem *p, int start, const marq_options *options) {
    marq_problem problem = nist_as_marq(p);
    double theta[NIST_MOST_PARAMETERS], deviation[NIST_MOST_PARAMETERS] = {0};
    memcpy(theta, p->start[start], sizeof theta);
    selftest_score score = {.problem = p, .start = start};
    if (marq_solve(&problem, options, theta, &score.result) < 0) return score;
    score.parameters = log_relative_error(p->parameters, theta, p->certified);
    if (marq_covariance_at(&problem, options, theta, 0, NULL, NULL, deviation, NULL, NULL) == MARQ_OK)
        score.deviations = log_relative_error(p->parameters, deviation, p->deviation);
    score.residual_evaluations = score.result.residual_evaluations + 1;
    score.jacobian_evaluations = score.result.jacobian_evaluations + 1;
    return score;
}

typedef struct totals {
    size_t parameters8, parameters6, parameters4, deviations6, residual, jacobian;
} totals;

static totals add_up(const selftest_score *scores) {
    totals t = {0};
    for (int i = 0; i < SCORES; i++) {
        t.parameters8 += scores[i].parameters >= 8;
        t.parameters6 += scores[i].parameters >= 6;
        t.parameters4 += scores[i].parameters >= 4;
        t.deviations6 += scores[i].deviations >= 6;
        t.residual += scores[i].residual_evaluations;
        t.jacobian += scores[i].jacobian_evaluations;
    }
    return t;
}

static void add_table(marq_text *text, const selftest_score *scores, const totals *t) {
    marq_text_add(text, "NIST StRD nonlinear regression: LRE, the digits that agree with the certified "
                        "values (at most 11)\n\n"
                        "problem    start  parameters  deviations  residual  Jacobian  stop\n");
    for (int i = 0; i < SCORES; i++) {
        const selftest_score *s = &scores[i];
        marq_text_add(text, "%-9s  %5d  %10.1f  %10.1f  %8zu  %8zu  %s\n", s->problem->name, s->start + 1,
                      s->parameters, s->deviations, s->residual_evaluations, s->jacobian_evaluations,
                      marq_status_key(s->result.status));
    }
    marq_text_add(text, "\n%zu/%d at LRE >= 8, %zu at >= 6, %zu at >= 4; deviations: %zu at >= 6\n",
                  t->parameters8, SCORES, t->parameters6, t->parameters4, t->deviations6);
    marq_text_add(text, "%zu residual and %zu Jacobian evaluations in all\n", t->residual, t->jacobian);
}

static json_t *score_json(const selftest_score *s) {
    json_t *object = json_object();
    json_object_set_new(object, "problem", json_string(s->problem->name));
    json_object_set_new(object, "start", json_integer(s->start + 1));
    json_object_set_new(object, "lre_parameters", fit_json_number(s->parameters));
    json_object_set_new(object, "lre_deviations", fit_json_number(s->deviations));
    json_object_set_new(object, "residual_evaluations", fit_json_size(s->residual_evaluations));
    json_object_set_new(object, "jacobian_evaluations", fit_json_size(s->jacobian_evaluations));
    json_object_set_new(object, "stop", json_string(marq_status_key(s->result.status)));
    return object;
}

static void add_json(marq_text *text, const selftest_score *scores, const totals *t) {
    json_t *root = json_object(), *list = json_array();
    for (int i = 0; i < SCORES; i++) json_array_append_new(list, score_json(&scores[i]));
    json_object_set_new(root, "scores", list);
    json_object_set_new(root, "lre8", fit_json_size(t->parameters8));
    json_object_set_new(root, "lre6", fit_json_size(t->parameters6));
    json_object_set_new(root, "deviations_lre6", fit_json_size(t->deviations6));
    json_object_set_new(root, "residual_evaluations", fit_json_size(t->residual));
    json_object_set_new(root, "jacobian_evaluations", fit_json_size(t->jacobian));
    fit_json_add(text, root);
}

marq_status fit_selftest(const fit_arguments *a, fit_streams streams, marq_error *error) {
    selftest_score scores[SCORES];
    marq_options options = marq_options_default();
    options.jacobian = a->jacobian;
    options.threads = a->threads;
    for (int i = 0; i < SCORES; i++)
        scores[i] = selftest_run(&nist_problems[i / NIST_STARTS], i % NIST_STARTS, &options);
    totals t = add_up(scores);
    marq_text text = {0};
    if (a->json)
        add_json(&text, scores, &t);
    else if (!a->quiet)
        add_table(&text, scores, &t);
    bool written =
        !text.failed && fwrite(text.data ? text.data : "", 1, text.length, streams.out) == text.length;
    marq_text_clear(&text);
    if (!written || fflush(streams.out) != 0)
        return marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written");
    size_t good = a->jacobian == MARQ_JACOBIAN_AUTO ? t.parameters8 : t.parameters6;
    if (good < SCORES || t.deviations6 < 52)
        return marq_fail(error, MARQ_ERROR_START,
                         "selftest: the scorecard falls short of 54 problems and 52 deviations");
    return MARQ_OK;
}
