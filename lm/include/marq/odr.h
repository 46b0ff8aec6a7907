/* marq/odr.h: errors in the inputs. Orthogonal distance regression as a problem for the solver of marq/lm.h.
 *
 * The data (x_i, y_i), i < rows, have the deviations σx_ij and σy_i in all coordinates. With the model's
 * residuals r(θ; x) = f(x; θ) − y, the parameters θ and the true inputs x_i + δ_i minimise ½ Σ_i (r_i(θ; x_i
 * + δ_i)/σy_i)² + Σ_j (δ_ij/σx_ij)² (Boggs, Byrd & Schnabel 1987). For a given θ each row's δ_i is found by
 * itself; what is left is a problem in θ alone, whose residuals are the rows' distances d_i(θ) from the
 * model's surface, in units of σ: d_i = ±√((r_i/σy_i)² + Σ_j (δ_ij/σx_ij)²),   ∂d_i/∂θ = (∂r_i/∂θ)/√(σy_i² +
 * Σ_j (σx_ij ∂r_i/∂x_j)²)  at x_i + δ_i. So the number of unknowns does not grow with the data, and all of
 * marq/lm.h and marq/inference.h apply: bounds, ties, losses, many starts, covariance (the same as that of
 * all unknowns), intervals, bootstrap.
 *
 *     marq_odr odr = {.rows = m, .parameters = n, .inputs = 1, .x = x, .sigma_x = sx, .sigma = sy, .user =
 * &data, .residual = my_residual}; marq_problem problem; if (marq_odr_bind(&odr, &problem, &error) ==
 * MARQ_OK) marq_solve(&problem, NULL, theta, &result); marq_odr_points(&odr, theta, x_true, NULL);
 *
 * Threads: as in marq/lm.h. Nothing is allocated. */
#ifndef MARQ_ODR_H
#define MARQ_ODR_H

#include <marq/lm.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MARQ_ODR_MOST_INPUTS = 16 };

/* As in marq/lm.h, with the inputs of rows first … first+count−1 at x[(i − first)·inputs + j]. Rows must not
 * depend on the inputs of others. */
typedef int (*marq_odr_residual)(void *user, const double *theta, const double *x, size_t first, size_t count,
                                 double *r);

/* Writes ∂r_i/∂θ_j to jacobian[(i − first)·stride + j]. */
typedef int (*marq_odr_jacobian)(void *user, const double *theta, const double *x, size_t first, size_t count,
                                 double *jacobian, size_t stride);

/* Writes ∂r_i/∂x_j to slopes[(i − first)·inputs + j]. */
typedef int (*marq_odr_slopes)(void *user, const double *theta, const double *x, size_t first, size_t count,
                               double *slopes);

/* Zero-initialise, then set what you have. It must stay where it is, as long as the problem is in use. */
typedef struct marq_odr {
    size_t rows;       /* m ≥ 1 */
    size_t parameters; /* n ≥ 1 */
    size_t inputs;     /* 1 … MARQ_ODR_MOST_INPUTS */
    void *user;        /* handed to every callback */
    marq_odr_residual residual;
    marq_odr_jacobian jacobian; /* NULL: the solver takes differences of the distances */
    marq_odr_slopes slopes;     /* NULL: central differences, two residuals an input */
    const double *x;            /* m × inputs, row-major: as measured */
    const double *sigma;        /* m: σy > 0; NULL: all 1 */
    const double *sigma_x;      /* m × inputs: σx ≥ 0, 0: exact; NULL: all 1 */
    int concurrent;             /* as in marq_problem */
    size_t row_block;           /* as in marq_problem */
} marq_odr;

/* Fills *problem, of which bounds, ties, weights (further ones, of the distances), loss and linear may then
 * be set. Its user is odr. MARQ_ERROR_ARGUMENT if a field is missing or out of its range. */
MARQ_API marq_status marq_odr_bind(const marq_odr *odr, marq_problem *problem, marq_error *error);

/* The true inputs x + δ (m × inputs, or NULL) and the residuals r there (m, or NULL), at theta. */
MARQ_API marq_status marq_odr_points(const marq_odr *odr, const double *theta, double *x_true,
                                     double *residual, marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
