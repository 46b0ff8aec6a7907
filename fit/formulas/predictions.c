/* predictions.csv of a formula's fit. */
#include "formulas/fit.h"

#include <string.h>

/* In quotes where CSV needs them. */
static void add_word(marq_text *text, const char *word) {
    if (!strpbrk(word, ",;\"\t\n#")) {
        marq_text_add(text, "%s,", word);
        return;
    }
    marq_text_add(text, "\"");
    for (const char *c = word; *c; c++) marq_text_add(text, *c == '"' ? "\"\"" : "%c", *c);
    marq_text_add(text, "\",");
}

static size_t group_of(const formula_groups *g, size_t row) {
    size_t group = 0;
    while (g->first[group + 1] <= row) group++;
    return group;
}

void formula_predictions(const formula_outcome *o, marq_text *text) {
    size_t inputs = marq_formula_column_count(o->formula);
    const formula_groups *g = &o->groups;
    if (g->names) add_word(text, o->table.names[o->table.labels.column]);
    for (size_t k = 0; k < inputs; k++) add_word(text, o->table.names[marq_formula_column(o->formula, k)]);
    marq_text_add(text, "measured,fitted,residual,set\n");
    for (size_t line = 0; line < o->rows; line++) {
        size_t i = g->order[line];
        if (g->names) add_word(text, g->names[group_of(g, i)]);
        for (size_t k = 0; k < inputs; k++) {
            marq_text_add_number(text, o->columns[marq_formula_column(o->formula, k)][i * o->table.columns]);
            marq_text_add(text, ",");
        }
        const double cells[] = {o->measured[i], o->fitted[i], o->measured[i] - o->fitted[i]};
        for (size_t c = 0; c < 3; c++) {
            marq_text_add_number(text, cells[c]);
            marq_text_add(text, ",");
        }
        marq_text_add(text, "train\n");
    }
}
