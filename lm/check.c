/* The Jacobian callback against central differences. */
#include <marq/lm.h>

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

/* Among the columns that the callback fills. */
static marq_jacobian_error find_worst(const marq_problem *problem, const double *analytic,
                                      const double *difference) {
    size_t m = problem->rows, n = problem->parameters;
    marq_jacobian_error worst = {0};
    for (size_t j = 0; j < n; j++) {
        double most = 0;
        if (problem->column_jacobian && problem->column_jacobian[j] != MARQ_JACOBIAN_AUTO) continue;
        for (size_t i = 0; i < m; i++)
            most = fmax(most, fmax(fabs(analytic[i * n + j]), fabs(difference[i * n + j])));
        for (size_t i = 0; i < m && most > 0; i++) {
            double a = analytic[i * n + j], d = difference[i * n + j], relative = fabs(a - d) / most;
            if (relative > worst.relative) worst = (marq_jacobian_error){i, j, a, d, relative};
        }
    }
    return worst;
}

static marq_status compare(const marq_problem *problem, const marq_options *options, const double *theta,
                           double tolerance, double *analytic, double *difference, marq_jacobian_error *worst,
                           marq_error *error) {
    marq_options exact = *options, central = *options;
    exact.jacobian = MARQ_JACOBIAN_AUTO;
    central.jacobian = MARQ_JACOBIAN_CENTRAL;
    marq_status status = marq_jacobian_at(problem, &exact, theta, analytic, error);
    if (status == MARQ_OK) status = marq_jacobian_at(problem, &central, theta, difference, error);
    if (status != MARQ_OK) return status;
    marq_jacobian_error found = find_worst(problem, analytic, difference);
    if (worst) *worst = found;
    if (found.relative <= tolerance) return MARQ_OK;
    return marq_fail(
        error, MARQ_ERROR_JACOBIAN,
        "the derivative of residual row %zu by parameter %zu is %.9g by the callback, %.9g by differences",
        found.row + 1, found.parameter + 1, found.analytic, found.difference);
}

marq_status marq_check_jacobian(const marq_problem *problem, const marq_options *options, const double *theta,
                                double tolerance, double *analytic, double *difference,
                                marq_jacobian_error *worst, marq_error *error) {
    if (!problem || !theta || !problem->jacobian)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "problem, theta or its jacobian callback is NULL");
    marq_options own = options ? *options : marq_options_default();
    double *memory[2] = {analytic ? NULL : marq_alloc_doubles(problem->rows, problem->parameters),
                         difference ? NULL : marq_alloc_doubles(problem->rows, problem->parameters)};
    if (!analytic) analytic = memory[0];
    if (!difference) difference = memory[1];
    marq_status status;
    if (analytic && difference)
        status = compare(problem, &own, theta, tolerance > 0 ? tolerance : 1e-5, analytic, difference, worst,
                         error);
    else
        status = marq_fail_memory(error, "two Jacobians");
    free(memory[0]);
    free(memory[1]);
    return status;
}
