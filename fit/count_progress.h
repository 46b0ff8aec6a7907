/* Progress of counted work on a terminal: one line that renews itself; nothing elsewhere. */
#ifndef FIT_COUNT_PROGRESS_H
#define FIT_COUNT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct fit_count_progress {
    FILE *stream; /* stderr */
    const char *what;
    bool live, open;
    double begin, next; /* of the clock */
} fit_count_progress;

fit_count_progress fit_count_begin(FILE *stream, bool quiet, const char *what);

/* A marq_count_function with the progress as user; non-zero when Ctrl-C was pressed. */
int fit_count_show(void *progress, size_t done, size_t total);

/* Removes the line. */
void fit_count_end(fit_count_progress *progress);

#endif
