/* Amdahl's law, T(p) = A + B/p: A is the serial part. Least squares of the relative errors, with
 * u = 1/T and v = 1/(p T) of each measurement:  A Σu² + B Σuv = Σu,  A Σuv + B Σv² = Σv.
 * The serial share of one thread's time is s = A/(A + B); below 0: faster than in proportion (caches). */
#include "bench.h"

#include <math.h>

double bench_amdahl(size_t count, const size_t *threads, const double *times) {
    double uu = 0, uv = 0, vv = 0, u1 = 0, v1 = 0;
    for (size_t k = 0; k < count; k++) {
        double u = 1 / times[k], v = u / (double)threads[k];
        uu += u * u;
        uv += u * v;
        vv += v * v;
        u1 += u;
        v1 += v;
    }
    double determinant = uu * vv - uv * uv;
    if (!(determinant > 1e-12 * uu * vv)) return (double)NAN;
    double serial = (u1 * vv - v1 * uv) / determinant, shared = (v1 * uu - u1 * uv) / determinant;
    return serial / (serial + shared);
}
