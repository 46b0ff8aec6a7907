/* GSL's multifit_nlinear: Levenberg–Marquardt, without and with geodesic acceleration. */
#include "solver.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <string.h>

static int residual(const gsl_vector *x, void *user, gsl_vector *r) {
    bench_residual(user, x->data, r->data);
    return GSL_SUCCESS;
}

static int jacobian(const gsl_vector *x, void *user, gsl_matrix *J) {
    bench_jacobian(user, x->data, J->data);
    return GSL_SUCCESS;
}

static gsl_multifit_nlinear_workspace *begin(const bench_problem *p, const gsl_multifit_nlinear_trs *method) {
    gsl_set_error_handler_off();
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.trs = method;
    return gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, p->rows, p->parameters);
}

static gsl_multifit_nlinear_fdf functions_of(bench_problem *p) {
    return (gsl_multifit_nlinear_fdf){
        .f = residual, .df = jacobian, .n = p->rows, .p = p->parameters, .params = p};
}

static void solve(bench_problem *p, double *x, const gsl_multifit_nlinear_trs *method, double tolerance,
                  size_t most) {
    gsl_multifit_nlinear_workspace *w = begin(p, method);
    if (!w) return;
    gsl_multifit_nlinear_fdf fdf = functions_of(p);
    gsl_vector_const_view start = gsl_vector_const_view_array(x, p->parameters);
    int info = 0;
    gsl_multifit_nlinear_init(&start.vector, &fdf, w);
    gsl_multifit_nlinear_driver(most, tolerance, tolerance, 0, NULL, NULL, &info, w);
    memcpy(x, gsl_multifit_nlinear_position(w)->data, p->parameters * sizeof *x);
    gsl_multifit_nlinear_free(w);
}

/* GSL has no default tolerances; those of the manual's example: 1e-8 and 100 iterations. */
void bench_gsl_default(bench_problem *p, double *x) {
    solve(p, x, gsl_multifit_nlinear_trs_lm, 1e-8, 100);
}

void bench_gsl_tight(bench_problem *p, double *x) {
    solve(p, x, gsl_multifit_nlinear_trs_lm, BENCH_TIGHT_TOLERANCE, p->tight_limit);
}

void bench_gsl_accelerated(bench_problem *p, double *x) {
    solve(p, x, gsl_multifit_nlinear_trs_lmaccel, BENCH_TIGHT_TOLERANCE, p->tight_limit);
}

void bench_gsl_deviations(bench_problem *p, const double *x, double *deviations) {
    size_t n = p->parameters;
    gsl_multifit_nlinear_workspace *w = begin(p, gsl_multifit_nlinear_trs_lm);
    gsl_matrix *covariance = gsl_matrix_alloc(n, n);
    if (w && covariance) {
        gsl_multifit_nlinear_fdf fdf = functions_of(p);
        gsl_vector_const_view at = gsl_vector_const_view_array(x, n);
        gsl_multifit_nlinear_init(&at.vector, &fdf, w);
        gsl_multifit_nlinear_covar(gsl_multifit_nlinear_jac(w), 0, covariance);
        double norm = gsl_blas_dnrm2(gsl_multifit_nlinear_residual(w)), dof = (double)(p->rows - n);
        for (size_t j = 0; j < n; j++) deviations[j] = norm * sqrt(gsl_matrix_get(covariance, j, j) / dof);
    }
    gsl_matrix_free(covariance);
    gsl_multifit_nlinear_free(w);
}
