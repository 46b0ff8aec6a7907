/* fit DATA: read, select, train, predict, write. Each stage takes what the one before gave. */
#include "nets/train.h"

#include "csv/classes.h"
#include "folder.h"
#include "interrupt.h"
#include "nets/classes.h"
#include "nets/pictures.h"
#include "nets/progress.h"
#include "nets/report.h"
#include "nets/stream.h"
#include "nets/trials.h"
#include "phases.h"
#include "predictions.h"
#include "rows.h"
#include <base/error.h>
#include <base/file.h>
#include <base/memory.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- Reading ---- */

static marq_status read_data(fit_outcome *o, marq_error *error) {
    if (o->arguments->stream) return fit_read_stream(o->arguments, o->folder, &o->data, &o->warnings, error);
    csv_table table = {0};
    const fit_arguments *a = o->arguments;
    marq_status status = fit_read_rows(a, fit_class_column(a), &table, error);
    if (status == MARQ_OK) status = fit_select(o->arguments, &table, &o->data, &o->warnings, error);
    if (status == MARQ_OK) fit_warn_of_table(&o->warnings, &table, o->data.dropped);
    csv_clear(&table);
    return status;
}

/* A classifier is trained on with its own classes, another net without. */
static marq_status take_classes(fit_outcome *o, marq_error *error) {
    const char *model = o->arguments->from;
    bool classifier = marq_net_classes(o->net) > 0, classes = o->data.classes > 0;
    if (classifier && !classes)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s is a classifier: add --loss cross-entropy", model);
    if (!classifier && classes)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s is no classifier: leave out --loss cross-entropy",
                         model);
    return classes ? fit_adopt_classes(o->net, model, &o->data, error) : MARQ_OK;
}

static marq_status load_net(fit_outcome *o, marq_error *error) {
    const fit_data *d = &o->data;
    o->net = marq_net_load(o->arguments->from, error);
    if (!o->net) return error->status;
    marq_status status = take_classes(o, error);
    if (status != MARQ_OK) return status;
    if (marq_net_inputs(o->net) != d->inputs || (d->classes == 0 && marq_net_outputs(o->net) != d->outputs))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "%s has %zu inputs and %zu outputs, but %zu and %zu columns are chosen: use --inputs, --outputs",
            o->arguments->from, marq_net_inputs(o->net), marq_net_outputs(o->net), d->inputs, d->outputs);
    for (size_t j = 0; j < d->inputs; j++) {
        const char *name = marq_net_input_name(o->net, j);
        if (name && strcmp(name, d->input_names[j]) != 0)
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "input %zu of %s is %s, but the data's is %s: choose the order with --inputs",
                             j + 1, o->arguments->from, name, d->input_names[j]);
    }
    return MARQ_OK;
}

static marq_status create_net(const fit_outcome *o, const size_t *hidden, size_t hidden_count, uint64_t seed,
                              marq_net **made, marq_error *error) {
    const fit_arguments *a = o->arguments;
    size_t widths[FIT_MOST_LAYERS + 1], layers = hidden_count + 1;
    marq_activation activations[FIT_MOST_LAYERS];
    widths[0] = o->data.inputs;
    for (size_t l = 0; l < hidden_count; l++) widths[l + 1] = hidden[l];
    size_t classes = o->data.classes;
    widths[layers] = classes > 2 ? classes : o->data.outputs;
    for (size_t l = 0; l < layers; l++) {
        bool output = l + 1 == layers;
        activations[l] = output ? MARQ_LINEAR : MARQ_TANH;
        if (a->activation_count == 1 && !output) activations[l] = a->activation[0];
        if (a->activation_count > 1 && l < a->activation_count) activations[l] = a->activation[l];
    }
    marq_net *net = *made = marq_net_create(layers + 1, widths, activations, error);
    if (!net) return error->status;
    marq_status status = marq_net_set_classes(net, classes, (const char *const *)o->data.class_names, error);
    if (status != MARQ_OK) return status;
    bool as_matlab = a->recipe == MARQ_RECIPE_TRAINLM && !a->init_given;
    marq_net_initialise(net, as_matlab ? MARQ_INIT_INITNW : a->init, seed);
    return MARQ_OK;
}

