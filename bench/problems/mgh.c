#include "collection.h"

#include "mgh_problems.h"
#include <stdio.h>

enum { FACTORS = 3 };

static void residual(const void *data, const double *x, double *r) {
    mgh_residual(data, x, r);
}

static void jacobian(const void *data, const double *x, double *J) {
    mgh_jacobian(data, x, J);
}

static bench_problem instance(size_t number) {
    static const double factors[FACTORS] = {1, 10, 100};
    const mgh_problem *from = &mgh_problems[number / FACTORS];
    double factor = factors[number % FACTORS];
    bench_problem p = {.data = from,
                       .rows = from->rows,
                       .parameters = from->parameters,
                       .residual = residual,
                       .jacobian = jacobian};
    snprintf(p.name, sizeof p.name, "%s x%g", from->name, factor);
    mgh_set_start(from, factor, p.start);
    return p;
}

const bench_collection bench_mgh = {"mgh", MGH_COUNT *FACTORS, instance, 0, NULL};
