/* The second-order part of the Hessian, S ≈ Σ r_i ∇²r_i, by secant updates. */
#ifndef MARQ_LM_CURVATURE_H
#define MARQ_LM_CURVATURE_H

#include "quadratic.h"

typedef struct marq_curvature {
    size_t parameters;
    double *S;            /* n × n, symmetric */
    double *step;         /* n: s, from the last point to this one */
    double *old_gradient; /* n: g at the last point */
    double *mixed;        /* n: J of the last point times r of this one */
    double *y, *Ss;       /* n */
    signed char *held;    /* n: the last point's; zeros without bounds */
    marq_quadratic quadratic;
    bool has_left;  /* a step was taken, and S does not know it yet */
    bool in_use;    /* the quadratic model with S makes the steps */
    size_t updates; /* of S since it was zero */
    size_t better;  /* steps in a row whose decrease the model with S told much better */
} marq_curvature;

double marq_curvature_doubles(size_t parameters); /* that create allocates, about */
int marq_curvature_create(marq_curvature *c, size_t parameters);
void marq_curvature_destroy(marq_curvature *c);

#endif
