/* The models of NIST's problems with their derivatives, as printed in each data set's file. */
#include "nist/nist.h"

#include <math.h>
#include <stddef.h>

#define PI 3.14159265358979323846

/* Writes derivatives where they are wanted. */
#define GRADIENT(...)                                                                                        \
    do {                                                                                                     \
        if (gradient) {                                                                                      \
            const double derivatives[] = {__VA_ARGS__};                                                      \
            for (size_t j = 0; j < sizeof derivatives / sizeof *derivatives; j++)                            \
                gradient[j] = derivatives[j];                                                                \
        }                                                                                                    \
    } while (0)

/* b1 (b2 + x)^(−1/b3) */
double nist_bennett5(const double *b, const double *x, double *gradient) {
    double base = b[1] + x[0], power = pow(base, -1 / b[2]);
    GRADIENT(power, -b[0] / b[2] * power / base, b[0] * power * log(base) / (b[2] * b[2]));
    return b[0] * power;
}

/* b1 (1 − exp(−b2 x)): BoxBOD and Misra1a */
double nist_boxbod(const double *b, const double *x, double *gradient) {
    double e = exp(-b[1] * x[0]);
    GRADIENT(1 - e, b[0] * x[0] * e);
    return b[0] * (1 - e);
}

/* exp(−b1 x) / (b2 + b3 x) */
double nist_chwirut(const double *b, const double *x, double *gradient) {
    double below = b[1] + b[2] * x[0], value = exp(-b[0] * x[0]) / below;
    GRADIENT(-x[0] * value, -value / below, -value * x[0] / below);
    return value;
}

/* b1 x^b2 */
double nist_danwood(const double *b, const double *x, double *gradient) {
    double power = pow(x[0], b[1]);
    GRADIENT(power, b[0] * power * log(x[0]));
    return b[0] * power;
}

/* b1 + b2 cos(2πx/12) + b3 sin(2πx/12) + b5 cos(2πx/b4) + b6 sin(2πx/b4) + b8 cos(2πx/b7) + b9 sin(2πx/b7) */
double nist_enso(const double *b, const double *x, double *gradient) {
    double u = 2 * PI * x[0] / 12, v = 2 * PI * x[0] / b[3], w = 2 * PI * x[0] / b[6];
    double cu = cos(u), su = sin(u), cv = cos(v), sv = sin(v), cw = cos(w), sw = sin(w);
    GRADIENT(1, cu, su, (b[4] * sv - b[5] * cv) * v / b[3], cv, sv, (b[7] * sw - b[8] * cw) * w / b[6], cw,
             sw);
    return b[0] + b[1] * cu + b[2] * su + b[4] * cv + b[5] * sv + b[7] * cw + b[8] * sw;
}

/* (b1/b2) exp(−½ ((x − b3)/b2)²) */
double nist_eckerle4(const double *b, const double *x, double *gradient) {
    double t = (x[0] - b[2]) / b[1], e = exp(-0.5 * t * t), value = b[0] / b[1] * e;
    GRADIENT(e / b[1], value * (t * t - 1) / b[1], value * t / b[1]);
    return value;
}

/* b1 exp(−b2 x) + b3 exp(−(x − b4)²/b5²) + b6 exp(−(x − b7)²/b8²) */
double nist_gauss(const double *b, const double *x, double *gradient) {
    double e = exp(-b[1] * x[0]), s = (x[0] - b[3]) / b[4], t = (x[0] - b[6]) / b[7];
    double p = exp(-s * s), q = exp(-t * t);
    GRADIENT(e, -b[0] * x[0] * e, p, 2 * b[2] * p * s / b[4], 2 * b[2] * p * s * s / b[4], q,
             2 * b[5] * q * t / b[7], 2 * b[5] * q * t * t / b[7]);
    return b[0] * e + b[2] * p + b[5] * q;
}

/* (b1 + b2 x + b3 x² + b4 x³) / (1 + b5 x + b6 x² + b7 x³): Hahn1 and Thurber */
double nist_cubic_ratio(const double *b, const double *px, double *gradient) {
    double x = px[0], x2 = x * x, x3 = x2 * x;
    double below = 1 + b[4] * x + b[5] * x2 + b[6] * x3,
           value = (b[0] + b[1] * x + b[2] * x2 + b[3] * x3) / below;
    GRADIENT(1 / below, x / below, x2 / below, x3 / below, -value * x / below, -value * x2 / below,
             -value * x3 / below);
    return value;
}

/* (b1 + b2 x + b3 x²) / (1 + b4 x + b5 x²) */
double nist_kirby2(const double *b, const double *px, double *gradient) {
    double x = px[0], x2 = x * x, below = 1 + b[3] * x + b[4] * x2,
           value = (b[0] + b[1] * x + b[2] * x2) / below;
    GRADIENT(1 / below, x / below, x2 / below, -value * x / below, -value * x2 / below);
    return value;
}

