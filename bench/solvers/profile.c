#include "profile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The stairs of one solver: y at first, and y + change after each of the rising values. */
typedef struct stairs {
    const char *solver;
    size_t count;
    const double *rising;
    double first, last; /* x of the ends */
    double y, change;
} stairs;

static void add_stairs(json_t *table, const stairs *s) {
    double y = s->y;
    bench_row(table, "sff", s->solver, s->first, y);
    for (size_t i = 0; i < s->count; i++) {
        bench_row(table, "sff", s->solver, s->rising[i], y);
        y += s->change;
        bench_row(table, "sff", s->solver, s->rising[i], y);
    }
    bench_row(table, "sff", s->solver, s->last, y);
}

/* marq's entrant is the first, with settings of its own. */
static int takes_part(const bench_contest *contest, size_t entrant, const char *settings) {
    return entrant == 0 || strcmp(contest->entrants[entrant].settings, settings) == 0;
}

static json_t *make_table(bench *b, const char *kind, const char *settings, const char *what,
                          const char *columns, char key[64]) {
    char title[160];
    snprintf(key, 64, "%s-%s", kind, settings);
    snprintf(title, sizeof title, "%s; %s settings%s", what, settings,
             strcmp(settings, "default") == 0 ? "" : " (marq: default)");
    json_t *table = bench_table(b, key, title, columns);
    bench_only_json(table);
    return table;
}

static void draw(bench *b, const json_t *table, const char *key, int log_x) {
    const json_t *columns = json_object_get(table, "columns");
    bench_draw(b, table,
               &(bench_picture){.name = key,
                                .title = json_string_value(json_object_get(table, "title")),
                                .series = json_string_value(json_array_get(columns, 0)),
                                .x = json_string_value(json_array_get(columns, 1)),
                                .y = json_string_value(json_array_get(columns, 2)),
                                .log_x = log_x});
}

/* ---- Data profiles ---- */

/* Rising costs of what the solver has solved; returns how many. */
static size_t costs_of(const bench_contest *contest, size_t entrant, double *costs,
                       int (*solved)(const bench_outcome *outcome, size_t instance)) {
    size_t count = 0;
    for (size_t i = 0; i < contest->collection->count; i++) {
        const bench_outcome *o = &contest->entrants[entrant].outcomes[i];
        double n = (double)contest->collection->instance(i).parameters;
        if (solved(o, i))
            costs[count++] = ((double)o->residual_calls + n * (double)o->jacobian_calls) / (n + 1);
    }
    bench_sort(count, costs);
    return count;
}

void bench_draw_profile(bench *b, const bench_contest *contest, const char *settings,
                        int (*solved)(const bench_outcome *outcome, size_t instance)) {
    char key[64];
    json_t *table =
        make_table(b, "profile", settings, "Data profile", "solver|evaluations / (n + 1)|% solved", key);
    size_t all = contest->collection->count, counts[BENCH_MOST_ENTRANTS] = {0};
    double *costs = bench_doubles(contest->count, all), least = HUGE_VAL, most = 0;
    for (size_t k = 0; k < contest->count; k++) {
        double *own = costs + k * all;
        if (!takes_part(contest, k, settings) || !contest->entrants[k].counts_calls) continue;
        counts[k] = costs_of(contest, k, own, solved);
        if (counts[k] == 0) continue;
        least = fmin(least, own[0]);
        most = fmax(most, own[counts[k] - 1]);
    }
    for (size_t k = 0; k < contest->count; k++)
        if (counts[k] > 0)
            add_stairs(table, &(stairs){contest->entrants[k].name, counts[k], costs + k * all, least, most, 0,
                                        100 / (double)all});
    free(costs);
    draw(b, table, key, 1);
}

/* ---- Digits ---- */

void bench_draw_digits(bench *b, const bench_contest *contest, const char *settings, double most,
                       double (*digits)(const bench_outcome *outcome, size_t instance)) {
    char key[64];
    json_t *table = make_table(b, "digits", settings, "Instances solved to at least so many digits",
                               "solver|digits|instances", key);
    size_t all = contest->collection->count;
    double *values = bench_doubles(all, 1);
    for (size_t k = 0; k < contest->count; k++) {
        size_t below = 0; /* an instance with all digits keeps its stair to the end */
        if (!takes_part(contest, k, settings)) continue;
        for (size_t i = 0; i < all; i++) {
            double value = digits(&contest->entrants[k].outcomes[i], i);
            if (value < most) values[below++] = value;
        }
        bench_sort(below, values);
        add_stairs(table, &(stairs){contest->entrants[k].name, below, values, 0, most, (double)all, -1});
    }
    free(values);
    draw(b, table, key, 0);
}
