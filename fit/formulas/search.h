/* Solving from many starts, drawn from the ranges of the parameters that have none. */
#ifndef FIT_FORMULAS_SEARCH_H
#define FIT_FORMULAS_SEARCH_H

#include <marq/formula.h>
#include <stdbool.h>

typedef struct formula_search_options {
    const unsigned char *open;        /* n flags: parameters without a start, fixed and linear ones apart */
    const marq_formula_range *ranges; /* n, of the open ones */
    size_t starts;                    /* at least 1; and theta itself */
    uint64_t seed;
} formula_search_options;

/* As marq_solve_starts, from the starts that look best. The same bits for every number of threads. */
marq_status formula_search(const marq_problem *problem, const marq_options *options,
                           const formula_search_options *search, double *theta, marq_minimum *minima,
                           size_t capacity, size_t *found, marq_error *error);

#endif
