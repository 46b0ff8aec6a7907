/* Ctrl-C during training: the running step is finished, the best net is kept. */
#ifndef FIT_INTERRUPT_H
#define FIT_INTERRUPT_H

#include <signal.h>
#include <stdbool.h>

typedef struct fit_interrupt {
    struct sigaction old_int, old_term;
} fit_interrupt;

/* From here on the first SIGINT or SIGTERM is only noted; a second one ends the process. */
void fit_interrupt_begin(fit_interrupt *interrupt);
void fit_interrupt_end(const fit_interrupt *interrupt);
bool fit_interrupted(void);

#endif
