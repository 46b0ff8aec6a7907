/* Global fits: which rows belong to which data set, and which of the fit's parameters a data set uses. */
#include "formulas/fit.h"

#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

size_t formula_group_size(const formula_outcome *o, size_t group) {
    return o->groups.first[group + 1] - o->groups.first[group];
}

static size_t group_of(const csv_table *table, size_t row) {
    return table->labels.row ? table->labels.row[row] : 0;
}

/* order[i] ← where row i goes: the order within a group stays. Returns false without memory. */
static bool place_rows(const csv_table *table, size_t groups, size_t *order) {
    size_t *next = marq_alloc(groups + 1, sizeof *next);
    if (!next) return false;
    for (size_t i = 0; i < table->rows; i++) next[group_of(table, i) + 1]++;
    for (size_t k = 0; k < groups; k++) next[k + 1] += next[k];
    for (size_t i = 0; i < table->rows; i++) order[i] = next[group_of(table, i)]++;
    free(next);
    return true;
}

static bool move_rows(csv_table *table, const size_t *order) {
    size_t width = table->columns;
    double *values = marq_alloc_doubles(table->rows, width);
    size_t *lines = marq_alloc(table->rows, sizeof *lines);
    size_t *labels = marq_alloc(table->rows, sizeof *labels);
    bool complete = values && lines && labels;
    for (size_t i = 0; complete && i < table->rows; i++) {
        memcpy(values + order[i] * width, table->values + i * width, width * sizeof *values);
        lines[order[i]] = table->lines[i];
        labels[order[i]] = table->labels.row[i];
    }
    free(complete ? table->values : values);
    free(complete ? table->lines : lines);
    free(complete ? table->labels.row : labels);
    if (complete) table->values = values, table->lines = lines, table->labels.row = labels;
    return complete;
}

/* Groups all of whose rows were dropped are left out. Returns false without memory. */
static bool drop_empty(csv_labels *labels, size_t rows) {
    size_t kept = 0, *members = marq_alloc(labels->count, sizeof *members),
           *number = marq_alloc(labels->count, sizeof *number);
    bool complete = members && number;
    for (size_t i = 0; complete && i < rows; i++) members[labels->row[i]]++;
    for (size_t k = 0; complete && k < labels->count; k++) {
        if (members[k] == 0) {
            free(labels->texts[k]);
            continue;
        }
        number[k] = kept;
        labels->texts[kept++] = labels->texts[k];
    }
    for (size_t i = 0; complete && i < rows; i++) labels->row[i] = number[labels->row[i]];
    if (complete) labels->count = kept;
    free(members);
    free(number);
    return complete;
}

marq_status formula_sort_table(csv_table *table, marq_error *error) {
    if (!table->labels.row) return MARQ_OK;
    size_t *order = marq_alloc(table->rows, sizeof *order);
    bool complete = order && drop_empty(&table->labels, table->rows) &&
                    place_rows(table, table->labels.count, order) && move_rows(table, order);
    free(order);
    return complete ? MARQ_OK : marq_fail_memory(error, "the groups");
}

/* A row and its line in the file. */
typedef struct line_row {
    size_t line, row;
} line_row;

static int compare_lines(const void *a, const void *b) {
    size_t x = ((const line_row *)a)->line, y = ((const line_row *)b)->line;
    return x < y ? -1 : x > y;
}

marq_status formula_group_rows(formula_outcome *o, marq_error *error) {
    formula_groups *g = &o->groups;
    const csv_table *table = &o->table;
    g->count = table->labels.row ? table->labels.count : 1;
    g->names = table->labels.row ? (const char *const *)table->labels.texts : NULL;
    g->first = marq_alloc(g->count + 1, sizeof *g->first);
    g->order = marq_alloc(table->rows, sizeof *g->order);
    line_row *lines = marq_alloc(table->rows, sizeof *lines);
    bool complete = g->first && g->order && lines;
    for (size_t i = 0; complete && i < table->rows; i++) {
        g->first[group_of(table, i) + 1]++;
        lines[i] = (line_row){table->lines[i], i};
    }
    for (size_t k = 0; complete && k < g->count; k++) g->first[k + 1] += g->first[k];
    if (complete) qsort(lines, table->rows, sizeof *lines, compare_lines);
    for (size_t i = 0; complete && i < table->rows; i++) g->order[i] = lines[i].row;
    free(lines);
    return complete ? MARQ_OK : marq_fail_memory(error, "the groups");
}

