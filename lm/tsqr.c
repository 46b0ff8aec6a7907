/* Tall-skinny QR in two levels (Demmel, Grigori, Hoemmen, Langou 2012, "Communication-optimal parallel and
 * sequential QR"): A is cut into blocks of rows A_k = Q_k R_k, then (R_1; …; R_B) = Q R. Hence A = diag(Q_k)
 * Q R and Qᵀ w = Q_stackᵀ (Q_1ᵀ w_1; …; Q_Bᵀ w_B). The blocks' number follows from the sizes alone, and each
 * is one LAPACK call on one thread: the bits don't depend on the number of threads. */
#include "tsqr.h"

#include <base/memory.h>
#include <lapacke.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_ROWS = 1024, MOST_BLOCKS = 64, LAPACK_BLOCK = 64 };

static size_t choose_blocks(size_t rows, size_t columns) {
    size_t least = 4 * columns > LEAST_ROWS ? 4 * columns : LEAST_ROWS, count = rows / least;
    if (count < 1) return 1;
    return count < MOST_BLOCKS ? count : MOST_BLOCKS;
}

static size_t block_height(size_t rows, size_t columns, size_t blocks) {
    size_t height = (rows + blocks - 1) / blocks;
    return height < columns ? columns : height; /* fewer rows than columns: only with one block */
}

double marq_tsqr_doubles(size_t rows, size_t columns, int threads) {
    size_t blocks = choose_blocks(rows, columns), height = blocks * block_height(rows, columns, blocks);
    double n = (double)columns, b = (double)blocks;
    return (double)height * (n + 1) + b * n * (n + 2) + n + (double)threads * LAPACK_BLOCK * n;
}

int marq_tsqr_create(marq_tsqr *t, size_t rows, size_t columns, int threads) {
    size_t blocks = choose_blocks(rows, columns);
    *t = (marq_tsqr){.rows = rows, .columns = columns, .blocks = blocks, .threads = threads};
    t->block_rows = block_height(rows, columns, blocks);
    t->work_size = columns * LAPACK_BLOCK;
    t->factors = marq_alloc_doubles(blocks * t->block_rows, columns);
    t->tau = marq_alloc_doubles(blocks, columns);
    t->stack = marq_alloc_doubles(blocks * columns, columns);
    t->stack_tau = marq_alloc_doubles(columns, 1);
    t->vector = marq_alloc_doubles(blocks, t->block_rows);
    t->stack_vector = marq_alloc_doubles(blocks, columns);
    t->work = marq_alloc_doubles((size_t)threads, t->work_size);
    return t->factors && t->tau && t->stack && t->stack_tau && t->vector && t->stack_vector && t->work;
}

void marq_tsqr_destroy(marq_tsqr *t) {
    double *memory[] = {t->factors, t->tau, t->stack, t->stack_tau, t->vector, t->stack_vector, t->work};
    for (size_t i = 0; i < sizeof memory / sizeof *memory; i++) free(memory[i]);
    *t = (marq_tsqr){0};
}

static double *work_of_thread(const marq_tsqr *t) {
    return t->work + (size_t)omp_get_thread_num() * t->work_size;
}

static size_t rows_of(const marq_tsqr *t, size_t k) {
    size_t first = k * t->block_rows, left = first < t->rows ? t->rows - first : 0;
    return left < t->block_rows ? left : t->block_rows;
}

static double *block_of(const marq_tsqr *t, size_t k) {
    return t->factors + k * t->block_rows * t->columns;
}

/* Copies rows of J into the block, scaled; rows that are not there are zero. */
static void fill_block(const marq_tsqr *t, size_t k, const double *J, const double *d) {
    size_t n = t->columns, ld = t->block_rows, rows = rows_of(t, k);
    double *block = block_of(t, k);
    const double *from = J + k * ld * n;
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < rows; i++) block[i + j * ld] = from[i * n + j] / d[j];
        for (size_t i = rows; i < ld; i++) block[i + j * ld] = 0;
    }
}

/* Copies the upper triangle; zeros below. */
static void copy_triangle(size_t n, const double *from, size_t ld_from, double *to, size_t ld_to) {
    for (size_t j = 0; j < n; j++) {
        memcpy(to + j * ld_to, from + j * ld_from, (j + 1) * sizeof *to);
        memset(to + j * ld_to + j + 1, 0, (n - j - 1) * sizeof *to);
    }
}

void marq_tsqr_factor(marq_tsqr *t, const double *J, const double *d, double *R) {
    size_t n = t->columns, ld = t->block_rows, height = t->blocks * n;
#pragma omp parallel
    {
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < t->blocks; k++) {
            double *block = block_of(t, k);
            fill_block(t, k, J, d);
            LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, (int)ld, (int)n, block, (int)ld, t->tau + k * n,
                                work_of_thread(t), (int)t->work_size);
            copy_triangle(n, block, ld, t->stack + k * n, height);
        }
#pragma omp single
        {
            if (t->blocks > 1)
                LAPACKE_dgeqrf_work(LAPACK_COL_MAJOR, (int)height, (int)n, t->stack, (int)height,
                                    t->stack_tau, work_of_thread(t), (int)t->work_size);
            copy_triangle(n, t->stack, height, R, n);
        }
    }
}

static void apply_reflectors(size_t rows, size_t n, const double *factors, size_t ld, const double *tau,
                             double *w, double *work, size_t work_size) {
    LAPACKE_dormqr_work(LAPACK_COL_MAJOR, 'L', 'T', (int)rows, 1, (int)n, factors, (int)ld, tau, w, (int)rows,
                        work, (int)work_size);
}

void marq_tsqr_apply(marq_tsqr *t, const double *w, double *out) {
    size_t n = t->columns, ld = t->block_rows, height = t->blocks * n;
#pragma omp parallel
    {
#pragma omp for schedule(dynamic)
        for (size_t k = 0; k < t->blocks; k++) {
            double *part = t->vector + k * ld;
            size_t rows = rows_of(t, k);
            memcpy(part, w + k * ld, rows * sizeof *part);
            memset(part + rows, 0, (ld - rows) * sizeof *part);
            apply_reflectors(ld, n, block_of(t, k), ld, t->tau + k * n, part, work_of_thread(t),
                             t->work_size);
            memcpy(t->stack_vector + k * n, part, n * sizeof *part);
        }
#pragma omp single
        {
            if (t->blocks > 1)
                apply_reflectors(height, n, t->stack, height, t->stack_tau, t->stack_vector,
                                 work_of_thread(t), t->work_size);
            memcpy(out, t->stack_vector, n * sizeof *out);
        }
    }
}
