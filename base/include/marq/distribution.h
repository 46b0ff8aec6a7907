/* marq: the distributions of statistics, for intervals and tests on fits.
 *
 * Relative error below 1e-12 for dof from 0.5 to 1e10, where the value itself is a normal double. Infinite
 * degrees of freedom are the limit: t becomes the normal distribution, F becomes χ²/numerator. Arguments
 * outside their range give NaN. All functions are pure: any thread may call them. */
#ifndef MARQ_DISTRIBUTION_H
#define MARQ_DISTRIBUTION_H

#include <marq/status.h>

#ifdef __cplusplus
extern "C" {
#endif

/* P(Z ≤ z) for the standard normal distribution. */
MARQ_API double marq_normal_cdf(double z);

/* z with P(Z ≤ z) = p, for p in [0, 1]; −Inf at 0, Inf at 1. */
MARQ_API double marq_normal_quantile(double p);

/* P(T ≤ t) for Student's t with dof > 0 degrees of freedom, not necessarily a whole number. */
MARQ_API double marq_t_cdf(double t, double dof);

/* t with P(T ≤ t) = p. The 95 % interval of a parameter is its value ± marq_t_quantile(0.975, dof) · its
 * standard error. */
MARQ_API double marq_t_quantile(double p, double dof);

/* P(F ≤ f), and the upper tail P(F > f) without cancellation, for f ≥ 0 and numerator, denominator > 0
 * degrees of freedom. */
MARQ_API double marq_f_cdf(double f, double numerator, double denominator);
MARQ_API double marq_f_tail(double f, double numerator, double denominator);

/* P(χ² ≤ x), and the upper tail P(χ² > x), for x ≥ 0. */
MARQ_API double marq_chi_square_cdf(double x, double dof);
MARQ_API double marq_chi_square_tail(double x, double dof);

#ifdef __cplusplus
}
#endif
#endif
