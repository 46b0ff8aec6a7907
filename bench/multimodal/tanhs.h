/* tanh by several hands, under marq's own trainer: the linker sends the trainer's calls of marq_activate and
 * marq_chain here
 * (--wrap, CMakeLists.txt). One thread. */
#ifndef BENCH_TANHS_H
#define BENCH_TANHS_H

#include <stddef.h>

/* X(name, key, value by, derivative by, words) */
#define BENCH_TANH_LIST(X)                                                                                   \
    X(BENCH_TANH_OWN, "marq", own, of_value, "marq's vectors")                                               \
    X(BENCH_TANH_SLEEF, "SLEEF", sleef, of_value, "SLEEF's vectors, 1 ulp")                                  \
    X(BENCH_TANH_LIBM, "libm", libm, of_value, "the C library's, one by one")                                \
    X(BENCH_TANH_FAST, "fast", fast, of_value, "Lambert's continued fraction to z^7, clamped")               \
    X(BENCH_TANH_COARSE, "coarse", coarse, of_value, "exp by Schraudolph's straight lines")                  \
    X(BENCH_TANH_COARSE_FORWARD, "coarse forward", coarse, of_coarse, "coarse values, accurate derivatives") \
    X(BENCH_TANH_COARSE_DERIVATIVE, "coarse derivative", own, coarsely, "accurate values, coarse derivatives")

typedef enum bench_tanh {
#define BENCH_TANH_ENUM(name, key, value, derivative, words) name,
    BENCH_TANH_LIST(BENCH_TANH_ENUM)
#undef BENCH_TANH_ENUM
        BENCH_TANHS
} bench_tanh;

const char *bench_tanh_key(bench_tanh kind);
const char *bench_tanh_words(bench_tanh kind);

/* z <- tanh z. */
void bench_tanh_values(bench_tanh kind, size_t n, double *z);

/* From now on the trainer's; and the seconds that it spent in values and derivatives, and its calls, since
 * then. */
void bench_tanh_use(bench_tanh kind);
double bench_tanh_seconds(void);
size_t bench_tanh_calls(void);

/* sleef.c */
void bench_tanh_sleef(size_t n, double *z);

#endif
