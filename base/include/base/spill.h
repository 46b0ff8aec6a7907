/* Arrays in a temporary file that is mapped into memory: for data that may be larger than memory. Their pages
 * leave memory when it is short, and when marq_spill_release says so. The file has no name: it is gone with
 * its last use, also after a crash. */
#ifndef MARQ_BASE_SPILL_H
#define MARQ_BASE_SPILL_H

#include <marq/status.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct marq_spill {
    bool opened;
    int file;
    size_t bytes;
    void *memory; /* bytes, on a page boundary; NULL: not mapped */
} marq_spill;

/* An empty file in this folder. MARQ_ERROR_WRITE with the reason, here and below. */
marq_status marq_spill_open(marq_spill *spill, const char *folder, marq_error *error);

/* Adds bytes at the end, zeros for data NULL, while it is not mapped. */
marq_status marq_spill_append(marq_spill *spill, const void *data, size_t bytes, marq_error *error);

/* memory ← all of the file, to read and write. */
marq_status marq_spill_map(marq_spill *spill, marq_error *error);

/* What was read and written need not stay in memory. Other threads may go on to use it. */
void marq_spill_release(const marq_spill *spill);

/* One that was never opened, all 0, is allowed. */
void marq_spill_close(marq_spill *spill);

#endif
