/* Model files: JSON by jansson, parameters with 17 digits.
 *     format, format_version, kind: what this is
 *     inputs, outputs: [{name, shift, factor}]        normalised = (value − shift) · factor
 *     classes: [labels]                               of a classifier, whose outputs are logits
 *     normalisation, n_parameters
 *     layers: [{activation, weights: [[a neuron's inputs] …], biases: […]}]
 *     training: {optimizer, learning_rate … clip (not lm), recipe, loss, huber_delta (not for squares),
 *                stop_reason, epochs, best_epoch, rows, mse}, split, seed, start_seed */
#include "net.h"

#include <base/error.h>
#include <base/file.h>
#include <base/memory.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FORMAT_NAME "marq-model"
enum { FORMAT_VERSION = 1 };
static const char *const set_keys[] = {"train", "validation", "test"};

/* ---- Writing ---- */

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *numbers(size_t count, const double *values) {
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(array, number(values[i]));
    return array;
}

static json_t *columns(const marq_net *net, int outputs) {
    const marq_scaling_map *map = outputs ? &net->output : &net->input;
    size_t count = outputs ? marq_net_outputs(net) : marq_net_inputs(net);
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++) {
        const char *name = outputs ? marq_net_output_name(net, i) : marq_net_input_name(net, i);
        json_t *column = json_object();
        json_object_set_new(column, "name", name ? json_string(name) : json_null());
        json_object_set_new(column, "shift", number(map->shift[i]));
        json_object_set_new(column, "factor", number(map->factor[i]));
        json_array_append_new(array, column);
    }
    return array;
}

static json_t *labels(const marq_net *net) {
    json_t *array = json_array();
    for (size_t k = 0; k < net->classes; k++) json_array_append_new(array, json_string(net->labels[k]));
    return array;
}

static json_t *layers(const marq_net *net) {
    json_t *array = json_array();
    for (size_t l = 0; l < net->layers; l++) {
        const marq_layer *layer = &net->layer[l];
        const double *W = net->theta + layer->offset;
        json_t *object = json_object(), *weights = json_array();
        for (size_t p = 0; p < layer->out; p++)
            json_array_append_new(weights, numbers(layer->in, W + p * layer->in));
        json_object_set_new(object, "activation", json_string(marq_activation_key(layer->activation)));
        json_object_set_new(object, "weights", weights);
        json_object_set_new(object, "biases", numbers(layer->out, W + layer->in * layer->out));
        json_array_append_new(array, object);
    }
    return array;
}

static void set_first_order(json_t *object, const marq_provenance *p) {
    const marq_first_order *f = &p->first_order;
    json_object_set_new(object, "learning_rate", number(f->learning_rate));
    json_object_set_new(object, "momentum", number(f->momentum));
    json_object_set_new(object, "nesterov", json_boolean(f->nesterov));
    json_object_set_new(object, "batch", json_integer((json_int_t)p->batch));
    json_object_set_new(object, "l1", number(f->l1));
    json_object_set_new(object, "l2", number(f->l2));
    json_object_set_new(object, "clip", number(f->clip));
}

static json_t *training(const marq_provenance *p) {
    if (!p->trained) return json_null();
    json_t *object = json_object(), *rows = json_object(), *mse = json_object();
    for (int s = 0; s < MARQ_SETS; s++) {
        json_object_set_new(rows, set_keys[s], json_integer((json_int_t)p->rows[s]));
        json_object_set_new(mse, set_keys[s], number(p->mse[s]));
    }
    json_object_set_new(object, "optimizer", json_string(marq_optimizer_key(p->optimizer)));
    if (p->optimizer != MARQ_OPTIMIZER_LM) set_first_order(object, p);
    json_object_set_new(object, "recipe", json_string(marq_recipe_key(p->recipe)));
    if (p->loss != MARQ_NET_SQUARES)
        json_object_set_new(object, "loss", json_string(marq_net_loss_key(p->loss)));
    if (p->loss == MARQ_NET_HUBER) json_object_set_new(object, "huber_delta", number(p->huber_delta));
    json_object_set_new(object, "stop_reason", json_string(marq_status_key(p->status)));
    json_object_set_new(object, "epochs", json_integer((json_int_t)p->epochs));
    json_object_set_new(object, "best_epoch", json_integer((json_int_t)p->best_epoch));
    json_object_set_new(object, "rows", rows);
    json_object_set_new(object, "mse", mse);
    return object;
}

