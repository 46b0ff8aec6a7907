/* Where an evaluation is not finite: a row is computed node by node, and the first node that is not finite
 * while its arguments are is the culprit. */
#include "trouble.h"

#include "kernels.h"
#include <base/memory.h>
#include <base/text.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 1024 };

/* What a node's arguments and leaves are in this row. */
typedef struct row {
    const marq_formula *formula;
    const marq_formula_data *data;
    const double *theta;
    size_t number;
    double *values; /* of each node up to root */
} row;

static double value_of(const row *r, marq_node_id id) {
    const marq_node *node = &r->formula->graph.nodes[id];
    const double *v = r->values;
    const marq_node_id *a = node->argument;
    switch (node->op) {
    case MARQ_OP_CONSTANT:
        return node->constant;
    case MARQ_OP_PARAMETER:
        return r->theta ? r->theta[node->index] : 0;
    case MARQ_OP_COLUMN:
        return r->data->columns[node->index][r->number * r->data->stride];
    case MARQ_OP_LEFT:
        return (double)NAN;
    default:
        return marq_compute(node->op, v[a[0]], v[a[1]], v[a[2]]);
    }
}

/* needed[i] ← whether root's value depends on node i in this row: branches that are not taken do not count.
 */
static void mark_needed(const row *r, marq_node_id root, unsigned char *needed) {
    needed[root] = 1;
    for (marq_node_id i = root; i >= 0; i--) {
        const marq_node *node = &r->formula->graph.nodes[i];
        for (int k = 0; needed[i] && k < marq_op_arguments(node->op); k++) {
            int is_chosen =
                node->op != MARQ_OP_SELECT || k == 0 || (r->values[node->argument[0]] != 0) == (k == 1);
            if (is_chosen) needed[node->argument[k]] = 1;
        }
    }
}

static int arguments_are_finite(const row *r, const marq_node *node) {
    for (int k = 0; k < marq_op_arguments(node->op); k++)
        if (!isfinite(r->values[node->argument[k]])) return 0;
    return 1;
}

static const char *words_of(double value) {
    return isnan(value) ? "not a number" : "infinite";
}

/* ---- The message ---- */

static const char *text_of(const marq_formula *f, marq_formula_place place) {
    return (place.tie == MARQ_FORMULA_NONE ? f->text : f->ties.items[place.tie]) + place.position;
}

static void add_place(marq_text *text, const marq_formula *f, marq_formula_place place) {
    int shown = place.length > 60 ? 57 : (int)place.length;
    char piece[64];
    marq_format(piece, sizeof piece, "%.*s", shown, text_of(f, place));
    marq_make_one_line(piece);
    marq_text_add(text, "%s%s", piece, place.length > 60 ? "…" : "");
}

/* "log(b - x) is not a number: b - x is -1" */
static void describe(const row *r, const marq_node *node, double value, marq_formula_trouble *trouble) {
    const marq_formula *f = r->formula;
    marq_text text = {0};
    if (trouble->parameter != MARQ_FORMULA_NONE)
        marq_text_add(&text, "the derivative by %.60s of ", f->parameters.items[trouble->parameter]);
    if (node->place.length)
        add_place(&text, f, node->place);
    else
        marq_text_add(&text, "the value");
    marq_text_add(&text, " is %s", words_of(value));
    const char *between = ": ";
    for (int k = 0; k < marq_op_arguments(node->op); k++) {
        const marq_node *argument = &f->graph.nodes[node->argument[k]];
        if (argument->op == MARQ_OP_CONSTANT || !argument->place.length) continue;
        if (memcmp(&argument->place, &node->place, sizeof node->place) == 0) continue;
        marq_text_add(&text, "%s", between);
        add_place(&text, f, argument->place);
        marq_text_add(&text, " is %.6g", r->values[node->argument[k]]);
        between = ", ";
    }
    marq_format(trouble->message, sizeof trouble->message, "%s", text.data ? text.data : "");
    marq_text_clear(&text);
}

/* ---- The search in one row ---- */

