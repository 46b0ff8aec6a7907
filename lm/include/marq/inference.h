/* marq/inference.h: how sure a fit is, beyond the covariance.
 *
 *     marq_interval intervals[n];
 *     marq_profile_intervals(&problem, NULL, theta, NULL, intervals, NULL, &error);
 *     printf("%g … %g\n", intervals[0].low.value, intervals[0].high.value);
 *
 * Threads: as in marq/lm.h; the same bits for every number of threads. The solves inside run in parallel if
 * the problem is concurrent: its callbacks are then called by several threads, each for a solve of its own,
 * and omp_get_thread_num() does not tell them apart. */
#ifndef MARQ_INFERENCE_H
#define MARQ_INFERENCE_H

#include <marq/lm.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Called after each part of the work, by one thread at a time, in no fixed order. Non-zero ends the call with
 * MARQ_STOP_CALLER. */
typedef int (*marq_count_function)(void *user, size_t done, size_t total);

/* ---- Profile-likelihood intervals ---- */

/* With S = Σ r² (twice the cost), S(θ_j) its minimum over all other free parameters, and θ̂ the estimate, the
 * signed root
 *     τ(θ_j) = sign(θ_j − θ̂_j) √((S(θ_j) − S(θ̂)) / s²)
 * of a linear problem is a straight line. The interval is where |τ| stays below a threshold: it is not
 * symmetric where the problem is curved (Bates & Watts 1988, section 6.1; R's confint of nls). The curve is
 * followed from θ̂ outwards, so S(θ_j) is the minimum of the valley that leads there. */
typedef struct marq_interval_options {
    double level; /* 0 < level < 1; default 0.95. The threshold is the quantile (1 + level)/2 of … */
    int absolute; /* 0: … Student's t, s² = S(θ̂)/dof; else … the normal distribution, s² = 1: the weights are
                     known deviations */
    double threshold; /* > 0: |τ| at the ends, whatever level says; default 0 */
    const unsigned char
        *wanted;    /* n, non-zero: profile this parameter; NULL: all that are not fixed or tied */
    double *better; /* n: receives the lowest point seen where one is lower than theta; NULL: not wanted */
    marq_count_function progress; /* done, total: sides, two a parameter */
    void *progress_user;
} marq_interval_options;

MARQ_API marq_interval_options marq_interval_options_default(void);

typedef enum marq_end {
    MARQ_END_FOUND, /* |τ| is the threshold at value */
    MARQ_END_BOUND, /* the parameter's bound comes first, and is the value */
    MARQ_END_OPEN,  /* |τ| stays below the threshold as far as the curve was followed: value is infinite */
    MARQ_END_LOST,  /* the curve breaks off: nothing can be computed or solved beyond; value is infinite */
    MARQ_END_LOWER, /* a lower minimum lies on this side: theta is not the estimate; value is infinite */
    MARQ_END_NONE   /* fixed, tied or not wanted; value is NaN */
} marq_end;

typedef struct marq_interval_end {
    double value;
    marq_end status;
    double reached, tau; /* the last point of the curve on this side */
    char message[160];   /* empty for MARQ_END_FOUND and MARQ_END_NONE, else one sentence */
} marq_interval_end;

typedef struct marq_interval {
    marq_interval_end low, high;
    size_t points; /* of the curve */
} marq_interval;

/* A point of the curve, for a plot of τ against θ_j. */
typedef struct marq_curve_point {
    double value, tau;
} marq_curve_point;

enum { MARQ_CURVE_POINTS = 64 }; /* at most, a parameter */

/* Intervals of the parameters at theta, the minimum that marq_solve found. intervals: n. points: n ×
 * MARQ_CURVE_POINTS, in order of θ_j, or NULL. Weights, bounds, fixed parameters and losses are the problem's
 * (under a robust loss S is twice the cost and s² that of marq_covariance_at: an approximation). options as
 * for the fit; its limits hold for each of the solves inside, about 8 a side; its progress is not called.
 * MARQ_OK also where ends were not found.
 * MARQ_ERROR_DATA without degrees of freedom or residuals (unless absolute). */
MARQ_API marq_status marq_profile_intervals(const marq_problem *problem, const marq_options *options,
                                            const double *theta,
                                            const marq_interval_options *interval_options,
                                            marq_interval *intervals, marq_curve_point *points,
                                            marq_error *error);

/* ---- The bootstrap ---- */

typedef enum marq_resampling {
    /* New data from the fit: the fitted values plus residuals drawn with replacement, r*_i = r_i − r̂_i +
     * e_k/w_i with e the centred weighted residuals times √(m/dof) (Davison & Hinkley 1997, section 6.2.3,
     * with the mean leverage). For residuals of one distribution, up to the weights. */
    MARQ_RESAMPLING_RESIDUALS,
    /* Rows drawn with replacement: row i counts as often as it was drawn. For rows that are a random sample
     * themselves; residuals need not have one distribution. */
    MARQ_RESAMPLING_CASES
} marq_resampling;

typedef struct marq_bootstrap_options {
    marq_resampling resampling;   /* default RESIDUALS */
    size_t samples;               /* ≥ 2; default 1000 */
    uint64_t seed;                /* default 1 */
    double level;                 /* 0 < level < 1; default 0.95 */
    marq_count_function progress; /* done, total: samples */
    void *progress_user;
} marq_bootstrap_options;

MARQ_API marq_bootstrap_options marq_bootstrap_options_default(void);

/* Of one parameter over the samples. */
typedef struct marq_spread {
    double low, high; /* quantiles (1 ± level)/2, interpolated (Hyndman & Fan 1996, type 7): the percentile
                         interval of Efron 1979 */
    double mean, deviation;
} marq_spread;

/* The same of `count` ≥ 1 values, none of them NaN, e.g. of a quantity that is computed from each sample;
 * they are put in order. 0 < level < 1. */
MARQ_API marq_spread marq_spread_of(double *values, size_t count, double level);

/* Fits `samples` resampled problems, each from theta, the minimum that marq_solve found. spreads: n; of fixed
 * parameters deviation 0. values: samples × n, the fits one a row, NaN where one failed, or NULL. *used ←
 * fits that count; may be NULL. Rows of weight 0 take no part. options as for the fit; its limits hold for
 * each solve, its progress is not called. MARQ_ERROR_DATA if fewer than half of the fits succeed, or without
 * degrees of freedom for RESIDUALS. The same samples for the same seed, whatever the number of threads. */
MARQ_API marq_status marq_bootstrap(const marq_problem *problem, const marq_options *options,
                                    const double *theta, const marq_bootstrap_options *bootstrap_options,
                                    marq_spread *spreads, double *values, size_t *used, marq_error *error);

#ifdef __cplusplus
}
#endif
#endif
