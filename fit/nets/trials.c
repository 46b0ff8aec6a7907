#include "nets/trials.h"

#include "interrupt.h"
#include "json.h"
#include <base/error.h>
#include <base/memory.h>
#include <marq/trials.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The sizes of --hidden auto, from few parameters to many. */
static const size_t sizes[][FIT_TRIAL_LAYERS] = {{5},      {10},         {20},        {10, 10},
                                                 {20, 20}, {20, 20, 10}, {40, 40, 20}};
enum { SIZES = sizeof sizes / sizeof *sizes, AUTO_RESTARTS = 2 };

bool fit_wants_trials(const fit_arguments *a) {
    return a->hidden_auto || (a->restarts.given && a->restarts.value > 1);
}

static size_t restarts_of(const fit_arguments *a) {
    if (a->restarts.given) return (size_t)a->restarts.value;
    return a->hidden_auto ? AUTO_RESTARTS : 1;
}

static int on_epoch(void *user, const marq_epoch *epoch) {
    fit_history_add(user, epoch);
    return fit_interrupted();
}

static int on_step(void *user) {
    (void)user;
    return fit_interrupted();
}

/* Memory of a run: a net, a history and a trial each. */
typedef struct run {
    size_t count;
    marq_trial *trials;
    fit_history *histories;
} run;

static void clear_run(run *r) {
    for (size_t k = 0; k < r->count; k++) {
        if (r->trials) marq_net_destroy(r->trials[k].net);
        if (r->histories) fit_history_clear(&r->histories[k]);
    }
    free(r->trials);
    free(r->histories);
}

/* The trials in order: sizes, and of each size the starts. */
static marq_status make_nets(fit_outcome *o, fit_make_net make, run *r, marq_error *error) {
    const fit_arguments *a = o->arguments;
    size_t restarts = restarts_of(a);
    marq_status status = MARQ_OK;
    for (size_t k = 0; status == MARQ_OK && k < r->count; k++) {
        const size_t *hidden = a->hidden_auto ? sizes[k / restarts] : a->hidden;
        size_t layers = a->hidden_auto ? 0 : a->hidden_count;
        while (a->hidden_auto && layers < FIT_TRIAL_LAYERS && hidden[layers] > 0) layers++;
        uint64_t seed = fit_start_seed(a) + k % restarts;
        r->trials[k] = (marq_trial){.seed = seed, .progress_user = &r->histories[k]};
        status = make(o, hidden, layers, seed, &r->trials[k].net, error);
    }
    return status;
}

/* What the report says of them. */
static marq_status keep_table(fit_outcome *o, const run *r, size_t best, marq_error *error) {
    o->trials = marq_alloc(r->count, sizeof *o->trials);
    if (!o->trials) return marq_fail_memory(error, "the trials");
    o->trial_count = r->count;
    for (size_t k = 0; k < r->count; k++) {
        const marq_trial *t = &r->trials[k];
        fit_trial *out = &o->trials[k];
        *out = (fit_trial){.seed = t->seed,
                           .parameters = marq_net_count(t->net),
                           .epochs = t->training.epochs,
                           .train = t->training.loss[MARQ_TRAIN],
                           .validation = t->training.loss[MARQ_VALIDATION],
                           .score = t->score,
                           .seconds = t->training.seconds,
                           .chosen = k == best};
        marq_format(out->message, sizeof out->message, "%s", t->training.message);
        out->layers = marq_net_layers(t->net) - 1;
        for (size_t l = 0; l < out->layers; l++) out->hidden[l] = marq_net_width(t->net, l + 1);
    }
    return MARQ_OK;
}

static void take_best(fit_outcome *o, run *r, size_t best) {
    marq_trial *t = &r->trials[best];
    marq_net_destroy(o->net);
    fit_history_clear(&o->history);
    o->net = t->net;
    o->history = r->histories[best];
    o->training = t->training;
    t->net = NULL;
    r->histories[best] = (fit_history){0};
}

marq_status fit_run_trials(fit_outcome *o, const marq_data *data, fit_make_net make, marq_error *error) {
    size_t count = restarts_of(o->arguments) * (o->arguments->hidden_auto ? SIZES : 1), best = 0;
    run r = {.count = count,
             .trials = marq_alloc(count, sizeof *r.trials),
             .histories = marq_alloc(count, sizeof *r.histories)};
    marq_status status = r.trials && r.histories ? MARQ_OK : marq_fail_memory(error, "the trials");
    if (status == MARQ_OK) status = make_nets(o, make, &r, error);
    marq_train_options options = o->options;
    options.progress = on_epoch;
    options.poll = on_step;
    if (status == MARQ_OK) status = marq_net_train_trials(r.trials, count, data, &options, &best, error);
    if (status >= 0 && r.trials && keep_table(o, &r, best, error) == MARQ_OK) take_best(o, &r, best);
    clear_run(&r);
    return status;
}

/* ---- Reports ---- */

static void name_hidden(const fit_trial *t, char *out, size_t size) {
    int length = marq_format(out, size, "%s", t->layers ? "" : "none");
    for (size_t l = 0; l < t->layers && (size_t)length < size; l++)
        length += marq_format(out + length, size - (size_t)length, "%s%zu", l ? "," : "", t->hidden[l]);
}

static const char *judged_by(const fit_outcome *o) {
    return o->training.rows[MARQ_VALIDATION] > 0 ? "validation loss" : "BIC";
}

void fit_trials_text(const fit_outcome *o, marq_text *text) {
    if (o->trial_count == 0) return;
    marq_text_add(text, "\ntried, by the %s:\n  %-20s %8s %10s %7s %12s %12s\n", judged_by(o), "hidden",
                  "seed", "parameters", "epochs", "training", judged_by(o));
    for (size_t k = 0; k < o->trial_count; k++) {
        const fit_trial *t = &o->trials[k];
        char hidden[200];
        name_hidden(t, hidden, sizeof hidden);
        marq_text_add(text, "%c %-20s %8llu %10zu ", t->chosen ? '*' : ' ', hidden,
                      (unsigned long long)t->seed, t->parameters);
        if (isnan(t->score))
            marq_text_add(text, " not trained: %s\n", t->message);
        else
            marq_text_add(text, "%7zu %12.4e %12.4e\n", t->epochs, t->train, t->score);
    }
}

json_t *fit_trials_json(const fit_outcome *o) {
    json_t *array = json_array();
    for (size_t k = 0; k < o->trial_count; k++) {
        const fit_trial *t = &o->trials[k];
        json_t *one = json_object(), *hidden = json_array();
        for (size_t l = 0; l < t->layers; l++) json_array_append_new(hidden, fit_json_size(t->hidden[l]));
        json_object_set_new(one, "hidden", hidden);
        json_object_set_new(one, "seed", json_integer((json_int_t)t->seed));
        json_object_set_new(one, "n_parameters", fit_json_size(t->parameters));
        json_object_set_new(one, "epochs", fit_json_size(t->epochs));
        json_object_set_new(one, "loss_train", fit_json_number(t->train));
        json_object_set_new(one, "loss_validation", fit_json_number(t->validation));
        json_object_set_new(one, "judged_by", json_string(judged_by(o)));
        json_object_set_new(one, "score", fit_json_number(t->score));
        json_object_set_new(one, "stop_reason", json_string(t->message));
        json_object_set_new(one, "chosen", json_boolean(t->chosen));
        json_array_append_new(array, one);
    }
    return array;
}