/* All outputs of a classifier are of the one class column. */
static marq_status name_columns(const fit_outcome *o, marq_net *net, marq_error *error) {
    size_t outputs = marq_net_outputs(net);
    const char **names = marq_alloc(outputs, sizeof *names);
    for (size_t k = 0; names && k < outputs; k++) names[k] = o->data.output_names[o->data.classes ? 0 : k];
    bool named =
        names && marq_net_set_columns(net, (const char *const *)o->data.input_names, names) == MARQ_OK;
    free(names);
    return named ? MARQ_OK : marq_fail_memory(error, "column names");
}

/* start_seed: of its start values. */
static marq_status sign_net(const fit_outcome *o, marq_net *net, uint64_t start_seed, marq_error *error) {
    marq_provenance *p = marq_net_provenance(net);
    p->seed = o->arguments->seed;
    p->start_seed = start_seed;
    for (int s = 0; s < MARQ_SETS; s++) p->split[s] = o->arguments->split_column ? 0 : o->arguments->split[s];
    return name_columns(o, net, error);
}

static marq_status make_trial(const fit_outcome *o, const size_t *hidden, size_t layers, uint64_t seed,
                              marq_net **net, marq_error *error) {
    marq_status status = create_net(o, hidden, layers, seed, net, error);
    return status == MARQ_OK ? sign_net(o, *net, seed, error) : status;
}

static marq_status make_net(fit_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    uint64_t seed = fit_start_seed(a);
    marq_status status =
        a->from ? load_net(o, error) : create_net(o, a->hidden, a->hidden_count, seed, &o->net, error);
    return status == MARQ_OK ? sign_net(o, o->net, seed, error) : status;
}

/* ---- Training ---- */

typedef struct watcher {
    fit_outcome *outcome;
    fit_progress progress;
} watcher;

static int on_epoch(void *user, const marq_epoch *epoch) {
    watcher *w = user;
    fit_history_add(&w->outcome->history, epoch);
    fit_progress_show(&w->progress, epoch);
    return fit_interrupted();
}

static int on_step(void *user) {
    (void)user;
    return fit_interrupted();
}

static void warn_of_first_order(fit_outcome *o) {
    const marq_training *t = &o->training;
    if (o->options.optimizer == MARQ_OPTIMIZER_LM) return;
    double rate = marq_net_provenance(o->net)->first_order.learning_rate;
    if (t->status == MARQ_STOP_DIVERGED)
        fit_warn(
            &o->warnings,
            "training diverged after %zu epochs: lower --learning-rate (%g) or shorten gradients by --clip",
            t->epochs, rate);
    else if (t->best_epoch == 0 && t->epochs > 0)
        fit_warn(&o->warnings, "no epoch was better than the start: change --learning-rate (%g)", rate);
}

static marq_status advise_memory(marq_error *error) {
    char reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    return marq_fail(error, MARQ_ERROR_MEMORY, "%s: raise --memory", reason);
}

static void release_data(void *user) {
    fit_data_release(user);
}

static marq_data data_to_train(fit_outcome *o) {
    fit_data *d = &o->data;
    bool mask = o->arguments->csv.missing == CSV_MISSING_KEEP;
    return (marq_data){.rows = d->rows,
                       .X = d->X,
                       .Y = d->Y,
                       .set = d->set,
                       .sigma = d->sigma,
                       .output_weights = d->output_weights,
                       .mask = mask,
                       .release = o->arguments->stream ? release_data : NULL,
                       .release_user = d};
}

