/* NIST's nonlinear regression set, marq beside MINPACK's lmder (cminpack) and GSL's lm and lmaccel, in one
 * run: the same models, analytic derivatives, data and starts. LRE is −log10 of the relative error of the
 * worst parameter against the certified value, at most 11. Evaluations are counted in the callbacks: residual
 * vectors and Jacobians.
 *
 * "tight": tolerances at 1e-15 and as many iterations as they take, up to 20000; "default": each library's
 * own. */
#include "nist.h"

#include <cminpack.h>
#include <gsl/gsl_errno.h>
#include <gsl/gsl_multifit_nlinear.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_ROWS = 250, MOST_EVALUATIONS = 20000 };

typedef struct counted {
    const nist_problem *problem;
    size_t residuals, jacobians;
} counted;

static void residual_of(counted *c, const double *b, double *r) {
    marq_problem p = nist_as_marq(c->problem);
    p.residual(p.user, b, 0, p.rows, r);
    c->residuals++;
}

static void jacobian_of(counted *c, const double *b, double *J) {
    marq_problem p = nist_as_marq(c->problem);
    p.jacobian(p.user, b, 0, p.rows, J, p.parameters);
    c->jacobians++;
}

/* ---- marq ---- */

static int marq_residual(void *user, const double *b, size_t first, size_t count, double *r) {
    double all[MOST_ROWS];
    residual_of(user, b, all);
    memcpy(r, all + first, count * sizeof *r);
    return MARQ_CALLBACK_OK;
}

static int marq_jacobian_rows(void *user, const double *b, size_t first, size_t count, double *J,
                              size_t stride) {
    double all[MOST_ROWS * NIST_MOST_PARAMETERS];
    jacobian_of(user, b, all);
    memcpy(J, all + first * stride, count * stride * sizeof *J);
    return MARQ_CALLBACK_OK;
}

static void solve_marq(counted *c, double *b) {
    marq_problem problem = {.rows = c->problem->rows,
                            .parameters = c->problem->parameters,
                            .user = c,
                            .residual = marq_residual,
                            .jacobian = marq_jacobian_rows};
    marq_solve(&problem, NULL, b, NULL);
}

/* ---- MINPACK ---- */

static int minpack_callback(void *user, int m, int n, const double *b, double *r, double *J, int ld,
                            int flag) {
    if (flag == 1) residual_of(user, b, r);
    if (flag != 2) return 0;
    double rows[MOST_ROWS * NIST_MOST_PARAMETERS];
    jacobian_of(user, b, rows);
    for (int i = 0; i < m; i++)
        for (int j = 0; j < n; j++) J[i + j * ld] = rows[i * n + j];
    return 0;
}

static void solve_minpack(counted *c, double *b, int tight) {
    int m = (int)c->problem->rows, n = (int)c->problem->parameters, pivot[NIST_MOST_PARAMETERS], f = 0, j = 0;
    double r[MOST_ROWS], J[MOST_ROWS * NIST_MOST_PARAMETERS], diagonal[NIST_MOST_PARAMETERS],
        qtf[NIST_MOST_PARAMETERS];
    double w1[NIST_MOST_PARAMETERS], w2[NIST_MOST_PARAMETERS], w3[NIST_MOST_PARAMETERS], w4[MOST_ROWS];
    double tolerance = tight ? 1e-15 : 1.49012e-8; /* lmder1 and SciPy's leastsq: √ε */
    int most = tight ? MOST_EVALUATIONS : 100 * (n + 1);
    lmder(minpack_callback, c, m, n, b, r, J, m, tolerance, tolerance, 0, most, diagonal, 1, 100, 0, &f, &j,
          pivot, qtf, w1, w2, w3, w4);
}

static void solve_minpack_tight(counted *c, double *b) {
    solve_minpack(c, b, 1);
}

static void solve_minpack_default(counted *c, double *b) {
    solve_minpack(c, b, 0);
}

/* ---- GSL ---- */

