/* The dogleg (Powell 1970, "A hybrid method for nonlinear equations"): instead of the curve of steps Ds(μ), a
 * path of two straight lines, from 0 to the minimiser of the model along the steepest descent (the Cauchy
 * point) and from there to the Gauss–Newton step. ‖Ds‖ grows along it and the model falls, so the step is
 * where the path leaves the radius.
 *
 * In the coordinates t = VᵀDs of the linear model, r + Js is z + σt, and with the steepest descent −σz
 *     Cauchy point  t_C = −α σz,  α = Σ σ²z² / Σ σ⁴z²;     Gauss–Newton  t_N = −z/σ. */
#include "dogleg.h"

#include <math.h>
#include <string.h>

/* Whether coordinate i takes part. */
static bool counts(const marq_model *m, size_t i) {
    return m->sigma[i] > m->cutoff * m->sigma[0];
}

typedef struct path {
    double alpha;          /* t_C = −α σz */
    double cauchy, newton; /* ‖t_C‖, ‖t_N‖ */
    double product;        /* t_Cᵀt_N */
} path;

static path make_path(const marq_model *m) {
    double gradient = 0, curvature = 0, newton = 0, product = 0;
    for (size_t i = 0; i < m->parameters; i++) {
        if (!counts(m, i)) continue;
        double sigma = m->sigma[i], z = m->z[i], g = sigma * z;
        gradient += g * g;
        curvature += sigma * g * sigma * g;
        newton += z / sigma * (z / sigma);
        product += z * z;
    }
    double alpha = curvature > 0 ? gradient / curvature : 0;
    return (path){alpha, alpha * sqrt(gradient), sqrt(newton), alpha * product};
}

/* The step is t = first · t_C + second · t_N. */
typedef struct mixture {
    double first, second;
} mixture;

/* λ in [0, 1] with ‖t_C + λ(t_N − t_C)‖ = radius: the positive root of a λ² + 2bλ + c, c ≤ 0. */
static double crossing(const path *p, double radius) {
    double a = p->newton * p->newton - 2 * p->product + p->cauchy * p->cauchy;
    double b = p->product - p->cauchy * p->cauchy, c = p->cauchy * p->cauchy - radius * radius;
    double root = sqrt(fmax(b * b - a * c, 0)), lambda = b > 0 ? -c / (b + root) : (root - b) / a;
    return fmin(fmax(lambda, 0), 1);
}

static mixture leave(const path *p, double radius) {
    if (p->newton <= radius) return (mixture){0, 1};
    if (p->cauchy >= radius) return (mixture){radius / p->cauchy, 0};
    double lambda = crossing(p, radius);
    return (mixture){1 - lambda, lambda};
}

marq_dogleg marq_dogleg_step(const marq_model *m, double radius, double *step) {
    size_t n = m->parameters;
    path p = make_path(m);
    mixture part = leave(&p, radius);
    double squares = 0, decrease = 0;
    memset(step, 0, n * sizeof *step);
    for (size_t i = 0; i < n; i++) {
        if (!counts(m, i)) continue;
        double sigma = m->sigma[i], z = m->z[i];
        double t = -part.first * p.alpha * sigma * z - part.second * z / sigma, left = z + sigma * t;
        squares += t * t;
        decrease += z * z - left * left;
        for (size_t j = 0; j < n; j++) step[j] += t * m->vt[i + j * n];
    }
    for (size_t j = 0; j < n; j++) step[j] /= m->scale[j];
    return (marq_dogleg){sqrt(squares), 0.5 * decrease, part.second == 1};
}
