/* Parameters that follow from others (marq_ties): θ = T(φ), φ the free ones. */
#ifndef MARQ_LM_TIES_H
#define MARQ_LM_TIES_H

#include <marq/lm.h>
#include <stdbool.h>

bool marq_is_tied(const marq_problem *problem); /* any parameter */
bool marq_is_tied_parameter(const marq_problem *problem, size_t j);

/* Indices in range, no parameter tied twice, sources known before they are used, bounds that can be held. */
marq_status marq_check_ties(const marq_problem *problem, marq_error *error);

/* The bounds of a parameter that is not tied, with those of the parameters that follow it alone. */
void marq_tied_bounds(const marq_problem *problem, size_t j, double *low, double *high);

/* Computes the tied entries of theta (n) from the others. A MARQ_CALLBACK_… value; NOT_COMPUTABLE also for
 * NaN, Inf. */
int marq_set_tied(const marq_problem *problem, double *theta);

/* Does the function of the ties, which are there, set θ_j; how many it sets. */
bool marq_is_marked(const marq_problem *problem, size_t j);
size_t marq_marked_count(const marq_problem *problem);

/* slopes (marked × n) ← ∂θ_j/∂θ_k for the parameters j that the function sets, at theta, a point of T: by
 * the callback, or by differences with steps that go by typical (n). shifted: n, scratch. */
int marq_tie_derivative(const marq_problem *problem, const double *theta, double *slopes);
int marq_tie_difference(const marq_problem *problem, const double *theta, const double *typical,
                        double *shifted, double *slopes);

#endif
