/* ψ(x) = Γ'(x)/Γ(x) (DLMF chapter 5):
 *     x < 1/2:  ψ(x) = ψ(1 − x) − π cot(πx)                                    (5.5.4)
 *     x < 10:   ψ(x) = ψ(x + 1) − 1/x, repeated                                (5.5.2)
 *     else      ψ(x) ~ log x − 1/(2x) − Σ_k B_2k/(2k x^2k), ten terms          (5.11.2)
 * At x = 10 the first term left out is below 1e-18. Near its zero at 1.4616… the error is absolute. */
#include "special.h"

#include <math.h>

static const double pi = 3.14159265358979323846;

/* B_2k/(2k), k = 1 … 10. */
static const double coefficient[] = {1.0 / 12,        -1.0 / 120,      1.0 / 252, -1.0 / 240,
                                     1.0 / 132,       -691.0 / 32760,  1.0 / 12,  -3617.0 / 8160,
                                     43867.0 / 14364, -174611.0 / 6600};

static double asymptotic(double x) {
    double square = 1 / (x * x), sum = 0;
    for (int k = 9; k >= 0; k--) sum = (sum + coefficient[k]) * square;
    return log(x) - 0.5 / x - sum;
}

/* π cot(πx) by x's distance from the nearest integer, which is exact. */
static double pi_cotangent(double x) {
    return pi / tan(pi * (x - nearbyint(x)));
}

double marq_special_digamma(double x) {
    if (x <= 0 && x == floor(x)) return (double)NAN;
    double reflected = 0;
    if (x < 0.5) {
        reflected = pi_cotangent(x);
        x = 1 - x;
    }
    double shift = 0;
    for (; x < 10; x++) shift += 1 / x;
    return asymptotic(x) - shift - reflected;
}