static json_t *document(const marq_net *net) {
    json_t *root = json_object();
    json_object_set_new(root, "format", json_string(FORMAT_NAME));
    json_object_set_new(root, "format_version", json_integer(FORMAT_VERSION));
    json_object_set_new(root, "kind", json_string("net"));
    json_object_set_new(root, "inputs", columns(net, 0));
    json_object_set_new(root, "outputs", columns(net, 1));
    if (net->classes) json_object_set_new(root, "classes", labels(net));
    json_object_set_new(root, "normalisation", json_string(marq_normalisation_key(net->normalisation)));
    json_object_set_new(root, "n_parameters", json_integer((json_int_t)net->count));
    json_object_set_new(root, "training", training(&net->provenance));
    json_object_set_new(root, "split", numbers(MARQ_SETS, net->provenance.split));
    json_object_set_new(root, "seed", json_integer((json_int_t)net->provenance.seed));
    json_object_set_new(root, "start_seed", json_integer((json_int_t)net->provenance.start_seed));
    json_object_set_new(root, "layers", layers(net));
    return root;
}

static int add_chunk(const char *bytes, size_t length, void *text) {
    marq_text_add_bytes(text, bytes, length);
    return 0;
}

marq_status marq_net_save(const marq_net *net, const char *path, marq_error *error) {
    json_t *root = document(net);
    marq_text text = {0};
    int failed =
        !root || json_dump_callback(root, add_chunk, &text, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) != 0;
    json_decref(root);
    marq_text_add(&text, "\n");
    marq_status status =
        failed ? marq_fail_memory(error, "a model file") : marq_file_write(path, &text, error);
    marq_text_clear(&text);
    return status;
}

/* ---- Reading ---- */

static int read_numbers(const json_t *array, size_t count, double *out) {
    if (!json_is_array(array) || json_array_size(array) != count) return 0;
    for (size_t i = 0; i < count; i++) {
        const json_t *value = json_array_get(array, i);
        if (!json_is_number(value)) return 0;
        out[i] = json_number_value(value);
    }
    return 1;
}

static int read_layer(const json_t *object, const marq_layer *layer, double *theta) {
    const json_t *weights = json_object_get(object, "weights");
    double *W = theta + layer->offset;
    for (size_t p = 0; p < layer->out; p++)
        if (!read_numbers(json_array_get(weights, p), layer->in, W + p * layer->in)) return 0;
    return read_numbers(json_object_get(object, "biases"), layer->out, W + layer->in * layer->out);
}

static int read_columns(const json_t *array, marq_scaling_map *map, const char **names) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *column = json_array_get(array, i);
        const json_t *shift = json_object_get(column, "shift"), *factor = json_object_get(column, "factor");
        if (!json_is_number(shift) || !json_is_number(factor) || json_number_value(factor) == 0) return 0;
        map->shift[i] = json_number_value(shift);
        map->factor[i] = json_number_value(factor);
        const json_t *name = json_object_get(column, "name");
        if (name && !json_is_string(name) && !json_is_null(name)) return 0;
        names[i] = json_string_value(name);
    }
    return 1;
}

