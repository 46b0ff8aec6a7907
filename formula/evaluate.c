/* The public evaluations: which program, which inputs. */
#include "inside.h"

#include <base/error.h>

void marq_formula_evaluate(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                           size_t first, size_t count, double *value) {
    marq_program_run(&formula->value_program, &(marq_inputs){.data = data, .theta = theta}, first, count,
                     &(marq_outputs){.value = value});
}

void marq_formula_gradient(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                           size_t first, size_t count, double *value, double *gradient, size_t stride) {
    int has_parameters = formula->kind != MARQ_FORMULA_COLUMNS;
    const marq_program *program = has_parameters ? &formula->gradient_program : &formula->value_program;
    marq_program_run(program, &(marq_inputs){.data = data, .theta = theta}, first, count,
                     &(marq_outputs){value, gradient, stride});
}

void marq_formula_slopes(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                         size_t first, size_t count, double *slopes, size_t stride) {
    marq_program_run(&formula->slope_program, &(marq_inputs){.data = data, .theta = theta}, first, count,
                     &(marq_outputs){NULL, slopes, stride});
}

void marq_formula_left(const marq_formula *formula, const marq_formula_data *data, size_t first, size_t count,
                       double *value) {
    marq_program_run(&formula->left_program, &(marq_inputs){.data = data}, first, count,
                     &(marq_outputs){.value = value});
}

marq_status marq_formula_back(const marq_formula *formula, const marq_formula_data *data, size_t first,
                              size_t count, const double *left, double *response, marq_error *error) {
    if (!formula->has_back)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "'%s' cannot be solved for the response",
                         marq_formula_left_text(formula));
    marq_program_run(&formula->back_program, &(marq_inputs){.data = data, .left = left}, first, count,
                     &(marq_outputs){.value = response});
    return MARQ_OK;
}
