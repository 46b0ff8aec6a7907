/* report.json. */
#include "nets/report.h"

#include "drawn.h"
#include "json.h"
#include "nets/classes.h"
#include "nets/trials.h"

static const char *const set_keys[] = {"train", "validation", "test"};

const char *fit_status_word(const fit_outcome *outcome) {
    if (outcome->interrupted) return "interrupted";
    switch (outcome->training.status) {
    case MARQ_STOP_ITERATIONS:
    case MARQ_STOP_EVALUATIONS:
    case MARQ_STOP_TIME:
        return "limit";
    case MARQ_STOP_CALLER:
        return "interrupted";
    case MARQ_STOP_DIVERGED:
        return "not_converged";
    default:
        return outcome->training.status < 0 ? "failed" : "converged";
    }
}

static json_t *per_set(const double *values) {
    json_t *object = json_object();
    for (int s = 0; s < MARQ_SETS; s++) json_object_set_new(object, set_keys[s], fit_json_number(values[s]));
    return object;
}

static json_t *rows_per_set(const size_t *rows) {
    json_t *object = json_object();
    for (int s = 0; s < MARQ_SETS; s++) json_object_set_new(object, set_keys[s], fit_json_size(rows[s]));
    return object;
}

static json_t *net_shape(const marq_net *net) {
    json_t *array = json_array();
    for (size_t l = 0; l <= marq_net_layers(net); l++)
        json_array_append_new(array, fit_json_size(marq_net_width(net, l)));
    return array;
}

static const char *jacobian_word(marq_jacobian jacobian) {
    if (jacobian == MARQ_JACOBIAN_FORWARD) return "fd";
    return jacobian == MARQ_JACOBIAN_CENTRAL ? "fd-central" : "analytic";
}

static void set_classes(json_t *root, const fit_outcome *o) {
    size_t classes = o->data.classes;
    json_t *confusion = json_object();
    for (size_t s = 0; s < MARQ_SETS; s++)
        json_object_set_new(confusion, set_keys[s],
                            fit_counts_json(classes, o->confusion + s * classes * classes));
    json_object_set_new(root, "cross_entropy", per_set(o->training.loss));
    json_object_set_new(root, "accuracy", per_set(o->training.accuracy));
    json_object_set_new(root, "classes", fit_classes_json(o->net));
    json_object_set_new(root, "confusion", confusion);
}

static void set_outcome(json_t *root, const fit_outcome *o) {
    const marq_training *t = &o->training;
    json_object_set_new(root, "version", json_string(MARQ_VERSION));
    json_object_set_new(root, "status", json_string(fit_status_word(o)));
    json_object_set_new(root, "stop_reason", json_string(t->message));
    json_object_set_new(root, "warnings", fit_json_strings(o->warnings.lines, o->warnings.count));
    json_object_set_new(root, "epochs", fit_json_size(t->epochs));
    json_object_set_new(root, "best_epoch", fit_json_size(t->best_epoch));
    json_object_set_new(root, "seconds", fit_json_number(t->seconds));
    json_object_set_new(root, "rows", rows_per_set(t->rows));
    json_object_set_new(root, "mse", per_set(t->mse));
    if (o->options.loss != MARQ_NET_SQUARES) json_object_set_new(root, "loss", per_set(t->loss));
    if (o->data.classes) set_classes(root, o);
    json_object_set_new(root, "r2", per_set(t->r2));
}

static json_t *evaluations(const marq_training *t) {
    json_t *object = json_object();
    json_object_set_new(object, "residual", fit_json_size(t->residual_evaluations));
    json_object_set_new(object, "jacobian", fit_json_size(t->jacobian_evaluations));
    json_object_set_new(object, "factorisations", fit_json_size(t->factorisations));
    return object;
}

static void set_first_order(json_t *root, const marq_provenance *p) {
    const marq_first_order *f = &p->first_order;
    const struct {
        const char *key;
        double value;
    } settings[] = {{"learning_rate", f->learning_rate},
                    {"momentum", f->momentum},
                    {"l1", f->l1},
                    {"l2", f->l2},
                    {"clip", f->clip}};
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        json_object_set_new(root, settings[i].key, fit_json_number(settings[i].value));
    json_object_set_new(root, "batch", fit_json_size(p->batch));
    json_object_set_new(root, "nesterov", json_boolean(f->nesterov));
}

/* What was minimised, where that is not the plain sum of squares. */
static void set_weights(json_t *root, const fit_outcome *o) {
    json_object_set_new(root, "loss_function", json_string(marq_net_loss_key(o->options.loss)));
    if (o->options.loss == MARQ_NET_HUBER)
        json_object_set_new(root, "huber_delta", fit_json_number(o->options.huber_delta));
    if (o->arguments->sigma) json_object_set_new(root, "sigma", json_string(o->arguments->sigma));
    if (!o->data.output_weights) return;
    json_t *weights = json_array();
    for (size_t k = 0; k < o->data.outputs; k++)
        json_array_append_new(weights, fit_json_number(o->data.output_weights[k]));
    json_object_set_new(root, "output_weights", weights);
}

static void set_circumstances(json_t *root, const fit_outcome *o) {
    char blas[300];
    marq_blas_describe(blas, sizeof blas);
    json_object_set_new(root, "n_parameters", fit_json_size(marq_net_count(o->net)));
    json_object_set_new(root, "layers", net_shape(o->net));
    json_object_set_new(root, "optimizer", json_string(marq_optimizer_key(o->options.optimizer)));
    if (o->options.optimizer != MARQ_OPTIMIZER_LM) set_first_order(root, marq_net_provenance(o->net));
    json_object_set_new(root, "jacobian", json_string(jacobian_word(o->options.jacobian)));
    if (o->training.plan[0]) json_object_set_new(root, "plan", json_string(o->training.plan));
    set_weights(root, o);
    if (o->bands.net) json_object_set_new(root, "bands", fit_bands_json(&o->bands));
    if (o->trial_count) json_object_set_new(root, "trials", fit_trials_json(o));
    json_object_set_new(root, "recipe", json_string(marq_recipe_key(o->options.recipe)));
    json_object_set_new(root, "evaluations", evaluations(&o->training));
    json_object_set_new(root, "threads", json_integer(o->threads));
    json_object_set_new(root, "blas", json_string(blas));
    const marq_provenance *p = marq_net_provenance(o->net);
    json_object_set_new(root, "seed", json_integer((json_int_t)p->seed));
    json_object_set_new(root, "start_seed", json_integer((json_int_t)p->start_seed));
    json_object_set_new(root, "data", json_string(o->arguments->data));
    json_object_set_new(root, "inputs", fit_json_strings(o->data.input_names, o->data.inputs));
    json_object_set_new(root, "outputs", fit_json_strings(o->data.output_names, o->data.outputs));
    json_object_set_new(root, "model", json_string("model.json"));
    json_object_set_new(root, "plots", fit_drawn_json(o->arguments, &o->plots));
}

void fit_report_json(const fit_outcome *outcome, marq_text *text) {
    json_t *root = json_object();
    set_outcome(root, outcome);
    set_circumstances(root, outcome);
    fit_json_add(text, root);
}