/* widths[0 … L] and activations[0 … L−1] from the layers' arrays. */
static int read_shape(const json_t *root, size_t *widths, marq_activation *activations) {
    const json_t *list = json_object_get(root, "layers");
    widths[0] = json_array_size(json_object_get(root, "inputs"));
    for (size_t l = 0; l < json_array_size(list); l++) {
        const json_t *layer = json_array_get(list, l);
        const char *key = json_string_value(json_object_get(layer, "activation"));
        widths[l + 1] = json_array_size(json_object_get(layer, "weights"));
        if (!key || !marq_activation_find(key, &activations[l])) return 0;
    }
    return widths[json_array_size(list)] == json_array_size(json_object_get(root, "outputs"));
}

static marq_net *create_shape(const json_t *root, const char *path, marq_error *error) {
    size_t count = json_array_size(json_object_get(root, "layers"));
    size_t *widths = marq_alloc(count + 1, sizeof *widths);
    marq_activation *activations = marq_alloc(count + 1, sizeof *activations);
    marq_net *net = NULL;
    marq_error shape = {0};
    if (!widths || !activations)
        marq_fail_memory(error, "a net");
    else if (!read_shape(root, widths, activations))
        marq_fail_model(error, path, MARQ_VERSION, "its layers are incomplete");
    else
        net = marq_net_create(count + 1, widths, activations, &shape);
    if (shape.status == MARQ_ERROR_MEMORY) marq_fail_memory(error, "a net");
    if (shape.status == MARQ_ERROR_ARGUMENT) marq_fail_model(error, path, MARQ_VERSION, shape.message);
    free(widths);
    free(activations);
    return net;
}

static int read_names(const json_t *root, marq_net *net) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_outputs(net);
    const char **names = marq_alloc(inputs + outputs, sizeof *names);
    int good = names && read_columns(json_object_get(root, "inputs"), &net->input, names) &&
               read_columns(json_object_get(root, "outputs"), &net->output, names + inputs);
    int named = good;
    for (size_t i = 0; named && i < inputs + outputs; i++) named = names[i] != NULL;
    if (named) good = marq_net_set_columns(net, names, names + inputs) == MARQ_OK;
    free(names);
    return good;
}

static int read_classes(const json_t *root, marq_net *net) {
    const json_t *list = json_object_get(root, "classes");
    size_t count = json_array_size(list);
    if (!list) return 1;
    const char **names = marq_alloc(count + 1, sizeof *names);
    int good = names && json_is_array(list) && count > 0;
    for (size_t k = 0; good && k < count; k++) {
        names[k] = json_string_value(json_array_get(list, k));
        good = names[k] != NULL;
    }
    if (good) good = marq_net_set_classes(net, count, names, NULL) == MARQ_OK;
    free(names);
    return good;
}

static marq_status status_of_key(const char *key) {
#define FIND(name, value, word, words)                                                                       \
    if (strcmp(key, word) == 0) return name;
    MARQ_STATUS_LIST(FIND)
#undef FIND
    return MARQ_OK;
}

static void read_first_order(const json_t *object, marq_provenance *p) {
    p->first_order = (marq_first_order){
        .learning_rate = json_number_value(json_object_get(object, "learning_rate")),
        .momentum = json_number_value(json_object_get(object, "momentum")),
        .nesterov = json_is_true(json_object_get(object, "nesterov")),
        .l1 = json_number_value(json_object_get(object, "l1")),
        .l2 = json_number_value(json_object_get(object, "l2")),
        .clip = json_number_value(json_object_get(object, "clip")),
    };
    p->batch = (size_t)json_integer_value(json_object_get(object, "batch"));
}

