/* A problem with ties as one without, in the free parameters φ: the only place where ties are taken out. */
#ifndef MARQ_LM_REDUCTION_H
#define MARQ_LM_REDUCTION_H

#include "solver.h"

struct marq_reduction {
    marq_problem problem;      /* in φ: residual r(T(φ)), Jacobian J T'; its user is this */
    const marq_problem *full;  /* the caller's */
    size_t parameters;         /* n, of the full problem */
    size_t free, tied, marked; /* counts; marked: tied by the function */
    size_t *place;             /* n: index in φ, or free + the row of T' among the tied */
    size_t *free_index;        /* free: index in θ */
    size_t *tied_index;        /* tied: index in θ, rising */
    double *phi, *theta;       /* a point in both */
    double *typical;           /* n: for differences of the function */
    double *lower, *upper;     /* free */
    unsigned char *fixed;      /* free */
    marq_jacobian *columns;    /* free */
    int threads;
    double *memory; /* scratch of each thread (reduction.c) */
    size_t *ranges;
    size_t stride, rows_size;
    marq_progress_function progress; /* the caller's */
    void *progress_user;
};

/* For a checked problem. NULL without memory. */
marq_reduction *marq_reduction_create(const marq_problem *problem, int threads);
void marq_reduction_destroy(marq_reduction *reduction);

/* Makes reduction->problem that of `full`, phi and theta the point with the free entries of `theta`, and
 * options those of a solve in φ. */
marq_status marq_reduce(marq_reduction *reduction, const marq_problem *full, marq_options *options,
                        const double *theta, marq_error *error);

/* theta (n) ← T(phi). A MARQ_CALLBACK_… value. */
int marq_reduction_expand(const marq_reduction *reduction, double *theta);

/* T' at phi: rows of the tied parameters, tied × free. A MARQ_CALLBACK_… value. The memory is the
 * reduction's. */
int marq_reduction_slopes(marq_reduction *reduction, const double **slopes);

#endif