/* b1 exp(−b2 x) + b3 exp(−b4 x) + b5 exp(−b6 x) */
double nist_lanczos(const double *b, const double *x, double *gradient) {
    double e = exp(-b[1] * x[0]), f = exp(-b[3] * x[0]), g = exp(-b[5] * x[0]);
    GRADIENT(e, -b[0] * x[0] * e, f, -b[2] * x[0] * f, g, -b[4] * x[0] * g);
    return b[0] * e + b[2] * f + b[4] * g;
}

/* b1 (x² + b2 x) / (x² + b3 x + b4) */
double nist_mgh09(const double *b, const double *px, double *gradient) {
    double x = px[0], above = x * x + x * b[1], below = x * x + x * b[2] + b[3], value = b[0] * above / below;
    GRADIENT(above / below, b[0] * x / below, -value * x / below, -value / below);
    return value;
}

/* b1 exp(b2 / (x + b3)) */
double nist_mgh10(const double *b, const double *x, double *gradient) {
    double t = 1 / (x[0] + b[2]), e = exp(b[1] * t);
    GRADIENT(e, b[0] * e * t, -b[0] * e * b[1] * t * t);
    return b[0] * e;
}

/* b1 + b2 exp(−b4 x) + b3 exp(−b5 x) */
double nist_mgh17(const double *b, const double *x, double *gradient) {
    double e = exp(-b[3] * x[0]), f = exp(-b[4] * x[0]);
    GRADIENT(1, e, f, -b[1] * x[0] * e, -b[2] * x[0] * f);
    return b[0] + b[1] * e + b[2] * f;
}

/* b1 (1 − (1 + b2 x/2)⁻²) */
double nist_misra1b(const double *b, const double *x, double *gradient) {
    double t = 1 / (1 + b[1] * x[0] / 2);
    GRADIENT(1 - t * t, b[0] * x[0] * t * t * t);
    return b[0] * (1 - t * t);
}

/* b1 (1 − (1 + 2 b2 x)^(−½)) */
double nist_misra1c(const double *b, const double *x, double *gradient) {
    double t = 1 / (1 + 2 * b[1] * x[0]), root = sqrt(t);
    GRADIENT(1 - root, b[0] * x[0] * root * t);
    return b[0] * (1 - root);
}

/* b1 b2 x / (1 + b2 x) */
double nist_misra1d(const double *b, const double *x, double *gradient) {
    double t = 1 / (1 + b[1] * x[0]);
    GRADIENT(b[1] * x[0] * t, b[0] * x[0] * t * t);
    return b[0] * b[1] * x[0] * t;
}

/* log y = b1 − b2 x1 exp(−b3 x2) */
double nist_nelson(const double *b, const double *x, double *gradient) {
    double e = exp(-b[2] * x[1]);
    GRADIENT(1, -x[0] * e, b[1] * x[0] * x[1] * e);
    return b[0] - b[1] * x[0] * e;
}

/* b1 / (1 + exp(b2 − b3 x)) */
double nist_rat42(const double *b, const double *x, double *gradient) {
    double e = exp(b[1] - b[2] * x[0]), t = 1 / (1 + e);
    GRADIENT(t, -b[0] * e * t * t, b[0] * e * t * t * x[0]);
    return b[0] * t;
}

/* b1 / (1 + exp(b2 − b3 x))^(1/b4) */
double nist_rat43(const double *b, const double *x, double *gradient) {
    double e = exp(b[1] - b[2] * x[0]), base = 1 + e, power = pow(base, -1 / b[3]), value = b[0] * power;
    double slope = value / b[3] * e / base;
    GRADIENT(power, -slope, slope * x[0], value * log(base) / (b[3] * b[3]));
    return value;
}

/* b1 − b2 x − atan(b3 / (x − b4)) / π */
double nist_roszman1(const double *b, const double *px, double *gradient) {
    double x = px[0], d = x - b[3], squares = d * d + b[2] * b[2];
    GRADIENT(1, -x, -d / squares / PI, -b[2] / squares / PI);
    return b[0] - b[1] * x - atan(b[2] / d) / PI;
}

/* ---- As a least-squares problem ---- */

static int residual(void *user, const double *b, size_t first, size_t count, double *r) {
    const nist_problem *p = user;
    for (size_t i = 0; i < count; i++) {
        const double *row = p->data + (first + i) * (1 + p->predictors);
        double y = p->model == nist_nelson ? log(row[0]) : row[0];
        r[i] = p->model(b, row + 1, NULL) - y;
    }
    return MARQ_CALLBACK_OK;
}

static int jacobian(void *user, const double *b, size_t first, size_t count, double *rows, size_t stride) {
    const nist_problem *p = user;
    for (size_t i = 0; i < count; i++)
        p->model(b, p->data + (first + i) * (1 + p->predictors) + 1, rows + i * stride);
    return MARQ_CALLBACK_OK;
}

marq_problem nist_as_marq(const nist_problem *problem) {
    union {
        const nist_problem *from;
        void *to;
    } user = {.from = problem}; /* never written through */
    return (marq_problem){.rows = problem->rows,
                          .parameters = problem->parameters,
                          .user = user.to,
                          .residual = residual,
                          .jacobian = jacobian,
                          .concurrent = 1};
}
