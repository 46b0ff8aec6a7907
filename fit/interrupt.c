#include "interrupt.h"

#include <stddef.h>

static volatile sig_atomic_t interrupted; /* a signal handler can reach nothing else */

static void note(int signal) {
    (void)signal;
    interrupted = 1;
}

void fit_interrupt_begin(fit_interrupt *interrupt) {
    struct sigaction action = {.sa_handler = note, .sa_flags = (int)SA_RESETHAND};
    sigemptyset(&action.sa_mask);
    interrupted = 0;
    sigaction(SIGINT, &action, &interrupt->old_int);
    sigaction(SIGTERM, &action, &interrupt->old_term);
}

void fit_interrupt_end(const fit_interrupt *interrupt) {
    sigaction(SIGINT, &interrupt->old_int, NULL);
    sigaction(SIGTERM, &interrupt->old_term, NULL);
}

bool fit_interrupted(void) {
    return interrupted != 0;
}
