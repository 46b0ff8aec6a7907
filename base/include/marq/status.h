/* marq: status codes and error messages, shared by every part of the library.
 *
 * A status above 0 means that the result may be used; a status below 0 means that it may not.
 * 0 is plain success of a call that does not iterate. */
#ifndef MARQ_STATUS_H
#define MARQ_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define MARQ_API                  __attribute__((visibility("default")))
#define MARQ_PRINTF(place, first) __attribute__((format(printf, place, first)))
#else
#define MARQ_API
#define MARQ_PRINTF(place, first)
#endif

/* X(name, value, key, words). The key is stable and is what report.json prints. */
#define MARQ_STATUS_LIST(X)                                                                                  \
    X(MARQ_OK, 0, "ok", "success")                                                                           \
    X(MARQ_CONVERGED_GRADIENT, 1, "gradient", "the gradient is below its tolerance")                         \
    X(MARQ_CONVERGED_STEP, 2, "step", "the step is below its tolerance")                                     \
    X(MARQ_CONVERGED_COST, 3, "cost", "the error no longer falls")                                           \
    X(MARQ_CONVERGED_ZERO, 4, "zero", "every residual is zero")                                              \
    X(MARQ_CONVERGED_GOAL, 5, "goal", "the error goal is reached")                                           \
    X(MARQ_STOP_VALIDATION, 6, "validation", "the validation error stopped falling")                         \
    X(MARQ_STOP_ITERATIONS, 7, "iterations", "the limit on iterations is reached")                           \
    X(MARQ_STOP_EVALUATIONS, 8, "evaluations", "the limit on evaluations is reached")                        \
    X(MARQ_STOP_TIME, 9, "time", "the time limit is reached")                                                \
    X(MARQ_STOP_STALLED, 10, "stalled", "no step lowers the error: the damping reached its limit")           \
    X(MARQ_STOP_CALLER, 11, "caller", "stopped by the caller")                                               \
    X(MARQ_STOP_DIVERGED, 12, "diverged", "the parameters grew beyond all bounds")                           \
    X(MARQ_ERROR_ARGUMENT, -1, "argument", "an argument is invalid")                                         \
    X(MARQ_ERROR_MEMORY, -2, "memory", "out of memory")                                                      \
    X(MARQ_ERROR_START, -3, "start", "a residual is not finite at the start")                                \
    X(MARQ_ERROR_JACOBIAN, -4, "jacobian", "the Jacobian is not finite")                                     \
    X(MARQ_ERROR_CALLBACK, -5, "callback", "a callback reported a failure")                                  \
    X(MARQ_ERROR_READ, -6, "read", "a file cannot be read")                                                  \
    X(MARQ_ERROR_WRITE, -7, "write", "a file cannot be written")                                             \
    X(MARQ_ERROR_FORMAT, -8, "format", "a file does not have the expected format")                           \
    X(MARQ_ERROR_DATA, -9, "data", "the data cannot be used")

typedef enum marq_status {
#define MARQ_STATUS_ENUM(name, value, key, words) name = value,
    MARQ_STATUS_LIST(MARQ_STATUS_ENUM)
#undef MARQ_STATUS_ENUM
} marq_status;

/* A caller-owned error. Functions that take one accept NULL; they write it only when they fail. */
typedef struct marq_error {
    marq_status status;
    char message[512]; /* one line, says what to do; UTF-8, always terminated */
} marq_error;

/* The sentence of a status, e.g. "the gradient is below its tolerance". Never NULL; static storage. */
MARQ_API const char *marq_status_text(marq_status status);

/* The stable one-word key of a status, e.g. "gradient". Never NULL; static storage. */
MARQ_API const char *marq_status_key(marq_status status);

#ifdef __cplusplus
}
#endif
#endif
