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

/* Re F, Re F', Im F', Re F'' at ζ = x + iγ, σ > 0 or γ > 0. */
typedef struct profile {
    double value, slope, slope_imaginary, curvature;
} profile;

/* a ← a·b, of complex numbers as two doubles: C's own product looks for NaN. */
static void multiply(double a[2], const double b[2]) {
    double real = a[0] * b[0] - a[1] * b[1];
    a[1] = a[0] * b[1] + a[1] * b[0];
    a[0] = real;
}

/* Terms t_k = (2k−1)!! (σ/ζ)^2k until they no longer count, or grow. With q = 1/ζ,
 * F = i/π q Σ t_k, F' = −i/π q² Σ (2k+1) t_k, F'' = i/π q³ Σ (2k+1)(2k+2) t_k. */
static profile far(double x, double sigma, double gamma) {
    double square = x * x + gamma * gamma, q[2] = {x / square, -gamma / square};
    double ratio[2] = {sigma * q[0], sigma * q[1]}, term[2] = {1, 0}, f[3][2] = {{0}};
    double size = 1, previous = HUGE_VAL;
    multiply(ratio, ratio);
    for (int k = 0; k < 60 && size < previous && size > 1e-36; k++) {
        double odd = 2 * k + 1, factor[3] = {1, -odd, odd * (odd + 1)};
        for (int j = 0; j < 6; j++) f[j / 2][j % 2] += factor[j / 2] * term[j % 2];
        multiply(term, ratio);
        term[0] *= odd, term[1] *= odd;
        previous = size, size = term[0] * term[0] + term[1] * term[1];
    }
    for (int j = 0; j < 3; j++)
        for (int power = 0; power <= j; power++) multiply(f[j], q);
    return (profile){-f[0][1] / pi, -f[1][1] / pi, f[1][0] / pi, -f[2][1] / pi}; /* i(u + iv) = −v + iu */
}

static profile near(double x, double sigma, double gamma) {
    double scale = 1 / (sigma * sqrt(2)), z[2] = {x * scale, gamma * scale};
    double complex faddeeva = w_of_z(CMPLX(z[0], z[1]));
    double w[2] = {creal(faddeeva), cimag(faddeeva)}, zw[2] = {w[0], w[1]};
    multiply(zw, z);
    double unit = 1 / (2 * sigma * sigma * sqrt(pi)), value = w[0] * scale / sqrt(pi);
    double slope = -2 * zw[0] * unit, slope_imaginary = (2 / sqrt(pi) - 2 * zw[1]) * unit;
    double curvature = -(value + x * slope - gamma * slope_imaginary) / (sigma * sigma);
    return (profile){value, slope, slope_imaginary, curvature};
}

static profile profile_at(double x, double sigma, double gamma) {
    sigma = fabs(sigma), gamma = fabs(gamma);
    return x * x + gamma * gamma >= 98 * sigma * sigma ? far(x, sigma, gamma) : near(x, sigma, gamma);
}

void marq_special_voigt_all(double x, double sigma, double gamma, double out[4]) {
    profile p = profile_at(x, sigma, gamma);
    out[0] = p.value;
    out[1] = p.slope;
    out[2] = sigma * p.curvature; /* of |σ|: the sign is σ's */
    out[3] = gamma < 0 ? p.slope_imaginary : -p.slope_imaginary;
}

double marq_special_voigt(double x, double sigma, double gamma) {
    return profile_at(x, sigma, gamma).value;
}