static void read_provenance(const json_t *root, marq_net *net) {
    marq_provenance *p = &net->provenance;
    const json_t *object = json_object_get(root, "training");
    const json_t *start = json_object_get(root, "start_seed");
    p->seed = (uint64_t)json_integer_value(json_object_get(root, "seed"));
    p->start_seed = start ? (uint64_t)json_integer_value(start) : p->seed; /* older files have one */
    read_numbers(json_object_get(root, "split"), MARQ_SETS, p->split);
    const char *recipe = json_string_value(json_object_get(object, "recipe"));
    const char *stop = json_string_value(json_object_get(object, "stop_reason"));
    const char *optimizer = json_string_value(json_object_get(object, "optimizer"));
    if (!optimizer)
        optimizer = marq_optimizer_key(MARQ_OPTIMIZER_LM); /* files of before there was a choice */
    p->trained = recipe && stop && marq_recipe_find(recipe, &p->recipe) &&
                 marq_optimizer_find(optimizer, &p->optimizer);
    if (!p->trained) return;
    read_first_order(object, p);
    const char *loss = json_string_value(json_object_get(object, "loss"));
    if (loss && !marq_net_loss_find(loss, &p->loss)) p->trained = 0;
    p->huber_delta = json_number_value(json_object_get(object, "huber_delta"));
    p->status = status_of_key(stop);
    p->epochs = (size_t)json_integer_value(json_object_get(object, "epochs"));
    p->best_epoch = (size_t)json_integer_value(json_object_get(object, "best_epoch"));
    for (int s = 0; s < MARQ_SETS; s++) {
        const json_t *mse = json_object_get(json_object_get(object, "mse"), set_keys[s]);
        const json_t *rows = json_object_get(json_object_get(object, "rows"), set_keys[s]);
        p->mse[s] = json_is_number(mse) ? json_number_value(mse) : (double)NAN;
        p->rows[s] = (size_t)json_integer_value(rows);
    }
}

static marq_status read_content(const json_t *root, const char *path, marq_net *net, marq_error *error) {
    const char *normalisation = json_string_value(json_object_get(root, "normalisation"));
    if (!normalisation || !marq_normalisation_find(normalisation, &net->normalisation))
        return marq_fail_model(error, path, MARQ_VERSION, "its normalisation is unknown");
    const json_t *count = json_object_get(root, "n_parameters");
    if (!json_is_integer(count) || (size_t)json_integer_value(count) != net->count)
        return marq_fail_model(error, path, MARQ_VERSION, "its n_parameters is not what its layers hold");
    if (!read_classes(root, net))
        return marq_fail_model(error, path, MARQ_VERSION, "its classes do not go with its outputs");
    if (!read_names(root, net))
        return marq_fail_model(error, path, MARQ_VERSION, "its columns are incomplete");
    for (size_t l = 0; l < net->layers; l++)
        if (!read_layer(json_array_get(json_object_get(root, "layers"), l), &net->layer[l], net->theta))
            return marq_fail_model(error, path, MARQ_VERSION, "a layer's weights or biases are incomplete");
    read_provenance(root, net);
    return MARQ_OK;
}

marq_net *marq_net_from_json(const json_t *root, const char *path, marq_error *error) {
    const char *format = json_string_value(json_object_get(root, "format"));
    const char *kind = json_string_value(json_object_get(root, "kind"));
    if (!format || strcmp(format, FORMAT_NAME) != 0 || !kind || strcmp(kind, "net") != 0) {
        marq_fail_model(error, path, MARQ_VERSION, "it is no " FORMAT_NAME " file of a net");
        return NULL;
    }
    if (json_integer_value(json_object_get(root, "format_version")) != FORMAT_VERSION) {
        marq_fail_model(error, path, MARQ_VERSION, "its format_version is another one");
        return NULL;
    }
    marq_net *net = create_shape(root, path, error);
    if (net && read_content(root, path, net, error) != MARQ_OK) {
        marq_net_destroy(net);
        net = NULL;
    }
    return net;
}

marq_net *marq_net_load(const char *path, marq_error *error) {
    marq_text text = {0};
    marq_net *net = NULL;
    if (marq_file_read(path, &text, error) == MARQ_OK) {
        json_error_t where;
        json_t *root = json_loadb(text.data, text.length, 0, &where);
        if (root)
            net = marq_net_from_json(root, path, error);
        else
            marq_fail(error, MARQ_ERROR_FORMAT, "%s:%d: not a JSON file: %s", path, where.line, where.text);
        json_decref(root);
    }
    marq_text_clear(&text);
    return net;
}
