/* Defaults of the options, and the library's version. */
#include "solver.h"

#include <math.h>

marq_options marq_options_default(void) {
    return (marq_options){
        .jacobian = MARQ_JACOBIAN_AUTO,
        .typical_size = 1e-2,
        .method = MARQ_METHOD_AUTO,
        .scaling = MARQ_SCALING_COLUMNS,
        .radius = 5,
        .polish = 1,
        .form = MARQ_FORM_AUTO,
        .linear_tolerance = 0.03,
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

marq_options marq_options_inside(const marq_options *options) {
    marq_options own = *options;
    own.method = MARQ_METHOD_TRUST_REGION;
    own.polish = 0;
    own.gradient_tolerance = fmax(own.gradient_tolerance, 1e-10);
    own.step_tolerance = fmax(own.step_tolerance, 1e-10);
    own.cost_tolerance = fmax(own.cost_tolerance, 1e-13);
    own.threads = 1;
    own.progress = NULL;
    own.profile = NULL;
    return own;
}

const char *marq_version(void) {
    return MARQ_VERSION;
}
