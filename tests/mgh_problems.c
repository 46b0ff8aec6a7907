/* Functions f_i(x) as the paper numbers and prints them. */
#include "mgh_problems.h"

#include <math.h>

#define PI 3.14159265358979323846

/* (32) linear, full rank */
static void linear_full(size_t m, size_t n, const double *x, double *f) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += x[j];
    for (size_t i = 0; i < m; i++) f[i] = (i < n ? x[i] : 0) - 2 * sum / (double)m - 1;
}

/* (33) linear, rank 1 */
static void linear_rank1(size_t m, size_t n, const double *x, double *f) {
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += (double)(j + 1) * x[j];
    for (size_t i = 0; i < m; i++) f[i] = (double)(i + 1) * sum - 1;
}

/* (34) linear, rank 1, with zero columns and rows */
static void linear_rank1_zero(size_t m, size_t n, const double *x, double *f) {
    double sum = 0;
    for (size_t j = 1; j + 1 < n; j++) sum += (double)(j + 1) * x[j];
    for (size_t i = 0; i < m; i++) f[i] = i == 0 || i + 1 == m ? -1 : (double)i * sum - 1;
}

/* (1) */
static void rosenbrock(size_t m, size_t n, const double *x, double *f) {
    (void)m, (void)n;
    f[0] = 10 * (x[1] - x[0] * x[0]);
    f[1] = 1 - x[0];
}

/* (7) */
static void helical_valley(size_t m, size_t n, const double *x, double *f) {
    (void)m, (void)n;
    double angle =
        x[0] == 0 ? (x[1] >= 0 ? 0.25 : -0.25) : atan(x[1] / x[0]) / (2 * PI) + (x[0] < 0 ? 0.5 : 0);
    f[0] = 10 * (x[2] - 10 * angle);
    f[1] = 10 * (hypot(x[0], x[1]) - 1);
    f[2] = x[2];
}

/* (13) */
static void powell_singular(size_t m, size_t n, const double *x, double *f) {
    (void)m, (void)n;
    f[0] = x[0] + 10 * x[1];
    f[1] = sqrt(5) * (x[2] - x[3]);
    f[2] = (x[1] - 2 * x[2]) * (x[1] - 2 * x[2]);
    f[3] = sqrt(10) * (x[0] - x[3]) * (x[0] - x[3]);
}

/* (2) */
static void freudenstein_roth(size_t m, size_t n, const double *x, double *f) {
    (void)m, (void)n;
    f[0] = -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1];
    f[1] = -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1];
}

/* (8) */
static void bard(size_t m, size_t n, const double *x, double *f) {
    static const double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                               0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double u = (double)(i + 1), v = 16 - u, w = fmin(u, v);
        f[i] = y[i] - (x[0] + u / (v * x[1] + w * x[2]));
    }
}

/* (15) */
static void kowalik_osborne(size_t m, size_t n, const double *x, double *f) {
    static const double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                               0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    static const double u[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    (void)n;
    for (size_t i = 0; i < m; i++)
        f[i] = y[i] - x[0] * (u[i] * u[i] + u[i] * x[1]) / (u[i] * u[i] + u[i] * x[2] + x[3]);
}

/* (10) */
static void meyer(size_t m, size_t n, const double *x, double *f) {
    static const double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                               8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    (void)n;
    for (size_t i = 0; i < m; i++) f[i] = x[0] * exp(x[1] / (45 + 5 * (double)(i + 1) + x[2])) - y[i];
}

/* (20) */
static void watson(size_t m, size_t n, const double *x, double *f) {
    (void)m;
    for (size_t i = 0; i < 29; i++) {
        double t = (double)(i + 1) / 29, slope = 0, value = 0, power = 1;
        for (size_t j = 0; j < n; j++) {
            if (j + 1 < n) slope += (double)(j + 1) * x[j + 1] * power;
            value += x[j] * power;
            power *= t;
        }
        f[i] = slope - value * value - 1;
    }
    f[29] = x[0];
    f[30] = x[1] - x[0] * x[0] - 1;
}

/* (12) */
static void box3(size_t m, size_t n, const double *x, double *f) {
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double t = 0.1 * (double)(i + 1);
        f[i] = exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (exp(-t) - exp(-10 * t));
    }
}

/* (6) */
static void jennrich_sampson(size_t m, size_t n, const double *x, double *f) {
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double k = (double)(i + 1);
        f[i] = 2 + 2 * k - (exp(k * x[0]) + exp(k * x[1]));
    }
}

/* (16) */
static void brown_dennis(size_t m, size_t n, const double *x, double *f) {
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double t = (double)(i + 1) / 5, a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
        f[i] = a * a + b * b;
    }
}

/* (35): the mean of the i-th shifted Chebyshev polynomial over x minus its integral */
static void chebyquad(size_t m, size_t n, const double *x, double *f) {
    for (size_t i = 0; i < m; i++) {
        size_t degree = i + 1;
        double sum = 0;
        for (size_t j = 0; j < n; j++) {
            double t = 2 * x[j] - 1, before = 1, now = t;
            for (size_t k = 1; k < degree; k++) {
                double next = 2 * t * now - before;
                before = now;
                now = next;
            }
            sum += now;
        }
        f[i] = sum / (double)n + (degree % 2 == 0 ? 1 / ((double)degree * (double)degree - 1) : 0);
    }
}

/* (27) */
static void brown_almost_linear(size_t m, size_t n, const double *x, double *f) {
    (void)m;
    double sum = 0, product = 1;
    for (size_t j = 0; j < n; j++) {
        sum += x[j];
        product *= x[j];
    }
    for (size_t i = 0; i + 1 < n; i++) f[i] = x[i] + sum - (double)(n + 1);
    f[n - 1] = product - 1;
}

