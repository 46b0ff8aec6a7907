/* GSL's multifit_nlinear: Levenberg–Marquardt on the normal equations. */
#include "net_solvers.h"

#include "../frame/bench.h"
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <string.h>

static int residual(const gsl_vector *x, void *user, gsl_vector *r) {
    return bench_net_residual(user, x->data, r->data) ? GSL_SUCCESS : GSL_EBADFUNC;
}

static int jacobian(const gsl_vector *x, void *user, gsl_matrix *J) {
    return bench_net_jacobian(user, x->data, J->data) ? GSL_SUCCESS : GSL_EBADFUNC;
}

void bench_net_gsl(bench_net_fit *fit, double *theta) {
    gsl_set_error_handler_off();
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.solver = gsl_multifit_nlinear_solver_cholesky;
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, fit->rows, fit->parameters);
    if (!w) bench_fail("out of memory for GSL");
    gsl_multifit_nlinear_fdf fdf = {
        .f = residual, .df = jacobian, .n = fit->rows, .p = fit->parameters, .params = fit};
    gsl_vector_const_view start = gsl_vector_const_view_array(theta, fit->parameters);
    int status = gsl_multifit_nlinear_init(&start.vector, &fdf, w);
    while (status == GSL_SUCCESS) status = gsl_multifit_nlinear_iterate(w);
    memcpy(theta, gsl_multifit_nlinear_position(w)->data, fit->parameters * sizeof *theta);
    gsl_multifit_nlinear_free(w);
}
