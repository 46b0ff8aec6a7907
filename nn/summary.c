/* A net in words. */
#include "net.h"

#include <base/text.h>
#include <math.h>
#include <string.h>

static void add_layers(marq_text *text, const marq_net *net) {
    marq_text_add(text, "net %zu", marq_net_inputs(net));
    for (size_t l = 0; l < net->layers; l++) marq_text_add(text, "-%zu", net->layer[l].out);
    marq_text_add(text, ", %zu parameters\n", net->count);
    marq_text_add(text, "  layer    inputs   neurons  activation  parameters\n");
    for (size_t l = 0; l < net->layers; l++) {
        const marq_layer *layer = &net->layer[l];
        marq_text_add(text, "  %-7zu%8zu  %8zu  %-10s  %10zu\n", l + 1, layer->in, layer->out,
                      marq_activation_key(layer->activation), layer->out * (layer->in + 1));
    }
}

static void add_column(marq_text *text, const char *kind, size_t number, const char *name, double shift,
                       double factor) {
    marq_text_add(text, "  %s %zu", kind, number + 1);
    if (name) marq_text_add(text, " \"%s\"", name);
    marq_text_add(text, ": (value %c %.6g) * %.6g\n", shift < 0 ? '+' : '-', fabs(shift), factor);
}

static void add_classes(marq_text *text, const marq_net *net) {
    if (net->classes == 0) return;
    marq_text_add(text, "classes by %s:", net->classes == 2 ? "the logistic function" : "softmax");
    for (size_t k = 0; k < net->classes; k++) marq_text_add(text, "%s %s", k ? "," : "", net->labels[k]);
    marq_text_add(text, "\n");
}

static void add_scaling(marq_text *text, const marq_net *net) {
    marq_text_add(text, "scaling (%s)\n", marq_normalisation_key(net->normalisation));
    for (size_t i = 0; i < marq_net_inputs(net); i++)
        add_column(text, "input", i, marq_net_input_name(net, i), net->input.shift[i], net->input.factor[i]);
    for (size_t o = 0; net->classes == 0 && o < marq_net_outputs(net); o++)
        add_column(text, "output", o, marq_net_output_name(net, o), net->output.shift[o],
                   net->output.factor[o]);
}

/* Writes the text as snprintf does, and frees it. */
static size_t hand_over(marq_text *text, char *out, size_t size) {
    size_t length = text->failed ? 0 : text->length;
    if (size > 0) {
        size_t copied = length < size ? length : size - 1;
        if (copied) memcpy(out, text->data, copied);
        out[copied] = '\0';
    }
    marq_text_clear(text);
    return length;
}

static void add_setting(marq_text *text, const char *name, double value) {
    if (value > 0) marq_text_add(text, ", %s %.6g", name, value);
}

static void add_method(marq_text *text, const marq_provenance *p) {
    const marq_first_order *f = &p->first_order;
    marq_text_add(text, "%s", marq_optimizer_text(p->optimizer));
    if (p->loss == MARQ_NET_CROSS_ENTROPY) marq_text_add(text, ", cross-entropy");
    if (p->loss == MARQ_NET_HUBER) marq_text_add(text, ", Huber's loss, delta %.6g", p->huber_delta);
    if (p->optimizer == MARQ_OPTIMIZER_LM) {
        marq_text_add(text, ", recipe %s", marq_recipe_key(p->recipe));
        return;
    }
    marq_text_add(text, ", learning rate %.6g", f->learning_rate);
    add_setting(text, f->nesterov ? "Nesterov momentum" : "momentum", f->momentum);
    marq_text_add(text, ", batch %zu", p->batch);
    add_setting(text, "l1", f->l1);
    add_setting(text, "l2", f->l2);
    add_setting(text, "clip", f->clip);
}

size_t marq_provenance_text(const marq_provenance *provenance, char *out, size_t size) {
    marq_text text = {0};
    add_method(&text, provenance);
    return hand_over(&text, out, size);
}

static void add_training(marq_text *text, const marq_provenance *p) {
    static const char *const names[] = {"training", "validation", "test"};
    if (!p->trained) {
        marq_text_add(text, "not trained\n");
        return;
    }
    marq_text_add(text, "trained by ");
    add_method(text, p);
    marq_text_add(text, ", seed %llu", (unsigned long long)p->seed);
    if (p->start_seed != p->seed) marq_text_add(text, " (start %llu)", (unsigned long long)p->start_seed);
    marq_text_add(text, ": %zu epochs, parameters of epoch %zu\n", p->epochs, p->best_epoch);
    marq_text_add(text, "  stopped: %s\n", marq_status_text(p->status));
    for (int s = 0; s < MARQ_SETS; s++)
        if (p->rows[s] > 0)
            marq_text_add(text, "  %-10s %8zu rows  MSE %.4g\n", names[s], p->rows[s], p->mse[s]);
}

size_t marq_net_summary(const marq_net *net, char *out, size_t size) {
    marq_text text = {0};
    add_layers(&text, net);
    add_classes(&text, net);
    add_scaling(&text, net);
    add_training(&text, &net->provenance);
    return hand_over(&text, out, size);
}
