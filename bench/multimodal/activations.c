/* What tanh costs and what its accuracy is worth. */
#include "multimodal.h"
#include "tanhs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES = 4096 };

typedef struct speed {
    bench_tanh kind;
    const double *z;
    double *out;
} speed;

static void evaluate(void *user) {
    speed *own = user;
    memcpy(own->out, own->z, VALUES * sizeof *own->out);
    bench_tanh_values(own->kind, VALUES, own->out);
}

/* Nanoseconds a value, and the largest error. */
static void measure(const bench *b, double *nanoseconds, double *errors) {
    double *z = bench_doubles(VALUES, 1), *out = bench_doubles(VALUES, 1);
    for (size_t i = 0; i < VALUES; i++) z[i] = 10 * ((double)i + 0.5) / VALUES - 5;
    speed works[BENCH_TANHS];
    bench_work calls[BENCH_TANHS];
    bench_time times[BENCH_TANHS];
    for (bench_tanh k = 0; k < BENCH_TANHS; k++) {
        works[k] = (speed){k, z, out};
        calls[k] = (bench_work){evaluate, &works[k]};
    }
    bench_race(b, BENCH_TANHS, calls, times);
    for (bench_tanh k = 0; k < BENCH_TANHS; k++) {
        nanoseconds[k] = 1e9 * times[k].median / VALUES;
        evaluate(&works[k]);
        errors[k] = 0;
        for (size_t i = 0; i < VALUES; i++) errors[k] = fmax(errors[k], fabs(out[i] - tanh(z[i])));
    }
    free(z);
    free(out);
}

/* Trains from the seed's start; adds to seconds and epochs. mse: the least training error as the trainer saw
 * it, and that of the parameters with the accurate tanh. */
typedef struct outcome {
    double seconds, in_tanh;
    size_t epochs;
} outcome;

static void train(const bench *b, bench_tanh kind, uint64_t seed, size_t epochs, double mse[2],
                  outcome *sum) {
    bench_samples s = bench_multimodal_samples(b, seed);
    marq_net *net = bench_multimodal_net(&s, MARQ_INIT_NGUYEN_WIDROW, seed);
    marq_train_options options = bench_multimodal_options(b, epochs);
    options.threads = 1;
    bench_tanh_use(kind);
    bench_trial t = bench_trial_train(bench_tanh_key(kind), net, &s, &options);
    if (bench_tanh_calls() == 0) bench_fail("the trainer does not call marq_activate");
    sum->in_tanh += bench_tanh_seconds();
    sum->seconds += t.seconds;
    sum->epochs += t.points;
    bench_tanh_use(BENCH_TANH_LIBM);
    mse[0] = bench_multimodal_after(&t, &s, epochs);
    mse[1] = bench_samples_errors(&s, net, 1).mse[MARQ_TRAIN] / bench_multimodal_unit(&s);
    bench_trial_destroy(&t);
    marq_net_destroy(net);
    bench_samples_destroy(&s);
}

void bench_multimodal_tanh(bench *b) {
    size_t epochs = b->options.quick ? 10 : 100, seeds = b->options.quick ? 1 : 3;
    json_t *table =
        bench_table(b, "tanh", "tanh by several hands, one thread, all rows in a step",
                    "tanh|how|ns a value|largest error|ms an epoch|% of it in tanh|training MSE|with the "
                    "accurate tanh");
    json_t *bars =
        bench_table(b, "tanh-errors", "Training error by tanh", "tanh|evaluated with|training MSE");
    bench_only_json(bars);
    double nanoseconds[BENCH_TANHS], errors[BENCH_TANHS], *mse = bench_doubles(2, seeds);
    measure(b, nanoseconds, errors);
    for (bench_tanh k = 0; k < BENCH_TANHS; k++) {
        outcome sum = {0};
        for (size_t i = 0; i < seeds; i++) {
            double both[2];
            train(b, k, i + 1, epochs, both, &sum);
            mse[i] = both[0], mse[seeds + i] = both[1];
        }
        bench_sort(seeds, mse);
        bench_sort(seeds, mse + seeds);
        bench_row(table, "ssffffff", bench_tanh_key(k), bench_tanh_words(k), nanoseconds[k], errors[k],
                  1e3 * sum.seconds / (double)sum.epochs, 100 * sum.in_tanh / sum.seconds,
                  bench_quantile(seeds, mse, 0.5), bench_quantile(seeds, mse + seeds, 0.5));
        bench_row(bars, "ssf", bench_tanh_key(k), "its own tanh", bench_quantile(seeds, mse, 0.5));
        bench_row(bars, "ssf", bench_tanh_key(k), "the accurate tanh",
                  bench_quantile(seeds, mse + seeds, 0.5));
    }
    free(mse);
    bench_tanh_use(BENCH_TANH_OWN);
    bench_note(
        b,
        "tanh: medians of %zu seeds after %zu epochs. The share counts values and derivatives, and the tests "
        "of "
        "the epoch. `coarse forward` and `coarse derivative` turn one into the other, which costs them time. "
        "Recorded elsewhere: a fast tanh cut its share of an epoch from 73 %% to 57 %%, a coarser one to 37 "
        "%% "
        "and spoiled the fit.",
        seeds, epochs);
    bench_draw(b, bars,
               &(bench_picture){.name = "tanh",
                                .title = "Training error by tanh",
                                .x = "tanh",
                                .y = "training MSE",
                                .series = "evaluated with",
                                .log_y = 1,
                                .bars = 1});
}
