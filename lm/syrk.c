/* C = X Xᵀ. C is cut into square tiles; a tile is one dgemm (on the
 * diagonal dsyrk) by one thread over all of k, so its bits depend on
 * nothing but the sizes. Where C is a single tile and k is long (few parameters, many rows), k is cut into at
 * most CHUNKS parts of fixed size; their products are added in order. */
#include "syrk.h"

#include <base/least.h>
#include <cblas.h>
#include <string.h>

enum { TILE = 128, CHUNKS = 32, CHUNK_LEAST = 2048 };

static size_t chunk_count(size_t n, size_t k) {
    if (n > TILE || k < 2 * (size_t)CHUNK_LEAST) return 1;
    size_t count = k / CHUNK_LEAST;
    return count < CHUNKS ? count : CHUNKS;
}

size_t marq_syrk_partial(size_t n, size_t k) {
    size_t count = chunk_count(n, k);
    return count == 1 ? 0 : count * n * n;
}

/* One block of C, rows from i, columns from j, summed over count values of k from first. */
typedef struct block {
    size_t i, j, rows, columns, first, count;
} block;

static void multiply(int transposed, block at, const double *x, size_t ldx, int add, double *c, size_t ldc) {
    double beta = add ? 1.0 : 0.0;
    CBLAS_TRANSPOSE yes = transposed ? CblasTrans : CblasNoTrans, no = transposed ? CblasNoTrans : CblasTrans;
    const double *a = transposed ? x + at.first + at.i * ldx : x + at.i + at.first * ldx;
    const double *b = transposed ? x + at.first + at.j * ldx : x + at.j + at.first * ldx;
    if (at.i == at.j)
        cblas_dsyrk(CblasColMajor, CblasLower, yes, (int)at.rows, (int)at.count, 1.0, a, (int)ldx, beta, c,
                    (int)ldc);
    else
        cblas_dgemm(CblasColMajor, yes, no, (int)at.rows, (int)at.columns, (int)at.count, 1.0, a, (int)ldx, b,
                    (int)ldx, beta, c, (int)ldc);
}

static void by_tiles(int transposed, size_t n, size_t k, const double *x, size_t ldx, int add, double *c) {
    long tiles = (long)((n + TILE - 1) / TILE), pairs = tiles * (tiles + 1) / 2;
#pragma omp parallel for schedule(dynamic)
    for (long pair = 0; pair < pairs; pair++) {
        long row = 0,
             before = 0; /* the pair's tile row: pairs are counted row by row of the lower triangle */
        while (before + row + 1 <= pair) before += ++row;
        size_t i = (size_t)row * TILE, j = (size_t)(pair - before) * TILE;
        block at = {i, j, marq_least(TILE, n - i), marq_least(TILE, n - j), 0, k};
        multiply(transposed, at, x, ldx, add, c + i + j * n, n);
    }
}

static void by_chunks(int transposed, size_t n, size_t k, const double *x, size_t ldx, int add, double *c,
                      double *partial) {
    size_t count = chunk_count(n, k), length = (k + count - 1) / count;
#pragma omp parallel for schedule(dynamic)
    for (size_t chunk = 0; chunk < count; chunk++) {
        size_t first = marq_least(chunk * length, k);
        block at = {0, 0, n, n, first, marq_least(length, k - first)};
        multiply(transposed, at, x, ldx, 0, partial + chunk * n * n, n);
    }
    if (!add) memset(c, 0, n * n * sizeof *c);
    for (size_t chunk = 0; chunk < count; chunk++)
        for (size_t i = 0; i < n * n; i++) c[i] += partial[chunk * n * n + i];
}

void marq_syrk(int transposed, size_t n, size_t k, const double *x, size_t ldx, int add, double *c,
               double *partial) {
    if (chunk_count(n, k) > 1)
        by_chunks(transposed, n, k, x, ldx, add, c, partial);
    else
        by_tiles(transposed, n, k, x, ldx, add, c);
}
