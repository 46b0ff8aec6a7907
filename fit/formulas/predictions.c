/* predictions.csv of a formula's fit. */
#include "formulas/fit.h"

#include <math.h>
#include <string.h>

/* In quotes where CSV needs them. */
void formula_add_word(marq_text *text, const char *word) {
    if (!strpbrk(word, ",;\"\t\n#")) {
        marq_text_add(text, "%s", word);
        return;
    }
    marq_text_add(text, "\"");
    for (const char *c = word; *c; c++) marq_text_add(text, *c == '"' ? "\"\"" : "%c", *c);
    marq_text_add(text, "\"");
}

static void add_cell(marq_text *text, const char *word) {
    formula_add_word(text, word);
    marq_text_add(text, ",");
}

static size_t group_of(const formula_groups *g, size_t row) {
    size_t group = 0;
    while (g->first[group + 1] <= row) group++;
    return group;
}

/* With errors in the inputs: where the fit has a row, and how far that is from the measurement. */
static void add_true_names(const formula_outcome *o, marq_text *text) {
    for (size_t k = 0; o->odr && k < marq_formula_column_count(o->formula); k++) {
        char name[300];
        marq_format(name, sizeof name, "%s_true", o->table.names[marq_formula_column(o->formula, k)]);
        marq_text_add(text, ",");
        formula_add_word(text, name);
    }
    marq_text_add(text, o->odr ? ",distance\n" : "\n");
}

static void add_true_values(const formula_outcome *o, size_t row, marq_text *text) {
    size_t inputs = marq_formula_column_count(o->formula);
    for (size_t k = 0; o->odr && k < inputs; k++) {
        marq_text_add(text, ",");
        marq_text_add_number(text, o->true_inputs[row * inputs + k]);
    }
    if (o->odr) {
        marq_text_add(text, ",");
        marq_text_add_number(text, fabs(o->distance[row]));
    }
    marq_text_add(text, "\n");
}

void formula_predictions(const formula_outcome *o, marq_text *text) {
    size_t inputs = marq_formula_column_count(o->formula);
    const formula_groups *g = &o->groups;
    if (g->names) add_cell(text, o->table.names[o->table.labels.column]);
    for (size_t k = 0; k < inputs; k++) add_cell(text, o->table.names[marq_formula_column(o->formula, k)]);
    marq_text_add(text, "measured,fitted,residual,set");
    add_true_names(o, text);
    for (size_t line = 0; line < o->rows; line++) {
        size_t i = g->order[line];
        if (g->names) add_cell(text, g->names[group_of(g, i)]);
        for (size_t k = 0; k < inputs; k++) {
            marq_text_add_number(text, o->columns[marq_formula_column(o->formula, k)][i * o->table.columns]);
            marq_text_add(text, ",");
        }
        const double cells[] = {o->measured[i], o->fitted[i], o->measured[i] - o->fitted[i]};
        for (size_t c = 0; c < 3; c++) {
            marq_text_add_number(text, cells[c]);
            marq_text_add(text, ",");
        }
        marq_text_add(text, "train");
        add_true_values(o, i, text);
    }
}
