/* Regularised incomplete gamma and beta functions, both tails, by the distance from the mean. */
#ifndef MARQ_BASE_INCOMPLETE_H
#define MARQ_BASE_INCOMPLETE_H

/* The smaller tail is computed, the other is 1 − it. front: x times the density at x (gamma), or
 * x^a y^b / B(a, b) (beta). */
typedef struct marq_tails {
    double lower, upper, front;
} marq_tails;

/* P(a, x) and Q(a, x), a > 0, 0 < x < ∞. */
marq_tails marq_gamma_tails(double a, double x);

/* I_x(a, b) and I_y(b, a), y = 1 − x, for the odds x/y = f · a/b; a, b > 0, 0 < f < ∞. The mean a/(a + b) is
 * at f = 1. */
marq_tails marq_beta_tails(double a, double b, double f);

#endif
