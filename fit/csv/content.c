/* Whether the values of the chosen columns can be fitted: enough rows, outputs that vary, ranges whose
 * squares are doubles. */
#include "csv/content.h"

#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

typedef struct extremes {
    double least, most; /* least > most: there are no values */
} extremes;

/* Of each column, in one reading; values that are missing take no part. NULL: no memory; free() it. */
static extremes *find_extremes(const fit_data *d, size_t columns, const double *values) {
    extremes *e = marq_alloc(columns, sizeof *e);
    for (size_t j = 0; e && j < columns; j++) e[j] = (extremes){HUGE_VAL, -HUGE_VAL};
    for (size_t i = 0; e && i < d->rows; i++) {
        if (i % FIT_RELEASE_ROWS == 0) fit_data_release(d);
        for (size_t j = 0; j < columns; j++) {
            e[j].least = fmin(e[j].least, values[i * columns + j]);
            e[j].most = fmax(e[j].most, values[i * columns + j]);
        }
    }
    return e;
}

/* Squares of the column's deviations must be doubles that neither overflow nor vanish. */
static marq_status check_range(const char *file, const char *what, const char *name, extremes e,
                               marq_error *error) {
    double range = e.most - e.least;
    if (range >= 1e-140 && range <= 1e140) return MARQ_OK;
    return marq_fail(
        error, MARQ_ERROR_DATA,
        "%s: the %s %s ranges from %g to %g: choose a unit in which the range is neither below 1e-140 "
        "nor above 1e140",
        file, what, name, e.least, e.most);
}

static marq_status check_output(const char *file, const char *name, extremes e, marq_error *error) {
    if (e.least > e.most)
        return marq_fail(error, MARQ_ERROR_DATA, "%s: the output %s is missing in every row", file, name);
    if (e.least == e.most)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "%s: the output %s is %g in every row: there is nothing to fit", file, name,
                         e.least);
    return check_range(file, "output", name, e, error);
}

static marq_status check_outputs(const char *file, const fit_data *d, marq_error *error) {
    extremes *e = find_extremes(d, d->outputs, d->Y);
    marq_status status = e ? MARQ_OK : marq_fail_memory(error, "the data");
    for (size_t o = 0; status == MARQ_OK && o < d->outputs; o++)
        status = check_output(file, d->output_names[o], e[o], error);
    free(e);
    return status;
}

static marq_status check_inputs(const char *file, const fit_data *d, fit_warnings *warnings,
                                marq_error *error) {
    extremes *e = find_extremes(d, d->inputs, d->X);
    marq_status status = e ? MARQ_OK : marq_fail_memory(error, "the data");
    for (size_t j = 0; status == MARQ_OK && j < d->inputs; j++) {
        if (e[j].least == e[j].most)
            fit_warn(warnings, "the input %s is %g in every row: it has no effect", d->input_names[j],
                     e[j].least);
        else
            status = check_range(file, "input", d->input_names[j], e[j], error);
    }
    free(e);
    return status;
}

marq_status fit_check_content(const char *file, const fit_data *d, fit_warnings *warnings,
                              marq_error *error) {
    if (d->rows < 3)
        return marq_fail(error, MARQ_ERROR_DATA, "%s has %zu row%s of data: a fit needs at least 3", file,
                         d->rows, d->rows == 1 ? "" : "s");
    marq_status status = d->classes ? MARQ_OK : check_outputs(file, d, error);
    return status == MARQ_OK ? check_inputs(file, d, warnings, error) : status;
}
