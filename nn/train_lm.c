/* Training by Levenberg–Marquardt steps on all training rows at once, by marq_solve. An epoch is an accepted
 * step. */
#include "problem.h"
#include "trainer.h"
#include <base/error.h>

static int on_progress(void *user, const marq_progress *p) {
    marq_epoch_end end = {.theta = p->theta,
                          .residual = p->residual,
                          .mu = p->mu,
                          .gradient_norm = p->gradient_norm,
                          .accepted = 1,
                          .rejected = p->rejected};
    return (int)marq_after_epoch(user, &end);
}

static marq_options solver_options(marq_trainer *t) {
    const marq_train_options *o = t->options;
    marq_options options = marq_options_default();
    options.jacobian = o->jacobian;
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.damping = MARQ_DAMPING_FACTORS;
    options.mu = o->mu;
    options.mu_increase = o->mu_increase;
    options.mu_decrease = o->mu_decrease;
    options.mu_min = o->mu_min;
    options.mu_max = o->mu_max;
    options.acceleration = o->acceleration;
    options.gradient_tolerance = o->min_gradient;
    options.cost_tolerance = 0;
    options.max_iterations = o->max_epochs;
    options.max_seconds = o->max_seconds;
    options.max_memory = o->max_memory;
    options.threads = o->threads;
    options.progress = on_progress;
    options.progress_user = t;
    options.profile = o->profile;
    return options;
}

marq_status marq_train_lm(marq_trainer *t, marq_error *error) {
    marq_net_problem own;
    marq_problem problem;
    marq_options options = solver_options(t);
    marq_status status =
        marq_net_problem_create(&own, t->net, t->data.rows[MARQ_TRAIN], t->data.X[MARQ_TRAIN],
                                t->data.Y[MARQ_TRAIN], &options, &problem, error);
    if (status != MARQ_OK) return status;
    marq_plan_text(&own.plan, t->plan, sizeof t->plan);
    marq_result result;
    marq_solve(&problem, &options, t->theta, &result);
    marq_net_problem_destroy(&own);
    if (result.status < 0) return marq_fail(error, result.status, "training: %s", result.message);
    t->residual_evaluations = result.residual_evaluations;
    t->jacobian_evaluations = result.jacobian_evaluations;
    t->factorisations = result.factorisations;
    return result.status;
}
