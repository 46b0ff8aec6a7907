/* The damping for which a step has the length of the trust region. */
#ifndef MARQ_LM_SECULAR_H
#define MARQ_LM_SECULAR_H

/* ‖Ds(μ)‖ of a model and its derivative in μ. */
typedef double (*marq_length_function)(const void *model, double mu, double *derivative);

/* μ ≥ floor for which the length is the radius, within a tenth; the floor itself if the length is no longer
 * there. gradient: ‖D⁻¹g‖, for which length(floor + μ) ≤ gradient / μ. */
double marq_secular_damping(marq_length_function length, const void *model, double floor, double gradient,
                            double radius);

#endif