/* ---- Parameters ---- */

/* Whether the comma-separated list has the name. */
static bool lists(const char *list, const char *name) {
    char item[FIT_LIST_ITEM];
    while (fit_list_next(&list, ',', item, sizeof item))
        if (strcmp(item, name) == 0) return true;
    return false;
}

static marq_status check_shared(const formula_outcome *o, marq_error *error) {
    char name[FIT_LIST_ITEM];
    for (const char *list = o->arguments->shared; fit_list_next(&list, ',', name, sizeof name);)
        if (!formula_any_has(o, name)) return formula_fail_name(o, "--shared", name, error);
    return MARQ_OK;
}

static char *name_in(const char *name, const char *group) {
    marq_text text = {0};
    marq_text_add(&text, group ? "%s[%s]" : "%s", name, group);
    return text.data;
}

marq_status formula_group_parameters(formula_outcome *o, marq_error *error) {
    formula_groups *g = &o->groups;
    marq_status status = check_shared(o, error);
    if (status != MARQ_OK) return status;
    g->local = marq_formula_parameter_count(o->formula);
    g->place = marq_alloc(g->count * g->local, sizeof *g->place);
    g->parameters = marq_alloc(g->count * g->local, sizeof *g->parameters);
    if (!g->place || !g->parameters) return marq_fail_memory(error, "the groups");
    o->parameters = 0;
    for (size_t i = 0; i < g->local; i++) {
        const char *name = marq_formula_parameter_name(o->formula, i);
        bool one = !g->names || lists(o->arguments->shared, name);
        for (size_t k = 0; k < g->count; k++) {
            g->place[k * g->local + i] = one && k > 0 ? g->place[i] : o->parameters;
            if (one && k > 0) continue;
            char *text = name_in(name, one ? NULL : g->names[k]);
            if (!text) return marq_fail_memory(error, "names of parameters");
            g->parameters[o->parameters++] = text;
        }
    }
    return MARQ_OK;
}

size_t formula_named_place(const formula_outcome *o, const char *name, size_t group) {
    const formula_groups *g = &o->groups;
    const char *bracket = strchr(name, '[');
    size_t length = bracket ? (size_t)(bracket - name) : strlen(name);
    for (size_t i = 0; i < g->local; i++) {
        const char *local = marq_formula_parameter_name(o->formula, i);
        size_t place = g->place[group * g->local + i];
        if (strlen(local) != length || strncmp(local, name, length) != 0) continue;
        return !bracket || strcmp(g->parameters[place], name) == 0 ? place : MARQ_FORMULA_NONE;
    }
    return MARQ_FORMULA_NONE;
}

void formula_groups_clear(formula_groups *g) {
    for (size_t j = 0; g->parameters && j < g->count * g->local; j++) free(g->parameters[j]);
    free(g->parameters);
    free(g->place);
    free(g->first);
    free(g->order);
    *g = (formula_groups){0};
}

/* ---- One group's view ---- */

void formula_local(const formula_outcome *o, size_t group, const double *theta, double *local) {
    const size_t *place = o->groups.place + group * o->groups.local;
    for (size_t i = 0; i < o->groups.local; i++) local[i] = theta[place[i]];
}

double formula_variance(const formula_outcome *o, size_t group, const double *gradient) {
    const size_t *place = o->groups.place + group * o->groups.local;
    double sum = 0;
    for (size_t i = 0; i < o->groups.local; i++)
        for (size_t j = 0; j < o->groups.local; j++)
            if (gradient[i] != 0 && gradient[j] != 0)
                sum += gradient[i] * o->covariance[place[i] * o->parameters + place[j]] * gradient[j];
    return sum;
}

void formula_values(const formula_outcome *o, const double *theta, double *value) {
    marq_formula_data data = formula_data(o);
    double local[FORMULA_MOST_PARAMETERS];
    for (size_t g = 0; g < o->groups.count; g++) {
        size_t first = o->groups.first[g];
        formula_local(o, g, theta, local);
        marq_formula_evaluate(o->formula, &data, local, first, formula_group_size(o, g), value + first);
    }
}
