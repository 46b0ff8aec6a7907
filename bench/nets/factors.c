/* A = X Xᵀ/n + I with X_ij = sin(ij + i), in column-major order. dpotrf factors in place, so that it has a
 * copy of the lower triangle made first; marq's factor reads the matrix once while it goes on. */
#include "factors.h"

#include "lm/cholesky.h"

#include <base/team.h>
#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct factors {
    size_t n;
    double *matrix, *copy, *factor;
} factors;

static void by_tiles(void *user) {
    factors *f = user;
    if (marq_cholesky_factor(f->n, f->matrix, 0, NULL, f->factor) != 0) bench_fail("no factor");
}

static void by_lapack(void *user) {
    factors *f = user;
    size_t n = f->n;
    for (size_t j = 0; j < n; j++)
        memcpy(f->copy + j * n + j, f->matrix + j * n + j, (n - j) * sizeof(double));
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', (int)n, f->copy, (int)n) != 0) bench_fail("no dpotrf");
}

static void fill(factors *f) {
    size_t n = f->n;
    double *X = bench_doubles(n, n);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) X[i * n + j] = sin((double)(i * j + i));
    cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, (int)n, (int)n, 1.0 / (double)n, X, (int)n, 0.0,
                f->matrix, (int)n);
    for (size_t j = 0; j < n; j++) f->matrix[j * n + j] += 1;
    free(X);
}

json_t *bench_factors_table(bench *b) {
    return bench_table(b, "factors", "Cholesky's factor by tiles beside OpenBLAS's",
                       "order|threads|tiles ms|dpotrf ms|tiles / dpotrf");
}

void bench_add_factors(const bench *b, json_t *table, size_t order, size_t threads) {
    factors f = {.n = order,
                 .matrix = bench_doubles(order, order),
                 .copy = bench_doubles(order, order),
                 .factor = bench_doubles(marq_cholesky_doubles(order), 1)};
    bench_work works[] = {{by_tiles, &f}, {by_lapack, &f}};
    bench_time times[2];
    marq_team team = marq_team_enter((int)threads);
    fill(&f);
    bench_race(b, 2, works, times);
    marq_team_leave(&team);
    bench_row(table, "zzfff", order, threads, 1e3 * times[0].median, 1e3 * times[1].median,
              times[0].median / times[1].median);
    free(f.matrix), free(f.copy), free(f.factor);
}
