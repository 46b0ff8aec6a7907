/* The report of a training by phases. */
#ifndef BENCH_DIGITS_PHASES_H
#define BENCH_DIGITS_PHASES_H

#include "../frame/bench.h"

#include <marq/profile.h>

/* Tables of own time by place and of phases, training.folded and the flame graph training.svg. Returns the
 * seconds that the places add up to. */
double bench_report_phases(bench *b, const marq_profile *profile, size_t epochs, size_t batches);

#endif
