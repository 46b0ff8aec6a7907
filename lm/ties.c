/* T: the tied parameters from the free ones. Linear ties first, in their order,
 *     θ_j = c + Σ_k a_k θ_k,
 * then the caller's function for those that it marks. Its derivative, where the caller has none, is a
 * difference of fourth order,
 *     f'(x) ≈ (8 (f(x+h) − f(x−h)) − (f(x+2h) − f(x−2h))) / 12h,   h = ε^(1/5) · max(|x|, t),
 * for T is cheap and its error goes into every row of J T'; of first order where one of the four points is
 * not computable. */
#include "ties.h"

#include "solver.h"
#include <float.h>
#include <math.h>
#include <string.h>

bool marq_is_marked(const marq_problem *p, size_t j) {
    return p->ties->tied && p->ties->tied[j];
}

size_t marq_marked_count(const marq_problem *p) {
    size_t count = 0;
    for (size_t j = 0; p->ties && j < p->parameters; j++) count += marq_is_marked(p, j);
    return count;
}

bool marq_is_tied(const marq_problem *p) {
    return p->ties && (p->ties->count > 0 || marq_marked_count(p) > 0);
}

bool marq_is_tied_parameter(const marq_problem *p, size_t j) {
    if (!p->ties) return false;
    for (size_t i = 0; i < p->ties->count; i++)
        if (p->ties->linear[i].parameter == j) return true;
    return marq_is_marked(p, j);
}

/* A bound of a tied parameter became one of its source: rounding must not carry it over. */
static double inside(const marq_problem *p, size_t j, double value) {
    if (p->lower) value = fmax(value, p->lower[j]);
    return p->upper ? fmin(value, p->upper[j]) : value;
}

static int call_function(const marq_problem *p, double *theta) {
    int got = p->ties->function(p->user, theta);
    for (size_t j = 0; got == MARQ_CALLBACK_OK && j < p->parameters; j++)
        if (marq_is_marked(p, j) && !isfinite(theta[j])) got = MARQ_CALLBACK_NOT_COMPUTABLE;
    return got;
}

int marq_set_tied(const marq_problem *p, double *theta) {
    for (size_t i = 0; i < p->ties->count; i++) {
        const marq_linear_tie *tie = &p->ties->linear[i];
        double value = tie->constant;
        for (size_t k = 0; k < tie->terms; k++) value += tie->factor[k] * theta[tie->source[k]];
        if (!isfinite(value)) return MARQ_CALLBACK_NOT_COMPUTABLE;
        theta[tie->parameter] = inside(p, tie->parameter, value);
    }
    return marq_marked_count(p) > 0 ? call_function(p, theta) : MARQ_CALLBACK_OK;
}

int marq_tie_derivative(const marq_problem *p, const double *theta, double *slopes) {
    memset(slopes, 0, marq_marked_count(p) * p->parameters * sizeof *slopes);
    return p->ties->derivative(p->user, theta, slopes);
}

/* Adds weight times the marked values at θ_k + h to column k. */
static int add_shifted(const marq_problem *p, const double *theta, size_t k, double h, double weight,
                       double *shifted, double *slopes) {
    size_t n = p->parameters, row = 0;
    memcpy(shifted, theta, n * sizeof *shifted);
    shifted[k] += h;
    int got = call_function(p, shifted);
    for (size_t j = 0; got == MARQ_CALLBACK_OK && j < n; j++)
        if (marq_is_marked(p, j)) slopes[row++ * n + k] += weight * shifted[j];
    return got;
}

static void clear_column(const marq_problem *p, size_t k, double *slopes) {
    for (size_t row = 0; row < marq_marked_count(p); row++) slopes[row * p->parameters + k] = 0;
}

/* h so that x + h − x = h exactly. */
static double exact_step(double x, double relative, double typical) {
    volatile double shifted = x + relative * fmax(fabs(x), typical);
    return shifted - x;
}

static int one_sided(const marq_problem *p, const double *theta, size_t k, double h, double *shifted,
                     double *slopes) {
    clear_column(p, k, slopes);
    int got = add_shifted(p, theta, k, h, 1 / h, shifted, slopes);
    return got == MARQ_CALLBACK_OK ? add_shifted(p, theta, k, 0, -1 / h, shifted, slopes) : got;
}

static int difference_column(const marq_problem *p, const double *theta, size_t k, double typical,
                             double *shifted, double *slopes) {
    double h = exact_step(theta[k], pow(DBL_EPSILON, 0.2), typical);
    const double at[] = {h, -h, 2 * h, -2 * h}, weight[] = {8, -8, -1, 1};
    int got = MARQ_CALLBACK_OK;
    clear_column(p, k, slopes);
    for (int i = 0; i < 4 && got == MARQ_CALLBACK_OK; i++)
        got = add_shifted(p, theta, k, at[i], weight[i] / (12 * h), shifted, slopes);
    if (got <= 0) return got;
    h = exact_step(theta[k], sqrt(DBL_EPSILON), typical);
    got = one_sided(p, theta, k, h, shifted, slopes);
    return got > 0 ? one_sided(p, theta, k, -h, shifted, slopes) : got;
}

int marq_tie_difference(const marq_problem *p, const double *theta, const double *typical, double *shifted,
                        double *slopes) {
    int got = MARQ_CALLBACK_OK;
    for (size_t k = 0; k < p->parameters && got == MARQ_CALLBACK_OK; k++) {
        clear_column(p, k, slopes);
        if (!marq_is_marked(p, k)) got = difference_column(p, theta, k, typical[k], shifted, slopes);
    }
    return got;
}
