/* Voigt's profile, the convolution of a Gaussian of standard deviation σ and a Lorentzian of half width γ.
 * With ζ = x + iγ, z = ζ/(σ√2) and Faddeeva's function w,
 *
 *     F(ζ) = w(z) / (σ√(2π)),   V = Re F,
 *     ∂V/∂x = Re F',   ∂V/∂γ = −Im F',   ∂V/∂σ = σ Re F'',
 *
 * the last because V is a Gaussian in σ: ∂V/∂(σ²) = ½ ∂²V/∂x². As w' = −2zw + 2i/√π (DLMF 7.10.2),
 *
 *     F' = w'/(2σ²√π),   F'' = −(F + ζF')/σ².
 *
 * The differences cancel the more the larger |z| is; from |z| = 7 on
 *
 *     F = i/(πζ) · Σ_k (2k−1)!! (σ/ζ)^2k            (DLMF 7.12.1)
 *
 * whose first term left out is below 1e-16, and which holds for σ = 0, a Lorentzian, too. It lacks exp(−z²),
 * below 1e-21 there. w is libcerf's (1e-13); F'' has 10 digits at |z| = 7, and more on either side. */
#include "special.h"

#include <cerf.h>
#include <complex.h>
#include <math.h>

#ifndef CMPLX /* glibc has it for gcc only */
#define CMPLX(re, im) __builtin_complex((double)(re), (double)(im))
#endif

static const double pi = 3.14159265358979323846;

typedef struct profile {
    double complex f, first, second; /* F, F', F'' */
} profile;

/* Terms t_k = (2k−1)!! (σ/ζ)^2k until they no longer count, or grow. */
static profile far(double complex zeta, double sigma) {
    double complex inverse = 1 / zeta, ratio = (sigma * inverse) * (sigma * inverse);
    double complex term = 1, f = 0, first = 0, second = 0;
    double size = 1, previous = HUGE_VAL;
    for (int k = 0; k < 60 && size < previous && size > 1e-18; k++) {
        f += term;
        first -= (2 * k + 1) * term;
        second += (double)(2 * k + 1) * (2 * k + 2) * term;
        term *= (2 * k + 1) * ratio;
        previous = size, size = cabs(term);
    }
    double complex front = CMPLX(0, 1 / pi) * inverse;
    return (profile){front * f, front * inverse * first, front * inverse * inverse * second};
}

static profile near(double complex zeta, double sigma) {
    double complex z = zeta / (sigma * sqrt(2)), w = w_of_z(z);
    double complex slope = -2 * z * w + CMPLX(0, 2 / sqrt(pi));
    profile p = {w / (sigma * sqrt(2 * pi)), slope / (2 * sigma * sigma * sqrt(pi)), 0};
    p.second = -(p.f + zeta * p.first) / (sigma * sigma);
    return p;
}

static profile profile_at(double x, double sigma, double gamma) {
    double complex zeta = CMPLX(x, fabs(gamma));
    sigma = fabs(sigma);
    return cabs(zeta) >= 7 * sqrt(2) * sigma ? far(zeta, sigma) : near(zeta, sigma);
}

double marq_special_voigt(double x, double sigma, double gamma) {
    return creal(profile_at(x, sigma, gamma).f);
}

double marq_special_voigt_x(double x, double sigma, double gamma) {
    return creal(profile_at(x, sigma, gamma).first);
}

double marq_special_voigt_sigma(double x, double sigma, double gamma) {
    return sigma * creal(profile_at(x, sigma, gamma).second); /* of |σ|: the sign is σ's */
}

double marq_special_voigt_gamma(double x, double sigma, double gamma) {
    return (gamma < 0 ? 1 : -1) * cimag(profile_at(x, sigma, gamma).first);
}
