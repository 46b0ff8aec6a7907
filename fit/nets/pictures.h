/* The pictures of a training. */
#ifndef FIT_PICTURES_H
#define FIT_PICTURES_H

#include "nets/train.h"

/* Writes scripts and data, and draws. What cannot be drawn is a warning: a fit works without gnuplot. Fails
 * only where the folder cannot be written. */
marq_status fit_draw(fit_outcome *outcome, marq_error *error);

#endif
