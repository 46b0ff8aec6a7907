/* Defaults of the options, and the library's version. */
#include <marq/lm.h>

marq_options marq_options_default(void) {
    return (marq_options){
        .jacobian = MARQ_JACOBIAN_AUTO,
        .typical_size = 1e-2,
        .method = MARQ_METHOD_AUTO,
        .scaling = MARQ_SCALING_COLUMNS,
        .radius = 5,
        .polish = 1,
        .form = MARQ_FORM_AUTO,
        .damping = MARQ_DAMPING_GAIN,
        .mu = 1e-3,
        .mu_increase = 10,
        .mu_decrease = 10,
        .mu_min = 0,
        .mu_max = 1e30,
        .acceleration = 1,
        .acceleration_limit = 0.75,
        .acceleration_step = 0.1,
        .gradient_tolerance = 1e-14,
        .step_tolerance = 1e-14,
        .cost_tolerance = 1e-15,
        .cost_goal = 0,
        .max_iterations = 1000,
    };
}

const char *marq_version(void) {
    return MARQ_VERSION;
}