static marq_status train(fit_outcome *o, FILE *err, marq_error *error) {
    o->options = fit_train_options(o->arguments);
    o->threads = o->options.threads > 0 ? o->options.threads : omp_get_max_threads();
    if (o->arguments->profile) {
        o->profile = fit_profile_create(o->threads);
        if (!o->profile) return marq_fail_memory(error, "the profile");
        o->options.profile = o->profile;
    }
    watcher watch = {o, fit_progress_begin(err, o->arguments->verbose, o->arguments->quiet, &o->options)};
    o->options.progress = on_epoch;
    o->options.poll = on_step;
    if (o->arguments->stream) o->options.spill_folder = o->folder;
    o->options.progress_user = &watch;
    marq_data data = data_to_train(o);
    fit_interrupt interrupt;
    fit_interrupt_begin(&interrupt);
    marq_status status = fit_wants_trials(o->arguments)
                             ? fit_run_trials(o, &data, make_trial, error)
                             : marq_net_train(o->net, &data, &o->options, &o->training, error);
    o->interrupted = fit_interrupted() && status == MARQ_STOP_CALLER;
    fit_interrupt_end(&interrupt);
    fit_progress_end(&watch.progress);
    if (status == MARQ_ERROR_MEMORY && o->arguments->memory.given) return advise_memory(error);
    if (status < 0) return status;
    if (o->training.rows[MARQ_VALIDATION] == 0)
        fit_warn(&o->warnings, "no validation rows: nothing shows overfitting, and nothing stops it");
    warn_of_first_order(o);
    return o->history.failed ? marq_fail_memory(error, "the history") : MARQ_OK;
}

/* With --stream there may be too many rows for values of each. */
static marq_status predict(fit_outcome *o, marq_error *error) {
    bool all_rows = !o->arguments->stream;
    if (all_rows) o->fitted = marq_alloc_doubles(o->data.rows, marq_net_predicted(o->net));
    if (all_rows &&
        (!o->fitted || marq_net_predict(o->net, o->data.rows, o->data.X, o->fitted, o->threads) != MARQ_OK))
        return marq_fail_memory(error, "the fitted values");
    marq_data data = data_to_train(o);
    return fit_make_bands(o, &data, error);
}

static marq_status count_classes(fit_outcome *o, marq_error *error) {
    if (o->data.classes == 0) return MARQ_OK;
    o->confusion = fit_count_classes(&o->data, o->net, o->fitted, o->threads);
    return o->confusion ? MARQ_OK : marq_fail_memory(error, "the counts of classes");
}

/* ---- Writing ---- */

static marq_status write_predictions(const fit_outcome *o, const char *path, marq_error *error) {
    marq_file file;
    marq_status status = marq_file_open(&file, path, error);
    if (status != MARQ_OK) return status;
    fit_predictions predictions = {.outputs = o->data.outputs,
                                   .fitted = o->fitted,
                                   .output_names = (const char *const *)o->data.output_names,
                                   .with_set = true,
                                   .std_error = o->bands.std_error,
                                   .lower = o->bands.lower,
                                   .upper = o->bands.upper};
    if (o->data.classes)
        fit_class_predictions(&o->data, o->net, &predictions, &file.text);
    else
        fit_predictions_text(&o->data, &predictions, &file.text);
    return marq_file_close(&file, error);
}

static marq_status write_report(const fit_outcome *o, const char *path, marq_error *error) {
    marq_text text = {0};
    fit_report_json(o, &text);
    marq_status status = marq_file_write(path, &text, error);
    marq_text_clear(&text);
    return status;
}

static marq_status write_model(const fit_outcome *o, const char *path, marq_error *error) {
    return marq_net_save(o->net, path, error);
}

static marq_status write_bands(const fit_outcome *o, const char *path, marq_error *error) {
    return marq_net_bands_save(o->bands.net, path, error);
}

static marq_status write_history(const fit_outcome *o, const char *path, marq_error *error) {
    return fit_history_write(&o->history, path, error);
}

