/* Elementary functions over arrays, by SLEEF (tanh on AVX2: our own): at most 1 ulp from the true value (its
 * u10 functions; erfc 1.5). The widest vectors that the processor has are chosen at run time. out may be x.
 */
#ifndef MARQ_BASE_VECTOR_MATH_H
#define MARQ_BASE_VECTOR_MATH_H

#include <stddef.h>

/* X(name, SLEEF's name, SLEEF's accuracy). gamma is Γ, lgamma is log |Γ|. */
#define MARQ_VECTOR_UNARY(X)                                                                                 \
    X(exp, exp, u10)                                                                                         \
    X(log, log, u10)                                                                                         \
    X(log10, log10, u10)                                                                                     \
    X(sin, sin, u10)                                                                                         \
    X(cos, cos, u10)                                                                                         \
    X(tan, tan, u10)                                                                                         \
    X(asin, asin, u10)                                                                                       \
    X(acos, acos, u10)                                                                                       \
    X(atan, atan, u10)                                                                                       \
    X(sinh, sinh, u10)                                                                                       \
    X(cosh, cosh, u10)                                                                                       \
    X(tanh, tanh, u10)                                                                                       \
    X(erf, erf, u10)                                                                                         \
    X(erfc, erfc, u15)                                                                                       \
    X(gamma, tgamma, u10)                                                                                    \
    X(lgamma, lgamma, u10)
#define MARQ_VECTOR_BINARY(X)                                                                                \
    X(pow, pow, u10)                                                                                         \
    X(atan2, atan2, u10)

/* out[i] ← name(x[i]), e.g. marq_vector_exp. */
#define MARQ_VECTOR_DECLARE(name, sleef, accuracy)                                                           \
    void marq_vector_##name(size_t n, const double *x, double *out);
MARQ_VECTOR_UNARY(MARQ_VECTOR_DECLARE)
#undef MARQ_VECTOR_DECLARE

/* out[i] ← name(x[i], y[i]). */
#define MARQ_VECTOR_DECLARE(name, sleef, accuracy)                                                           \
    void marq_vector_##name(size_t n, const double *x, const double *y, double *out);
MARQ_VECTOR_BINARY(MARQ_VECTOR_DECLARE)
#undef MARQ_VECTOR_DECLARE

/* The same in single precision. */
#define MARQ_VECTOR_FLOAT(X)                                                                                 \
    X(exp, exp, u10)                                                                                         \
    X(tanh, tanh, u10)
#define MARQ_VECTOR_DECLARE(name, sleef, accuracy)                                                           \
    void marq_vector_##name##_float(size_t n, const float *x, float *out);
MARQ_VECTOR_FLOAT(MARQ_VECTOR_DECLARE)
#undef MARQ_VECTOR_DECLARE

/* Whether code compiled for AVX2 and FMA may run here. */
int marq_processor_has_avx2(void);

#endif
