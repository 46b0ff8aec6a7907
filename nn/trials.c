#include <marq/trials.h>

#include <base/clock.h>
#include <base/error.h>
#include <base/least.h>
#include <base/memory.h>
#include <base/team.h>
#include <base/text.h>
#include <math.h>
#include <stdlib.h>

/* Training values that are there: of rows × outputs, or rows of a classifier. */
static double count_values(const marq_net *net, const marq_data *data) {
    size_t columns = marq_net_classes(net) ? 1 : marq_net_outputs(net);
    double count = 0;
    for (size_t i = 0; i < data->rows; i++) {
        if (data->set && data->set[i] != MARQ_TRAIN) continue;
        for (size_t o = 0; o < columns; o++) count += !isnan(data->Y[i * columns + o]);
    }
    return count;
}

static double score_of(const marq_trial *trial, const marq_data *data) {
    const marq_training *t = &trial->training;
    if (t->status <= 0) return (double)NAN;
    if (!isnan(t->loss[MARQ_VALIDATION])) return t->loss[MARQ_VALIDATION];
    double n = count_values(trial->net, data), loss = t->loss[MARQ_TRAIN];
    double misfit = marq_net_classes(trial->net) ? 2 * n * loss : n * log(loss);
    return misfit + (double)marq_net_count(trial->net) * log(n);
}

/* What there is to tell of a training that failed. */
static marq_training failed_training(marq_status status, const marq_error *error) {
    marq_training t = {.status = status};
    for (int s = 0; s < MARQ_SETS; s++)
        t.mse[s] = t.loss[s] = t.accuracy[s] = t.r2[s] = t.unexplained[s] = (double)NAN;
    marq_format(t.message, sizeof t.message, "%s", error->message);
    return t;
}

/* The time that all of them have together. */
typedef struct budget {
    double end;  /* seconds of the clock; 0: no limit */
    size_t left; /* trials that have not begun */
} budget;

/* A trial's share of what is left. */
static double share_of(budget *b, size_t workers) {
    double share = 0;
#pragma omp critical(marq_trials_budget)
    {
        double sharers = (double)marq_least(b->left, workers), rest = b->end - marq_clock_seconds();
        if (b->end > 0) share = fmax(rest * sharers / (double)b->left, 1e-9);
        b->left--;
    }
    return share;
}

static void run_trial(marq_trial *trial, const marq_data *data, const marq_train_options *options,
                      double seconds, marq_error *error) {
    marq_train_options own = *options;
    own.max_seconds = seconds;
    if (!own.profile) own.threads = 1;
    own.seed = trial->seed;
    own.progress_user = trial->progress_user;
    marq_status status = marq_net_train(trial->net, data, &own, &trial->training, error);
    if (status < 0) trial->training = failed_training(status, error);
    trial->score = score_of(trial, data);
}

static size_t find_best(const marq_trial *trials, size_t count) {
    size_t best = 0;
    for (size_t k = 1; k < count; k++)
        if (isnan(trials[best].score) || trials[k].score < trials[best].score) best = k;
    return best;
}

marq_status marq_net_train_trials(marq_trial *trials, size_t count, const marq_data *data,
                                  const marq_train_options *options, size_t *best, marq_error *error) {
    marq_train_options defaults = marq_train_options_default(MARQ_RECIPE_MARQ);
    if (!trials || !data || !best || count == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "trials, data or best is NULL, or there are no trials");
    if (!options) options = &defaults;
    marq_error *errors = marq_alloc(count, sizeof *errors);
    if (!errors) return marq_fail_memory(error, "the trials");
    marq_team team = marq_team_enter(options->threads);
    int side_by_side = options->profile == NULL;
    budget time = {.end = options->max_seconds > 0 ? marq_clock_seconds() + options->max_seconds : 0,
                   .left = count};
#pragma omp parallel for schedule(dynamic) if (side_by_side)
    for (size_t k = 0; k < count; k++)
        run_trial(&trials[k], data, options, share_of(&time, (size_t)omp_get_num_threads()), &errors[k]);
    marq_team_leave(&team);
    *best = find_best(trials, count);
    marq_status status = trials[*best].training.status;
    if (status < 0 && error) *error = errors[0];
    free(errors);
    return status;
}
