/* Data of the studies of training: rows with a split, and what they are without noise. */
#ifndef BENCH_NET_SAMPLES_H
#define BENCH_NET_SAMPLES_H

#include "../frame/bench.h"

#include <marq/nn.h>

/* X(name, key, inputs, words) */
#define BENCH_TARGET_LIST(X)                                                                                 \
    X(BENCH_MULTIMODAL, "multimodal", 1, "y = -x sin 10x at x = 0.001, 0.002, ...")                          \
    X(BENCH_RECORDED, "recorded", 5,                                                                         \
      "X uniform in [0,1]^5, y = sin(2 pi x1) cos(2 pi x2) + 0.3 exp(-((x3-0.5)^2 + (x4-0.5)^2)/0.02) + "    \
      "0.5 x5^2 - 0.2 x1 x4")                                                                                \
    X(BENCH_SMOOTH, "smooth", 5, "X uniform in [-1,1]^5, y = sin(pi x1) + 2 x2 x3 + exp(-4 x4^2) + x5^2 x1") \
    X(BENCH_ELLIPTIC, "sn(u,m)", 2, "Jacobi's elliptic sine, u in [0, pi/2], m in [0, 1]")                   \
    X(BENCH_EXP_SINE, "exp(sin(pi x)+y^2)", 2, "x, y in [-1, 1]")                                            \
    X(BENCH_GRAVITY, "Feynman I.9.18", 9,                                                                    \
      "G m1 m2 / ((x2-x1)^2 + (y2-y1)^2 + (z2-z1)^2), G, m1, m2, x1, y1, z1 in [1, 2], x2, y2, z2 in "       \
      "[3, 4]")                                                                                              \
    X(BENCH_PARABOLA, "1.5(2.2x-3)^2", 1, "x in [0, 3]")                                                     \
    X(BENCH_BESSEL, "J0(20x)", 1, "Bessel's function, x in [0, 1]")                                          \
    X(BENCH_SINUSOID, "sine with noise", 1, "sin 6 pi x, x in [0, 1]")

typedef enum bench_target {
#define BENCH_TARGET_ENUM(name, key, inputs, words) name,
    BENCH_TARGET_LIST(BENCH_TARGET_ENUM)
#undef BENCH_TARGET_ENUM
        BENCH_TARGETS
} bench_target;

const char *bench_target_key(bench_target target);
const char *bench_target_words(bench_target target);
size_t bench_target_inputs(bench_target target);

/* The function at x (its inputs). */
double bench_target_value(bench_target target, const double *x);

/* How rows are made. */
typedef struct bench_source {
    bench_target target;
    size_t rows;
    double noise;  /* standard deviation of the normal noise */
    int relative;  /* the noise is in units of the standard deviation of y */
    uint64_t seed; /* of rows, noise and split */
    double shares[MARQ_SETS];
} bench_source;

typedef struct bench_samples {
    size_t rows, inputs; /* one output */
    double *X, *Y;
    double *truth; /* Y without noise */
    unsigned char *set;
    double variance; /* of truth */
    double range;    /* of Y, largest - smallest */
} bench_samples;

bench_samples bench_samples_create(const bench_source *source);

/* The same in two steps: the rows, all of which train; then their split. */
bench_samples bench_samples_load(const bench_source *source);
void bench_samples_split(const bench_source *source, bench_samples *samples);

void bench_samples_destroy(bench_samples *samples);

size_t bench_samples_count(const bench_samples *samples, int set);
double bench_samples_variance(const bench_samples *samples, int set); /* of Y in the set */
marq_data bench_samples_data(const bench_samples *samples);

/* The net's scaling fitted to the training rows. */
void bench_samples_normalise(const bench_samples *samples, marq_normalisation how, marq_net *net);

/* Of a net's predictions: the mean squared errors of the sets against Y (NaN: empty), and, on test rows
 * against the truth, the mean squared error over its variance and the largest error. */
typedef struct bench_errors {
    double mse[MARQ_SETS], truth, largest;
} bench_errors;
bench_errors bench_samples_errors(const bench_samples *samples, const marq_net *net, int threads);

#endif
