/* y = a exp(-b x) + c through eight points: the shortest use of the solver.
 *     cc fit_exponential.c $(pkg-config --cflags --libs marq) -lm -o fit_exponential */
#include <marq/lm.h>
#include <math.h>
#include <stdio.h>

static const double x[] = {0, 1, 2, 3, 4, 5, 6, 7}, y[] = {5.02, 3.48, 2.49, 1.90, 1.52, 1.31, 1.19, 1.10};

static int residual(void *user, const double *p, size_t first, size_t count, double *r) {
    (void)user;
    for (size_t i = 0; i < count; i++) r[i] = p[0] * exp(-p[1] * x[first + i]) + p[2] - y[first + i];
    return MARQ_CALLBACK_OK;
}

int main(void) {
    marq_problem problem = {.rows = 8, .parameters = 3, .residual = residual};
    double p[3] = {1, 1, 0}, error[3];
    marq_result result;
    if (marq_solve(&problem, NULL, p, &result) < 0) {
        fprintf(stderr, "%s\n", result.message);
        return 1;
    }
    marq_covariance_at(&problem, NULL, p, 0, NULL, NULL, error, NULL, NULL);
    for (int j = 0; j < 3; j++) printf("%c = %.6f +- %.6f\n", "abc"[j], p[j], error[j]);
    printf("%s; sum of squares %.4e\n", result.message, 2 * result.cost);
    return fabs(p[0] - 4.02) < 0.05 ? 0 : 1;
}
