#include "mgh_problems.h"

#include "mgh_table.h"
#include <math.h>

void mgh_set_start(const mgh_problem *p, double factor, double *x) {
    double most = 0;
    for (size_t j = 0; j < p->parameters; j++) most = fmax(most, fabs(p->start[j]));
    for (size_t j = 0; j < p->parameters; j++) x[j] = most > 0 || factor == 1 ? factor * p->start[j] : factor;
}

void mgh_residual(const mgh_problem *p, const double *x, double *r) {
    mgh_real[p->function](p->rows, p->parameters, x, r);
}

void mgh_jacobian(const mgh_problem *p, const double *x, double *J) {
    const double h = 1e-40;
    const double complex ih = h * (double complex)I;
    double complex z[MGH_MOST_PARAMETERS], f[MGH_MOST_ROWS];
    for (size_t j = 0; j < p->parameters; j++) z[j] = x[j];
    for (size_t j = 0; j < p->parameters; j++) {
        z[j] = x[j] + ih;
        mgh_complex[p->function](p->rows, p->parameters, z, f);
        for (size_t i = 0; i < p->rows; i++) J[i * p->parameters + j] = cimag(f[i]) / h;
        z[j] = x[j];
    }
}

static bool is_near(double sum, double minimum) {
    return fabs(sum - minimum) <= 1e-4 * (minimum > 0 ? minimum : 1);
}

bool mgh_is_least(const mgh_problem *p, double sum) {
    return is_near(sum, p->minima[0]);
}

bool mgh_is_minimum(const mgh_problem *p, double sum) {
    for (size_t k = 0; k < MGH_MOST_MINIMA && !isnan(p->minima[k]); k++)
        if (is_near(sum, p->minima[k])) return true;
    return false;
}

static const double ones[MGH_MOST_PARAMETERS] = {1, 1, 1, 1, 1};
static const double zeros[MGH_MOST_PARAMETERS] = {0};
static const double halves[MGH_MOST_PARAMETERS] = {
    0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5,
    0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5};

#define START(...)                                                                                           \
    (const double[]) {                                                                                       \
        __VA_ARGS__                                                                                          \
    }
