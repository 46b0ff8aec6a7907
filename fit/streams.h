/* What every action of the command is handed, and how it ended. */
#ifndef FIT_STREAMS_H
#define FIT_STREAMS_H

#include <stdio.h>

/* Streams of the command. */
typedef struct fit_streams {
    FILE *out, *err;
} fit_streams;

/* How an action ended whose results were all written. */
typedef enum fit_end { FIT_END_DONE, FIT_END_INTERRUPTED, FIT_END_NOT_CONVERGED } fit_end;

#endif
