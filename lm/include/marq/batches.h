/* marq/batches.h: least squares over many rows, by Levenberg–Marquardt steps on batches of them.
 *
 * A batch of B residuals gives a step in kernel form, s = −Jᵀ(JJᵀ + μI)⁻¹ r, at a cost that only B sets. Two
 * stages:
 *
 * Own batch: each step is judged by its own batch, with the damping of marq_solve. What shows the progress is
 * the fresh error: that of each batch before its step, averaged over about a pass. The stage ends where two
 * passes bring less than 10 %: steps on single batches then follow their noise.
 *
 * Momentum: SPRING (Goldshlager, Abrahamsen, Lin 2024, arXiv 2401.10190) from the best parameters so far:
 *
 *     v = βφ − (a/λ)(θ + βφ),   (K + λI) α = r + J v,   φ ← v − Jᵀα,   θ ← θ + φ / (1 + t/τ)
 *
 * with λ = 10 × the geometric mean of the μ accepted last, β = 0.9, t the steps of this stage, τ those of two
 * passes, and a a batch's part of the weight decay A (½ Σ r² + ½ A ‖θ‖² over a pass). Where the fresh error
 * rises 15 % over the best: back to it, λ × 3 (and where it does so twice in a row, the second is the best
 * from then on: the first was luck). The same at once where that of one batch is twice all that the best pass
 * saw, and twice what the best parameters have on this batch.
 *
 * The same bits for every number of threads. Two threads may solve two problems at once. */
#ifndef MARQ_BATCHES_H
#define MARQ_BATCHES_H

#include <marq/lm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Borrowed for the duration of a call. */
typedef struct marq_batch_problem {
    /* The problem of one batch, always of batch.rows residuals; with products. No bounds, weights, loss,
     * fixed, ties. */
    marq_problem batch;
    size_t batches;          /* of a pass over the data, ≥ 1 */
    int (*next)(void *user); /* moves batch.user to the next batch; a MARQ_CALLBACK_… value, not 0: failure */
} marq_batch_problem;

typedef enum marq_batch_stage { MARQ_STAGE_OWN, MARQ_STAGE_MOMENTUM } marq_batch_stage;

/* After a pass; pass 0 is the start, where only theta is set. Where the limit on time or poll ends the solve
 * within a pass, its part is told as a pass. */
typedef struct marq_batch_progress {
    size_t pass;
    marq_batch_stage stage;
    double fresh; /* mean of r² of each batch of this pass before its step, at the point of the steps */
    double mu;    /* of the last step */
    double decay; /* A; 0: none */
    double gradient_norm;      /* max_j |g_j| of the last batch, times the batches of a pass */
    size_t accepted, rejected; /* steps of this pass */
    double seconds;
    const double *theta; /* of the last step, or the mean that `average` asks for */
} marq_batch_progress;

/* Non-zero ends the solve, as marq_progress_function. */
typedef int (*marq_batch_progress_function)(void *user, const marq_batch_progress *progress);

typedef struct marq_batch_options {
    double mu, mu_increase, mu_decrease, mu_min, mu_max; /* 1, 2, 3, 1e-10, 1e10 */
    size_t tries;     /* factorisations a batch, until a step lowers its error; 6 */
    int acceleration; /* second-order correction; 1 */
    /* 1 (default); 0: momentum from the start, with λ = mu. For losses that single batches can drive to
     * nothing, as the cross-entropy of few rows. */
    int own_stage;
    /* 1 (default): momentum where own-batch steps no longer help; 0: the solve ends there,
     * MARQ_CONVERGED_COST */
    int momentum_stage;
    double momentum;     /* β, 0.9 */
    double decay;        /* A, in the momentum stage; its part a is λ at most; 0 */
    double decay_passes; /* τ, 2: so many passes halve the step length */
    /* The momentum stage's theta that progress sees, and that the solve ends with, is the mean over the last
     * steps, whose weight falls by a factor e in so many passes. 0 (default): that of the last step. */
    double average;
    double least_step;  /* a step length 1/(1 + t/τ) below it ends the solve, MARQ_CONVERGED_COST; 0.01 */
    size_t max_passes;  /* 1000 */
    double max_seconds; /* 0: no limit */
    double max_memory;  /* bytes, as in marq_options; 0: no limit */
    int threads;        /* 0: omp_get_max_threads() */
    marq_batch_progress_function progress;
    /* Before each step: non-zero ends the solve, as that of progress does. NULL: never. */
    int (*poll)(void *user);
    void *progress_user; /* of both */
    marq_profile *profile;
} marq_batch_options;

MARQ_API marq_batch_options marq_batch_options_default(void);

/* The options of the steps on a batch: for a caller who plans the memory of its products (marq_plan_solve).
 */
MARQ_API marq_options marq_batch_step_options(const marq_batch_options *options);

/* Minimises from theta (parameters values), which holds the last point afterwards: the caller keeps the best,
 * as it sees it in progress. options NULL: the defaults. result may be NULL: cost is half the fresh error's
 * sum over a pass, iterations are passes, evaluations are of batches. */
MARQ_API marq_status marq_solve_batches(const marq_batch_problem *problem, const marq_batch_options *options,
                                        double *theta, marq_result *result);

#ifdef __cplusplus
}
#endif
#endif
