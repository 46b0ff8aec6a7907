/* marq/reverse.h: reverse communication, where the solver asks and the caller evaluates, for hosts that
 * cannot hand over a callback. The same solver as marq_solve, with the same bits and counts.
 *
 *     marq_reverse *solver = marq_reverse_create(&problem, NULL, theta, MARQ_REVERSE_WITH_JACOBIAN, &error);
 *     int answer = MARQ_CALLBACK_OK;
 *     for (marq_request wanted; (wanted = marq_reverse_next(solver, answer)) != MARQ_REQUEST_FINISHED;)
 *         if (wanted == MARQ_REQUEST_RESIDUAL)
 *             answer = my_residuals(marq_reverse_theta(solver), marq_reverse_residual(solver));
 *         else
 *             answer = my_jacobian(marq_reverse_theta(solver), marq_reverse_jacobian(solver));
 *     marq_status status = marq_reverse_result(solver, theta, &result);
 *     marq_reverse_destroy(solver);
 *
 * A handle has a thread of its own, in which the solver runs; it sleeps while the caller evaluates, and the
 * caller sleeps in marq_reverse_next while it computes, so that one of both runs at any time and the order of
 * all things is fixed. The thread receives no signals. A request costs two switches of threads more than a
 * callback, about 20 µs on a virtual machine with two cores. A handle is used by one thread at a time, any
 * one; several handles at once are fine.
 */
#ifndef MARQ_REVERSE_H
#define MARQ_REVERSE_H

#include <marq/lm.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_reverse marq_reverse;

/* What the solver wants done before the next call. */
typedef enum marq_request {
    MARQ_REQUEST_FINISHED, /* nothing: see marq_reverse_result */
    MARQ_REQUEST_RESIDUAL, /* the residuals at theta */
    MARQ_REQUEST_JACOBIAN, /* J at theta, or the columns of it that column_jacobian leaves to the caller */
    MARQ_REQUEST_PROGRESS  /* look at marq_reverse_progress */
} marq_request;

/* What the caller can do and wants; added up. */
enum {
    MARQ_REVERSE_WITH_JACOBIAN = 1,   /* answers requests for J; else it is by differences */
    MARQ_REVERSE_WITH_PROGRESS = 2,   /* wants to see progress */
    MARQ_REVERSE_WITH_COVARIANCE = 4, /* wants it, scaled by the variance; asks for r and J once more */
    MARQ_REVERSE_WITH_ABSOLUTE = 8    /* the same, of known deviations: not scaled */
};

/* Begins a solve from theta (n values, copied). problem: as for marq_solve, but that residual and jacobian
 * are not read and products not used; loss_function and ties->function, if there are any, are called in the
 * solver's thread. What it points to must stay until the end; the struct itself is copied, and so are options
 * (NULL: the defaults). options->progress is called in the solver's thread, unless MARQ_REVERSE_WITH_PROGRESS
 * is set. NULL on failure, with the reason in *error; else the caller owns the result: marq_reverse_destroy.
 */
MARQ_API marq_reverse *marq_reverse_create(const marq_problem *problem, const marq_options *options,
                                           const double *theta, int what, marq_error *error);

/* Hands over the answer to the last request and waits for the next one. answer: a MARQ_CALLBACK_… value; for
 * MARQ_REQUEST_PROGRESS what a progress callback returns (0: go on); at the first call it is not read. */
MARQ_API marq_request marq_reverse_next(marq_reverse *reverse, int answer);

/* Where to evaluate: n values. Pointers are valid until the next call of marq_reverse_next. */
MARQ_API const double *marq_reverse_theta(const marq_reverse *reverse);

/* Which rows: returns how many, *first is the first of them (NULL: not wanted). All of them, from 0, unless
 * problem.row_block says how many at a time: large problems then need not hold all of J. */
MARQ_API size_t marq_reverse_rows(const marq_reverse *reverse, size_t *first);

/* To be filled for MARQ_REQUEST_RESIDUAL: r_i to [i − first]; NULL in other requests. */
MARQ_API double *marq_reverse_residual(const marq_reverse *reverse);

/* To be filled for MARQ_REQUEST_JACOBIAN: ∂r_i/∂θ_j to [(i − first)·n + j]; NULL in other requests. */
MARQ_API double *marq_reverse_jacobian(const marq_reverse *reverse);

/* For MARQ_REQUEST_PROGRESS; NULL in other requests. */
MARQ_API const marq_progress *marq_reverse_progress(const marq_reverse *reverse);

/* Once the solve has finished: the best point to theta (n) and the result, either may be NULL. Returns the
 * status; before the end MARQ_ERROR_ARGUMENT, and nothing is written. */
MARQ_API marq_status marq_reverse_result(const marq_reverse *reverse, double *theta, marq_result *result);

/* Likewise the covariance (n × n), the deviations (n) and how they came about (marq_covariance_at), each or
 * NULL. MARQ_ERROR_ARGUMENT if it was not asked for, or there is none yet. */
MARQ_API marq_status marq_reverse_covariance(const marq_reverse *reverse, double *covariance,
                                             double *deviation, marq_uncertainty *uncertainty);

/* Ends the solve, wherever it is, and frees all. NULL is allowed. */
MARQ_API void marq_reverse_destroy(marq_reverse *reverse);

#ifdef __cplusplus
}
#endif
#endif
