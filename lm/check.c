/* The Jacobian callback against central differences. */
#include "ties.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* ties->derivative against differences; memory: two matrices and three vectors of n values. */
static marq_status compare_tie_slopes(const marq_problem *problem, const double *theta, double typical_size,
                                      double tolerance, double *memory, marq_error *error) {
    size_t n = problem->parameters, rows = marq_marked_count(problem), row = 0;
    double *analytic = memory, *difference = analytic + rows * n, *point = difference + rows * n,
           *typical = point + n, *shifted = typical + n;
    memcpy(point, theta, n * sizeof *point);
    int got = marq_set_tied(problem, point);
    for (size_t j = 0; j < n; j++) typical[j] = typical_size * (point[j] != 0 ? fabs(point[j]) : 1);
    if (got == MARQ_CALLBACK_OK) got = marq_tie_derivative(problem, point, analytic);
    if (got == MARQ_CALLBACK_OK) got = marq_tie_difference(problem, point, typical, shifted, difference);
    if (got != MARQ_CALLBACK_OK)
        return marq_fail(error, MARQ_ERROR_JACOBIAN,
                         "the derivative of the ties cannot be computed at theta");
    for (size_t j = 0; j < n; j++) {
        if (!problem->ties->tied[j]) continue;
        const double *a = analytic + row * n, *d = difference + row++ * n;
        double most = 0; /* of θ_j, by a change of a typical size */
        for (size_t k = 0; k < n; k++) most = fmax(most, fmax(fabs(a[k]), fabs(d[k])) * typical[k]);
        for (size_t k = 0; k < n; k++)
            if (!problem->ties->tied[k] && !(fabs(a[k] - d[k]) * typical[k] <= tolerance * most))
                return marq_fail(
                    error, MARQ_ERROR_JACOBIAN,
                    "the derivative of tied parameter %zu by parameter %zu is %.9g by the callback, "
                    "%.9g by differences",
                    j + 1, k + 1, a[k], d[k]);
    }
    return MARQ_OK;
}

static marq_status check_ties(const marq_problem *problem, const double *theta, double typical_size,
                              double tolerance, marq_error *error) {
    if (!problem->ties || !problem->ties->derivative || marq_marked_count(problem) == 0) return MARQ_OK;
    double *memory = marq_alloc_doubles(2 * marq_marked_count(problem) + 3, problem->parameters);
    if (!memory) return marq_fail_memory(error, "the derivatives of the ties");
    marq_status status = compare_tie_slopes(problem, theta, typical_size, tolerance, memory, error);
    free(memory);
    return status;
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
    if (found.relative <= tolerance)
        return check_ties(problem, theta, options->typical_size, tolerance, error);
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
