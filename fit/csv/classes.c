#include "csv/classes.h"

#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <base/text.h>
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
    if (count == 0)
        return marq_fail(error, MARQ_ERROR_DATA, "%s: the class column %s is missing in every row", file,
                         name);
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

/* data->class_names become copies of these, which may not be they themselves. */
static marq_status name_classes(fit_data *data, size_t count, const char *const *names, marq_error *error) {
    for (size_t k = 0; k < data->classes; k++) free(data->class_names[k]);
    free(data->class_names);
    data->classes = 0;
    data->class_names = marq_alloc(count, sizeof *data->class_names);
    for (size_t k = 0; data->class_names && k < count; k++, data->classes++)
        if (!(data->class_names[k] = marq_copy_text(names[k]))) break;
    return data->classes == count ? MARQ_OK : marq_fail_memory(error, "the classes");
}

/* Y ← number[Y] */
static void number_rows(const double *number, fit_data *data) {
    for (size_t i = 0; i < data->rows; i++)
        if (!isnan(data->Y[i])) data->Y[i] = number[(size_t)data->Y[i]];
}

/* list, names, number, used: with room for all labels. */
static marq_status sort_classes(const csv_table *table, fit_data *data, label *list, const char **names,
                                double *number, unsigned char *used, marq_error *error) {
    for (size_t i = 0; i < data->rows; i++)
        if (!isnan(data->Y[i])) used[(size_t)data->Y[i]] = 1;
    size_t count = sort_labels(&table->labels, used, list);
    marq_status status = check_count(table, count, data->rows, error);
    if (status != MARQ_OK) return status;
    for (size_t k = 0; k < count; k++) {
        names[k] = list[k].text;
        number[list[k].index] = (double)k;
    }
    number_rows(number, data);
    return name_classes(data, count, names, error);
}

marq_status fit_sort_classes(const csv_table *table, fit_data *data, marq_error *error) {
    size_t most = table->labels.count + 1;
    label *list = marq_alloc(most, sizeof *list);
    const char **names = marq_alloc(most, sizeof *names);
    double *number = marq_alloc_doubles(most, 1);
    unsigned char *used = marq_alloc(most, 1);
    marq_status status = list && names && number && used
                             ? sort_classes(table, data, list, names, number, used, error)
                             : marq_fail_memory(error, "the classes");
    free(list);
    free(names);
    free(number);
    free(used);
    return status;
}

/* The first few of them, in words. */
static void warn_of(const fit_data *data, const unsigned char *learned, size_t absent,
                    fit_warnings *warnings) {
    enum { SHOWN = 5 };
    marq_text names = {0};
    size_t shown = 0;
    for (size_t k = 0; k < data->classes && shown < SHOWN; k++)
        if (!learned[k]) marq_text_add(&names, "%s%s", shown++ ? ", " : "", data->class_names[k]);
    if (!names.failed && absent == 1)
        fit_warn(warnings, "the class %s has no training row and cannot be learned", names.data);
    if (!names.failed && absent > 1)
        fit_warn(warnings, "%zu classes have no training row and cannot be learned: %s%s", absent, names.data,
                 absent > shown ? ", ..." : "");
    marq_text_clear(&names);
}

void fit_warn_of_classes(const fit_data *data, fit_warnings *warnings) {
    size_t absent = data->classes;
    unsigned char *learned = marq_alloc(data->classes + 1, 1);
    if (!learned) return;
    for (size_t i = 0; i < data->rows; i++) {
        if (data->set[i] != MARQ_TRAIN || isnan(data->Y[i])) continue;
        unsigned char *own = &learned[(size_t)data->Y[i]];
        absent -= !*own;
        *own = 1;
    }
    if (absent > 0) warn_of(data, learned, absent, warnings);
    free(learned);
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

marq_status fit_adopt_classes(const marq_net *net, const char *model, fit_data *data, marq_error *error) {
    size_t classes = marq_net_classes(net);
    double *number = marq_alloc_doubles(data->classes, 1);
    const char **names = marq_alloc(classes, sizeof *names);
    marq_status status = number && names ? MARQ_OK : marq_fail_memory(error, "the classes");
    for (size_t k = 0; status == MARQ_OK && k < data->classes; k++) {
        number[k] = class_of_net(net, data->class_names[k]);
        if (isnan(number[k]))
            status =
                marq_fail(error, MARQ_ERROR_ARGUMENT, "%s has no class %s: it cannot be trained on with it",
                          model, data->class_names[k]);
    }
    if (status == MARQ_OK) {
        for (size_t k = 0; k < classes; k++) names[k] = marq_net_class_name(net, k);
        number_rows(number, data);
        status = name_classes(data, classes, names, error);
    }
    free(number);
    free(names);
    return status;
}
