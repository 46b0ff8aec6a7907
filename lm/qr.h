/* Memory of the QR form (qr.c). */
#ifndef MARQ_LM_QR_H
#define MARQ_LM_QR_H

#include "tsqr.h"

typedef struct marq_qr {
    size_t parameters;
    marq_tsqr rows;   /* J D⁻¹ = QR */
    double *triangle; /* n × n: R */
    double *damped;   /* 2n × n, column-major: the factorisation of (R; √μ I) */
    double *tau;      /* n */
    double *vector;   /* 2n */
    double *work;     /* for LAPACK */
    int work_size;
} marq_qr;

double marq_qr_doubles(size_t rows, size_t parameters, int threads); /* that create allocates */
int marq_qr_create(marq_qr *qr, size_t rows, size_t parameters, int threads);
void marq_qr_destroy(marq_qr *qr);

#endif
