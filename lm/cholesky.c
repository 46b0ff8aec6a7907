/* Right-looking Cholesky by tiles A_ij of fixed size (Buttari, Langou, Kurzak, Dongarra 2009, algorithm 1):
 *     for k:  A_kk ← chol(A_kk)
 *             A_ik ← A_ik A_kk⁻ᵀ            i > k
 *             A_ij ← A_ij − A_ik A_jkᵀ      k < j ≤ i
 * Every tile operation is one BLAS or LAPACK call on one thread, and the operations on a tile run in the order
 * that the dependences fix, so the bits do not depend on the number of threads. */
#include "cholesky.h"

#include <cblas.h>
#include <lapacke.h>

enum { TILE = 128 };

typedef struct tiles {
    size_t n, count;
    double *a;
    int failed;
} tiles;

static double *tile(const tiles *t, size_t i, size_t j) {
    return t->a + i * TILE + j * TILE * t->n;
}

static int extent(const tiles *t, size_t i) {
    size_t left = t->n - i * TILE;
    return (int)(left < TILE ? left : TILE);
}

static void factor_tile(tiles *t, size_t k) {
    int failed;
#pragma omp atomic read
    failed = t->failed;
    if (failed) return;
    if (LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', extent(t, k), tile(t, k, k), (int)t->n) != 0) {
#pragma omp atomic write
        t->failed = 1;
    }
}

static void solve_tile(const tiles *t, size_t i, size_t k) {
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, extent(t, i), extent(t, k), 1.0,
                tile(t, k, k), (int)t->n, tile(t, i, k), (int)t->n);
}

static void update_tile(const tiles *t, size_t i, size_t j, size_t k) {
    if (i == j)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, extent(t, i), extent(t, k), -1.0, tile(t, i, k),
                    (int)t->n, 1.0, tile(t, i, i), (int)t->n);
    else
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, extent(t, i), extent(t, j), extent(t, k), -1.0,
                    tile(t, i, k), (int)t->n, tile(t, j, k), (int)t->n, 1.0, tile(t, i, j), (int)t->n);
}

/* The master thread makes the tasks: in a single construct, libgomp leaks its table of dependences now and then (when
 * another thread made them). The dependences are on the first entry of each tile. */
static void make_tasks(tiles *t) {
    for (size_t k = 0; k < t->count; k++) {
        double *kk = tile(t, k, k);
        (void)kk;
#pragma omp task firstprivate(k) depend(inout : kk[0])
        factor_tile(t, k);
        for (size_t i = k + 1; i < t->count; i++) {
            double *ik = tile(t, i, k);
            (void)ik;
#pragma omp task firstprivate(i, k) depend(in : kk[0]) depend(inout : ik[0])
            solve_tile(t, i, k);
        }
        for (size_t j = k + 1; j < t->count; j++)
            for (size_t i = j; i < t->count; i++) {
                double *ik = tile(t, i, k), *jk = tile(t, j, k), *ij = tile(t, i, j);
                (void)ik, (void)jk, (void)ij;
#pragma omp task firstprivate(i, j, k) depend(in : ik[0], jk[0]) depend(inout : ij[0])
                update_tile(t, i, j, k);
            }
    }
}

int marq_cholesky_factor(size_t n, double *a) {
    tiles t = {.n = n, .count = (n + TILE - 1) / TILE, .a = a};
#pragma omp parallel
#pragma omp master
    make_tasks(&t);
    return t.failed;
}

void marq_cholesky_solve(size_t n, const double *factor, double *x) {
    int order = (int)n;
#pragma omp parallel
#pragma omp single
    {
        cblas_dtrsv(CblasColMajor, CblasLower, CblasNoTrans, CblasNonUnit, order, factor, order, x, 1);
        cblas_dtrsv(CblasColMajor, CblasLower, CblasTrans, CblasNonUnit, order, factor, order, x, 1);
    }
}
