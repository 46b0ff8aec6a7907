/* The quadratic model of the cost with a second-order part, gᵀs + ½ sᵀ(JᵀJ + S)s, in coordinates where its
 * matrix is diagonal. */
#ifndef MARQ_LM_QUADRATIC_H
#define MARQ_LM_QUADRATIC_H

#include "model.h"

/* In the linear model's coordinates t = VᵀDs, JᵀJ is Σ² and g is Σz. With Σ² + VᵀD⁻¹SD⁻¹V = W Λ Wᵀ and
 * c = WᵀΣz the damped step is Ds = −V W (c / (λ + μ)). */
typedef struct marq_quadratic {
    size_t parameters;
    double *vectors; /* n × n, column-major: W */
    double *lambda;  /* n, rising; S need not be positive semidefinite */
    double *c, *u;   /* n: c; Wᵀt of a step */
    double *product; /* n × n */
    double *work;    /* for LAPACK */
    int work_size;
} marq_quadratic;

double marq_quadratic_doubles(size_t parameters);
int marq_quadratic_create(marq_quadratic *q, size_t parameters);
void marq_quadratic_destroy(marq_quadratic *q);

/* S: n × n, symmetric. false if LAPACK does not converge (NaN, Inf). */
bool marq_quadratic_factor(marq_quadratic *q, const marq_model *linear, const double *S);

/* μ ≥ 0 for which JᵀJ + S + μD² is positive definite and ‖Ds(μ)‖ is the radius, within a tenth, or below it.
 */
double marq_quadratic_damping(const marq_quadratic *q, double radius);

/* The step for μ; returns ‖Ds‖. */
double marq_quadratic_step(marq_quadratic *q, const marq_model *linear, double mu, double *step);

/* −gᵀs − ½ sᵀ(JᵀJ + S)s of that step. */
double marq_quadratic_decrease(const marq_quadratic *q, double mu);

#endif
