/* fit selftest: the solver on NIST's nonlinear regression set, with default options. */
#ifndef FIT_SELFTEST_H
#define FIT_SELFTEST_H

#include "nist/nist.h"
#include "args.h"
#include "streams.h"

/* One problem from one start. */
typedef struct selftest_score {
    const nist_problem *problem;
    int start;         /* 0 or 1 */
    double parameters; /* LRE: −log10 of the relative error of the worst parameter, 0 … 11 */
    double deviations; /* the same of the standard deviations */
    marq_result result;
    size_t residual_evaluations, jacobian_evaluations; /* with those of the covariance */
} selftest_score;

/* Solves; options NULL: the defaults. */
selftest_score selftest_run(const nist_problem *problem, int start, const marq_options *options);

/* Prints the scorecard, as JSON with --json. Fails with MARQ_ERROR_START unless every LRE is at least 8 (6
 * with differences), and 52 of the deviations' at least 6. */
marq_status fit_selftest(const fit_arguments *arguments, fit_streams streams, marq_error *error);

#endif
