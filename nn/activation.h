/* Activations φ. A new one is an entry in MARQ_ACTIVATION_LIST and a row of the table in activation.c. */
#ifndef MARQ_NN_ACTIVATION_H
#define MARQ_NN_ACTIVATION_H

#include <marq/nn.h>

/* z ← φ(z), n values. */
void marq_activate(marq_activation activation, size_t n, double *z);
void marq_activate_float(marq_activation activation, size_t n, float *z);

/* d ← d · φ'(z) with φ' written in terms of a = φ(z), n values. */
void marq_chain(marq_activation activation, size_t n, const double *a, double *d);

/* The range of net inputs z where φ is not flat, and of its outputs; low = high = 0: no finite active range.
 */
typedef struct marq_active_range {
    double low, high, out_low, out_high;
} marq_active_range;
marq_active_range marq_active_range_of(marq_activation activation);

#endif
