/* marq: profile scopes, the times of the phases of a computation, nested, one lane a thread.
 *
 * Create one profile, hand it to a solver or a trainer through its options, write it when done. A NULL
 * profile costs one predictable branch a scope. A profile belongs to one computation at a time: lanes
 * are told apart by the OpenMP thread number. */
#ifndef MARQ_PROFILE_H
#define MARQ_PROFILE_H

#include <marq/status.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_profile marq_profile;

/* lanes: threads that may open scopes, 1 … 1024; events: scope openings and closings kept per lane for the
 * timeline, at least 64. Beyond that the timeline ends, the totals go on. NULL without memory. The caller
 * owns the result. */
MARQ_API marq_profile *marq_profile_create(size_t lanes, size_t events);

/* NULL is allowed. */
MARQ_API void marq_profile_destroy(marq_profile *profile);

/* One phase, summed over all lanes and all places from which it was called. */
typedef struct marq_phase {
    const char *name;
    uint64_t count;    /* times entered */
    uint64_t total_ns; /* inclusive of inner scopes */
    uint64_t self_ns;  /* exclusive of inner scopes */
    uint64_t last_ns;  /* of the last time, inclusive */
} marq_phase;

/* Writes up to capacity phases in order of first appearance and returns how many there are. */
MARQ_API size_t marq_profile_phases(const marq_profile *profile, marq_phase *phases, size_t capacity);

/* speedscope's evented format, one profile a lane, nanoseconds
 * (https://www.speedscope.app/file-format-schema.json). */
MARQ_API marq_status marq_profile_write_speedscope(const marq_profile *profile, const char *path,
                                                   marq_error *error);

/* Collapsed stacks, "a;b;c MICROSECONDS" a line, self time, as flamegraph.pl and inferno read them. */
MARQ_API marq_status marq_profile_write_folded(const marq_profile *profile, const char *path,
                                               marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
