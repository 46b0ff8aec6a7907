#include "update.h"

#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

static const double ADAM_FIRST = 0.9, ADAM_SECOND = 0.999, RMSPROP_SECOND = 0.99, EPSILON = 1e-8;

double marq_usual_learning_rate(marq_optimizer optimizer) {
    return optimizer == MARQ_OPTIMIZER_SGD ? 1e-2 : 1e-3;
}

int marq_update_create(marq_update *update, marq_optimizer optimizer, const marq_first_order *settings,
                       size_t parameters) {
    const marq_block_math *math = marq_block_math_here();
    *update = (marq_update){.step = math->sgd,
                            .rule = {.rate = settings->learning_rate,
                                     .first = settings->momentum,
                                     .second = RMSPROP_SECOND,
                                     .epsilon = EPSILON,
                                     .nesterov = settings->nesterov},
                            .count = parameters,
                            .first = marq_alloc_doubles(parameters, 1),
                            .second = marq_alloc_doubles(parameters, 1)};
    if (optimizer == MARQ_OPTIMIZER_RMSPROP) update->step = math->rmsprop;
    if (optimizer == MARQ_OPTIMIZER_ADAM) {
        update->step = math->adam;
        update->rule.first = ADAM_FIRST;
        update->rule.second = ADAM_SECOND;
    }
    if (update->first && update->second) return 1;
    marq_update_destroy(update);
    return 0;
}

void marq_update_destroy(marq_update *update) {
    free(update->first);
    free(update->second);
    *update = (marq_update){0};
}

void marq_update_step(marq_update *update, const double *g, double *theta) {
    marq_step_rule *rule = &update->rule;
    double t = (double)++update->steps;
    rule->first_correction = 1 - pow(rule->first, t);
    rule->second_correction = 1 - pow(rule->second, t);
    update->step(rule, update->count, g, update->first, update->second, theta);
}
