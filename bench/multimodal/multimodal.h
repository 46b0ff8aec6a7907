/* The parts of the study of the multimodal data. */
#ifndef BENCH_MULTIMODAL_H
#define BENCH_MULTIMODAL_H

#include "../nets/trial.h"

/* 1000 rows of y = -x sin 10x (quick: 200), 70/20/10. */
bench_samples bench_multimodal_samples(const bench *b, uint64_t seed);

/* 1-20-20-10-1 with start values, scaling to [-1, 1]. */
marq_net *bench_multimodal_net(const bench_samples *samples, marq_initialiser start, uint64_t seed);

/* Levenberg-Marquardt on all rows in a step, for so many epochs; nothing stops it sooner but a step that
 * cannot lower the error. */
marq_train_options bench_multimodal_options(const bench *b, size_t epochs);

/* The unit of an MSE on outputs scaled to [0, 1]. */
double bench_multimodal_unit(const bench_samples *samples);

/* The training error of a point in that unit after so many epochs: the least so far; NaN before the first. */
double bench_multimodal_after(const bench_trial *trial, const bench_samples *samples, size_t epochs);

/* The parts: errors over epochs and time, tanh, start values, SGD, one epoch's profile. */
void bench_multimodal_training(bench *b);
void bench_multimodal_tanh(bench *b);
void bench_multimodal_starts(bench *b);
void bench_multimodal_sgd(bench *b);
void bench_multimodal_flame(bench *b);

#endif
