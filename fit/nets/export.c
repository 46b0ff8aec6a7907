/* A saved net as C source that needs nothing but libm. It is written from the model file, whose layers are
 * a ← activation(W a + b), between x ↦ (x − shift)·factor of inputs and its inverse of outputs. */
#include "nets/saved_net.h"

#include <base/error.h>
#include <marq/nn.h>
#include <string.h>

/* Nothing that could end the comment. */
static void add_string(marq_text *text, const json_t *string) {
    const char *name = json_string_value(string);
    for (const char *c = name ? name : "?"; *c; c++)
        if (*c != '*' && *c != '/' && (unsigned char)*c >= ' ') marq_text_add(text, "%c", *c);
}

static void add_name(marq_text *text, const json_t *column) {
    add_string(text, json_object_get(column, "name"));
}

static void add_names(marq_text *text, const char *variable, const json_t *columns) {
    marq_text_add(text, " * %s:", variable);
    for (size_t j = 0; j < json_array_size(columns); j++) {
        marq_text_add(text, j ? ", " : " ");
        add_name(text, json_array_get(columns, j));
    }
    marq_text_add(text, "\n");
}

static void add_classes(marq_text *text, const json_t *classes, const json_t *column) {
    size_t count = json_array_size(classes);
    if (count == 2) {
        marq_text_add(text, " * y: logit of the class ");
        add_string(text, json_array_get(classes, 1));
        marq_text_add(text, " of ");
        add_name(text, column);
        marq_text_add(text, " against ");
        add_string(text, json_array_get(classes, 0));
        marq_text_add(text, ": its probability is 1/(1 + exp(-y[0]))\n");
        return;
    }
    marq_text_add(text, " * y: logits of the classes ");
    for (size_t k = 0; k < count; k++) {
        if (k > 0) marq_text_add(text, ", ");
        add_string(text, json_array_get(classes, k));
    }
    marq_text_add(text, " of ");
    add_name(text, column);
    marq_text_add(text, ", the likeliest has the largest\n");
}

static void add_numbers(marq_text *text, const json_t *numbers) {
    for (size_t j = 0; j < json_array_size(numbers); j++) {
        marq_text_add_number(text, json_number_value(json_array_get(numbers, j)));
        marq_text_add(text, ",%s", j % 4 == 3 ? "\n    " : " ");
    }
}

static void add_columns(marq_text *text, const char *name, const json_t *columns, const char *key) {
    marq_text_add(text, "static const double %s_%s[] = {", name, key);
    for (size_t j = 0; j < json_array_size(columns); j++) {
        marq_text_add_number(text, json_number_value(json_object_get(json_array_get(columns, j), key)));
        marq_text_add(text, ", ");
    }
    marq_text_add(text, "};\n");
}

static const char *activation_in_c(const char *key) {
    if (strcmp(key, "tanh") == 0) return "tanh(s)";
    if (strcmp(key, "sigmoid") == 0) return "1 / (1 + exp(-s))";
    if (strcmp(key, "relu") == 0) return "s > 0 ? s : 0";
    return strcmp(key, "linear") == 0 ? "s" : NULL;
}

static void add_weights(marq_text *text, size_t l, const json_t *layer) {
    const json_t *weights = json_object_get(layer, "weights");
    marq_text_add(text, "static const double w%zu[] = {\n    ", l + 1);
    for (size_t p = 0; p < json_array_size(weights); p++) {
        add_numbers(text, json_array_get(weights, p));
        marq_text_add(text, "\n    ");
    }
    marq_text_add(text, "};\nstatic const double b%zu[] = {\n    ", l + 1);
    add_numbers(text, json_object_get(layer, "biases"));
    marq_text_add(text, "};\n");
}

/* The layer's loop, from v{l} to v{l + 1}. */
static void add_layer(marq_text *text, size_t l, size_t in, const json_t *layer) {
    size_t out = json_array_size(json_object_get(layer, "biases"));
    marq_text_add(text,
                  "    for (int i = 0; i < %zu; i++) {\n"
                  "        double s = b%zu[i];\n"
                  "        for (int j = 0; j < %zu; j++) s += w%zu[i * %zu + j] * v%zu[j];\n"
                  "        v%zu[i] = %s;\n"
                  "    }\n",
                  out, l + 1, in, l + 1, in, l, l + 1,
                  activation_in_c(json_string_value(json_object_get(layer, "activation"))));
}

static void add_function(marq_text *text, const json_t *layers, size_t inputs, size_t outputs) {
    size_t width = inputs;
    marq_text_add(text, "\nvoid model(const double *x, double *y) {\n    double v0[%zu]", inputs);
    for (size_t l = 0; l < json_array_size(layers); l++)
        marq_text_add(text, ", v%zu[%zu]", l + 1,
                      json_array_size(json_object_get(json_array_get(layers, l), "biases")));
    marq_text_add(text,
                  ";\n    for (int j = 0; j < %zu; j++) v0[j] = (x[j] - input_shift[j]) * input_factor[j];\n",
                  inputs);
    for (size_t l = 0; l < json_array_size(layers); l++) {
        const json_t *layer = json_array_get(layers, l);
        add_layer(text, l, width, layer);
        width = json_array_size(json_object_get(layer, "biases"));
    }
    marq_text_add(
        text, "    for (int o = 0; o < %zu; o++) y[o] = v%zu[o] / output_factor[o] + output_shift[o];\n}\n",
        outputs, json_array_size(layers));
}

static void add_source(marq_text *text, const json_t *root) {
    const json_t *layers = json_object_get(root, "layers"), *inputs = json_object_get(root, "inputs"),
                 *outputs = json_object_get(root, "outputs");
    marq_text_add(text, "/* A net that marq fitted: y = model(x).\n");
    add_names(text, "x", inputs);
    const json_t *classes = json_object_get(root, "classes");
    if (json_array_size(classes) > 0)
        add_classes(text, classes, json_array_get(outputs, 0));
    else
        add_names(text, "y", outputs);
    marq_text_add(text, " */\n#include <math.h>\n\nvoid model(const double *x, double *y);\n\n");
    static const char *const keys[] = {"shift", "factor"};
    for (int k = 0; k < 2; k++) add_columns(text, "input", inputs, keys[k]);
    for (int k = 0; k < 2; k++) add_columns(text, "output", outputs, keys[k]);
    for (size_t l = 0; l < json_array_size(layers); l++) add_weights(text, l, json_array_get(layers, l));
    add_function(text, layers, json_array_size(inputs), json_array_size(outputs));
}

marq_status fit_export_net(const char *path, const json_t *root, marq_text *text, marq_error *error) {
    marq_net *net = marq_net_from_json(root, path, error); /* checks the whole file */
    if (!net) return error->status;
    marq_net_destroy(net);
    add_source(text, root);
    return MARQ_OK;
}
