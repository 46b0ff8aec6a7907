/* --hidden auto and --restarts: several nets are trained, and the best is kept. */
#ifndef FIT_NETS_TRIALS_H
#define FIT_NETS_TRIALS_H

#include "nets/train.h"
#include <base/text.h>
#include <jansson.h>

/* The arguments ask for more than one net. */
bool fit_wants_trials(const fit_arguments *arguments);

/* Trains a net of every size from every start, and puts the best with its training and history into the
 * outcome. make creates a net with these hidden layers, whose start values are those of the seed. */
typedef marq_status (*fit_make_net)(const fit_outcome *outcome, const size_t *hidden, size_t layers,
                                    uint64_t seed, marq_net **net, marq_error *error);
marq_status fit_run_trials(fit_outcome *outcome, const marq_data *data, fit_make_net make, marq_error *error);

void fit_trials_text(const fit_outcome *outcome, marq_text *text);
json_t *fit_trials_json(const fit_outcome *outcome);

#endif