typedef marq_status (*writer)(const fit_outcome *outcome, const char *path, marq_error *error);

static marq_status write_file(const fit_outcome *o, const char *name, writer write, marq_error *error) {
    char *path = fit_path_in(o->folder, name);
    if (!path) return marq_fail_memory(error, "a file's name");
    marq_status status = write(o, path, error);
    free(path);
    return status;
}

static marq_status write_all(fit_outcome *o, marq_error *error) {
    bool all_rows = !o->arguments->stream; /* else there may be too many for files and pictures of each */
    const char *const old[] = {"params.json", FIT_BANDS_FILE, all_rows ? NULL : "predictions.csv", NULL};
    fit_remove_old(o->folder, old);
    marq_status status = write_file(o, "model.json", write_model, error);
    if (status == MARQ_OK) status = write_file(o, "history.csv", write_history, error);
    if (status == MARQ_OK && o->bands.net) status = write_file(o, FIT_BANDS_FILE, write_bands, error);
    if (status == MARQ_OK && all_rows) status = write_file(o, "predictions.csv", write_predictions, error);
    if (status == MARQ_OK && o->profile) status = fit_profile_write(o->profile, o->folder, error);
    if (status == MARQ_OK && all_rows && !o->arguments->no_plot) status = fit_draw(o, error);
    if (status == MARQ_OK) status = write_file(o, "report.json", write_report, error);
    return status;
}

static marq_status print(const fit_outcome *o, fit_streams streams, marq_error *error) {
    if (!o->arguments->quiet) fit_warnings_print(&o->warnings, streams.err);
    marq_text text = {0}, phases = {0};
    if (o->arguments->json)
        fit_report_json(o, &text);
    else if (!o->arguments->quiet)
        fit_report_text(o, &text);
    if (o->profile && !o->arguments->quiet) fit_phases_text(o->profile, &phases);
    if (phases.length) fwrite(phases.data, 1, phases.length, streams.err);
    size_t length = text.length, put = length ? fwrite(text.data, 1, length, streams.out) : 0;
    bool failed = text.failed || put != length || fflush(streams.out) != 0;
    marq_text_clear(&text);
    marq_text_clear(&phases);
    return failed ? marq_fail(error, MARQ_ERROR_WRITE, "standard output: cannot be written") : MARQ_OK;
}

static void clear(fit_outcome *o) {
    fit_data_clear(&o->data);
    fit_warnings_clear(&o->warnings);
    fit_history_clear(&o->history);
    plots_list_clear(&o->plots);
    marq_profile_destroy(o->profile);
    marq_net_destroy(o->net);
    fit_clear_bands(&o->bands);
    free(o->fitted);
    free(o->confusion);
    free(o->trials);
    free(o->folder);
}

marq_status fit_train(const fit_arguments *arguments, fit_streams streams, fit_end *end, marq_error *error) {
    fit_outcome o = {.arguments = arguments};
    marq_status status = arguments->stream ? fit_make_folder(arguments, &o.folder, error) : MARQ_OK;
    if (status == MARQ_OK) status = read_data(&o, error);
    if (status == MARQ_OK) status = make_net(&o, error);
    if (status == MARQ_OK && !o.folder) status = fit_make_folder(arguments, &o.folder, error);
    if (status != MARQ_OK && arguments->stream && o.folder) rmdir(o.folder); /* if nothing is in it */
    if (status == MARQ_OK) status = train(&o, streams.err, error);
    if (status == MARQ_OK) status = predict(&o, error);
    if (status == MARQ_OK) status = count_classes(&o, error);
    if (status == MARQ_OK) status = write_all(&o, error);
    if (status == MARQ_OK) status = print(&o, streams, error);
    *end = o.interrupted                             ? FIT_END_INTERRUPTED
           : o.training.status == MARQ_STOP_DIVERGED ? FIT_END_NOT_CONVERGED
                                                     : FIT_END_DONE;
    clear(&o);
    return status;
}
