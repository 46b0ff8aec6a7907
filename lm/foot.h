/* The feet of rows: the points of the model's surface that are nearest to them. */
#ifndef MARQ_LM_FOOT_H
#define MARQ_LM_FOOT_H

#include <marq/odr.h>
#include <stdbool.h>

enum { MARQ_FEET = 32, MARQ_FEET_INPUTS = MARQ_FEET * MARQ_ODR_MOST_INPUTS };

/* Up to MARQ_FEET rows from `first` on, at theta; arrays by row and input. */
typedef struct marq_feet {
    const marq_odr *odr;
    const double *theta;
    size_t first, count;
    double x[MARQ_FEET_INPUTS];           /* at the trial point */
    double u[MARQ_FEET_INPUTS];           /* the best so far */
    double step[MARQ_FEET_INPUTS];        /* from there, that is tried */
    double plain[MARQ_FEET_INPUTS];       /* the Gauss–Newton step from there */
    double before[MARQ_FEET_INPUTS];      /* the best before it */
    double slopes[MARQ_FEET_INPUTS];      /* ∂r/∂x at the best */
    double trial[MARQ_FEET_INPUTS];       /* ∂r/∂x at the trial point */
    double r[MARQ_FEET], best[MARQ_FEET]; /* residuals at the trial point, at the best */
    double share[MARQ_FEET];              /* of the step that is tried */
    int accepted[MARQ_FEET];              /* trial points, the measured one among them */
    bool is_mixed[MARQ_FEET], done[MARQ_FEET];
} marq_feet;

/* Finds them: then x, best and slopes are those at the feet. A MARQ_CALLBACK_… value. */
int marq_find_feet(marq_feet *feet);

/* Row i in units of its deviations: ρ, b = ∂ρ/∂u, b·u, ‖b‖² and √(ρ² + ‖u‖²), at the best point. */
typedef struct marq_foot {
    double rho, along, squares, distance;
    double b[MARQ_ODR_MOST_INPUTS];
} marq_foot;
marq_foot marq_foot_of(const marq_feet *feet, size_t i);

/* σy of row i. */
double marq_foot_sigma(const marq_feet *feet, size_t i);

#endif
