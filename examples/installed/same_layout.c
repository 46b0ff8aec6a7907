/* The C side of same_layout.f90 and try_python.py: where the fields of the header's types lie, and what its
 * constants are. A list must have every field: one that is missing ends the compilation
 * (-Werror=missing-field-initializers). */
#include <marq/lm.h>
#include <marq/reverse.h>

#include <stddef.h>
#include <string.h>

/* clang-format off */
#define PROBLEM(X) \
    X(rows) X(parameters) X(user) X(residual) X(jacobian) X(column_jacobian) X(products) \
    X(concurrent) X(lower) X(upper) X(fixed) X(ties) X(linear) X(weights) X(idle_rows) X(loss) X(loss_scale) X(loss_function) X(cost) X(row_block)
#define TIE(X) X(parameter) X(constant) X(terms) X(source) X(factor)
#define TIES(X) X(linear) X(count) X(tied) X(function) X(derivative)
#define OPTIONS(X) \
    X(jacobian) X(typical_size) X(method) X(scaling) X(radius) X(polish) X(form) X(linear_tolerance) X(damping) X(mu) X(mu_increase) \
    X(mu_decrease) X(mu_min) X(mu_max) X(acceleration) X(acceleration_limit) X(acceleration_step) \
    X(decay) X(evidence) X(gradient_tolerance) X(step_tolerance) X(cost_tolerance) X(cost_goal) X(max_iterations) \
    X(max_evaluations) X(max_seconds) X(max_memory) X(threads) X(progress) X(progress_user) X(profile)
#define PROGRESS(X) \
    X(iteration) X(cost) X(gradient_norm) X(mu) X(gain_ratio) X(step_norm) X(seconds) X(rejected) X(decay) X(effective) X(beta) \
    X(theta) X(residual)
#define RESULT(X) \
    X(status) X(iterations) X(rejected) X(residual_evaluations) X(jacobian_evaluations) X(factorisations) \
    X(linear_iterations) X(polish_steps) X(cost) X(gradient_norm) X(step_norm) X(mu) X(decay) X(effective) X(beta) X(seconds) X(message)
#define UNCERTAINTY(X) X(rank) X(free) X(dof) X(variance) X(condition) X(message)
#define ERROR(X) X(status) X(message)

#define ZERO(field) 0,
const marq_problem marq_every_problem = {PROBLEM(ZERO)};
const marq_linear_tie marq_every_linear_tie = {TIE(ZERO)};
const marq_ties marq_every_ties = {TIES(ZERO)};
const marq_options marq_every_option = {OPTIONS(ZERO)};
const marq_progress marq_every_progress = {PROGRESS(ZERO)};
const marq_result marq_every_result = {RESULT(ZERO)};
const marq_uncertainty marq_every_uncertainty = {UNCERTAINTY(ZERO)};
const marq_error marq_every_error = {ERROR(ZERO)};

#define IN_PROBLEM(field) {"marq_problem." #field, offsetof(marq_problem, field)},
#define IN_TIE(field) {"marq_linear_tie." #field, offsetof(marq_linear_tie, field)},
#define IN_TIES(field) {"marq_ties." #field, offsetof(marq_ties, field)},
#define IN_OPTIONS(field) {"marq_options." #field, offsetof(marq_options, field)},
#define IN_PROGRESS(field) {"marq_progress." #field, offsetof(marq_progress, field)},
#define IN_RESULT(field) {"marq_result." #field, offsetof(marq_result, field)},
#define IN_UNCERTAINTY(field) {"marq_uncertainty." #field, offsetof(marq_uncertainty, field)},
#define IN_ERROR(field) {"marq_error." #field, offsetof(marq_error, field)},
#define SIZE(type) {#type, sizeof(type)},
#define VALUE(constant) {#constant, constant},
#define STATUS(constant, value, key, words) {#constant, constant},

static const struct {
    const char *name;
    long value; /* a field's offset, a type's size, a constant's value */
} facts[] = {
    PROBLEM(IN_PROBLEM) TIE(IN_TIE) TIES(IN_TIES) OPTIONS(IN_OPTIONS) PROGRESS(IN_PROGRESS) RESULT(IN_RESULT) UNCERTAINTY(IN_UNCERTAINTY) ERROR(IN_ERROR)
    SIZE(marq_problem) SIZE(marq_linear_tie) SIZE(marq_ties) SIZE(marq_options) SIZE(marq_progress) SIZE(marq_result) SIZE(marq_uncertainty) SIZE(marq_error)
    MARQ_STATUS_LIST(STATUS)
    VALUE(MARQ_CALLBACK_OK) VALUE(MARQ_CALLBACK_NOT_COMPUTABLE) VALUE(MARQ_CALLBACK_ABORT)
    VALUE(MARQ_JACOBIAN_AUTO) VALUE(MARQ_JACOBIAN_FORWARD) VALUE(MARQ_JACOBIAN_CENTRAL)
    VALUE(MARQ_LOSS_SQUARES) VALUE(MARQ_LOSS_SOFT_L1) VALUE(MARQ_LOSS_HUBER) VALUE(MARQ_LOSS_CAUCHY)
    VALUE(MARQ_LOSS_ARCTAN) VALUE(MARQ_LOSS_TUKEY) VALUE(MARQ_LOSS_CUSTOM)
    VALUE(MARQ_METHOD_AUTO) VALUE(MARQ_METHOD_TRUST_REGION) VALUE(MARQ_METHOD_DAMPING) VALUE(MARQ_METHOD_DOGLEG)
    VALUE(MARQ_DAMPING_GAIN) VALUE(MARQ_DAMPING_FACTORS) VALUE(MARQ_SCALING_COLUMNS) VALUE(MARQ_SCALING_NONE)
    VALUE(MARQ_FORM_AUTO) VALUE(MARQ_FORM_GRAM) VALUE(MARQ_FORM_KERNEL) VALUE(MARQ_FORM_ITERATIVE) VALUE(MARQ_FORM_QR)
    VALUE(MARQ_REQUEST_FINISHED) VALUE(MARQ_REQUEST_RESIDUAL) VALUE(MARQ_REQUEST_JACOBIAN)
    VALUE(MARQ_REQUEST_PROGRESS) VALUE(MARQ_REVERSE_WITH_JACOBIAN) VALUE(MARQ_REVERSE_WITH_PROGRESS)
    VALUE(MARQ_REVERSE_WITH_COVARIANCE) VALUE(MARQ_REVERSE_WITH_ABSOLUTE)
};
/* clang-format on */

long fact(const char *name);
long fact_count(void);
const char *fact_name(long place);

/* −999 if there is none of that name. */
long fact(const char *name) {
    for (size_t i = 0; i < sizeof facts / sizeof *facts; i++)
        if (strcmp(facts[i].name, name) == 0) return facts[i].value;
    return -999;
}

long fact_count(void) {
    return (long)(sizeof facts / sizeof *facts);
}

const char *fact_name(long place) {
    return facts[place].name;
}
