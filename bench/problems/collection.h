/* Collections of least-squares problems with known solutions. A problem and a start are one instance. */
#ifndef BENCH_COLLECTION_H
#define BENCH_COLLECTION_H

#include "../solvers/solver.h"
#include <jansson.h>

typedef struct bench_collection {
    const char *name;
    size_t count;                             /* instances */
    bench_problem (*instance)(size_t number); /* 0 … count−1 */
    int deviations;                           /* non-zero: standard errors are asked for too */
    /* For peers that read formulas: an array with an object an instance: formula (parameters b1, b2 …,
     * predictors x1, x2 …, in marq's own syntax), x (rows × predictors), y. NULL: the problems have no
     * formulas. */
    json_t *(*describe)(void);
} bench_collection;

/* NIST's 27 problems from both starts. */
extern const bench_collection bench_nist;

/* Moré, Garbow & Hillstrom's from 1, 10 and 100 times the standard start (tests/mgh_problems.h). */
extern const bench_collection bench_mgh;

#endif
