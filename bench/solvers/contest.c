#include "contest.h"

#include <base/memory.h>
#include <base/text.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bench_entrant *add_entrant(bench_contest *contest, const char *name, const char *settings) {
    if (contest->count == BENCH_MOST_ENTRANTS) bench_fail("more than %d solvers", BENCH_MOST_ENTRANTS);
    bench_entrant *entrant = &contest->entrants[contest->count++];
    snprintf(entrant->name, sizeof entrant->name, "%s", name);
    snprintf(entrant->settings, sizeof entrant->settings, "%s", settings);
    entrant->outcomes = marq_alloc(contest->collection->count, sizeof *entrant->outcomes);
    if (!entrant->outcomes) bench_fail("out of memory for the outcomes");
    return entrant;
}

static void fill(double *values, double value) {
    for (size_t j = 0; j < BENCH_MOST_PARAMETERS; j++) values[j] = value;
}

static size_t tight_limit(const bench *b) {
    return b->options.quick ? 200 : 5000;
}

/* ---- Solvers of this process ---- */

/* By value: the calls of each solve are counted from 0. */
static bench_outcome solve_here(const bench_solver *solver, bench_problem p, int wants_deviations) {
    bench_outcome outcome;
    memcpy(outcome.x, p.start, sizeof outcome.x);
    solver->solve(&p, outcome.x);
    outcome.residual_calls = p.residual_calls;
    outcome.jacobian_calls = p.jacobian_calls;
    fill(outcome.deviations, (double)NAN);
    if (wants_deviations) solver->deviations(&p, outcome.x, outcome.deviations);
    return outcome;
}

static void run_here(bench *b, bench_contest *contest) {
    for (size_t k = 0; k < bench_solver_count; k++) {
        const bench_solver *solver = &bench_solvers[k];
        if (!solver->solve) {
            char what[160];
            snprintf(what, sizeof what, "%s, %s", solver->name, solver->settings);
            bench_absent(b, what, solver->package);
            continue;
        }
        bench_entrant *entrant = add_entrant(contest, solver->name, solver->settings);
        entrant->counts_calls = 1;
        for (size_t i = 0; i < contest->collection->count; i++) {
            bench_problem p = contest->collection->instance(i);
            p.tight_limit = tight_limit(b);
            entrant->outcomes[i] = solve_here(solver, p, contest->collection->deviations);
        }
    }
}

/* ---- Peers in Python ---- */

static json_t *request_of(const bench *b, const bench_collection *collection) {
    json_t *instances = json_array();
    for (size_t i = 0; i < collection->count; i++) {
        bench_problem p = collection->instance(i);
        double r[BENCH_MOST_ROWS];
        p.residual(p.data, p.start, r);
        json_array_append_new(instances, json_pack("{s:s, s:i, s:i, s:o, s:o}", "name", p.name, "rows",
                                                   (int)p.rows, "parameters", (int)p.parameters, "start",
                                                   bench_numbers(p.parameters, p.start), "residual at start",
                                                   bench_numbers(p.rows, r)));
    }
    json_t *request = json_pack("{s:s, s:s, s:f, s:i, s:o}", "library", BENCH_LIBRARY, "collection",
                                collection->name, "tight tolerance", BENCH_TIGHT_TOLERANCE,
                                "tight evaluations", (int)tight_limit(b), "instances", instances);
    if (collection->describe) json_object_set_new(request, "texts", collection->describe());
    return request;
}

static void read_numbers(const json_t *list, size_t count, double *values) {
    fill(values, (double)NAN);
    for (size_t j = 0; j < count && json_is_array(list); j++) {
        const json_t *value = json_array_get(list, j);
        if (json_is_number(value)) values[j] = json_number_value(value);
    }
}

static void read_peer(bench_contest *contest, const json_t *peer) {
    const char *name = json_string_value(json_object_get(peer, "name"));
    const char *settings = json_string_value(json_object_get(peer, "settings"));
    const json_t *outcomes = json_object_get(peer, "outcomes");
    if (!name || !settings || json_array_size(outcomes) != contest->collection->count)
        bench_fail("a peer's answer is incomplete");
    bench_entrant *entrant = add_entrant(contest, name, settings);
    size_t i;
    const json_t *from;
    json_array_foreach(outcomes, i, from) {
        bench_outcome *outcome = &entrant->outcomes[i];
        size_t n = contest->collection->instance(i).parameters;
        const json_t *calls = json_object_get(from, "residual calls");
        read_numbers(json_object_get(from, "x"), n, outcome->x);
        read_numbers(json_object_get(from, "deviations"), n, outcome->deviations);
        entrant->counts_calls = json_is_integer(calls);
        outcome->residual_calls = (size_t)json_integer_value(calls);
        outcome->jacobian_calls = (size_t)json_integer_value(json_object_get(from, "jacobian calls"));
    }
}

bench_contest bench_hold_contest(bench *b, const bench_collection *collection, const char *const *scripts) {
    bench_contest contest = {.collection = collection};
    run_here(b, &contest);
    for (; *scripts; scripts++) {
        json_t *answer = bench_ask(b, *scripts, 1, request_of(b, collection));
        size_t i;
        const json_t *peer;
        json_array_foreach(json_object_get(answer, "peers"), i, peer) read_peer(&contest, peer);
        json_decref(answer);
    }
    return contest;
}

void bench_end_contest(bench_contest *contest) {
    for (size_t k = 0; k < contest->count; k++) free(contest->entrants[k].outcomes);
}

json_t *bench_contest_table(bench *b, const bench_contest *contest, const char *key, const char *title,
                            const char *first) {
    marq_text columns = {0};
    marq_text_add(&columns, "%s", first);
    for (size_t k = 0; k < contest->count; k++)
        marq_text_add(&columns, "|%s, %s", contest->entrants[k].name, contest->entrants[k].settings);
    if (columns.failed) bench_fail("out of memory for table %s", key);
    json_t *table = bench_table(b, key, title, columns.data);
    marq_text_clear(&columns);
    return table;
}

double bench_sum_of_squares(const bench_collection *collection, size_t number, const double *x) {
    bench_problem p = collection->instance(number);
    double r[BENCH_MOST_ROWS], sum = 0;
    for (size_t j = 0; j < p.parameters; j++)
        if (!isfinite(x[j])) return (double)NAN;
    p.residual(p.data, x, r);
    for (size_t i = 0; i < p.rows; i++) sum += r[i] * r[i];
    return isfinite(sum) ? sum : (double)NAN;
}
