/* Every solver on every instance of a collection: those of this process, and peers in Python that answer
 * with their solutions. */
#ifndef BENCH_CONTEST_H
#define BENCH_CONTEST_H

#include "../frame/bench.h"
#include "../problems/collection.h"

/* What one solver made of one instance. */
typedef struct bench_outcome {
    double x[BENCH_MOST_PARAMETERS];          /* NaN: no solution */
    double deviations[BENCH_MOST_PARAMETERS]; /* NaN: none given */
    size_t residual_calls, jacobian_calls;
} bench_outcome;

typedef struct bench_entrant {
    char name[64], settings[64];
    int counts_calls;        /* else the two numbers of calls mean nothing */
    bench_outcome *outcomes; /* one an instance */
} bench_entrant;

enum { BENCH_MOST_ENTRANTS = 40 };
typedef struct bench_contest {
    const bench_collection *collection;
    size_t count;
    bench_entrant entrants[BENCH_MOST_ENTRANTS];
} bench_contest;

/* Runs all that are here; reports those that are not. scripts: of Python peers, ends with NULL. */
bench_contest bench_hold_contest(bench *b, const bench_collection *collection, const char *const *scripts);
void bench_end_contest(bench_contest *contest);

/* A table with one column a solver, after columns `first` (titles parted by '|'). */
json_t *bench_contest_table(bench *b, const bench_contest *contest, const char *key, const char *title,
                            const char *first);

/* Σ r² of instance `number` at x, by our own evaluation; NaN where x or r is not finite. */
double bench_sum_of_squares(const bench_collection *collection, size_t number, const double *x);

#endif
