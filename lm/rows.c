/* Products from the rows of J, for problems that offer rows: the solver's side of the one seam.
 *
 * J is m × n row-major, which BLAS reads as the column-major n × m matrix Jᵀ. It is held as a whole, or
 * formed tile by tile of rows whenever a product needs it: then JᵀJ and Jᵀr, and the two products of the
 * second-order correction, are taken from the same tiles. Sums over rows are taken by a number of chunks that
 * the sizes fix, in order. */
#include "strategy.h"

#include "syrk.h"
#include <base/least.h>
#include <cblas.h>
#include <string.h>

enum { CHUNKS = 32, CHUNK_LEAST = 256, TILE_BYTES = 1 << 24 };

/* ---- Tiles ---- */

size_t marq_tile_rows(const marq_problem *problem) {
    size_t block = marq_row_block(problem), rows = TILE_BYTES / sizeof(double) / problem->parameters;
    return marq_least(problem->rows, rows > block ? rows / block * block : block);
}

bool marq_holds_jacobian(const marq_workspace *work) {
    return !work->jacobian || work->jacobian_rows == work->rows;
}

/* Rows first … first + count − 1 of J, in memory. */
typedef struct tile {
    size_t first, count;
    const double *J;
} tile;

/* Moves to the next tile, or the first if t is empty; it is formed now unless J is held. false at the end, or
 * with *got if it can't be formed. */
static bool next_tile(solver *s, tile *t, int *got) {
    size_t first = t->first + t->count, rows = s->problem->rows;
    if (first == rows) return false;
    *t = (tile){first, marq_least(s->work->jacobian_rows, rows - first), s->work->jacobian};
    if (marq_holds_jacobian(s->work)) return true;
    MARQ_SCOPE(s->options->profile, "Jacobian");
    if (first == 0) s->jacobian_evaluations++;
    *got = marq_build_rows(s, s->theta, first, t->count, s->work->jacobian);
    return *got == MARQ_CALLBACK_OK;
}

static int linearise(void *user, const double *theta) {
    solver *s = user;
    if (!marq_holds_jacobian(s->work)) return MARQ_CALLBACK_OK;
    return marq_build_rows(s, theta, 0, s->problem->rows, s->work->jacobian);
}

/* ---- Products with a vector ---- */

static size_t chunk_count(size_t rows) {
    size_t count = rows / CHUNK_LEAST;
    if (count < 1) return 1;
    return marq_least(count, CHUNKS);
}

/* Chunk `index` of a tile. */
static tile chunk_of(const tile *t, size_t index, size_t n) {
    size_t count = chunk_count(t->count), from = t->count * index / count;
    return (tile){t->first + from, t->count * (index + 1) / count - from, t->J + from * n};
}

static void tile_apply(const solver *s, const tile *t, const double *v, double *jv) {
    size_t n = s->problem->parameters;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < chunk_count(t->count); c++) {
        tile at = chunk_of(t, c, n);
        cblas_dgemv(CblasColMajor, CblasTrans, (int)n, (int)at.count, 1.0, at.J, (int)n, v, 1, 0.0,
                    jv + at.first, 1);
    }
}

/* jtw ← or += the tile's part of Jᵀw. */
static void tile_apply_transposed(const solver *s, const tile *t, const double *w, double *jtw) {
    size_t n = s->problem->parameters, count = chunk_count(t->count);
    double *partial = s->work->partial;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < count; c++) {
        tile at = chunk_of(t, c, n);
        cblas_dgemv(CblasColMajor, CblasNoTrans, (int)n, (int)at.count, 1.0, at.J, (int)n, w + at.first, 1,
                    0.0, partial + c * n, 1);
    }
    if (t->first == 0) memset(jtw, 0, n * sizeof *jtw);
    for (size_t c = 0; c < count; c++)
        for (size_t j = 0; j < n; j++) jtw[j] += partial[c * n + j];
}

static int apply(void *user, const double *v, double *jv) {
    solver *s = user;
    tile t = {0};
    int got = MARQ_CALLBACK_OK;
    while (next_tile(s, &t, &got)) tile_apply(s, &t, v, jv);
    return got;
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    solver *s = user;
    tile t = {0};
    int got = MARQ_CALLBACK_OK;
    while (next_tile(s, &t, &got)) tile_apply_transposed(s, &t, w, jtw);
    return got;
}

int marq_rows_second(solver *s, double *jtw) {
    double *rows_work = s->work->rows_work;
    tile t = {0};
    int got = MARQ_CALLBACK_OK;
    while (next_tile(s, &t, &got)) {
        tile_apply(s, &t, s->work->step, rows_work);
        marq_second_derivative(s, t.first, t.count);
        tile_apply_transposed(s, &t, rows_work, jtw);
    }
    return got;
}

/* ---- The diagonal of JᵀJ ---- */

static void chunk_squares(const tile *at, size_t n, double *sum) {
    memset(sum, 0, n * sizeof *sum);
    for (size_t i = 0; i < at->count; i++)
        for (size_t j = 0; j < n; j++) sum[j] += at->J[i * n + j] * at->J[i * n + j];
}

static int diagonal(void *user, double *d) {
    solver *s = user;
    size_t n = s->problem->parameters;
    double *partial = s->work->partial;
    tile t = {0};
    int got = MARQ_CALLBACK_OK;
    memset(d, 0, n * sizeof *d);
    while (next_tile(s, &t, &got)) {
        size_t count = chunk_count(t.count);
#pragma omp parallel for schedule(dynamic)
        for (size_t c = 0; c < count; c++) {
            tile at = chunk_of(&t, c, n);
            chunk_squares(&at, n, partial + c * n);
        }
        for (size_t c = 0; c < count; c++)
            for (size_t j = 0; j < n; j++) d[j] += partial[c * n + j];
    }
    return got;
}

/* ---- Matrices ---- */

size_t marq_rows_partial(size_t rows, size_t parameters, marq_form form) {
    size_t vector = chunk_count(rows) * parameters, matrix = 0;
    if (form == MARQ_FORM_KERNEL) matrix = marq_syrk_partial(rows, parameters);
    if (form == MARQ_FORM_GRAM) matrix = marq_syrk_partial(parameters, rows);
    return vector > matrix ? vector : matrix;
}

static int gram(void *user, const double *w, double *jtj, double *jtw) {
    solver *s = user;
    size_t n = s->problem->parameters;
    tile t = {0};
    int got = MARQ_CALLBACK_OK;
    while (next_tile(s, &t, &got)) {
        marq_syrk(0, n, t.count, t.J, n, t.first > 0, jtj, s->work->partial);
        tile_apply_transposed(s, &t, w, jtw);
    }
    return got;
}

/* Only where J is held. */
static int kernel(void *user, double *jjt) {
    solver *s = user;
    size_t n = s->problem->parameters;
    marq_syrk(1, s->problem->rows, n, s->work->jacobian, n, 0, jjt, s->work->partial);
    return MARQ_CALLBACK_OK;
}

const marq_products marq_rows_products = {.linearise = linearise,
                                          .gram = gram,
                                          .kernel = kernel,
                                          .apply = apply,
                                          .apply_transposed = apply_transposed,
                                          .diagonal = diagonal};
