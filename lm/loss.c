/* Weights and robust losses. With f_i = w_i r_i, z = (f_i/c)², the cost is ½ c² Σ ρ(z). Its Gauss–Newton
 * model with the second-order part of ρ (Triggs, McLauchlan, Hartley, Fitzgibbon 2000, section 4.3; SciPy's
 * least_squares does the same) is that of plain squares with r̃_i = f_i ρ'(z) / k_i,  J̃_i = k_i w_i J_i,  k_i²
 * = max(ρ'(z) + 2 z ρ''(z), ε), so that J̃ᵀr̃ is the cost's gradient. The covariance takes k_i² = ρ'(z), the
 * weights of iterated least squares: with the second-order part, outliers, where k_i² is near 0, would
 * dominate ‖r̃‖². */
#include "solver.h"

#include "vector.h"
#include <float.h>
#include <math.h>

static void soft_l1(double z, double rho[3]) {
    double t = 1 + z, root = sqrt(t);
    rho[0] = 2 * z / (root + 1); /* = 2(√(1+z) − 1), without cancellation */
    rho[1] = 1 / root;
    rho[2] = -0.5 / (t * root);
}

static void huber(double z, double rho[3]) {
    double root = sqrt(z);
    rho[0] = z <= 1 ? z : 2 * root - 1;
    rho[1] = z <= 1 ? 1 : 1 / root;
    rho[2] = z <= 1 ? 0 : -0.5 / (z * root);
}

static void cauchy(double z, double rho[3]) {
    rho[0] = log1p(z);
    rho[1] = 1 / (1 + z);
    rho[2] = -rho[1] * rho[1];
}

static void arctangent(double z, double rho[3]) {
    double t = 1 + z * z;
    rho[0] = atan(z);
    rho[1] = 1 / t;
    rho[2] = -2 * z / (t * t);
}

static void tukey(double z, double rho[3]) {
    double left = z < 1 ? 1 - z : 0;
    rho[0] = (1 - left * left * left) / 3;
    rho[1] = left * left;
    rho[2] = -2 * left;
}

static void evaluate_loss(const marq_problem *p, double z, double rho[3]) {
    switch (p->loss) {
    case MARQ_LOSS_SOFT_L1:
        soft_l1(z, rho);
        return;
    case MARQ_LOSS_HUBER:
        huber(z, rho);
        return;
    case MARQ_LOSS_CAUCHY:
        cauchy(z, rho);
        return;
    case MARQ_LOSS_ARCTAN:
        arctangent(z, rho);
        return;
    case MARQ_LOSS_TUKEY:
        tukey(z, rho);
        return;
    case MARQ_LOSS_CUSTOM:
        p->loss_function(p->user, z, rho);
        return;
    case MARQ_LOSS_SQUARES:
        break;
    }
    rho[0] = z;
    rho[1] = 1;
    rho[2] = 0;
}

bool marq_is_weighted(const marq_problem *problem) {
    return problem->weights || problem->loss != MARQ_LOSS_SQUARES;
}

static double scale_of(const marq_problem *problem) {
    return problem->loss_scale > 0 ? problem->loss_scale : 1;
}

static double weighted(const marq_problem *p, const double *residual, size_t i) {
    return p->weights ? p->weights[i] * residual[i] : residual[i];
}

double marq_loss_cost(const marq_problem *p, const double *residual) {
    double c = scale_of(p), rho[3];
    marq_sum sum = {0, 0};
    for (size_t i = 0; i < p->rows; i++) {
        double f = weighted(p, residual, i) / c;
        evaluate_loss(p, f * f, rho);
        marq_sum_add(&sum, rho[0]);
    }
    return 0.5 * c * c * marq_sum_value(&sum);
}

void marq_weigh(solver *s) {
    const marq_problem *p = s->problem;
    marq_workspace *w = s->work;
    double c = scale_of(p), rho[3], squares = 0;
    for (size_t i = 0; i < p->rows; i++) {
        double f = weighted(p, w->residual, i), z = f / c * (f / c);
        evaluate_loss(p, z, rho);
        double second = s->for_covariance ? 0 : 2 * z * rho[2];
        double k = sqrt(fmax(rho[1] + second, DBL_EPSILON));
        w->model_residual[i] = f * rho[1] / k;
        w->row_factor[i] = p->weights ? k * p->weights[i] : k;
        squares += rho[1] * f * f;
    }
    s->robust_norm = sqrt(squares);
}

void marq_weigh_rows(const double *row_factor, size_t rows, size_t columns, double *jacobian) {
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) jacobian[i * columns + j] *= row_factor[i];
}
