/* Right-looking Cholesky by tiles A_ij of fixed size (Buttari, Langou, Kurzak, Dongarra 2009, algorithm 1):
 *     for k:  A_kk ← chol(A_kk)
 *             A_ik ← A_ik A_kk⁻ᵀ            i > k
 *             A_ij ← A_ij − A_ik A_jkᵀ      k < j ≤ i
 * Every tile operation is one BLAS or LAPACK call on one thread, and a tile is updated in the order of k, so
 * the bits do not depend on the number of threads. (Tasks with dependences were no faster on two threads, and
 * libgomp 12 loses some memory with each set of them.) */
#include "cholesky.h"

#include <cblas.h>
#include <lapacke.h>
#include <omp.h>
#include <string.h>

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
    t->failed = LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, 'L', extent(t, k), tile(t, k, k), (int)t->n) != 0;
}

static void solve_tile(const tiles *t, size_t i, size_t k) {
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasTrans, CblasNonUnit, extent(t, i), extent(t, k),
                1.0, tile(t, k, k), (int)t->n, tile(t, i, k), (int)t->n);
}

static void update_tile(const tiles *t, size_t i, size_t j, size_t k) {
    if (i == j)
        cblas_dsyrk(CblasColMajor, CblasLower, CblasNoTrans, extent(t, i), extent(t, k), -1.0, tile(t, i, k),
                    (int)t->n, 1.0, tile(t, i, i), (int)t->n);
    else
        cblas_dgemm(CblasColMajor, CblasNoTrans, CblasTrans, extent(t, i), extent(t, j), extent(t, k), -1.0,
                    tile(t, i, k), (int)t->n, tile(t, j, k), (int)t->n, 1.0, tile(t, i, j), (int)t->n);
}

/* Tile columns k+1 … of the lower triangle, counted column by column: pair -> (i, j). */
static void update_pair(const tiles *t, size_t k, size_t pair) {
    size_t j = k + 1;
    while (pair >= t->count - j) pair -= t->count - j++;
    update_tile(t, j + pair, j, k);
}

/* Called by every thread of a team. */
static void factor_together(tiles *t) {
    for (size_t k = 0; k < t->count; k++) {
        size_t below = t->count - k - 1, pairs = below * (below + 1) / 2;
#pragma omp single
        factor_tile(t, k);
        if (t->failed) return; /* the same for all: they meet at the end of the single */
#pragma omp for schedule(dynamic)
        for (size_t i = k + 1; i < t->count; i++) solve_tile(t, i, k);
#pragma omp for schedule(dynamic)
        for (size_t pair = 0; pair < pairs; pair++) update_pair(t, k, pair);
    }
}

int marq_cholesky_factor(size_t n, const double *a, double mu, const double *scale, double *factor) {
    tiles t = {.n = n, .count = (n + TILE - 1) / TILE, .a = factor};
#pragma omp parallel
    {
#pragma omp for schedule(static)
        for (size_t j = 0; j < n; j++) {
            memcpy(factor + j * n + j, a + j * n + j, (n - j) * sizeof *factor);
            factor[j * n + j] += scale ? mu * scale[j] * scale[j] : mu;
        }
        factor_together(&t);
    }
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

/* ---- Trace of the inverse ---- */

size_t marq_inverse_scratch(size_t n) {
    size_t count = (n + TILE - 1) / TILE;
    return n * TILE + (count + 7) / 8 * 8;
}

/* ‖L⁻¹ E‖² for the unit vectors E of tile column k: rows from k on are not zero. */
static double inverse_column_squares(size_t n, const double *factor, size_t k, double *x) {
    size_t first = k * TILE, below = n - first, columns = below < TILE ? below : TILE;
    memset(x, 0, below * columns * sizeof *x);
    for (size_t j = 0; j < columns; j++) x[j * below + j] = 1;
    cblas_dtrsm(CblasColMajor, CblasLeft, CblasLower, CblasNoTrans, CblasNonUnit, (int)below, (int)columns,
                1.0, factor + first * n + first, (int)n, x, (int)below);
    double sum = 0;
    for (size_t i = 0; i < below * columns; i++) sum += x[i] * x[i];
    return sum;
}

/* tr (LLᵀ)⁻¹ = ‖L⁻¹‖_F². The sums of the tile columns lie behind the first thread's columns. */
double marq_inverse_trace(size_t n, const double *factor, double *scratch) {
    size_t count = (n + TILE - 1) / TILE, stride = marq_inverse_scratch(n);
    double *sums = scratch + n * TILE, trace = 0;
#pragma omp parallel for schedule(dynamic)
    for (size_t k = 0; k < count; k++)
        sums[k] = inverse_column_squares(n, factor, k, scratch + (size_t)omp_get_thread_num() * stride);
    for (size_t k = 0; k < count; k++) trace += sums[k];
    return trace;
}
