/* Data to train nets on, and a record of a training. */
#ifndef MARQ_TESTS_TRAINING_DATA_H
#define MARQ_TESTS_TRAINING_DATA_H

#include "require.h"

#include <base/memory.h>
#include <base/random.h>
#include <marq/nn.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct samples {
    size_t rows, inputs, outputs;
    double *X, *Y;
    unsigned char *set;
} samples;

static inline samples samples_create(size_t rows, size_t inputs, size_t outputs, uint64_t seed) {
    samples s = {rows,
                 inputs,
                 outputs,
                 marq_alloc_doubles(rows, inputs),
                 marq_alloc_doubles(rows, outputs),
                 marq_alloc(rows, 1)};
    assert_int_equal(marq_split(rows, (double[]){70, 15, 15}, seed, 0, s.set, NULL), MARQ_OK);
    return s;
}

static inline void samples_destroy(samples *s) {
    free(s->X);
    free(s->Y);
    free(s->set);
}

static inline marq_data data_of(const samples *s) {
    return (marq_data){.rows = s->rows, .X = s->X, .Y = s->Y, .set = s->set};
}

/* y = −x sin 10x at x = 0.001 … 1. */
static inline samples multimodal(uint64_t seed) {
    samples s = samples_create(1000, 1, 1, seed);
    for (size_t i = 0; i < s.rows; i++) {
        s.X[i] = (double)(i + 1) / 1000;
        s.Y[i] = -s.X[i] * sin(10 * s.X[i]);
    }
    return s;
}

/* Three rings, which no line parts. */
static inline samples rings(size_t rows, uint64_t seed) {
    samples s = samples_create(rows, 2, 1, seed);
    marq_random random = {.seed = seed, .stream = 97};
    for (size_t i = 0; i < rows; i++) {
        double angle = 6.283185307179586 * marq_random_uniform(&random),
               radius = (double)(i % 3) + 0.8 * marq_random_uniform(&random);
        s.X[2 * i] = radius * cos(angle);
        s.X[2 * i + 1] = radius * sin(angle);
        s.Y[i] = (double)(i % 3);
    }
    return s;
}

/* Outputs sin(x0 + o) + x1² (o + 1) with x in ±1, and uniform noise. */
static inline samples waves(size_t rows, size_t outputs, double noise, uint64_t seed) {
    samples s = samples_create(rows, 2, outputs, seed);
    marq_random random = {.seed = seed, .stream = 99};
    for (size_t i = 0; i < rows; i++) {
        double *x = s.X + 2 * i;
        x[0] = 2 * marq_random_uniform(&random) - 1;
        x[1] = 2 * marq_random_uniform(&random) - 1;
        for (size_t o = 0; o < outputs; o++)
            s.Y[i * outputs + o] = sin(3 * x[0] + (double)o) + x[1] * x[1] * (double)(o + 1) +
                                   noise * (2 * marq_random_uniform(&random) - 1);
    }
    return s;
}

enum { MOST_EPOCHS = 2000 };

typedef struct history {
    size_t count;
    size_t stop_at; /* the callback ends the training after this epoch; 0: never */
    marq_epoch epoch[MOST_EPOCHS];
} history;

static inline int record(void *user, const marq_epoch *epoch) {
    history *h = user;
    if (h->count < MOST_EPOCHS) h->epoch[h->count] = *epoch;
    h->count++;
    return h->stop_at > 0 && epoch->epoch >= h->stop_at;
}

static inline marq_net *start_net(size_t sizes, const size_t *widths, marq_initialiser initialiser,
                                  uint64_t seed) {
    marq_net *net = marq_net_create(sizes, widths, NULL, NULL);
    assert_non_null(net);
    marq_net_initialise(net, initialiser, seed);
    return net;
}

/* Trains, and fails the test if that fails. history NULL: none. */
static inline marq_training train(marq_net *net, const samples *s, marq_train_options options, history *h) {
    marq_data data = data_of(s);
    marq_training training;
    marq_error error = {0};
    if (h) {
        h->count = 0;
        options.progress = record;
        options.progress_user = h;
    }
    marq_status status = marq_net_train(net, &data, &options, &training, &error);
    REQUIRE(status > 0, "training failed: %s", error.message);
    assert_int_equal(status, training.status);
    return training;
}

/* Bit for bit, of nets of one shape. */
static inline bool same_parameters(const marq_net *a, const marq_net *b) {
    return memcmp(marq_net_parameters_const(a), marq_net_parameters_const(b),
                  marq_net_count(a) * sizeof(double)) == 0;
}

/* A first-order training with no stop test but the number of epochs, and without scaling. */
static inline marq_train_options plain_first_order(marq_optimizer optimizer, size_t batch, size_t epochs) {
    marq_train_options options = marq_train_options_default(MARQ_RECIPE_MARQ);
    options.optimizer = optimizer;
    options.normalise = MARQ_NORMALISE_NONE;
    options.batch = batch;
    options.max_epochs = epochs;
    options.min_gradient = options.relative_goal = 0;
    options.max_failures = 0;
    return options;
}

#endif
