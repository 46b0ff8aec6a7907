/* plots: a fitted curve and its bands. */
#ifndef PLOTS_CURVE_H
#define PLOTS_CURVE_H

#include <stddef.h>

/* A fit of one input on a fine grid. Where a value is not finite the line or band has a gap. */
typedef struct plots_curve {
    size_t points;
    const double *x, *y; /* points; x ascending */

    /* Bands, points each; both ends or neither (NULL). A band may reach below zero on a log axis. */
    const double *low, *high;                       /* of the curve: confidence */
    const double *prediction_low, *prediction_high; /* of a further measurement */
    double level;                                   /* of both, as 0.95, for the key; 0: it names none */

    size_t group, model; /* of plots_fit: which group's and which model's curve this is */
} plots_curve;

#endif
