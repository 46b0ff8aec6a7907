/* Known problems. Sources: Moré, Garbow & Hillstrom 1981, "Testing unconstrained optimization software",
 * section 3, with the paper's start points and sums of squares; NIST's Statistical Reference Datasets. */
#ifndef MARQ_TESTS_KNOWN_PROBLEMS_H
#define MARQ_TESTS_KNOWN_PROBLEMS_H

#include "require.h"

#include <marq/lm.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

enum { MOST_ROWS = 20, MOST_PARAMETERS = 4 };

typedef struct known {
    const char *name;
    size_t rows, parameters;
    double start[MOST_PARAMETERS];
    double minima[2]; /* published Σ r²; the second is a local minimum, or the first again */
    double unit;      /* one of the last published digit */
    void (*residual)(const double *x, double *r);
    void (*jacobian)(const double *x, double *J); /* row-major, zeroed */
} known;

static void rosenbrock(const double *x, double *r) {
    r[0] = 10 * (x[1] - x[0] * x[0]);
    r[1] = 1 - x[0];
}

static void rosenbrock_jacobian(const double *x, double *J) {
    J[0] = -20 * x[0], J[1] = 10;
    J[2] = -1, J[3] = 0;
}

static void freudenstein_roth(const double *x, double *r) {
    r[0] = -13 + x[0] + ((5 - x[1]) * x[1] - 2) * x[1];
    r[1] = -29 + x[0] + ((x[1] + 1) * x[1] - 14) * x[1];
}

static void freudenstein_roth_jacobian(const double *x, double *J) {
    J[0] = 1, J[1] = (10 - 3 * x[1]) * x[1] - 2;
    J[2] = 1, J[3] = (3 * x[1] + 2) * x[1] - 14;
}

static void beale(const double *x, double *r) {
    static const double y[] = {1.5, 2.25, 2.625};
    for (int i = 0; i < 3; i++) r[i] = y[i] - x[0] * (1 - pow(x[1], i + 1));
}

static void beale_jacobian(const double *x, double *J) {
    for (int i = 0; i < 3; i++) {
        J[2 * i] = -(1 - pow(x[1], i + 1));
        J[2 * i + 1] = x[0] * (i + 1) * pow(x[1], i);
    }
}

static void bard(const double *x, double *r) {
    static const double y[] = {0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39,
                               0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39};
    for (int i = 0; i < 15; i++) {
        double u = i + 1, v = 15 - i, w = fmin(u, v);
        r[i] = y[i] - (x[0] + u / (v * x[1] + w * x[2]));
    }
}

static void bard_jacobian(const double *x, double *J) {
    for (int i = 0; i < 15; i++) {
        double u = i + 1, v = 15 - i, w = fmin(u, v), d = v * x[1] + w * x[2];
        J[3 * i] = -1, J[3 * i + 1] = u * v / (d * d), J[3 * i + 2] = u * w / (d * d);
    }
}

static void meyer(const double *x, double *r) {
    static const double y[] = {34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744,
                               8261,  7030,  6005,  5147,  4427,  3820,  3307,  2872};
    for (int i = 0; i < 16; i++) r[i] = x[0] * exp(x[1] / (45 + 5 * (i + 1) + x[2])) - y[i];
}

static void meyer_jacobian(const double *x, double *J) {
    for (int i = 0; i < 16; i++) {
        double d = 45 + 5 * (i + 1) + x[2], e = exp(x[1] / d);
        J[3 * i] = e, J[3 * i + 1] = x[0] * e / d, J[3 * i + 2] = -x[0] * e * x[1] / (d * d);
    }
}

static void box(const double *x, double *r) {
    for (int i = 0; i < 10; i++) {
        double t = 0.1 * (i + 1);
        r[i] = exp(-t * x[0]) - exp(-t * x[1]) - x[2] * (exp(-t) - exp(-10 * t));
    }
}

static void box_jacobian(const double *x, double *J) {
    for (int i = 0; i < 10; i++) {
        double t = 0.1 * (i + 1);
        J[3 * i] = -t * exp(-t * x[0]), J[3 * i + 1] = t * exp(-t * x[1]),
              J[3 * i + 2] = exp(-10 * t) - exp(-t);
    }
}

static void powell_singular(const double *x, double *r) {
    r[0] = x[0] + 10 * x[1];
    r[1] = sqrt(5) * (x[2] - x[3]);
    r[2] = (x[1] - 2 * x[2]) * (x[1] - 2 * x[2]);
    r[3] = sqrt(10) * (x[0] - x[3]) * (x[0] - x[3]);
}

static void powell_singular_jacobian(const double *x, double *J) {
    J[0] = 1, J[1] = 10;
    J[6] = sqrt(5), J[7] = -sqrt(5);
    J[9] = 2 * (x[1] - 2 * x[2]), J[10] = -4 * (x[1] - 2 * x[2]);
    J[12] = 2 * sqrt(10) * (x[0] - x[3]), J[15] = -J[12];
}

