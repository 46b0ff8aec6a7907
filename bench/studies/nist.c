/* NIST's nonlinear regression set beside the peers. */
#include "../solvers/contest.h"
#include "../solvers/profile.h"

#include "nist/nist.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Certified values have 11 digits: more agreement cannot be seen. */
static const double most_digits = 11;

static double digits(size_t n, const double *values, const double *certified) {
    double worst = 0;
    for (size_t j = 0; j < n; j++) {
        double error = fabs(values[j] / certified[j] - 1);
        if (!(error <= 1)) return 0;
        worst = fmax(worst, error);
    }
    return worst <= 1e-11 ? most_digits : -log10(worst);
}

static double digits_of(const bench_outcome *o, size_t instance) {
    const nist_problem *p = &nist_problems[instance / NIST_STARTS];
    return digits(p->parameters, o->x, p->certified);
}

static int is_solved(const bench_outcome *o, size_t instance) {
    return digits_of(o, instance) >= 6;
}

typedef struct score {
    size_t at4, at6, at8, deviations6, residual_calls, jacobian_calls;
    char failed[400];
} score;

static void add_failure(score *s, const char *name) {
    size_t used = strlen(s->failed);
    snprintf(s->failed + used, sizeof s->failed - used, "%s%s", used ? ", " : "", name);
}

static score score_of(const bench_contest *contest, const bench_entrant *entrant) {
    score s = {0};
    for (size_t i = 0; i < contest->collection->count; i++) {
        const nist_problem *p = &nist_problems[i / NIST_STARTS];
        const bench_outcome *o = &entrant->outcomes[i];
        double lre = digits_of(o, i);
        s.at4 += lre >= 4;
        s.at6 += lre >= 6;
        s.at8 += lre >= 8;
        s.deviations6 += digits(p->parameters, o->deviations, p->deviation) >= 6;
        s.residual_calls += o->residual_calls;
        s.jacobian_calls += o->jacobian_calls;
        if (lre < 4) add_failure(&s, contest->collection->instance(i).name);
    }
    return s;
}

static void add_score_row(json_t *table, const bench_entrant *e, const score *s) {
    const char *failed = s->failed[0] ? s->failed : "none";
    if (e->counts_calls)
        bench_row(table, "sszzzzzzs", e->name, e->settings, s->at4, s->at6, s->at8, s->deviations6,
                  s->residual_calls, s->jacobian_calls, failed);
    else
        bench_row(table, "sszzzz--s", e->name, e->settings, s->at4, s->at6, s->at8, s->deviations6, failed);
}

/* marq's rows come first. */
static void add_verdict(bench *b, const bench_contest *contest) {
    score marq = score_of(contest, &contest->entrants[0]), best = {0};
    const bench_entrant *who = NULL;
    for (size_t k = 1; k < contest->count; k++) {
        score s = score_of(contest, &contest->entrants[k]);
        if (who && s.at8 <= best.at8) continue;
        best = s;
        who = &contest->entrants[k];
    }
    if (!who) return;
    bench_note(
        b,
        "To 8 digits: marq %zu of %zu, with %zu residual and %zu Jacobian evaluations; the best of the "
        "others in this run, %s (%s), %zu, with %zu and %zu.",
        marq.at8, contest->collection->count, marq.residual_calls, marq.jacobian_calls, who->name,
        who->settings, best.at8, best.residual_calls, best.jacobian_calls);
}

/* All that was measured, one row an instance and solver. */
static void add_measurements(bench *b, const bench_contest *contest) {
    json_t *table = bench_table(b, "measurements", "All measurements",
                                "solver|settings|instance|LRE of parameters|LRE of deviations|residual "
                                "evaluations|Jacobian evaluations");
    bench_only_json(table);
    for (size_t k = 0; k < contest->count; k++)
        for (size_t i = 0; i < contest->collection->count; i++) {
            const bench_entrant *e = &contest->entrants[k];
            const bench_outcome *o = &e->outcomes[i];
            const nist_problem *p = &nist_problems[i / NIST_STARTS];
            bench_row(table, e->counts_calls ? "sssffzz" : "sssff--", e->name, e->settings,
                      contest->collection->instance(i).name, digits_of(o, i),
                      digits(p->parameters, o->deviations, p->deviation), o->residual_calls,
                      o->jacobian_calls);
        }
}

static void add_instances(bench *b, const bench_contest *contest) {
    json_t *table =
        bench_contest_table(b, contest, "instances", "LRE of the parameters of each instance", "instance");
    for (size_t i = 0; i < contest->collection->count; i++) {
        json_t *row = json_pack("[s]", contest->collection->instance(i).name);
        for (size_t k = 0; k < contest->count; k++) {
            double lre = digits_of(&contest->entrants[k].outcomes[i], i);
            json_array_append_new(row, json_real(round(10 * lre) / 10));
        }
        bench_row_of(table, row);
    }
}

static void draw(bench *b, const bench_contest *contest) {
    static const char *const settings[] = {"tight", "default"};
    for (size_t k = 0; k < 2; k++) {
        bench_draw_digits(b, contest, settings[k], most_digits, digits_of);
        bench_draw_profile(b, contest, settings[k], is_solved);
    }
    bench_note(b, "Data profiles (Moré & Wild 2009): the share of the instances solved to 6 digits over the "
                  "evaluations of the whole solve, up to the solver's own end, in units of n + 1 for n "
                  "parameters; a Jacobian counts as n residual vectors.");
}

static void run(bench *b) {
    const char *const scripts[] = {"least_squares.py", b->options.quick ? NULL : "formula_fits.py", NULL};
    bench_contest contest = bench_hold_contest(b, &bench_nist, scripts);
    json_t *table =
        bench_table(b, "scores", "Scores",
                    "solver|settings|LRE >= 4 of 54|LRE >= 6|LRE >= 8|deviations LRE >= 6|residual "
                    "evaluations|Jacobian evaluations|not solved (LRE < 4)");
    for (size_t k = 0; k < contest.count; k++) {
        score s = score_of(&contest, &contest.entrants[k]);
        add_score_row(table, &contest.entrants[k], &s);
    }
    add_verdict(b, &contest);
    add_instances(b, &contest);
    add_measurements(b, &contest);
    draw(b, &contest);
    bench_note(b,
               "Lanczos1's residual sum of squares is below double precision: its deviations cannot be had "
               "from any start, which leaves 52.");
    bench_end_contest(&contest);
}

const bench_study bench_this = {
    .name = "nist",
    .title = "NIST's nonlinear regression set, side by side",
    .about =
        "27 problems from 2 starts each. All solvers get the same residuals and analytic Jacobians, the same "
        "machine code; programs that read formulas (gnuplot, R, Octave) get the formula as text and take "
        "their own differences. LRE is −log10 of the relative error of the worst parameter (or standard "
        "deviation) against NIST's certified value, at most 11, computed here from the solution that the "
        "solver returned. Evaluations are counted in the callbacks: residual vectors and Jacobians of the "
        "solve, all of them; the deviations come after it, by the solver's own means. Tight: tolerances of "
        "1e-15 (Ceres 1e-18, R 1e-10) and up to 5000 iterations or evaluations; default: what the solver "
        "does unasked.",
    .run = run,
};
