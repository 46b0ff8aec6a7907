/* Student's t, F, χ² and the normal distribution (DLMF 7.2, 8.2, 8.17; Johnson, Kotz & Balakrishnan 1995).
 *     P(χ² ≤ x) = P(ν/2, x/2)                      incomplete gamma function
 *     P(F ≤ f)  = I_x(ν₁/2, ν₂/2), x/(1 − x) = ν₁f/ν₂    incomplete beta function
 *     T² with ν degrees of freedom is F with 1 and ν,  so  P(|T| ≤ t) = I_x(½, ν/2)
 * x^a y^b / B(a, b) of the last line is t times the density of T. */
#include <marq/distribution.h>

#include "incomplete.h"
#include <float.h>
#include <math.h>
#include <stdbool.h>

static const double ENOUGH_DOF = 1e14; /* from here on t and F have their limits' values */
static const double ROOT_HALF = 0.70710678118654752440084436210485;

/* ---- χ² and F ---- */

static marq_tails chi_square(double x, double dof) {
    if (!(x >= 0) || !(dof > 0)) return (marq_tails){(double)NAN, (double)NAN, (double)NAN};
    if (x == 0) return (marq_tails){0, 1, 0};
    if (isinf(x)) return (marq_tails){1, 0, 0};
    return marq_gamma_tails(dof / 2, x / 2);
}

double marq_chi_square_cdf(double x, double dof) {
    return chi_square(x, dof).lower;
}

double marq_chi_square_tail(double x, double dof) {
    return chi_square(x, dof).upper;
}

static marq_tails f_tails(double f, double numerator, double denominator) {
    if (!(f >= 0) || !(numerator > 0) || !(denominator > 0))
        return (marq_tails){(double)NAN, (double)NAN, (double)NAN};
    if (f == 0) return (marq_tails){0, 1, 0};
    if (isinf(f)) return (marq_tails){1, 0, 0};
    if (denominator >= ENOUGH_DOF) return chi_square(f * numerator, numerator);
    return marq_beta_tails(numerator / 2, denominator / 2, f);
}

double marq_f_cdf(double f, double numerator, double denominator) {
    return f_tails(f, numerator, denominator).lower;
}

double marq_f_tail(double f, double numerator, double denominator) {
    return f_tails(f, numerator, denominator).upper;
}

/* ---- t and the normal distribution ---- */

/* P(0 ≤ T ≤ t), P(T > t) and t times the density, for t > 0. */
static marq_tails half_tails(double t, double dof) {
    if (dof >= ENOUGH_DOF) {
        double x = t * ROOT_HALF;
        return (marq_tails){erf(x) / 2, erfc(x) / 2, t * exp(-t * t / 2) * ROOT_HALF / sqrt(acos(-1.0))};
    }
    double far = 1e9 * fmax(dof, 1); /* beyond it the tail is a power of t, and t² may overflow */
    double inside = fmin(t, far), power = t > far ? pow(far / t, dof) : 1;
    marq_tails both = marq_beta_tails(0.5, dof / 2, inside * inside);
    return (marq_tails){both.lower / 2, both.upper / 2 * power, both.front * power};
}

double marq_t_cdf(double t, double dof) {
    if (isnan(t) || !(dof > 0)) return (double)NAN;
    if (isinf(t)) return t > 0;
    double size = fabs(t);
    if (size < DBL_MIN) return 0.5;
    marq_tails half = half_tails(size, dof);
    if (t < 0) return half.upper;
    return half.lower < 0.25 ? 0.5 + half.lower : 1 - half.upper;
}

double marq_normal_cdf(double z) {
    return isnan(z) ? z : marq_t_cdf(z, HUGE_VAL);
}

/* z of the upper tail q ≤ ¼ to 5e-4 (Hastings; Abramowitz & Stegun 1964, 26.2.23). */
static double rough_normal_quantile(double q) {
    double s = sqrt(-2 * log(q));
    return s -
           (2.515517 + s * (0.802853 + s * 0.010328)) / (1 + s * (1.432788 + s * (0.189269 + s * 0.001308)));
}

/* t > 0 with P(T > t) = q ≤ ½ by Newton's method on the logarithm of a probability as a function of ln t: of
 * the tail, or near the middle of P(0 ≤ T ≤ t). Both are concave, so from the second step on the iterates
 * come from one side. t is at least the normal distribution's. */
static double upper_quantile(double q, double dof) {
    enum { MOST_STEPS = 200 };
    bool middle = q > 0.25;
    double target = middle ? 0.5 - q : q;
    double t = middle ? 2.5 * target : rough_normal_quantile(q), left = t;
    for (int k = 0; k < MOST_STEPS && isfinite(t); k++) {
        marq_tails half = half_tails(t, dof);
        double have = middle ? half.lower : half.upper, slope = (middle ? half.front : -half.front) / have;
        double change = -log(have / target) / slope;
        if (have < DBL_MIN) change = 0.5 * log(left / t); /* too far right: no digits are left */
        if (change > 0) left = t;
        t *= exp(change);
        if (fabs(change) < 4 * DBL_EPSILON) break;
    }
    return t;
}

double marq_t_quantile(double p, double dof) {
    if (!(p >= 0 && p <= 1) || !(dof > 0)) return (double)NAN;
    double q = p < 0.5 ? p : 1 - p;
    if (q == 0.5) return 0;
    double t = q == 0 ? HUGE_VAL : upper_quantile(q, dof);
    return p < 0.5 ? -t : t;
}

double marq_normal_quantile(double p) {
    return marq_t_quantile(p, HUGE_VAL);
}
