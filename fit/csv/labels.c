/* The texts of one column, each kept once: names of groups, or of classes. */
#include "csv/inside.h"

#include <base/memory.h>
#include <base/number.h>
#include <base/text.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* 1.0 and 1 are one label, and −0 and 0. */
static char *text_of(const csv_cell *cell, csv_kind kind, double value) {
    bool latin1 = false;
    if (kind != CSV_NUMBER) return csv_make_name(cell, &latin1);
    char number[32];
    double read = (double)NAN;
    for (int digits = 15; digits <= 17 && read != value; digits++) {
        marq_format(number, sizeof number, "%.*g", digits, value == 0 ? 0 : value);
        marq_number_parse(number, &read);
    }
    return marq_copy_text(number);
}

/* Labels mostly come in runs: the last row's is looked at first. */
static size_t find(const csv_labels *labels, size_t last, const char *text) {
    if (last < labels->count && strcmp(labels->texts[last], text) == 0) return last;
    return csv_index_find(&labels->index, labels->texts, text);
}

static bool append(csv_labels *labels, char *text) {
    if (labels->count == labels->capacity) {
        size_t capacity = labels->capacity ? 2 * labels->capacity : 16;
        char **grown = realloc(labels->texts, capacity * sizeof *grown);
        if (!grown) return false;
        labels->texts = grown;
        labels->capacity = capacity;
    }
    labels->texts[labels->count] = text;
    if (!csv_index_add(&labels->index, labels->texts, labels->count)) return false;
    labels->count++;
    return true;
}

bool csv_add_label(csv_table *table, size_t row, const csv_cell *cell, csv_kind kind, double value) {
    csv_labels *labels = &table->labels;
    labels->row[row] = CSV_NO_LABEL;
    if (kind == CSV_ABSENT) return true;
    char *text = text_of(cell, kind, value);
    if (!text) return false;
    size_t label = find(labels, row > 0 ? labels->row[row - 1] : CSV_NO_LABEL, text);
    bool known = label != CSV_NO_LABEL, complete = known || append(labels, text);
    if (known || !complete) free(text);
    if (complete) labels->row[row] = known ? label : labels->count - 1;
    return complete;
}

void csv_clear_labels(csv_labels *labels) {
    for (size_t k = 0; k < labels->count; k++) free(labels->texts[k]);
    free(labels->texts);
    free(labels->row);
    csv_index_clear(&labels->index);
    *labels = (csv_labels){0};
}
