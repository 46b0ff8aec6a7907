/* Amdahl's law, T(p)/T(1) = s + (1 − s)/p: with y = T(p)/T(1) − 1/p and x = 1 − 1/p it reads y = s x, and
 * least squares give s = Σxy / Σx². Below 0: more than p times as fast on p threads (caches). */
#include "bench.h"

#include <math.h>

double bench_amdahl(size_t count, const size_t *threads, const double *times) {
    double xy = 0, xx = 0;
    for (size_t k = 0; k < count; k++) {
        double p = (double)threads[k], x = 1 - 1 / p, y = times[k] / times[0] - 1 / p;
        xy += x * y;
        xx += x * x;
    }
    return xx > 0 ? xy / xx : (double)NAN;
}
