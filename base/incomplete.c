/* Regularised incomplete gamma and beta functions (DLMF chapter 8; DiDonato & Morris 1992).
 *
 * For large a and b, x^a e^−x / Γ(a) and x^a y^b / B(a, b) are small differences of large logarithms. With u
 * the relative distance from the mean,  φ(u) = ln(1 + u) − u ≤ 0  and Stirling's remainder (DLMF 5.11.1) δ(z)
 * = ln Γ(z) − (z − ½) ln z + z − ½ ln 2π nothing cancels (Loader 2000): x^a e^−x / Γ(a)   = √(a/2π) exp(a
 * φ(u) − δ(a)),                                     x = a (1 + u) x^a y^b / B(a, b) = √(ab/(2π(a+b))) exp(a
 * φ(u) + b φ(v) + δ(a+b) − δ(a) − δ(b)), x = (1 + u) a/(a+b),  y = (1 + v) b/(a+b) */
#include "incomplete.h"

#include <float.h>
#include <math.h>

enum { MOST_TERMS = 20000000 }; /* about 6 √a are needed */
static const double TWO_PI = 6.283185307179586476925286766559;
static const double HALF_LOG_TWO_PI = 0.91893853320467274178032973640562;

/* ---- The front factors ---- */

static double stirling_remainder(double z) {
    /* B_2k / (2k (2k − 1)), the Bernoulli numbers' series in z^(1−2k) */
    static const double term[] = {1.0 / 12,   -1.0 / 360,      1.0 / 1260, -1.0 / 1680,
                                  1.0 / 1188, -691.0 / 360360, 1.0 / 156,  -3617.0 / 122400};
    if (z < 10) return log(tgamma(z)) - ((z - 0.5) * log(z) - z + HALF_LOG_TWO_PI);
    double sum = 0, square = 1 / (z * z);
    for (int k = 7; k >= 0; k--) sum = sum * square + term[k];
    return sum / z;
}

/* ln(1 + u) − u, where ratio = 1 + u. With r = u/(2 + u): ln(1 + u) = 2 artanh r, and 2r − u = −ru. */
static double log_minus(double u, double ratio) {
    if (u < -0.4 || u > 0.6) return log(ratio) - u;
    double r = u / (2 + u), square = r * r, power = square, sum = 0;
    for (int k = 3; power > 0.1 * DBL_EPSILON * sum; k += 2, power *= square) sum += power / k;
    return r * (2 * sum - u);
}

static double gamma_front(double a, double x) {
    double u = (x - a) / a;
    return sqrt(a / TWO_PI) * exp(a * log_minus(u, x / a) - stirling_remainder(a));
}

/* Where the beta functions are wanted; swapping (a, x, u) with (b, y, v) gives the other tail. */
typedef struct place {
    double a, b, x, y;
    double u, v; /* x, y relative to the mean, less 1 */
} place;

static double beta_front(const place *p, double f) {
    double sum = p->a + p->b, below = p->a * f + p->b;
    double exponent = p->a * log_minus(p->u, f * sum / below) + p->b * log_minus(p->v, sum / below);
    double remainder = stirling_remainder(sum) - stirling_remainder(p->a) - stirling_remainder(p->b);
    return sqrt(p->a / sum * p->b / TWO_PI) * exp(exponent + remainder);
}

/* ---- Gamma ---- */

/* P(a, x) = front/a · Σ xⁿ/((a + 1) … (a + n)) (DLMF 8.11.4), for x ≤ a + 1. */
static double gamma_series(double a, double x) {
    double term = 1, sum = 1;
    for (int n = 1; n < MOST_TERMS && term > 0.1 * DBL_EPSILON * sum; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum / a;
}

/* One factor of a continued fraction b₀ + α₁/(b₁ + α₂/(b₂ + …)) by Lentz's method as Thompson & Barnett 1986
 * modified it. */
typedef struct fraction {
    double value, c, d;
} fraction;

static fraction fraction_from(double b0) {
    return (fraction){b0, b0, 0};
}

/* Returns the factor, 1 when there is nothing left to gain. */
static double fraction_add(fraction *o, double alpha, double b) {
    o->d = b + alpha * o->d;
    o->c = b + alpha / o->c;
    if (o->d == 0) o->d = DBL_MIN;
    if (o->c == 0) o->c = DBL_MIN;
    o->d = 1 / o->d;
    double factor = o->c * o->d;
    o->value *= factor;
    return factor;
}

/* Q(a, x)/front = 1/(x + 1 − a − 1(1 − a)/(x + 3 − a − 2(2 − a)/(x + 5 − a − …))) (DLMF 8.9.2), for x > a
 * + 1.
 */
static double gamma_fraction(double a, double x) {
    double b = x - a + 1;
    fraction o = fraction_from(b);
    for (int n = 1; n < MOST_TERMS; n++)
        if (fabs(fraction_add(&o, -n * (n - a), b + 2.0 * n) - 1) < DBL_EPSILON) break;
    return 1 / o.value;
}

marq_tails marq_gamma_tails(double a, double x) {
    double front = gamma_front(a, x);
    if (x <= a + 1) {
        double lower = front * gamma_series(a, x);
        return (marq_tails){lower, 1 - lower, front};
    }
    double upper = front * gamma_fraction(a, x);
    return (marq_tails){1 - upper, upper, front};
}

/* ---- Beta ---- */

/* I_x(a, b)/front as a continued fraction: the even part of DLMF 8.17.22, in the form of DiDonato & Morris
 * 1992, eqs. 9 and 10, where λ = a − (a + b) x = −a u. For x ≤ a/(a + b). */
static double beta_fraction(const place *p) {
    double a = p->a, b = p->b, x = p->x, lambda = -a * p->u;
    fraction o = fraction_from(a * (lambda + 1) / (a + 1));
    for (int n = 1; n < MOST_TERMS; n++) {
        double below = a + 2.0 * n - 1, inner = n * (b - n) * x / below;
        double alpha = (a + n - 1) * (a + b + n - 1) * x / below * inner;
        double beta = n + inner + (a + n) * (lambda + 1 + n * (1 + p->y)) / (a + 2.0 * n + 1);
        if (fabs(fraction_add(&o, alpha, beta) - 1) < DBL_EPSILON) break;
    }
    return 1 / o.value;
}

marq_tails marq_beta_tails(double a, double b, double f) {
    double below = a * f + b;
    place here = {a, b, a * f / below, b / below, b * (f - 1) / below, a * (1 - f) / below};
    double front = beta_front(&here, f);
    if (f <= 1) {
        double lower = front * beta_fraction(&here);
        return (marq_tails){lower, 1 - lower, front};
    }
    place other = {here.b, here.a, here.y, here.x, here.v, here.u};
    double upper = front * beta_fraction(&other);
    return (marq_tails){1 - upper, upper, front};
}
