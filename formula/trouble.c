/* Where an evaluation is not finite: a row is computed node by node, and the first node that is not finite
 * while its arguments are is the culprit. */
#include "inside.h"

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
        return r->theta[node->index];
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
    marq_text_add(text, "%.*s%s", shown, text_of(f, place), place.length > 60 ? "…" : "");
}

/* "log(b - x) is not a number: b - x is -1" */
static void describe(const row *r, const marq_node *node, double value, marq_formula_trouble *trouble) {
    const marq_formula *f = r->formula;
    marq_text text = {0};
    if (node->place.length)
        add_place(&text, f, node->place);
    else
        marq_text_add(&text, "the value");
    marq_text_add(&text, " is %s", words_of(value));
    const char *between = ": ";
    for (int k = 0; k < marq_op_arguments(node->op); k++) {
        const marq_node *argument = &f->graph.nodes[node->argument[k]];
        if (argument->op == MARQ_OP_CONSTANT || !argument->place.length) continue;
        if (argument->place.position == node->place.position && argument->place.length == node->place.length)
            continue;
        marq_text_add(&text, "%s", between);
        add_place(&text, f, argument->place);
        marq_text_add(&text, " is %.6g", r->values[node->argument[k]]);
        between = ", ";
    }
    marq_format(trouble->message, sizeof trouble->message, "%s", text.data ? text.data : "");
    marq_text_clear(&text);
}

/* ---- The search ---- */

/* 1 if root is not finite in the row; trouble then says where. */
static int examine(row *r, marq_node_id root, int left, marq_formula_trouble *trouble) {
    const marq_formula *f = r->formula;
    unsigned char *needed = marq_alloc((size_t)root + 1, 1);
    r->values = marq_alloc_doubles((size_t)root + 1, 1);
    *trouble = (marq_formula_trouble){.row = r->number, .left = left, .place = f->graph.nodes[root].place};
    marq_format(trouble->message, sizeof trouble->message, "the value is not finite");
    int found = 1;
    if (needed && r->values) {
        for (marq_node_id i = 0; i <= root; i++) r->values[i] = value_of(r, i);
        mark_needed(r, root, needed);
        found = !isfinite(r->values[root]);
        marq_node_id i = 0;
        while (found && i < root &&
               (!needed[i] || isfinite(r->values[i]) || !arguments_are_finite(r, &f->graph.nodes[i])))
            i++;
        if (found) {
            trouble->place = f->graph.nodes[i].place;
            describe(r, &f->graph.nodes[i], r->values[i], trouble);
        }
    }
    free(needed);
    free(r->values);
    return found;
}

static size_t first_not_finite(const double *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i])) return i;
    return count;
}

int marq_formula_find_trouble(const marq_formula *formula, const marq_formula_data *data, const double *theta,
                              size_t first, size_t count, marq_formula_trouble *trouble) {
    double values[CHUNK];
    for (size_t begun = 0; begun < count; begun += CHUNK) {
        size_t rows = count - begun < CHUNK ? count - begun : CHUNK;
        size_t left = rows, right;
        if (formula->response != MARQ_FORMULA_NONE) {
            marq_formula_left(formula, data, first + begun, rows, values);
            left = first_not_finite(values, rows);
        }
        marq_formula_evaluate(formula, data, theta, first + begun, rows, values);
        right = first_not_finite(values, rows);
        if (left == rows && right == rows) continue;
        int is_left = left <= right;
        row r = {formula, data, theta, first + begun + (is_left ? left : right), NULL};
        marq_node_id root = is_left ? formula->left : formula->right;
        if (examine(&r, root, is_left, trouble)) return 1;
    }
    return 0;
}
