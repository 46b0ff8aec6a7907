#include "csv/classes.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct label {
    const char *text;
    double value; /* NaN: no number */
    size_t index; /* among the table's */
} label;

static int compare_texts(const void *a, const void *b) {
    return strcmp(((const label *)a)->text, ((const label *)b)->text);
}

static int compare_values(const void *a, const void *b) {
    double x = ((const label *)a)->value, y = ((const label *)b)->value;
    return (x > y) - (x < y);
}

/* The labels that rows have, sorted. Returns how many. */
static size_t sort_labels(const csv_table *table, label *list) {
    const csv_labels *labels = &table->labels;
    size_t count = 0;
    bool numbers = true;
    unsigned char *used = marq_alloc(labels->count + 1, 1);
    for (size_t i = 0; used && i < table->rows; i++)
        if (labels->row[i] != CSV_NO_LABEL) used[labels->row[i]] = 1;
    for (size_t k = 0; used && k < labels->count; k++) {
        label own = {labels->texts[k], (double)NAN, k};
        if (!used[k]) continue;
        if (!marq_number_parse(own.text, &own.value)) numbers = false;
        list[count++] = own;
    }
    free(used);
    qsort(list, count, sizeof *list, numbers ? compare_values : compare_texts);
    return count;
}

static marq_status check_count(const csv_table *table, size_t count, marq_error *error) {
    const char *file = table->file, *name = table->names[table->labels.column];
    if (count < 2)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "%s: the class column %s has the same class in every row: there is nothing to fit",
                         file, name);
    if (2 * count > table->rows)
        return marq_fail(
            error, MARQ_ERROR_DATA,
            "%s: the class column %s has %zu classes in %zu rows: it needs two rows a class or more", file,
            name, count, table->rows);
    return MARQ_OK;
}

static marq_status fill(const csv_table *table, const label *list, size_t count, fit_data *data,
                        marq_error *error) {
    double *class_of = marq_alloc_doubles(table->labels.count, 1);
    data->class_names = marq_alloc(count, sizeof *data->class_names);
    bool complete = class_of && data->class_names;
    for (size_t k = 0; complete && k < count; k++) {
        class_of[list[k].index] = (double)k;
        complete = (data->class_names[k] = marq_copy_text(list[k].text)) != NULL;
        data->classes = k + 1;
    }
    for (size_t i = 0; complete && i < table->rows; i++) {
        size_t own = table->labels.row[i];
        data->Y[i] = own == CSV_NO_LABEL ? (double)NAN : class_of[own];
    }
    free(class_of);
    return complete ? MARQ_OK : marq_fail_memory(error, "the classes");
}

marq_status fit_take_classes(const csv_table *table, fit_data *data, marq_error *error) {
    label *list = marq_alloc(table->labels.count + 1, sizeof *list);
    if (!list) return marq_fail_memory(error, "the classes");
    size_t count = sort_labels(table, list);
    marq_status status = check_count(table, count, error);
    if (status == MARQ_OK) status = fill(table, list, count, data, error);
    free(list);
    return status;
}

marq_status fit_take_classes_of_net(const csv_table *table, const marq_net *net, fit_data *data,
                                    marq_error *error) {
    size_t classes = marq_net_classes(net);
    for (size_t i = 0; i < table->rows; i++) {
        size_t own = table->labels.row[i], k = 0;
        data->Y[i] = (double)NAN;
        if (own == CSV_NO_LABEL) continue;
        while (k < classes && strcmp(table->labels.texts[own], marq_net_class_name(net, k)) != 0) k++;
        if (k == classes)
            return marq_fail(error, MARQ_ERROR_DATA, "%s:%zu:%zu: the model has no class %s", table->file,
                             table->lines[i], table->labels.column + 1, table->labels.texts[own]);
        data->Y[i] = (double)k;
    }
    return MARQ_OK;
}
