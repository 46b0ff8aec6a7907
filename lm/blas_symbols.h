/* Every BLAS and LAPACK routine that marq calls, under the name by which it is resolved at run time:
 * LAPACKE's functions call the Fortran names, which must come from the same library. The test blas compares
 * it with what the command calls. */
#ifndef MARQ_LM_BLAS_SYMBOLS_H
#define MARQ_LM_BLAS_SYMBOLS_H

static const char *const marq_blas_symbols[] = {"cblas_dgemm", "cblas_dgemv", "cblas_dsyrk", "cblas_dtrsv",
                                                "dgeqrf_",     "dormqr_",     "dgesdd_",     "dsyev_",
                                                "dgemm_",      "dgemv_"};

#endif
