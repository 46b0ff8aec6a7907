#include "trial.h"

#include <base/text.h>
#include <math.h>
#include <stdlib.h>

static bench_point *add_point(bench_trial *trial) {
    if (trial->points == trial->room) {
        trial->room = trial->room ? 2 * trial->room : 64;
        trial->point = realloc(trial->point, trial->room * sizeof *trial->point);
        if (!trial->point) bench_fail("out of memory for the records of a training");
    }
    return &trial->point[trial->points++];
}

static int on_epoch(void *user, const marq_epoch *epoch) {
    bench_point *p = add_point(user);
    *p = (bench_point){.epoch = epoch->epoch, .seconds = epoch->seconds, .best = epoch->best};
    for (int k = 0; k < MARQ_SETS; k++) p->errors.mse[k] = epoch->mse[k];
    p->errors.truth = p->errors.largest = (double)NAN;
    return 0;
}

bench_trial bench_trial_train(const char *trainer, marq_net *net, const bench_samples *samples,
                              const marq_train_options *options) {
    bench_trial trial = {0};
    marq_train_options own = *options;
    own.progress = on_epoch;
    own.progress_user = &trial;
    own.keep_scaling = 1;
    marq_training training;
    marq_error error;
    marq_data data = bench_samples_data(samples);
    marq_format(trial.trainer, sizeof trial.trainer, "%s", trainer);
    if (marq_net_train(net, &data, &own, &training, &error) < 0) bench_fail("%s: %s", trainer, error.message);
    trial.seconds = training.seconds;
    trial.kept = bench_samples_errors(samples, net, own.threads);
    return trial;
}

void bench_trial_add(bench_trial *trial, const bench_samples *samples, const marq_net *net, size_t epoch,
                     double seconds) {
    bench_errors errors = bench_samples_errors(samples, net, 0);
    bench_point *p = add_point(trial);
    double before = trial->points > 1 ? trial->kept.mse[MARQ_VALIDATION] : HUGE_VAL;
    *p = (bench_point){epoch, seconds, errors, errors.mse[MARQ_VALIDATION] < before};
    if (p->best || trial->points == 1) trial->kept = errors;
    trial->seconds = seconds;
}

size_t bench_trial_later(const bench_trial *trial, size_t i, double factor) {
    double wanted = (double)trial->point[i].epoch * factor;
    if (i + 1 >= trial->points) return trial->points;
    for (i++; i + 1 < trial->points && (double)trial->point[i].epoch < wanted; i++) continue;
    return i;
}

void bench_trial_destroy(bench_trial *trial) {
    free(trial->point);
    *trial = (bench_trial){.points = 0};
}

double bench_trial_time_to(const bench_trial *trial, int set, double mse) {
    for (size_t i = 0; i < trial->points; i++)
        if (trial->point[i].errors.mse[set] <= mse) return trial->point[i].seconds;
    return (double)NAN;
}

double bench_trial_at(const bench_trial *trial, int set, double seconds) {
    double error = (double)NAN;
    for (size_t i = 0; i < trial->points && trial->point[i].seconds <= seconds; i++)
        if (trial->point[i].best || i == 0) error = trial->point[i].errors.mse[set];
    return error;
}

double bench_trial_least(const bench_trial *trial, int set) {
    double least = (double)NAN;
    for (size_t i = 0; i < trial->points; i++) least = fmin(least, trial->point[i].errors.mse[set]);
    return least;
}

double bench_trial_least_truth(const bench_trial *trial) {
    double least = (double)NAN;
    for (size_t i = 0; i < trial->points; i++) least = fmin(least, trial->point[i].errors.truth);
    return least;
}
