#include "formulas/sample.h"

#include <base/memory.h>
#include <stdlib.h>

enum { RUN = 16 };

/* The row of the whole where a run begins. */
static size_t begin_of(const formula_sample *s, size_t run) {
    return s->runs < 2 ? 0 : run * (s->whole->rows - s->run) / (s->runs - 1);
}

/* Rows first … first + *count − 1 of the sample as far as they are neighbours; returns the first in the
 * whole.
 */
static size_t neighbours(const formula_sample *s, size_t first, size_t *count) {
    size_t run = first / s->run, at = first % s->run, left = s->run - at;
    if (*count > left) *count = left;
    return begin_of(s, run) + at;
}

static int residual(void *user, const double *theta, size_t first, size_t count, double *r) {
    const formula_sample *s = user;
    int status = MARQ_CALLBACK_OK;
    for (size_t done = 0, some; status == MARQ_CALLBACK_OK && done < count; done += some) {
        some = count - done;
        size_t row = neighbours(s, first + done, &some);
        status = s->whole->residual(s->whole->user, theta, row, some, r + done);
    }
    return status;
}

static int jacobian(void *user, const double *theta, size_t first, size_t count, double *rows,
                    size_t stride) {
    const formula_sample *s = user;
    int status = MARQ_CALLBACK_OK;
    for (size_t done = 0, some; status == MARQ_CALLBACK_OK && done < count; done += some) {
        some = count - done;
        size_t row = neighbours(s, first + done, &some);
        status = s->whole->jacobian(s->whole->user, theta, row, some, rows + done * stride, stride);
    }
    return status;
}

bool formula_sample_make(formula_sample *s, const marq_problem *whole) {
    bool all = whole->rows <= FORMULA_SAMPLE_ROWS;
    *s = (formula_sample){.whole = whole, .problem = *whole};
    s->run = all ? whole->rows : RUN;
    s->runs = all ? 1 : FORMULA_SAMPLE_ROWS / RUN;
    s->problem.rows = s->run * s->runs;
    s->problem.user = s;
    s->problem.residual = residual;
    s->problem.jacobian = jacobian;
    s->problem.ties = NULL;
    if (!whole->weights) return true;
    s->problem.weights = s->weights = marq_alloc_doubles(s->problem.rows, 1);
    for (size_t i = 0; s->weights && i < s->problem.rows; i++) {
        size_t one = 1;
        s->weights[i] = whole->weights[neighbours(s, i, &one)];
    }
    return s->weights != NULL;
}

void formula_sample_clear(formula_sample *s) {
    free(s->weights);
    s->weights = NULL;
}
