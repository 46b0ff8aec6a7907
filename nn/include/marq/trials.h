/* marq/trials.h: several nets, or starts of one, trained on the same data; the best is named.
 *
 *     marq_trial trials[] = {{.net = small, .seed = 1}, {.net = large, .seed = 1}, {.net = again, .seed =
 * 2}}; size_t best; marq_status status = marq_net_train_trials(trials, 3, &data, NULL, &best, &error);
 *
 * A trial is judged by the loss of its validation rows; without any by Schwarz' criterion (1978) with N
 * training values and P parameters, N ln loss + P ln N for squares and Huber's loss, 2 N loss + P ln N (N
 * rows) for cross-entropy. Test rows judge nothing. */
#ifndef MARQ_TRIALS_H
#define MARQ_TRIALS_H

#include <marq/nn.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_trial {
    marq_net *net;       /* with its start values; is trained. The caller's; each trial has its own */
    uint64_t seed;       /* of the order of the rows */
    void *progress_user; /* for options->progress and poll, in place of options->progress_user */
    /* Set by the training: */
    marq_training training; /* of one that failed: status, message, and NaN for each error */
    double score;           /* the lower the better; NaN: the training failed */
} marq_trial;

/* Trains all of them, side by side, each on one thread: progress and poll are called by several threads at
 * once, each with its trial's user. options NULL: the defaults; its seed is not used, max_seconds
 * is of all together, of which a trial that begins gets its part of what is left, max_memory is of each. With
 * a profile they train one after another, each on all threads. *best: the lowest score, of equal ones the
 * first. The same bits for every number of threads. Fails with a status < 0 if every trial failed, with the
 * reason of the first. */
MARQ_API marq_status marq_net_train_trials(marq_trial *trials, size_t count, const marq_data *data,
                                           const marq_train_options *options, size_t *best,
                                           marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