#define END  ((double)NAN)
#define BOTH (MGH_MINPACK | MGH_CERES)
const mgh_problem mgh_problems[MGH_COUNT] = {
    /* m − n */
    {"linear full rank 10x5", MGH_MINPACK, MGH_linear_full, 10, 5, ones, {5, END}},
    {"linear full rank 50x5", MGH_MINPACK, MGH_linear_full, 50, 5, ones, {45, END}},
    /* m(m−1)/(2(2m+1)) */
    {"linear rank 1 10x5", MGH_MINPACK, MGH_linear_rank1, 10, 5, ones, {45.0 / 21, END}},
    {"linear rank 1 50x5", MGH_MINPACK, MGH_linear_rank1, 50, 5, ones, {1225.0 / 101, END}},
    /* (m²+3m−6)/(2(2m−3)) */
    {"linear rank 1, zeros 10x5", MGH_MINPACK, MGH_linear_rank1_zero, 10, 5, ones, {62.0 / 17, END}},
    {"linear rank 1, zeros 50x5", MGH_MINPACK, MGH_linear_rank1_zero, 50, 5, ones, {1322.0 / 97, END}},
    {"Rosenbrock", BOTH, MGH_rosenbrock, 2, 2, START(-1.2, 1), {0, END}},
    {"helical valley", BOTH, MGH_helical_valley, 3, 3, START(-1, 0, 0), {0, END}},
    {"Powell singular", BOTH, MGH_powell_singular, 4, 4, START(3, -1, 0, 1), {0, END}},
    {"Freudenstein-Roth", BOTH, MGH_freudenstein_roth, 2, 2, START(0.5, -2), {0, 48.98425, END}},
    /* Bard and Kowalik-Osborne: the second minimum is the limit for growing parameters. */
    {"Bard", BOTH, MGH_bard, 15, 3, ones, {8.21487e-3, 17.4286, END}},
    {"Kowalik-Osborne",
     BOTH,
     MGH_kowalik_osborne,
     11,
     4,
     START(0.25, 0.39, 0.415, 0.39),
     {3.07505e-4, 1.02734e-3, END}},
    {"Meyer", BOTH, MGH_meyer, 16, 3, START(0.02, 4000, 250), {87.9458, END}},
    {"Watson 6", MGH_MINPACK, MGH_watson, 31, 6, zeros, {2.28767e-3, END}},
    {"Watson 9", MGH_MINPACK, MGH_watson, 31, 9, zeros, {1.39976e-6, END}},
    {"Watson 12", MGH_MINPACK, MGH_watson, 31, 12, zeros, {4.72238e-10, END}},
    {"Box 3-D", MGH_MINPACK, MGH_box3, 10, 3, START(0, 10, 20), {0, END}},
    {"Jennrich-Sampson", MGH_MINPACK, MGH_jennrich_sampson, 10, 2, START(0.3, 0.4), {124.362, END}},
    {"Brown-Dennis", BOTH, MGH_brown_dennis, 20, 4, START(25, 5, -5, -1), {85822.2, END}},
    /* From MINPACK's printed norms 1.884248 and, where it stays at its symmetric start, 1.886238. */
    {"Chebyquad 8x1", MGH_MINPACK, MGH_chebyquad, 8, 1, START(0.5), {3.5504, 3.55789, END}},
    {"Chebyquad 8x8",
     MGH_MINPACK,
     MGH_chebyquad,
     8,
     8,
     START(1.0 / 9, 2.0 / 9, 3.0 / 9, 4.0 / 9, 5.0 / 9, 6.0 / 9, 7.0 / 9, 8.0 / 9),
     {3.51687e-3, END}},
    {"Chebyquad 9x9",
     MGH_MINPACK,
     MGH_chebyquad,
     9,
     9,
     START(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
     {0, END}},
    {"Chebyquad 10x10",
     MGH_MINPACK,
     MGH_chebyquad,
     10,
     10,
     START(1.0 / 11, 2.0 / 11, 3.0 / 11, 4.0 / 11, 5.0 / 11, 6.0 / 11, 7.0 / 11, 8.0 / 11, 9.0 / 11,
           10.0 / 11),
     {4.77271e-3, 6.50395e-3, END}},
    {"Brown almost linear 10", MGH_MINPACK, MGH_brown_almost_linear, 10, 10, halves, {0, 1, END}},
    {"Brown almost linear 30", MGH_MINPACK, MGH_brown_almost_linear, 30, 30, halves, {0, 1, END}},
    {"Brown almost linear 40", MGH_MINPACK, MGH_brown_almost_linear, 40, 40, halves, {0, 1, END}},
    {"Osborne 1", BOTH, MGH_osborne1, 33, 5, START(0.5, 1.5, -1, 0.01, 0.02), {5.46489e-5, END}},
    {"Osborne 2",
     BOTH,
     MGH_osborne2,
     65,
     11,
     START(1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5),
     {4.01377e-2, END}},
    {"Powell badly scaled", MGH_CERES, MGH_powell_badly_scaled, 2, 2, START(0, 1), {0, END}},
    {"Brown badly scaled", MGH_CERES, MGH_brown_badly_scaled, 3, 2, ones, {0, END}},
    {"Beale", MGH_CERES, MGH_beale, 3, 2, ones, {0, END}},
    {"Jennrich-Sampson from (1, 1)", MGH_CERES, MGH_jennrich_sampson, 10, 2, ones, {124.362, END}},
    {"Gaussian", MGH_CERES, MGH_gaussian, 15, 3, START(0.4, 1, 0), {1.12793e-8, END}},
    {"Gulf as printed", MGH_CERES, MGH_gulf, 100, 3, START(5, 2.5, 0.15), {0, END}},
    {"Box 3-D 3x3", MGH_CERES, MGH_box3, 3, 3, START(0, 10, 20), {0, END}},
    {"Wood", MGH_CERES, MGH_wood, 6, 4, START(-3, -1, -3, -1), {0, END}},
    {"Biggs EXP6", MGH_CERES, MGH_biggs_exp6, 13, 6, START(1, 2, 1, 1, 1, 1), {0, END}},
};
