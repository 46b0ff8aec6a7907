/* Some rows of a problem as a problem of their own: runs of neighbours, evenly over all rows. */
#ifndef FIT_FORMULAS_SAMPLE_H
#define FIT_FORMULAS_SAMPLE_H

#include <marq/lm.h>
#include <stdbool.h>

enum { FORMULA_SAMPLE_ROWS = 1024 };

typedef struct formula_sample {
    const marq_problem *whole;
    size_t run, runs;     /* rows of a run, their number */
    double *weights;      /* of the sample; owned */
    marq_problem problem; /* of the sample; ties of the whole are left out */
} formula_sample;

/* All rows of a problem that has no more than FORMULA_SAMPLE_ROWS, else as many. sample must stay where it
 * is: its problem refers to it. False without memory. */
bool formula_sample_make(formula_sample *sample, const marq_problem *whole);
void formula_sample_clear(formula_sample *sample);

#endif
