/* marq/laplace.h: how sure a function of fitted parameters is.
 *
 * Near the minimum of ½‖r‖² + ½α‖θ‖² the n parameters are distributed about as N(θ, σ² H⁻¹) with
 * H = JᵀJ + αI: Laplace's approximation with Gauss–Newton's curvature (MacKay 1992, "A practical Bayesian
 * framework for backpropagation networks"); with α = 0 the theory of regression (Seber & Wild 1989, section
 * 5.1). A function of the parameters with the gradient g then has the variance σ² h, with the leverage
 * h = gᵀ H⁻¹ g. Of the parameters γ = n − α tr H⁻¹ are determined by the data, and σ² = ‖r‖² / (N − γ).
 *
 *     marq_laplace *laplace = marq_laplace_create(n, threads, &error);
 *     marq_laplace_factor(laplace, gram, alpha, &error);
 *     marq_laplace_leverages(laplace, 1, gradient, &h);
 *
 * The same bits for every number of threads. A handle is used by one caller at a time, but for what is said
 * of marq_laplace_leverages. */
#ifndef MARQ_LAPLACE_H
#define MARQ_LAPLACE_H

#include <marq/status.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct marq_laplace marq_laplace;

/* For n ≥ 1 parameters. threads ≥ 1; 0: omp_get_max_threads(). All memory is allocated here, about
 * marq_laplace_bytes. The caller owns the result. NULL on failure, with the reason in *error. */
MARQ_API marq_laplace *marq_laplace_create(size_t n, int threads, marq_error *error);
MARQ_API void marq_laplace_destroy(marq_laplace *laplace); /* NULL is allowed */
MARQ_API double marq_laplace_bytes(size_t n, int threads);

/* H ← gram + αI and its factor, n³/3 flops, and γ, as many again. gram: JᵀJ, n × n, column-major, of which
 * the lower triangle is read. decay: α ≥ 0. For 0, and where H is not positive definite by it, α is a ridge
 * of 1e-10 times the mean of gram's diagonal, or the least power of ten times it that suffices: directions
 * that the data leave open then have a large but finite variance. MARQ_ERROR_JACOBIAN: gram is zero, or has a
 * number that is not finite. */
MARQ_API marq_status marq_laplace_factor(marq_laplace *laplace, const double *gram, double decay,
                                         marq_error *error);

MARQ_API double marq_laplace_decay(const marq_laplace *laplace);     /* α in force, or the ridge */
MARQ_API double marq_laplace_effective(const marq_laplace *laplace); /* γ, 0 … n */

/* h[k] ← g_kᵀ H⁻¹ g_k of count gradients of n values, one after another; n² flops each. On the calling
 * thread: those of a parallel region, at most as many as the handle was made for, may call it at once. */
MARQ_API void marq_laplace_leverages(const marq_laplace *laplace, size_t count, const double *gradients,
                                     double *h);

/* What the handle knows, to be kept: marq_laplace_packed(n) numbers. */
MARQ_API size_t marq_laplace_packed(size_t n);
MARQ_API void marq_laplace_pack(const marq_laplace *laplace, double *packed);

/* The opposite. MARQ_ERROR_FORMAT: these are not the numbers of such a handle. */
MARQ_API marq_status marq_laplace_unpack(marq_laplace *laplace, const double *packed, marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
