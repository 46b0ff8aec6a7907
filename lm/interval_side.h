/* One side of a profile: the curve τ(θ_j) from the estimate outwards, and where it reaches the threshold. */
#ifndef MARQ_LM_INTERVAL_SIDE_H
#define MARQ_LM_INTERVAL_SIDE_H

#include <marq/inference.h>

enum { MARQ_SIDE_POINTS = 31 }; /* at most, without the estimate: 2 · 31 + 1 < MARQ_CURVE_POINTS */

/* What all sides share. */
typedef struct marq_estimate {
    const marq_options *options; /* of the solves */
    const double *theta;         /* n */
    const double *covariance;    /* n × n */
    double squares;              /* S(θ̂) */
    double variance;             /* s² */
    double threshold;            /* of |τ| */
} marq_estimate;

/* Memory of a thread. */
typedef struct marq_side_memory {
    const marq_problem *source; /* the caller's */
    marq_problem problem;       /* the same with `fixed` below */
    marq_workspace *work;
    unsigned char *fixed;                   /* n: the caller's and the profiled parameter */
    double *inner, *before, *outer, *trial; /* n: the last point of the curve, the one before it, the first
                                               beyond the threshold; the one that is tried */
} marq_side_memory;

typedef struct marq_side {
    size_t parameter;
    int direction; /* −1, 1 */
    marq_interval_end end;
    size_t count;
    marq_curve_point points[MARQ_SIDE_POINTS]; /* outwards */
    double lowest;                             /* S of the lowest point, if it lies below the estimate's */
    double *better;                            /* n: that point; NULL: not wanted */
    marq_status status;                        /* MARQ_ERROR_CALLBACK if a callback gave up */
} marq_side;

/* Fills side from its parameter, direction and better. */
void marq_follow_side(const marq_estimate *estimate, marq_side_memory *memory, marq_side *side);

#endif
