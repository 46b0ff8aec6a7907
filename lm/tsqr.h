/* QR factorisation of a tall matrix by blocks of rows. */
#ifndef MARQ_LM_TSQR_H
#define MARQ_LM_TSQR_H

#include <stddef.h>

typedef struct marq_tsqr {
    size_t rows, columns;
    size_t blocks, block_rows; /* the last block may be shorter; rows < columns: one block, zero rows below */
    int threads;
    double *factors;      /* a block is block_rows × columns, column-major: R above, reflectors below */
    double *tau;          /* blocks × columns */
    double *stack;        /* (blocks · columns) × columns: the blocks' R, factored in turn */
    double *stack_tau;    /* columns */
    double *vector;       /* blocks × block_rows: a vector in parts; then the stack's part of it */
    double *stack_vector; /* blocks · columns */
    double *work;         /* threads × work_size, for LAPACK */
    size_t work_size;
} marq_tsqr;

/* 0 without memory. */
int marq_tsqr_create(marq_tsqr *t, size_t rows, size_t columns, int threads);
void marq_tsqr_destroy(marq_tsqr *t);

/* Doubles that it allocates. */
double marq_tsqr_doubles(size_t rows, size_t columns, int threads);

/* Factors A = J diag(d)⁻¹, J rows × columns row-major; writes R (columns × columns, column-major, zeros
 * below). */
void marq_tsqr_factor(marq_tsqr *t, const double *J, const double *d, double *R);

/* out (columns values) ← the first entries of Qᵀ w, w of rows values. */
void marq_tsqr_apply(marq_tsqr *t, const double *w, double *out);

#endif
