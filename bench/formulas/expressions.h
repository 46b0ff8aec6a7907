/* Expressions that are C and formulas alike, of columns x, z and parameters a, b, c, d. Each has about 100
 * operations. */
#ifndef BENCH_FORMULA_EXPRESSIONS_H
#define BENCH_FORMULA_EXPRESSIONS_H

#include <stddef.h>

/* 25 operations each. */
#define SUMS(u, v)                                                                                           \
    (a * u + b * v - c * u * v + (u - d) * (v + a) - (b - u * u) * (c + v * v) + d * (u + v) * (u - v) -     \
     a * b * u + (v - c) * (u + d))
#define QUOTIENTS(u, v)                                                                                      \
    (a * u / (b + v * v) - c / (d + u * u) + (u - v) / (a + u * u + v * v) + (u * v - d) * (b + u) -         \
     c * u * u / (b + c * v * v) + d * v)
#define ROOTS(u, v)                                                                                          \
    (sqrt(a + u * u) - sqrt(b + v * v) * c + u * v - d * sqrt(c + u * u + v * v) + (u - a) * (v - b) -       \
     (u + c) * v * d + u * a - v * v)
/* 4 functions in 25 operations. */
#define FUNCTIONS(u, v)                                                                                      \
    (a * exp(-b * u * u) + c * sin(d * v + u) - b * log(c + u * u) * v + d * u * v * exp(-a * v * v) +       \
     (u - a) * (v + b) - c * u + d * v * u - a)
/* 25 operations, all functions but 9. */
#define FUNCTIONS_MOST(u, v)                                                                                 \
    (exp(sin(cos(u))) + log(sqrt(exp(v))) + tanh(atan(sin(v))) * exp(cos(tanh(u))) - log(exp(cos(v))) +      \
     sin(exp(sin(u))) * atan(tanh(cos(v))) - exp(sin(u * a)))

/* 10 operations: a piece of Horner's rule. */
#define HORNER(u) ((((((u)*x + a) * x - b) * x + c) * x - d) * x + z)
/* 10 operations: a peak. */
#define PEAK(u, v) a *exp(-((x - u) / v) * ((x - u) / v))

/* 10 operations, 4 of them powers. POWER(u, v) is u to the v, which C and formulas write differently: who
 * includes this defines it. */
#define POWERS(u, v) (a * POWER(u, b) + POWER(v, 2) * POWER(u, 3) - d * POWER((v + c), 2.5))

/* X(name, expression) */
#define EXPRESSIONS(X)                                                                                       \
    X(sums, SUMS(x, z) + a * SUMS(z, x) - SUMS((x - b), z) * SUMS(x, (z + c)))                               \
    X(polynomial, HORNER(HORNER(HORNER(HORNER(HORNER(HORNER(HORNER(HORNER(HORNER(HORNER(c)))))))))))         \
    X(quotients, QUOTIENTS(x, z) + a * QUOTIENTS(z, x) - QUOTIENTS((x - b), z) * QUOTIENTS(x, (z + c)))      \
    X(roots, ROOTS(x, z) + a * ROOTS(z, x) - ROOTS((x - b), z) * ROOTS(x, (z + c)))                          \
    X(functions, FUNCTIONS(x, z) + a * FUNCTIONS(z, x) - FUNCTIONS((x - b), z) * FUNCTIONS(x, (z + c)))      \
    X(peaks, PEAK(0.1, b) + PEAK(0.2, c) + PEAK(0.3, b) + PEAK(0.4, d) + PEAK(0.5, b) + PEAK(0.6, c) +       \
                 PEAK(0.7, d) + PEAK(0.8, b) + PEAK(0.9, c) + PEAK(1, d))                                    \
    X(powers, POWERS(x, z) + a * POWERS(z, x) - POWERS((x + b), z) * POWERS(x, (z + c)) +                    \
                  POWERS((x * z), (x + d)) * POWERS((x + c), (z * x)) - b * POWERS((z + d), x) +             \
                  POWERS((z * z), z) * POWERS((x * x), x))                                                   \
    X(all_functions, FUNCTIONS_MOST(x, z) + a * FUNCTIONS_MOST(z, x) -                                       \
                         FUNCTIONS_MOST((x - b), z) * FUNCTIONS_MOST(x, (z + c)))

typedef void bench_expression(size_t rows, const double *p, const double *x, const double *z, double *out);

#define DECLARE(name, expression) bench_expression bench_##name, bench_native_##name;
EXPRESSIONS(DECLARE)
#undef DECLARE

#endif
