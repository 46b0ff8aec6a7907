/* The least-squares problems of Moré, Garbow & Hillstrom 1981 ("Testing unconstrained optimization software",
 * ACM TOMS 7) that MINPACK's lmder test driver uses. Known minima: the sums of squares that the paper prints,
 * or its exact values. */
#ifndef TESTS_MGH_PROBLEMS_H
#define TESTS_MGH_PROBLEMS_H

#include <stddef.h>

enum { MGH_MOST_PARAMETERS = 40, MGH_MOST_MINIMA = 3 };

typedef void (*mgh_function)(size_t m, size_t n, const double *x, double *f);

typedef struct mgh_problem {
    const char *name;
    mgh_function function;
    size_t rows, parameters;
    const double *start;            /* parameters values */
    double minima[MGH_MOST_MINIMA]; /* known minima of Σ f²; the first is global, others local; NaN ends the
                                       list */
} mgh_problem;

extern const mgh_problem mgh_problems[];
extern const size_t mgh_count;

#endif
