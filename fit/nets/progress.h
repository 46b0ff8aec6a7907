/* Progress on stderr: one line that renews itself on a terminal, plain lines with -v, nothing otherwise. */
#ifndef FIT_PROGRESS_H
#define FIT_PROGRESS_H

#include <marq/nn.h>
#include <stdbool.h>
#include <stdio.h>

typedef struct fit_progress {
    FILE *stream; /* stderr */
    bool verbose; /* plain lines */
    bool live;    /* one line that renews itself */
    size_t max_epochs;
    double max_seconds; /* 0: none */
    double next;        /* of the clock: no renewal before */
    bool open;          /* a live line stands */
} fit_progress;

fit_progress fit_progress_begin(FILE *stream, bool verbose, bool quiet, const marq_train_options *options);
void fit_progress_show(fit_progress *progress, const marq_epoch *epoch);
void fit_progress_end(fit_progress *progress);

#endif
