/* Training by Levenberg–Marquardt steps on all training rows at once, by marq_solve: plain, or with weight
 * decay, which the evidence may re-estimate (Bayesian regularisation). An epoch is an accepted step. */
#include "train_stages.h"

#include "problem.h"
#include <base/error.h>
#include <math.h>

static int on_progress(void *user, const marq_progress *p) {
    marq_trainer *t = user;
    if (p->iteration == 0 && t->begun) return 0; /* a later stage */
    marq_epoch_end end = {.theta = p->theta,
                          .residual = p->residual,
                          .mu = p->mu,
                          .gradient_norm = p->gradient_norm,
                          .decay = p->decay,
                          .effective = p->effective,
                          .beta = p->beta,
                          .accepted = 1,
                          .rejected = p->rejected};
    return (int)marq_after_epoch(t, &end);
}

static marq_options solver_options(marq_trainer *t, const marq_full_batch *full) {
    const marq_train_options *o = t->options;
    marq_options options = marq_options_default();
    options.jacobian = o->jacobian;
    options.method = MARQ_METHOD_DAMPING;
    options.scaling = MARQ_SCALING_NONE;
    options.damping = MARQ_DAMPING_FACTORS;
    options.mu = full->most_mu > 0 ? fmin(o->mu, full->most_mu) : o->mu;
    options.mu_increase = o->mu_increase;
    options.mu_decrease = o->mu_decrease;
    options.mu_min = o->mu_min;
    options.mu_max = o->mu_max;
    options.acceleration = o->acceleration;
    options.decay = full->decay;
    options.evidence = full->evidence;
    options.gradient_tolerance = o->min_gradient;
    options.cost_tolerance = full->least_gain;
    options.max_iterations = marq_epochs_left(t);
    options.max_seconds = marq_seconds_left(t);
    options.max_memory = o->max_memory;
    options.threads = o->threads;
    options.progress = on_progress;
    options.progress_user = t;
    options.profile = o->profile;
    return options;
}

marq_status marq_train_full(marq_trainer *t, const marq_full_batch *full, marq_error *error) {
    marq_net_problem own;
    marq_problem problem;
    marq_options options = solver_options(t, full);
    marq_targets targets = marq_dataset_targets(&t->data, t->net, MARQ_TRAIN);
    marq_status status = marq_net_problem_create(&own, t->net, t->data.rows[MARQ_TRAIN],
                                                 t->data.X[MARQ_TRAIN], &targets, &options, &problem, error);
    if (status != MARQ_OK) return status;
    problem.idle_rows = marq_targets_missing(&targets, t->data.rows[MARQ_TRAIN]);
    marq_note_plan(t, &own.plan);
    marq_result result;
    marq_solve(&problem, &options, t->theta, &result);
    marq_net_problem_destroy(&own);
    if (result.status < 0) return marq_fail(error, result.status, "training: %s", result.message);
    t->residual_evaluations += (double)result.residual_evaluations;
    t->jacobian_evaluations += (double)result.jacobian_evaluations;
    t->factorisations += result.factorisations;
    return result.status;
}
