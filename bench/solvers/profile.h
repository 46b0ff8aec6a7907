/* Pictures of a contest: how many instances each solver solves, over what it costs or how well. */
#ifndef BENCH_PROFILE_H
#define BENCH_PROFILE_H

#include "contest.h"

/* Data profile (Moré & Wild 2009): the share of the instances that a solver has solved over its evaluations
 * of them, in units of n + 1 for n parameters; a Jacobian counts as n residual vectors. The evaluations are
 * all of the solve, up to the solver's own end. solved: 1 if the outcome is a solution of the instance.
 * settings: only entrants with these, and marq; those whose calls are not counted stay out. */
void bench_draw_profile(bench *b, const bench_contest *contest, const char *settings,
                        int (*solved)(const bench_outcome *outcome, size_t instance));

/* How many instances a solver solves to at least so many digits. digits: of an outcome, at most `most`. */
void bench_draw_digits(bench *b, const bench_contest *contest, const char *settings, double most,
                       double (*digits)(const bench_outcome *outcome, size_t instance));

#endif
