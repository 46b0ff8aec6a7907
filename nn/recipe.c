/* The recipes: what a training does when nothing else is said. */
#include "net.h"

/* Small damping factors and the second-order correction: about a third of the epochs of ×10/÷10 on smooth
 * data. */
static const marq_train_options own = {
    .recipe = MARQ_RECIPE_MARQ,
    .normalise = MARQ_NORMALISE_RANGE,
    .mu = 1e-2,
    .mu_increase = 2,
    .mu_decrease = 3,
    .mu_min = 1e-20,
    .mu_max = 1e10,
    .acceleration = 1,
    .min_gradient = 1e-10,
    .relative_goal = 1e-11,
    .max_failures = 20,
    .max_epochs = 1000,
};

/* MathWorks' documented defaults of trainlm. */
static const marq_train_options trainlm = {
    .recipe = MARQ_RECIPE_TRAINLM,
    .batch = SIZE_MAX,
    .normalise = MARQ_NORMALISE_RANGE,
    .mu = 1e-3,
    .mu_increase = 10,
    .mu_decrease = 10,
    .mu_max = 1e10,
    .min_gradient = 1e-7,
    .max_failures = 6,
    .max_epochs = 1000,
};

marq_train_options marq_train_options_default(marq_recipe recipe) {
    return recipe == MARQ_RECIPE_TRAINLM ? trainlm : own;
}
