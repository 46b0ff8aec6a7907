/* The least-squares problems of Moré, Garbow & Hillstrom 1981 ("Testing unconstrained optimization software",
 * ACM TOMS 7) that two peers' own drivers use: MINPACK's lmder driver (28 problems) and Ceres Solver's
 * more_garbow_hillstrom example (the paper's problems 1 to 19, two of them with another start or m). Known
 * minima: the sums of squares that the paper prints, or its exact values. */
#ifndef TESTS_MGH_PROBLEMS_H
#define TESTS_MGH_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

enum { MGH_COUNT = 37, MGH_MOST_ROWS = 100, MGH_MOST_PARAMETERS = 40, MGH_MOST_MINIMA = 3 };

/* Which driver has the problem. */
enum { MGH_MINPACK = 1, MGH_CERES = 2 };

typedef struct mgh_problem {
    const char *name;
    int drivers;  /* MGH_MINPACK, MGH_CERES or both */
    int function; /* an index of mgh_table.h */
    size_t rows, parameters;
    const double *start;            /* parameters values */
    double minima[MGH_MOST_MINIMA]; /* known minima of Σ f²; the first is global, others local; NaN ends the
                                       list */
} mgh_problem;

extern const mgh_problem mgh_problems[MGH_COUNT];

/* The start times factor (1, 10, 100); a start of zeros becomes the factor itself beyond 1, as in MINPACK's
 * driver. */
void mgh_set_start(const mgh_problem *problem, double factor, double *x);

/* r: rows values. J: rows × parameters, row-major, exact to rounding: by the complex step Im f(x + ih e_j)/h
 * (Squire & Trapp 1998). */
void mgh_residual(const mgh_problem *problem, const double *x, double *r);
void mgh_jacobian(const mgh_problem *problem, const double *x, double *J);

/* The sum of squares is within 1e-4 of the least known one, absolutely where that is 0; of any known minimum.
 */
bool mgh_is_least(const mgh_problem *problem, double sum);
bool mgh_is_minimum(const mgh_problem *problem, double sum);

#endif
