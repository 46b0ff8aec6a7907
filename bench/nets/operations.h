/* The operations of training a net, each by itself, on the functions that the trainer calls. */
#ifndef BENCH_NET_OPERATIONS_H
#define BENCH_NET_OPERATIONS_H

#include "../frame/bench.h"

#include <marq/nn.h>

/* X(name, key, words) */
#define BENCH_OPERATION_LIST(X)                                                                              \
    X(BENCH_FORWARD, "forward", "activations of all rows")                                                   \
    X(BENCH_REVERSE, "reverse", "derivatives of every output by every neuron's input, after forward")        \
    X(BENCH_JACOBIAN, "Jacobian", "forward, reverse and the rows of J")                                      \
    X(BENCH_DIFFERENCES, "differences", "rows of J by forward differences")                                  \
    X(BENCH_GRAM, "Gram", "J'J and J'r from the passes, without J")                                          \
    X(BENCH_KERNEL, "kernel", "JJ' from the passes, without J")                                              \
    X(BENCH_FACTOR, "factor", "damped Cholesky factor of the smaller of J'J and JJ'")                        \
    X(BENCH_UPDATE, "update", "the step J'a from the passes, added to the parameters")

typedef enum bench_operation {
#define BENCH_OPERATION_ENUM(name, key, words) name,
    BENCH_OPERATION_LIST(BENCH_OPERATION_ENUM)
#undef BENCH_OPERATION_ENUM
        BENCH_OPERATIONS
} bench_operation;

const char *bench_operation_key(bench_operation operation);
const char *bench_operation_words(bench_operation operation);

/* Layer sizes: inputs, hidden …, outputs. */
enum { BENCH_MOST_SIZES = 8 };
typedef struct bench_shape {
    size_t count, size[BENCH_MOST_SIZES];
} bench_shape;

/* "1-20-20-10-1" into out. Returns out. */
const char *bench_shape_text(const bench_shape *shape, char out[64]);

/* With start values, tanh inside, linear at the output. */
marq_net *bench_make_net(const bench_shape *shape);

/* X: rows × inputs, uniform in [−1, 1]; Y: rows × outputs, a smooth function of them. Both must have room. */
void bench_make_data(const bench_shape *shape, size_t rows, double *X, double *Y);

/* A net on rows of data with the memory of every operation. */
typedef struct bench_bed bench_bed;
bench_bed *bench_bed_create(const bench_shape *shape, size_t rows, int threads);
void bench_bed_destroy(bench_bed *bed);

/* One call of it is the operation on all rows. */
bench_work bench_operation_work(bench_bed *bed, bench_operation operation);

/* pairs (rows × outputs) × parameters, row-major: what the last call of BENCH_JACOBIAN or BENCH_DIFFERENCES
 * left. */
const double *bench_bed_jacobian(const bench_bed *bed);

/* Floating-point operations of one call, additions and multiplications, to leading order; activations and
 * copies are not counted. */
double bench_operation_flops(const marq_net *net, size_t rows, bench_operation operation);

/* Bytes that one call must read or write at least: parameters, activations and derivatives of all rows,
 * matrices, each once. */
double bench_operation_bytes(const marq_net *net, size_t rows, bench_operation operation);

/* Trains a net on all of the rows, by Levenberg-Marquardt with default options, for so many epochs from its
 * start values. batch: rows a step, 0: as marq chooses. Returns the seconds of an epoch. */
double bench_train(const bench_shape *shape, size_t rows, size_t batch, size_t epochs, int threads);

#endif
