/* Fills a caller's marq_error (NULL allowed) and returns its status, so that a failure is one line:
 *     return marq_fail(error, MARQ_ERROR_READ, "%s: %s", path, strerror(errno)); */
#ifndef MARQ_BASE_ERROR_H
#define MARQ_BASE_ERROR_H

#include <marq/status.h>

/* Control characters of what the message quotes become spaces. */
marq_status marq_fail(marq_error *error, marq_status status, const char *format, ...) MARQ_PRINTF(3, 4);

/* The usual failure of an allocation. what: what the memory was for. */
marq_status marq_fail_memory(marq_error *error, const char *what);

/* A model file that cannot be read: MARQ_ERROR_FORMAT. version: marq's; what: what is wrong with it. */
marq_status marq_fail_model(marq_error *error, const char *path, const char *version, const char *what);

#endif