/* (17) */
static void osborne1(size_t m, size_t n, const double *x, double *f) {
    static const double y[] = {0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751,
                               0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490,
                               0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406};
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double t = 10 * (double)i;
        f[i] = y[i] - (x[0] + x[1] * exp(-t * x[3]) + x[2] * exp(-t * x[4]));
    }
}

/* (19) */
static void osborne2(size_t m, size_t n, const double *x, double *f) {
    static const double y[] = {1.366, 1.191, 1.112, 1.013, 0.991, 0.885, 0.831, 0.847, 0.786, 0.725, 0.746,
                               0.679, 0.608, 0.655, 0.616, 0.606, 0.602, 0.626, 0.651, 0.724, 0.649, 0.649,
                               0.694, 0.644, 0.624, 0.661, 0.612, 0.558, 0.533, 0.495, 0.500, 0.423, 0.395,
                               0.375, 0.372, 0.391, 0.396, 0.405, 0.428, 0.429, 0.523, 0.562, 0.607, 0.653,
                               0.672, 0.708, 0.633, 0.668, 0.645, 0.632, 0.591, 0.559, 0.597, 0.625, 0.739,
                               0.710, 0.729, 0.720, 0.636, 0.581, 0.428, 0.292, 0.162, 0.098, 0.054};
    (void)n;
    for (size_t i = 0; i < m; i++) {
        double t = (double)i / 10;
        f[i] = y[i] -
               (x[0] * exp(-t * x[4]) + x[1] * exp(-(t - x[8]) * (t - x[8]) * x[5]) +
                x[2] * exp(-(t - x[9]) * (t - x[9]) * x[6]) + x[3] * exp(-(t - x[10]) * (t - x[10]) * x[7]));
    }
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
#define END ((double)NAN)
const mgh_problem mgh_problems[] = {
    {"linear full rank 5x10", linear_full, 10, 5, ones, {5, END}},
    {"linear full rank 5x50", linear_full, 50, 5, ones, {45, END}},
    {"linear rank 1", linear_rank1, 10, 5, ones, {45.0 / 21, END}},             /* m(m−1)/(2(2m+1)) */
    {"linear rank 1, zeros", linear_rank1_zero, 10, 5, ones, {62.0 / 17, END}}, /* (m²+3m−6)/(2(2m−3)) */
    {"Rosenbrock", rosenbrock, 2, 2, START(-1.2, 1), {0, END}},
    {"helical valley", helical_valley, 3, 3, START(-1, 0, 0), {0, END}},
    {"Powell singular", powell_singular, 4, 4, START(3, -1, 0, 1), {0, END}},
    {"Freudenstein-Roth", freudenstein_roth, 2, 2, START(0.5, -2), {0, 48.98425, END}},
    {"Bard", bard, 15, 3, ones, {8.21487e-3, 17.4286, END}},
    {"Kowalik-Osborne",
     kowalik_osborne,
     11,
     4,
     START(0.25, 0.39, 0.415, 0.39),
     {3.07505e-4, 1.02734e-3, END}},
    {"Meyer", meyer, 16, 3, START(0.02, 4000, 250), {87.9458, END}},
    {"Watson 6", watson, 31, 6, zeros, {2.28767e-3, END}},
    {"Watson 9", watson, 31, 9, zeros, {1.39976e-6, END}},
    {"Watson 12", watson, 31, 12, zeros, {4.72238e-10, END}},
    {"Box 3-D", box3, 10, 3, START(0, 10, 20), {0, END}},
    {"Jennrich-Sampson", jennrich_sampson, 10, 2, START(0.3, 0.4), {124.362, END}},
    {"Brown-Dennis", brown_dennis, 20, 4, START(25, 5, -5, -1), {85822.2, END}},
    {"Chebyquad 8x1", chebyquad, 8, 1, START(0.5), {3.5504, 3.55789, END}},
    /* Chebyquad 8x1: from MINPACK's printed norms 1.884248 and, where it stays at its symmetric
       start, 1.886238. */
    {"Chebyquad 8x8",
     chebyquad,
     8,
     8,
     START(1.0 / 9, 2.0 / 9, 3.0 / 9, 4.0 / 9, 5.0 / 9, 6.0 / 9, 7.0 / 9, 8.0 / 9),
     {3.51687e-3, END}},
    {"Chebyquad 10x10",
     chebyquad,
     10,
     10,
     START(1.0 / 11, 2.0 / 11, 3.0 / 11, 4.0 / 11, 5.0 / 11, 6.0 / 11, 7.0 / 11, 8.0 / 11, 9.0 / 11,
           10.0 / 11),
     {4.77271e-3, 6.50395e-3, END}},
    {"Brown almost linear 10", brown_almost_linear, 10, 10, halves, {0, 1, END}},
    {"Brown almost linear 30", brown_almost_linear, 30, 30, halves, {0, 1, END}},
    {"Brown almost linear 40", brown_almost_linear, 40, 40, halves, {0, 1, END}},
    {"Osborne 1", osborne1, 33, 5, START(0.5, 1.5, -1, 0.01, 0.02), {5.46489e-5, END}},
    {"Osborne 2",
     osborne2,
     65,
     11,
     START(1.3, 0.65, 0.65, 0.7, 0.6, 3, 5, 7, 2, 4.5, 5.5),
     {4.01377e-2, END}},
};
const size_t mgh_count = sizeof mgh_problems / sizeof *mgh_problems;
