/* Moré, Garbow & Hillstrom's problems beside the peers. */
#include "../solvers/contest.h"
#include "../solvers/profile.h"

#include "mgh_problems.h"

enum { FACTORS = 3 };

typedef struct verdict {
    int least, any; /* the least known minimum; any known one */
} verdict;

static verdict judge(const bench_outcome *o, size_t instance) {
    const mgh_problem *p = &mgh_problems[instance / FACTORS];
    double sum = bench_sum_of_squares(&bench_mgh, instance, o->x);
    return (verdict){.least = mgh_is_least(p, sum), .any = mgh_is_minimum(p, sum)};
}

/* How many instances of a driver's set are solved from each factor. */
static void count_solved(const bench_entrant *e, int driver, size_t least[FACTORS], size_t *any,
                         size_t *total) {
    for (size_t i = 0; i < bench_mgh.count; i++) {
        if (!(mgh_problems[i / FACTORS].drivers & driver)) continue;
        verdict v = judge(&e->outcomes[i], i);
        least[i % FACTORS] += (size_t)v.least;
        *any += (size_t)v.any;
        ++*total;
    }
}

/* marq's rows come first. */
static void add_verdict(bench *b, const bench_contest *contest, int driver, const char *set) {
    size_t best = 0, marq = 0, total = 0;
    const bench_entrant *who = NULL;
    for (size_t k = 0; k < contest->count; k++) {
        size_t least[FACTORS] = {0}, any = 0, solved;
        total = 0;
        count_solved(&contest->entrants[k], driver, least, &any, &total);
        solved = least[0] + least[1] + least[2];
        if (k == 0) marq = solved;
        if (k == 0 || (who && solved <= best)) continue;
        best = solved;
        who = &contest->entrants[k];
    }
    if (who)
        bench_note(b,
                   "Of %s %zu instances marq solves %zu; the best of the others in this run, %s (%s), %zu.",
                   set, total, marq, who->name, who->settings, best);
}

static void add_scores(bench *b, const bench_contest *contest) {
    json_t *table = bench_table(b, "scores", "Solved",
                                "solver|settings|set|instances|solved|1x|10x|100x|with local minima");
    static const struct {
        int driver;
        const char *name;
    } sets[] = {{MGH_MINPACK, "MINPACK's"}, {MGH_CERES, "Ceres's"}};
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
        for (size_t k = 0; k < contest->count; k++) {
            const bench_entrant *e = &contest->entrants[k];
            size_t least[FACTORS] = {0}, any = 0, total = 0;
            count_solved(e, sets[s].driver, least, &any, &total);
            bench_row(table, "ssszzzzzz", e->name, e->settings, sets[s].name, total,
                      least[0] + least[1] + least[2], least[0], least[1], least[2], any);
        }
    for (size_t s = 0; s < sizeof sets / sizeof *sets; s++)
        add_verdict(b, contest, sets[s].driver, sets[s].name);
}

static const char *word_for(const bench_outcome *o, size_t instance) {
    verdict v = judge(o, instance);
    return v.least ? "yes" : v.any ? "local" : "no";
}

/* All that was measured, one row an instance and solver. */
static void add_measurements(bench *b, const bench_contest *contest) {
    json_t *table =
        bench_table(b, "measurements", "All measurements",
                    "solver|settings|instance|solved|sum of squares|residual evaluations|Jacobian "
                    "evaluations");
    bench_only_json(table);
    for (size_t k = 0; k < contest->count; k++)
        for (size_t i = 0; i < bench_mgh.count; i++) {
            const bench_entrant *e = &contest->entrants[k];
            const bench_outcome *o = &e->outcomes[i];
            bench_row(table, "ssssfzz", e->name, e->settings, bench_mgh.instance(i).name, word_for(o, i),
                      bench_sum_of_squares(&bench_mgh, i, o->x), o->residual_calls, o->jacobian_calls);
        }
}

/* 'y' solved, 'l' at a local minimum, 'n' neither. */
static char mark_for(const bench_outcome *o, size_t instance) {
    return word_for(o, instance)[0];
}

static void add_problems(bench *b, const bench_contest *contest) {
    json_t *table = bench_contest_table(
        b, contest, "problems", "From 1, 10 and 100 times the start: y solved, l a local minimum, n neither",
        "problem");
    for (size_t p = 0; p < MGH_COUNT; p++) {
        json_t *row = json_pack("[s]", mgh_problems[p].name);
        for (size_t k = 0; k < contest->count; k++) {
            const bench_outcome *o = contest->entrants[k].outcomes;
            size_t at = p * FACTORS;
            json_array_append_new(row,
                                  json_sprintf("%c%c%c", mark_for(&o[at], at), mark_for(&o[at + 1], at + 1),
                                               mark_for(&o[at + 2], at + 2)));
        }
        bench_row_of(table, row);
    }
}

static int is_solved(const bench_outcome *o, size_t instance) {
    return judge(o, instance).least;
}

static void draw(bench *b, const bench_contest *contest) {
    bench_draw_profile(b, contest, "tight", is_solved);
    bench_draw_profile(b, contest, "default", is_solved);
    bench_note(b,
               "Data profiles (Moré & Wild 2009): the share of all %zu instances solved over the evaluations "
               "of the whole solve, up to the solver's own end, in units of n + 1 for n parameters; a "
               "Jacobian counts as n residual vectors.",
               bench_mgh.count);
}

static void run(bench *b) {
    static const char *const scripts[] = {"least_squares.py", NULL};
    bench_contest contest = bench_hold_contest(b, &bench_mgh, scripts);
    add_scores(b, &contest);
    add_problems(b, &contest);
    add_measurements(b, &contest);
    draw(b, &contest);
    bench_end_contest(&contest);
}

const bench_study bench_this = {
    .name = "mgh",
    .title = "Moré, Garbow and Hillstrom's problems, side by side",
    .about =
        "The 28 problems of MINPACK's lmder driver and the 19 of Ceres's more_garbow_hillstrom example (10 "
        "are "
        "in both), each from 1, 10 and 100 times the standard start (a start of zeros becomes 10 and 100). "
        "Solved: the sum of squares, evaluated here, is within 1e-4 of the least known one, absolutely where "
        "that is 0; `local` means another known minimum. All solvers get the same residuals and the same "
        "Jacobians (exact, by complex step). Tight: tolerances of 1e-15 (Ceres 1e-18) and up to 5000 "
        "iterations or evaluations; default: what the solver does unasked.",
    .run = run,
};
