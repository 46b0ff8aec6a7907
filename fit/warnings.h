/* Warnings in words: one line each, on stderr and in the report. */
#ifndef FIT_WARNINGS_H
#define FIT_WARNINGS_H

#include <marq/status.h>
#include <stddef.h>
#include <stdio.h>

enum { FIT_MOST_WARNINGS = 32 };

typedef struct fit_warnings {
    char *lines[FIT_MOST_WARNINGS]; /* owned */
    size_t count;
} fit_warnings;

/* A warning that has no room or no memory is dropped. */
void fit_warn(fit_warnings *warnings, const char *format, ...) MARQ_PRINTF(2, 3);
/* One line each. */
void fit_warnings_print(const fit_warnings *warnings, FILE *stream);
void fit_warnings_clear(fit_warnings *warnings);

#endif
