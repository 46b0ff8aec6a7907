/* The report for a person, and the table of phases. */
#include "nets/report.h"

#include "nets/classes.h"
#include "nets/trials.h"

#include "drawn.h"
#include <math.h>
#include <string.h>

static void add_data(const fit_outcome *o, marq_text *text) {
    const fit_data *d = &o->data;
    const size_t *rows = o->training.rows;
    marq_text_add(text, "data      %s: %zu rows (%zu training, %zu validation, %zu test)\n",
                  o->arguments->data, d->rows, rows[MARQ_TRAIN], rows[MARQ_VALIDATION], rows[MARQ_TEST]);
    marq_text_add(text, "          ");
    for (size_t k = 0; k < d->outputs; k++) marq_text_add(text, "%s%s", k ? ", " : "", d->output_names[k]);
    marq_text_add(text, " from ");
    for (size_t j = 0; j < d->inputs && j < 8; j++)
        marq_text_add(text, "%s%s", j ? ", " : "", d->input_names[j]);
    marq_text_add(text, d->inputs > 8 ? ", ... (%zu inputs)\n" : "\n", d->inputs);
}

static void add_net(const fit_outcome *o, marq_text *text) {
    const marq_net *net = o->net;
    marq_text_add(text, "net       ");
    for (size_t l = 0; l <= marq_net_layers(net); l++)
        marq_text_add(text, "%s%zu", l ? "-" : "", marq_net_width(net, l));
    marq_text_add(text, ", ");
    for (size_t l = 1; l <= marq_net_layers(net); l++)
        marq_text_add(text, "%s%s", l > 1 ? "-" : "", marq_activation_key(marq_net_activation(net, l)));
    marq_text_add(text, ", %zu parameters\n", marq_net_count(net));
    if (marq_net_count(net) > o->training.rows[MARQ_TRAIN] * marq_net_outputs(net))
        marq_text_add(
            text,
            "          (more parameters than training values: the test error tells whether it matters)\n");
}

static void add_training(const fit_outcome *o, marq_text *text) {
    const marq_training *t = &o->training;
    char method[200];
    marq_provenance_text(marq_net_provenance(o->net), method, sizeof method);
    const marq_provenance *p = marq_net_provenance(o->net);
    marq_text_add(text, "training  %s, seed %llu", method, (unsigned long long)p->seed);
    if (p->start_seed != p->seed) marq_text_add(text, " (start %llu)", (unsigned long long)p->start_seed);
    marq_text_add(text, ": %zu epoch%s in %.2f s on %d thread%s\n", t->epochs, t->epochs == 1 ? "" : "s",
                  t->seconds, o->threads, o->threads == 1 ? "" : "s");
    marq_text_add(text, "          %s: %s\n", fit_status_word(o),
                  o->interrupted ? "stopped by a signal" : t->message);
    if (o->arguments->verbose && t->plan[0]) marq_text_add(text, "          %s\n", t->plan);
    if (t->rows[MARQ_VALIDATION] > 0)
        marq_text_add(text, "          kept: epoch %zu, the best on the validation rows\n", t->best_epoch);
    else
        marq_text_add(text, "          no validation rows: kept epoch %zu, the best on the training rows\n",
                      t->best_epoch);
}

/* The columns of the table of errors. */
static void add_error_head(const fit_outcome *o, marq_text *text) {
    bool weighted = o->data.sigma || o->data.output_weights;
    marq_text_add(text, "\n              rows          MSE         RMSE       1 - R2%s%s\n",
                  o->options.loss == MARQ_NET_HUBER ? "        Huber" : "",
                  weighted ? "   (weighted means)" : "");
}

static void add_errors(const fit_outcome *o, marq_text *text) {
    static const char *const names[] = {"training", "validation", "test"};
    const marq_training *t = &o->training;
    add_error_head(o, text);
    for (int s = 0; s < MARQ_SETS; s++) {
        if (t->rows[s] == 0) continue;
        marq_text_add(text, "%-10s %7zu  %11.4e  %11.4e  ", names[s], t->rows[s], t->mse[s], sqrt(t->mse[s]));
        if (isnan(t->unexplained[s])) /* one row, or all the same: there is no R² */
            marq_text_add(text, "%11s", "-");
        else
            marq_text_add(text, "%11.4e", t->unexplained[s]);
        if (o->options.loss == MARQ_NET_HUBER) marq_text_add(text, "  %11.4e", t->loss[s]);
        marq_text_add(text, "\n");
    }
}

static void add_accuracy(const fit_outcome *o, marq_text *text) {
    static const char *const names[] = {"training", "validation", "test"};
    const marq_training *t = &o->training;
    marq_text_add(text, "\n              rows     accuracy  cross-entropy   (%zu classes%s)\n",
                  o->data.classes, o->data.sigma ? ", weighted means" : "");
    for (int s = 0; s < MARQ_SETS; s++)
        if (t->rows[s] > 0)
            marq_text_add(text, "%-10s %7zu  %11.4f  %13.4e\n", names[s], t->rows[s], t->accuracy[s],
                          t->loss[s]);
    fit_classes_text(o->net, o->confusion, t->rows[MARQ_TEST] > 0, text);
}

/* Of the test rows; of all where there are none. */
static void add_confusion(const fit_outcome *o, marq_text *text) {
    enum { MOST = 12 };
    size_t classes = o->data.classes;
    bool tested = o->training.rows[MARQ_TEST] > 0;
    if (!o->confusion || classes > MOST) return;
    marq_text_add(text, "\n%s rows by class, and by likeliest class across:\n", tested ? "test" : "all");
    for (size_t k = 0; k < classes; k++) {
        for (size_t g = 0; g < classes; g++)
            marq_text_add(text, " %7zu", fit_judged_count(o->confusion, classes, tested, k, g));
        marq_text_add(text, "  %s\n", marq_net_class_name(o->net, k));
    }
}

static void add_files(const fit_outcome *o, marq_text *text) {
    marq_text_add(text, "\nwritten to %s: model.json report.json history.csv%s", o->folder,
                  o->arguments->stream ? "" : " predictions.csv");
    if (o->bands.net) marq_text_add(text, " %s", FIT_BANDS_FILE);
    if (o->profile) marq_text_add(text, " profile.speedscope.json profile.folded");
    marq_text_add(text, "\n");
    fit_drawn_text(o->arguments, &o->plots, text);
}

void fit_report_text(const fit_outcome *outcome, marq_text *text) {
    add_data(outcome, text);
    add_net(outcome, text);
    add_training(outcome, text);
    fit_trials_text(outcome, text);
    if (outcome->data.classes) {
        add_accuracy(outcome, text);
        add_confusion(outcome, text);
    } else {
        add_errors(outcome, text);
    }
    if (outcome->bands.net) marq_text_add(text, "\n");
    fit_bands_text(&outcome->bands, text);
    add_files(outcome, text);
}
