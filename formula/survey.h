/* What is known of the values of a formula's nodes before its parameters are: from the data, bottom up. */
#ifndef MARQ_FORMULA_SURVEY_H
#define MARQ_FORMULA_SURVEY_H

#include "inside.h"

typedef struct marq_extent {
    unsigned char used, known, varies;
    double low, high; /* of a known node */
    double size;      /* of the value, or if it varies of its changes; 0: nothing is known */
    double degree;    /* in the columns */
} marq_extent;

typedef struct marq_survey {
    const marq_formula *formula;
    const marq_node *nodes;
    int count;
    marq_extent *extents; /* count */
    double *values;       /* count × samples: of known nodes */
    size_t samples;       /* rows that are looked at */
    double resolution;    /* the range of a column over its spacing, of the finest column, 10 … 1e4 */
} marq_survey;

/* Parameters that are held (n flags, or NULL) are known, of value theta. 0 without memory. */
int marq_survey_make(marq_survey *survey, const marq_formula *formula, const marq_formula_data *data,
                     const double *theta, const unsigned char *held);
void marq_survey_clear(marq_survey *survey);

/* The row of a sample, evenly over the data. */
size_t marq_survey_row(const marq_survey *survey, const marq_formula_data *data, size_t sample);

#endif
