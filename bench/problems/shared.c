/* libbench_problems.so: the same residuals and Jacobians for peers in other languages. */
#include "collection.h"

#include <string.h>

__attribute__((visibility("default"))) int bench_evaluate(const char *collection, size_t number,
                                                          const double *x, double *r, double *J);

/* Residuals of an instance at x to r, and the row-major Jacobian to J unless it is NULL. 1 if there is such
 * an instance, else 0. */
int bench_evaluate(const char *collection, size_t number, const double *x, double *r, double *J) {
    const bench_collection *from = strcmp(collection, bench_nist.name) == 0  ? &bench_nist
                                   : strcmp(collection, bench_mgh.name) == 0 ? &bench_mgh
                                                                             : NULL;
    if (!from || number >= from->count) return 0;
    bench_problem p = from->instance(number);
    if (r) p.residual(p.data, x, r);
    if (J) p.jacobian(p.data, x, J);
    return 1;
}
