/* The texts of one column, each kept once: names of groups. */
#include "csv/inside.h"

#include <base/memory.h>
#include <base/text.h>
#include <stdlib.h>
#include <string.h>

/* 1.0 and 1 are one group. */
static char *text_of(const csv_cell *cell, csv_kind kind, double value) {
    bool latin1 = false;
    if (kind != CSV_NUMBER) return csv_make_name(cell, &latin1);
    marq_text text = {0};
    marq_text_add(&text, "%.15g", value);
    return text.data;
}

/* Groups mostly come in runs: the search begins at the last row's. */
static size_t find(const csv_labels *labels, size_t last, const char *text) {
    for (size_t k = 0; k < labels->count; k++) {
        size_t at = (last + k) % labels->count;
        if (strcmp(labels->texts[at], text) == 0) return at;
    }
    return CSV_NO_LABEL;
}

static bool append(csv_labels *labels, char *text) {
    char **grown = realloc(labels->texts, (labels->count + 1) * sizeof *grown);
    if (!grown) return false;
    labels->texts = grown;
    labels->texts[labels->count++] = text;
    return true;
}

bool csv_add_label(csv_table *table, size_t row, const csv_cell *cell, csv_kind kind, double value) {
    csv_labels *labels = &table->labels;
    labels->row[row] = CSV_NO_LABEL;
    if (kind == CSV_ABSENT) return true;
    char *text = text_of(cell, kind, value);
    if (!text) return false;
    size_t last = row > 0 && labels->row[row - 1] != CSV_NO_LABEL ? labels->row[row - 1] : 0;
    size_t label = find(labels, last, text);
    if (label != CSV_NO_LABEL) {
        free(text);
    } else if (append(labels, text)) {
        label = labels->count - 1;
    } else {
        free(text);
        return false;
    }
    labels->row[row] = label;
    return true;
}

void csv_clear_labels(csv_labels *labels) {
    for (size_t k = 0; k < labels->count; k++) free(labels->texts[k]);
    free(labels->texts);
    free(labels->row);
    *labels = (csv_labels){0};
}
