/* Special functions that SLEEF does not have. */
#ifndef MARQ_FORMULA_SPECIAL_H
#define MARQ_FORMULA_SPECIAL_H

/* Bessel functions of the first and second kind, by the C library. */
double marq_special_j0(double x);
double marq_special_j1(double x);
double marq_special_y0(double x);
double marq_special_y1(double x);

/* ψ(x) = Γ'(x)/Γ(x); NaN at the poles 0, −1, −2, …. */
double marq_special_digamma(double x);

/* Voigt's profile of unit area; σ and γ count by their absolute value, not both 0. */
double marq_special_voigt(double x, double sigma, double gamma);

/* The same, and its slopes by x, σ and γ. */
void marq_special_voigt_all(double x, double sigma, double gamma, double out[4]);

#endif
