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

const char *fit_class_column(const fit_arguments *a) {
    if (a->net_loss != MARQ_NET_CROSS_ENTROPY) return NULL;
    return a->outputs ? a->outputs : "";
}

void fit_take_labels(const csv_table *table, fit_data *data) {
    const size_t *row = table->labels.row;
    for (size_t i = 0; i < table->rows; i++)
        data->Y[i] = row[i] == CSV_NO_LABEL ? (double)NAN : (double)row[i];
}

/* ---- The classes of all rows ---- */

/* The labels that rows have, sorted. Returns how many. */
static size_t sort_labels(const csv_labels *labels, const unsigned char *used, label *list) {
    size_t count = 0;
    bool numbers = true;
    for (size_t k = 0; k < labels->count; k++) {
        label own = {labels->texts[k], (double)NAN, k};
        if (!used[k]) continue;
        if (!marq_number_parse(own.text, &own.value)) numbers = false;
        list[count++] = own;
    }
    qsort(list, count, sizeof *list, numbers ? compare_values : compare_texts);
    return count;
}

static marq_status check_count(const csv_table *table, size_t count, size_t rows, marq_error *error) {
    const char *file = table->file, *name = table->names[table->labels.column];
    if (count < 2)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "%s: the class column %s has the same class in every row: there is nothing to fit",
                         file, name);
    if (2 * count > rows)
        return marq_fail(
            error, MARQ_ERROR_DATA,
            "%s: the class column %s has %zu classes in %zu rows: it needs two rows a class or more", file,
            name, count, rows);
    return MARQ_OK;
}

static bool copy_names(const label *list, size_t count, fit_data *data) {
    data->class_names = marq_alloc(count, sizeof *data->class_names);
    bool complete = data->class_names != NULL;
    for (size_t k = 0; complete && k < count; k++) {
        complete = (data->class_names[k] = marq_copy_text(list[k].text)) != NULL;
        data->classes = k + 1;
    }
    return complete;
}

/* Y: labels become classes. */
static void number_rows(const label *list, size_t count, double *class_of, fit_data *data) {
    for (size_t k = 0; k < count; k++) class_of[list[k].index] = (double)k;
    for (size_t i = 0; i < data->rows; i++)
        if (!isnan(data->Y[i])) data->Y[i] = class_of[(size_t)data->Y[i]];
}

marq_status fit_sort_classes(const csv_table *table, fit_data *data, marq_error *error) {
    const csv_labels *labels = &table->labels;
    label *list = marq_alloc(labels->count + 1, sizeof *list);
    double *class_of = marq_alloc_doubles(labels->count + 1, 1);
    unsigned char *used = marq_alloc(labels->count + 1, 1);
    marq_status status = list && class_of && used ? MARQ_OK : marq_fail_memory(error, "the classes");
    if (status == MARQ_OK) {
        for (size_t i = 0; i < data->rows; i++)
            if (!isnan(data->Y[i])) used[(size_t)data->Y[i]] = 1;
        size_t count = sort_labels(labels, used, list);
        status = check_count(table, count, data->rows, error);
        if (status == MARQ_OK && !copy_names(list, count, data))
            status = marq_fail_memory(error, "the classes");
        if (status == MARQ_OK) number_rows(list, count, class_of, data);
    }
    free(list);
    free(class_of);
    free(used);
    return status;
}

/* ---- The classes of a net ---- */

/* NaN: the net has no such class. */
static double class_of_net(const marq_net *net, const char *text) {
    for (size_t k = 0; k < marq_net_classes(net); k++)
        if (strcmp(text, marq_net_class_name(net, k)) == 0) return (double)k;
    return (double)NAN;
}

marq_status fit_take_classes_of_net(const csv_table *table, const marq_net *net, fit_data *data,
                                    marq_error *error) {
    const csv_labels *labels = &table->labels;
    double *class_of = marq_alloc_doubles(labels->count + 1, 1);
    if (!class_of) return marq_fail_memory(error, "the classes");
    for (size_t k = 0; k < labels->count; k++) class_of[k] = class_of_net(net, labels->texts[k]);
    marq_status status = MARQ_OK;
    for (size_t i = 0; status == MARQ_OK && i < table->rows; i++) {
        size_t own = labels->row[i];
        data->Y[i] = own == CSV_NO_LABEL ? (double)NAN : class_of[own];
        if (own != CSV_NO_LABEL && isnan(data->Y[i]))
            status = marq_fail(error, MARQ_ERROR_DATA, "%s:%zu:%zu: the model has no class %s", table->file,
                               table->lines[i], labels->column + 1, labels->texts[own]);
    }
    free(class_of);
    return status;
}
