/* The size of a node u: |u| if it is the same in all rows, max − min if it changes from row to row and is
 * known, and an estimate from the known ones below otherwise: of a sum the larger part's, of a product the
 * product, with 1 for what nothing is known of. */
#include "survey.h"

#include "kernels.h"
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLES = 256 };

static void mark_used(marq_survey *s) {
    s->extents[s->formula->right].used = 1;
    for (marq_node_id i = s->formula->right; i >= 0; i--)
        for (int k = 0; s->extents[i].used && k < marq_op_arguments(s->nodes[i].op); k++)
            s->extents[s->nodes[i].argument[k]].used = 1;
}

size_t marq_survey_row(const marq_survey *s, const marq_formula_data *data, size_t sample) {
    return s->samples < 2 ? 0 : sample * (data->rows - 1) / (s->samples - 1);
}

static void compute_values(marq_survey *s, marq_node_id i, const marq_formula_data *data,
                           const double *theta) {
    const marq_node *node = &s->nodes[i];
    double *out = s->values + (size_t)i * s->samples;
    const double *argument[3];
    for (int k = 0; k < 3; k++) argument[k] = s->values + (size_t)node->argument[k] * s->samples;
    for (size_t r = 0; r < s->samples; r++) {
        if (node->op == MARQ_OP_CONSTANT)
            out[r] = node->constant;
        else if (node->op == MARQ_OP_PARAMETER)
            out[r] = theta[node->index];
        else if (node->op == MARQ_OP_COLUMN)
            out[r] = data->columns[node->index][marq_survey_row(s, data, r) * data->stride];
        else
            out[r] = marq_compute(node->op, argument[0][r], argument[1][r], argument[2][r]);
    }
}

static void measure_known(const marq_survey *s, marq_node_id i, marq_extent *e) {
    const double *value = s->values + (size_t)i * s->samples;
    e->low = HUGE_VAL, e->high = -HUGE_VAL;
    for (size_t r = 0; r < s->samples; r++)
        if (isfinite(value[r])) e->low = fmin(e->low, value[r]), e->high = fmax(e->high, value[r]);
    e->known = e->low <= e->high;
    e->varies = e->low < e->high;
    e->size = e->varies ? e->high - e->low : fabs(e->high);
}

static double estimate_size(const marq_node *node, const marq_extent *a, const marq_extent *b) {
    switch (node->op) {
    case MARQ_OP_NEGATE:
    case MARQ_OP_ABS:
        return a->size;
    case MARQ_OP_ADD:
    case MARQ_OP_SUBTRACT:
    case MARQ_OP_MIN:
    case MARQ_OP_MAX:
        return fmax(a->size, b->size);
    case MARQ_OP_MULTIPLY:
        return (a->size > 0 ? a->size : 1) * (b->size > 0 ? b->size : 1);
    case MARQ_OP_DIVIDE:
        return (a->size > 0 ? a->size : 1) / (b->size > 0 ? b->size : 1);
    case MARQ_OP_POWER:
        return b->known && !b->varies && a->size > 0 ? pow(a->size, b->high) : 0;
    default:
        return 0;
    }
}

static double degree_of(const marq_node *node, const marq_extent *a, const marq_extent *b) {
    switch (node->op) {
    case MARQ_OP_COLUMN:
        return 1;
    case MARQ_OP_ADD:
    case MARQ_OP_SUBTRACT:
        return fmax(a->degree, b->degree);
    case MARQ_OP_MULTIPLY:
        return a->degree + b->degree;
    case MARQ_OP_DIVIDE:
        return a->degree - b->degree;
    case MARQ_OP_POWER:
        return b->known && !b->varies ? a->degree * b->high : a->degree;
    case MARQ_OP_NEGATE:
        return a->degree;
    default:
        return 0;
    }
}

static void measure(marq_survey *s, const marq_formula_data *data, const double *theta,
                    const unsigned char *held) {
    for (marq_node_id i = 0; i < s->count; i++) {
        const marq_node *node = &s->nodes[i];
        marq_extent *e = &s->extents[i];
        if (!e->used) continue;
        e->known = node->op != MARQ_OP_LEFT && (node->op != MARQ_OP_PARAMETER || (held && held[node->index]));
        for (int k = 0; k < marq_op_arguments(node->op); k++)
            e->known = e->known && s->extents[node->argument[k]].known;
        const marq_extent *a = &s->extents[node->argument[0]], *b = &s->extents[node->argument[1]];
        e->degree = degree_of(node, a, b);
        if (e->known) {
            compute_values(s, i, data, theta);
            measure_known(s, i, e);
        }
        if (!e->known) e->size = estimate_size(node, a, b);
    }
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The range of a column over its spacing, the lower quartile of the gaps between neighbours. */
static double resolution_of(const marq_survey *s, const double *value, const marq_formula_data *data) {
    double sorted[SAMPLES], gaps[SAMPLES];
    size_t count = 0;
    memcpy(sorted, value, s->samples * sizeof *sorted);
    qsort(sorted, s->samples, sizeof *sorted, compare);
    for (size_t r = 1; r < s->samples; r++)
        if (sorted[r] > sorted[r - 1]) gaps[count++] = sorted[r] - sorted[r - 1];
    if (count == 0) return 1;
    qsort(gaps, count, sizeof *gaps, compare);
    double range = sorted[s->samples - 1] - sorted[0], share = (double)data->rows / (double)s->samples;
    return range / gaps[count / 4] * share;
}

static void find_resolution(marq_survey *s, const marq_formula_data *data) {
    static const double LEAST = 10, MOST = 1e4;
    s->resolution = LEAST;
    for (marq_node_id i = 0; i < s->count; i++)
        if (s->extents[i].used && s->nodes[i].op == MARQ_OP_COLUMN)
            s->resolution = fmax(s->resolution, resolution_of(s, s->values + (size_t)i * s->samples, data));
    s->resolution = fmin(s->resolution, MOST);
}

int marq_survey_make(marq_survey *s, const marq_formula *formula, const marq_formula_data *data,
                     const double *theta, const unsigned char *held) {
    size_t count = (size_t)formula->right + 1;
    *s = (marq_survey){.formula = formula, .nodes = formula->graph.nodes, .count = formula->right + 1};
    s->samples = data->rows < SAMPLES ? data->rows : SAMPLES;
    s->extents = marq_alloc(count, sizeof *s->extents);
    s->values = marq_alloc_doubles(count, s->samples);
    if (!s->extents || !s->values) return 0;
    mark_used(s);
    measure(s, data, theta, held);
    find_resolution(s, data);
    return 1;
}

void marq_survey_clear(marq_survey *s) {
    free(s->extents);
    free(s->values);
    *s = (marq_survey){0};
}