static void kowalik_osborne(const double *x, double *r) {
    static const double y[] = {0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627,
                               0.0456, 0.0342, 0.0323, 0.0235, 0.0246};
    static const double u[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    for (int i = 0; i < 11; i++)
        r[i] = y[i] - x[0] * (u[i] * u[i] + u[i] * x[1]) / (u[i] * u[i] + u[i] * x[2] + x[3]);
}

static void kowalik_osborne_jacobian(const double *x, double *J) {
    static const double u[] = {4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625};
    for (int i = 0; i < 11; i++) {
        double top = u[i] * u[i] + u[i] * x[1], d = u[i] * u[i] + u[i] * x[2] + x[3];
        J[4 * i] = -top / d, J[4 * i + 1] = -x[0] * u[i] / d;
        J[4 * i + 2] = x[0] * top * u[i] / (d * d), J[4 * i + 3] = x[0] * top / (d * d);
    }
}

static void brown_dennis(const double *x, double *r) {
    for (int i = 0; i < 20; i++) {
        double t = (i + 1) / 5.0, a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
        r[i] = a * a + b * b;
    }
}

static void brown_dennis_jacobian(const double *x, double *J) {
    for (int i = 0; i < 20; i++) {
        double t = (i + 1) / 5.0, a = x[0] + t * x[1] - exp(t), b = x[2] + x[3] * sin(t) - cos(t);
        J[4 * i] = 2 * a, J[4 * i + 1] = 2 * a * t, J[4 * i + 2] = 2 * b, J[4 * i + 3] = 2 * b * sin(t);
    }
}

/* NIST, Misra1a: y = b1·(1 − exp(−b2·x)), lower difficulty, observed. */
static const double misra_y[] = {10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02,
                                 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78};
static const double misra_x[] = {77.6,  114.9, 141.1, 190.8, 239.9, 289.0, 332.8,
                                 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760.0};

static void misra(const double *b, double *r) {
    for (int i = 0; i < 14; i++) r[i] = misra_y[i] - b[0] * (1 - exp(-b[1] * misra_x[i]));
}

static void misra_jacobian(const double *b, double *J) {
    for (int i = 0; i < 14; i++) {
        double e = exp(-b[1] * misra_x[i]);
        J[2 * i] = e - 1, J[2 * i + 1] = -b[0] * misra_x[i] * e;
    }
}

#define FUNCTIONS(name) name, name##_jacobian
static const known problems[] = {
    {"Rosenbrock", 2, 2, {-1.2, 1}, {0, 0}, 0, FUNCTIONS(rosenbrock)},
    {"Freudenstein and Roth", 2, 2, {0.5, -2}, {0, 48.9842}, 1e-4, FUNCTIONS(freudenstein_roth)},
    {"Beale", 3, 2, {1, 1}, {0, 0}, 0, FUNCTIONS(beale)},
    {"Bard", 15, 3, {1, 1, 1}, {8.21487e-3, 17.4286}, 1e-8, FUNCTIONS(bard)},
    {"Meyer", 16, 3, {0.02, 4000, 250}, {87.9458, 87.9458}, 1e-4, FUNCTIONS(meyer)},
    {"Box three-dimensional", 10, 3, {0, 10, 20}, {0, 0}, 0, FUNCTIONS(box)},
    {"Powell singular", 4, 4, {3, -1, 0, 1}, {0, 0}, 0, FUNCTIONS(powell_singular)},
    {"Kowalik and Osborne",
     11,
     4,
     {0.25, 0.39, 0.415, 0.39},
     {3.07505e-4, 1.02734e-3},
     1e-9,
     FUNCTIONS(kowalik_osborne)},
    {"Brown and Dennis", 20, 4, {25, 5, -5, -1}, {85822.2, 85822.2}, 0.1, FUNCTIONS(brown_dennis)},
    {"NIST Misra1a", 14, 2, {500, 0.0001}, {1.2455138894e-1, 1.2455138894e-1}, 1e-11, FUNCTIONS(misra)},
};

static int residual_rows(void *user, const double *theta, size_t first, size_t count, double *r) {
    const known *p = user;
    double all[MOST_ROWS];
    p->residual(theta, all);
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static int jacobian_rows(void *user, const double *theta, size_t first, size_t count, double *jacobian,
                         size_t stride) {
    const known *p = user;
    double all[MOST_ROWS * MOST_PARAMETERS] = {0};
    p->jacobian(theta, all);
    for (size_t i = 0; i < count; i++)
        memcpy(jacobian + i * stride, all + (first + i) * p->parameters, p->parameters * sizeof *jacobian);
    return MARQ_CALLBACK_OK;
}

static marq_problem problem_of(const known *p) {
    return (marq_problem){.rows = p->rows,
                          .parameters = p->parameters,
                          .user = (void *)(uintptr_t)p,
                          .residual = residual_rows,
                          .jacobian = jacobian_rows};
}

#endif
