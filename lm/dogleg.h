/* Powell's dogleg on the linear model. */
#ifndef MARQ_LM_DOGLEG_H
#define MARQ_LM_DOGLEG_H

#include "model.h"

typedef struct marq_dogleg {
    double length;   /* ‖Ds‖ */
    double decrease; /* ½‖r‖² − ½‖r + Js‖² */
    bool is_newton;  /* the Gauss–Newton step is inside the radius */
} marq_dogleg;

/* step ← the point of the path where it leaves the radius, or its end. */
marq_dogleg marq_dogleg_step(const marq_model *model, double radius, double *step);

#endif