static int gsl_residual(const gsl_vector *b, void *user, gsl_vector *r) {
    residual_of(user, b->data, r->data);
    return GSL_SUCCESS;
}

static int gsl_jacobian(const gsl_vector *b, void *user, gsl_matrix *J) {
    jacobian_of(user, b->data, J->data);
    return GSL_SUCCESS;
}

static void solve_gsl(counted *c, double *b, const gsl_multifit_nlinear_trs *method) {
    size_t m = c->problem->rows, n = c->problem->parameters;
    gsl_multifit_nlinear_parameters parameters = gsl_multifit_nlinear_default_parameters();
    parameters.trs = method;
    gsl_multifit_nlinear_workspace *w =
        gsl_multifit_nlinear_alloc(gsl_multifit_nlinear_trust, &parameters, m, n);
    gsl_multifit_nlinear_fdf fdf = {.f = gsl_residual, .df = gsl_jacobian, .n = m, .p = n, .params = c};
    gsl_vector_const_view start = gsl_vector_const_view_array(b, n);
    int info = 0;
    gsl_multifit_nlinear_init(&start.vector, &fdf, w);
    gsl_multifit_nlinear_driver(MOST_EVALUATIONS, 1e-15, 1e-15, 0, NULL, NULL, &info, w);
    memcpy(b, gsl_multifit_nlinear_position(w)->data, n * sizeof *b);
    gsl_multifit_nlinear_free(w);
}

static void solve_gsl_lm(counted *c, double *b) {
    solve_gsl(c, b, gsl_multifit_nlinear_trs_lm);
}

static void solve_gsl_lmaccel(counted *c, double *b) {
    solve_gsl(c, b, gsl_multifit_nlinear_trs_lmaccel);
}

/* ---- The table ---- */

static const struct {
    const char *name;
    void (*solve)(counted *c, double *b);
} peers[] = {
    {"marq, default", solve_marq},
    {"MINPACK lmder, tight", solve_minpack_tight},
    {"MINPACK lmder, default", solve_minpack_default},
    {"GSL lm, tight", solve_gsl_lm},
    {"GSL lmaccel, tight", solve_gsl_lmaccel},
};

static double digits(const nist_problem *p, const double *b) {
    double worst = 0;
    for (size_t j = 0; j < p->parameters; j++) {
        double error = fabs(b[j] / p->certified[j] - 1);
        if (!(error <= 1)) return 0;
        worst = fmax(worst, error);
    }
    return worst <= 1e-11 ? 11 : -log10(worst);
}

int main(void) {
    gsl_set_error_handler_off();
    printf("| solver, settings | LRE >= 4 / 6 / 8 of %d | residual / Jacobian evaluations | not solved (LRE "
           "< 4) |\n",
           NIST_PROBLEMS * NIST_STARTS);
    printf("|---|---|---|---|\n");
    for (size_t k = 0; k < sizeof peers / sizeof *peers; k++) {
        size_t at4 = 0, at6 = 0, at8 = 0, residuals = 0, jacobians = 0;
        char failed[400] = "";
        for (int i = 0; i < NIST_PROBLEMS * NIST_STARTS; i++) {
            counted c = {.problem = &nist_problems[i / NIST_STARTS]};
            double b[NIST_MOST_PARAMETERS];
            memcpy(b, c.problem->start[i % NIST_STARTS], sizeof b);
            peers[k].solve(&c, b);
            double lre = digits(c.problem, b);
            at4 += lre >= 4, at6 += lre >= 6, at8 += lre >= 8;
            residuals += c.residuals, jacobians += c.jacobians;
            size_t used = strlen(failed);
            if (lre < 4)
                snprintf(failed + used, sizeof failed - used, "%s%s %d", used ? ", " : "", c.problem->name,
                         i % NIST_STARTS + 1);
        }
        printf("| %s | %zu / %zu / %zu | %zu / %zu | %s |\n", peers[k].name, at4, at6, at8, residuals,
               jacobians, failed);
    }
    return 0;
}
