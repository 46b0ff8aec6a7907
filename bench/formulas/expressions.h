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

/* X(name, expression) */
#define EXPRESSIONS(X)                                                                                       \
    X(sums, SUMS(x, z) + a * SUMS(z, x) - SUMS((x - b), z) * SUMS(x, (z + c)))                               \
    X(quotients, QUOTIENTS(x, z) + a * QUOTIENTS(z, x) - QUOTIENTS((x - b), z) * QUOTIENTS(x, (z + c)))      \
    X(roots, ROOTS(x, z) + a * ROOTS(z, x) - ROOTS((x - b), z) * ROOTS(x, (z + c)))                          \
    X(functions, FUNCTIONS(x, z) + a * FUNCTIONS(z, x) - FUNCTIONS((x - b), z) * FUNCTIONS(x, (z + c)))      \
    X(all_functions, FUNCTIONS_MOST(x, z) + a * FUNCTIONS_MOST(z, x) -                                       \
                         FUNCTIONS_MOST((x - b), z) * FUNCTIONS_MOST(x, (z + c)))

typedef void bench_expression(size_t rows, const double *p, const double *x, const double *z, double *out);

#define DECLARE(name, expression) bench_expression bench_##name, bench_native_##name;
EXPRESSIONS(DECLARE)
#undef DECLARE

#endif
