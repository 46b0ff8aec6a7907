/* The damped linear system of a step, in the forms that marq_form names (equal in exact arithmetic).
 * Functions that call back return a MARQ_CALLBACK_… value. */
#ifndef MARQ_LM_FORM_H
#define MARQ_LM_FORM_H

#include "solver.h"

typedef struct marq_system {
    int (*prepare)(solver *s); /* at a new point, after marq_linearise: gradient, matrix, D */
    bool (*damp)(solver *s);   /* for the μ of now, counting; false: the matrix is not positive definite */
    /* out ← −(JᵀJ + μD²)⁻¹ Jᵀw. jtw: Jᵀw if it is known, may be out itself; else NULL. */
    int (*solve)(solver *s, const double *w, const double *jtw, double *out);
    int (*image)(solver *s); /* rows_work ← J step, after solve for the step */
} marq_system;

extern const marq_system marq_gram_system;   /* gram.c */
extern const marq_system marq_kernel_system; /* kernel.c */
extern const marq_system marq_iterative_system;
extern const marq_system marq_qr_system;

/* gram.c: D_jj from the norm of J's column j here and now. */
void marq_update_scale(solver *s, size_t j, double norm);

/* qr.c: Cholesky's method in the Gram form, which has just factored or failed, is to give way to QR. */
bool marq_loses_digits(const solver *s, bool factored);

/* The system of the form that the workspace was made for, or QR once that has taken over. */
const marq_system *marq_system_of(const solver *s);

#endif
