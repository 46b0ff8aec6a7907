/* Nets and data of the studies. */
#include "operations.h"

#include <base/random.h>
#include <base/text.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const char *bench_shape_text(const bench_shape *shape, char out[64]) {
    int used = 0;
    for (size_t l = 0; l < shape->count && used < 64; l++)
        used += marq_format(out + used, (size_t)(64 - used), l ? "-%zu" : "%zu", shape->size[l]);
    return out;
}

marq_net *bench_make_net(const bench_shape *shape) {
    marq_error error;
    marq_net *net = marq_net_create(shape->count, shape->size, NULL, &error);
    if (!net) bench_fail("%s", error.message);
    marq_net_initialise(net, MARQ_INIT_NGUYEN_WIDROW, 1);
    return net;
}

/* y_o = Σ_k sin(2 (k + 1) x_k + o) / (k + 1) */
void bench_make_data(const bench_shape *shape, size_t rows, double *X, double *Y) {
    size_t inputs = shape->size[0], outputs = shape->size[shape->count - 1];
    marq_random random = {.seed = 1, .stream = MARQ_STREAM_STARTS};
    for (size_t i = 0; i < rows * inputs; i++) X[i] = 2 * marq_random_uniform(&random) - 1;
    for (size_t i = 0; i < rows; i++)
        for (size_t o = 0; o < outputs; o++) {
            double y = 0;
            for (size_t k = 0; k < inputs; k++) {
                double frequency = (double)k + 1;
                y += sin(2 * frequency * X[i * inputs + k] + (double)o) / frequency;
            }
            Y[i * outputs + o] = y;
        }
}

double bench_train(const bench_shape *shape, size_t rows, size_t batch, size_t epochs, int threads) {
    marq_net *net = bench_make_net(shape);
    double *X = bench_doubles(rows, shape->size[0]), *Y = bench_doubles(rows, shape->size[shape->count - 1]);
    bench_make_data(shape, rows, X, Y);
    marq_data data = {.rows = rows, .X = X, .Y = Y};
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.max_epochs = epochs;
    options.threads = threads;
    options.batch = batch;
    options.min_gradient = options.goal = options.relative_goal = 0;
    marq_training training;
    marq_error error;
    if (marq_net_train(net, &data, &options, &training, &error) < 0) bench_fail("%s", error.message);
    if (training.epochs == 0) bench_fail("a training ended before its first epoch: %s", training.message);
    marq_net_destroy(net);
    free(X);
    free(Y);
    return training.seconds / (double)training.epochs;
}