/* The culprit among the nodes up to root, whose values are known. */
static marq_node_id find_culprit(const row *r, marq_node_id root, const unsigned char *needed) {
    const marq_node *nodes = r->formula->graph.nodes;
    for (marq_node_id i = 0; i < root; i++)
        if (needed[i] && !isfinite(r->values[i]) && arguments_are_finite(r, &nodes[i])) return i;
    return root;
}

/* Whether node id is made of no parameter. work: id + 1 flags, overwritten. */
static int is_of_data(const marq_graph *graph, marq_node_id id, unsigned char *work) {
    for (marq_node_id i = 0; i <= id; i++) {
        const marq_node *node = &graph->nodes[i];
        work[i] = node->op == MARQ_OP_PARAMETER;
        for (int k = 0; k < marq_op_arguments(node->op); k++) work[i] |= work[node->argument[k]];
    }
    return !work[id];
}

void marq_trouble_describe(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                           marq_node_id root, marq_formula_trouble *trouble) {
    unsigned char *needed = marq_alloc((size_t)root + 1, 1);
    row r = {formula, data, theta, trouble->row, marq_alloc_doubles((size_t)root + 1, 1)};
    trouble->place = formula->graph.nodes[root].place;
    marq_format(trouble->message, sizeof trouble->message, "the value is not finite");
    if (needed && r.values) {
        for (marq_node_id i = 0; i <= root; i++) r.values[i] = value_of(&r, i);
        mark_needed(&r, root, needed);
        marq_node_id culprit = find_culprit(&r, root, needed);
        trouble->place = formula->graph.nodes[culprit].place;
        describe(&r, &formula->graph.nodes[culprit], r.values[culprit], trouble);
        trouble->by_data = is_of_data(&formula->graph, culprit, needed);
    }
    free(needed);
    free(r.values);
}

/* ---- The search for the row ---- */

static size_t first_not_finite(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) return i;
    return count;
}

/* The node of the first value that is not finite in these rows, or −1. */
static marq_node_id search_values(const marq_formula *f, const marq_formula_data *data, const double *theta,
                                  size_t first, size_t count, marq_formula_trouble *trouble) {
    double values[CHUNK];
    size_t left = count;
    if (f->response != MARQ_FORMULA_NONE) {
        marq_formula_left(f, data, first, count, values);
        left = first_not_finite(values, count);
    }
    marq_formula_evaluate(f, data, theta, first, count, values);
    size_t right = first_not_finite(values, count);
    if (left == count && right == count) return -1;
    trouble->left = left <= right;
    trouble->row = first + (left <= right ? left : right);
    return trouble->left ? f->left : f->right;
}

/* The same for derivatives, which are looked at row by row. */
static marq_node_id search_gradient(const marq_formula *f, const marq_formula_data *data, const double *theta,
                                    size_t first, size_t count, marq_formula_trouble *trouble) {
    double gradient[MARQ_FORMULA_MOST];
    size_t parameters = f->parameters.count;
    for (size_t i = 0; i < count; i++) {
        marq_formula_gradient(f, data, theta, first + i, 1, NULL, gradient, parameters);
        size_t j = first_not_finite(gradient, parameters);
        if (j == parameters) continue;
        trouble->row = first + i;
        trouble->parameter = j;
        return f->gradient[j];
    }
    return -1;
}

int marq_formula_find_trouble(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                              size_t first, size_t count, marq_formula_trouble *trouble) {
    int has_gradient = formula->kind != MARQ_FORMULA_COLUMNS && formula->parameters.count > 0;
    *trouble = (marq_formula_trouble){.parameter = MARQ_FORMULA_NONE};
    marq_node_id root = -1;
    for (size_t begun = 0; begun < count && root < 0; begun += CHUNK) {
        size_t rows = count - begun < CHUNK ? count - begun : CHUNK;
        root = search_values(formula, data, theta, first + begun, rows, trouble);
    }
    if (root < 0 && has_gradient) root = search_gradient(formula, data, theta, first, count, trouble);
    if (root < 0) return 0;
    marq_trouble_describe(formula, data, theta, root, trouble);
    return 1;
}
