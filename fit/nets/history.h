/* The epochs of a training, collected as they come, and history.csv. */
#ifndef FIT_HISTORY_H
#define FIT_HISTORY_H

#include <marq/nn.h>
#include <stdbool.h>

typedef struct fit_history {
    marq_epoch *epochs; /* owned */
    size_t count, capacity;
    bool failed; /* out of memory: incomplete */
} fit_history;

void fit_history_add(fit_history *history, const marq_epoch *epoch);
void fit_history_clear(fit_history *history);
marq_status fit_history_write(const fit_history *history, const char *path, marq_error *error);

#endif
