/* Products from the rows of J, for problems that offer rows: the solver's side of the one seam.
 * J is m × n row-major, which BLAS reads as the column-major n × m matrix Jᵀ. Products over rows are summed
 * by a number of chunks that the sizes fix, in order. */
#include "solver.h"
#include "syrk.h"

#include <cblas.h>
#include <string.h>

enum { CHUNKS = 32, CHUNK_LEAST = 256 };

static size_t chunk_count(size_t rows) {
    size_t count = rows / CHUNK_LEAST;
    if (count < 1) return 1;
    return count < CHUNKS ? count : CHUNKS;
}

size_t marq_rows_partial(size_t rows, size_t parameters, marq_form form) {
    size_t vector = chunk_count(rows) * parameters;
    size_t matrix =
        form == MARQ_FORM_GRAM ? marq_syrk_partial(parameters, rows) : marq_syrk_partial(rows, parameters);
    return vector > matrix ? vector : matrix;
}

static int linearise(void *user, const double *theta) {
    return marq_build_jacobian(user, theta);
}

static int gram(void *user, double *jtj) {
    solver *s = user;
    size_t n = s->problem->parameters;
    marq_syrk(0, n, s->problem->rows, s->work->jacobian, n, jtj, s->work->partial);
    return MARQ_CALLBACK_OK;
}

static int kernel(void *user, double *jjt) {
    solver *s = user;
    size_t n = s->problem->parameters;
    marq_syrk(1, s->problem->rows, n, s->work->jacobian, n, jjt, s->work->partial);
    return MARQ_CALLBACK_OK;
}

typedef struct chunk {
    size_t first, count;
} chunk;

static chunk chunk_at(size_t rows, size_t index) {
    size_t count = chunk_count(rows), first = rows * index / count;
    return (chunk){first, rows * (index + 1) / count - first};
}

static int apply(void *user, const double *v, double *jv) {
    solver *s = user;
    size_t m = s->problem->rows, n = s->problem->parameters;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < chunk_count(m); c++) {
        chunk at = chunk_at(m, c);
        cblas_dgemv(CblasColMajor, CblasTrans, (int)n, (int)at.count, 1.0, s->work->jacobian + at.first * n,
                    (int)n, v, 1, 0.0, jv + at.first, 1);
    }
    return MARQ_CALLBACK_OK;
}

static int apply_transposed(void *user, const double *w, double *jtw) {
    solver *s = user;
    size_t m = s->problem->rows, n = s->problem->parameters, count = chunk_count(m);
    double *partial = s->work->partial;
#pragma omp parallel for schedule(dynamic)
    for (size_t c = 0; c < count; c++) {
        chunk at = chunk_at(m, c);
        cblas_dgemv(CblasColMajor, CblasNoTrans, (int)n, (int)at.count, 1.0, s->work->jacobian + at.first * n,
                    (int)n, w + at.first, 1, 0.0, partial + c * n, 1);
    }
    memcpy(jtw, partial, n * sizeof *jtw);
    for (size_t c = 1; c < count; c++)
        for (size_t j = 0; j < n; j++) jtw[j] += partial[c * n + j];
    return MARQ_CALLBACK_OK;
}

const marq_products marq_rows_products = {linearise, gram, kernel, apply, apply_transposed};
