/* Which columns are inputs and outputs: those that the arguments name; by default the last column that has no
 * other use is the output, and all others are inputs. */
#include "csv/columns.h"

#include "csv/classes.h"
#include "csv/content.h"

#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <stdlib.h>
#include <string.h>

typedef struct selection {
    size_t *inputs, *outputs,
        *all; /* column indices, each with room for all columns; all: outputs, inputs, split, sigma */
    size_t input_count, output_count, all_count;
    size_t output_cells; /* of all: those of outputs; 0 where these are labels */
    bool labelled;       /* the output is the class of a row */
    bool saved;          /* for a net that was trained: outputs are only compared with */
    long split, sigma;   /* −1: none */
} selection;

static void clear_selection(selection *s) {
    free(s->inputs);
    free(s->outputs);
    free(s->all);
}

static bool holds(const size_t *list, size_t count, size_t column) {
    for (size_t i = 0; i < count; i++)
        if (list[i] == column) return true;
    return false;
}

/* The column has a use other than as input or output. */
static bool is_special(const selection *s, size_t column) {
    return (long)column == s->split || (long)column == s->sigma;
}

/* A comma-separated list of columns. A name with a comma in it cannot be given by name, but by number. */
static marq_status find_list(const csv_table *table, const char *list, size_t *columns, size_t *count,
                             marq_error *error) {
    char name[FIT_LIST_ITEM];
    marq_status status = MARQ_OK;
    while (status == MARQ_OK && fit_list_next(&list, ',', name, sizeof name)) {
        size_t column = 0;
        status = csv_require_column(table, NULL, name, &column, error);
        if (status == MARQ_OK && holds(columns, *count, column))
            status = marq_fail(error, MARQ_ERROR_ARGUMENT, "column %s is named twice", name);
        if (status == MARQ_OK) columns[(*count)++] = column;
    }
    return status;
}

static marq_status choose_outputs(const fit_arguments *a, const csv_table *table, selection *s,
                                  marq_error *error) {
    if (a->outputs) return find_list(table, a->outputs, s->outputs, &s->output_count, error);
    for (size_t c = table->columns; c > 0 && s->output_count == 0; c--)
        if (!is_special(s, c - 1) && !holds(s->inputs, s->input_count, c - 1))
            s->outputs[s->output_count++] = c - 1;
    if (s->output_count == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "every column is an input: name the output with --outputs");
    return MARQ_OK;
}

static marq_status choose_inputs(const csv_table *table, selection *s, marq_error *error) {
    if (s->input_count > 0) return MARQ_OK; /* named */
    for (size_t c = 0; c < table->columns; c++)
        if (!holds(s->outputs, s->output_count, c) && !is_special(s, c)) s->inputs[s->input_count++] = c;
    if (s->input_count == 0 && table->columns > 1)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "every column of %s has another use: none is left for an input", table->file);
    if (s->input_count == 0)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "%s has no column left for an input: a fit needs at least two columns", table->file);
    return MARQ_OK;
}

static marq_status check_uses(const csv_table *table, const selection *s, marq_error *error) {
    for (size_t i = 0; i < s->input_count; i++)
        if (holds(s->outputs, s->output_count, s->inputs[i]) || is_special(s, s->inputs[i]))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "column %s has two uses",
                             table->names[s->inputs[i]]);
    for (size_t o = 0; o < s->output_count; o++)
        if (is_special(s, s->outputs[o]))
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "column %s has two uses",
                             table->names[s->outputs[o]]);
    return MARQ_OK;
}

static marq_status allocate_selection(selection *s, size_t columns, marq_error *error) {
    *s = (selection){.inputs = marq_alloc(columns, sizeof *s->inputs),
                     .outputs = marq_alloc(columns, sizeof *s->outputs),
                     .all = marq_alloc(columns + 2, sizeof *s->all),
                     .split = -1,
                     .sigma = -1};
    return s->inputs && s->outputs && s->all ? MARQ_OK : marq_fail_memory(error, "column numbers");
}

static void join(selection *s) {
    for (size_t o = 0; o < s->output_count && !s->labelled; o++) s->all[s->all_count++] = s->outputs[o];
    s->output_cells = s->all_count;
    for (size_t i = 0; i < s->input_count; i++) s->all[s->all_count++] = s->inputs[i];
    if (s->split >= 0) s->all[s->all_count++] = (size_t)s->split;
    if (s->sigma >= 0) s->all[s->all_count++] = (size_t)s->sigma;
}

/* The output is the column whose labels were read. */
static marq_status check_labels(const csv_table *table, const selection *s, marq_error *error) {
    if (!s->labelled) return MARQ_OK;
    if (s->output_count != 1)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--loss cross-entropy has one output, the class column");
    if (table->labels.row && table->labels.column == s->outputs[0]) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s: name the class column with --outputs", table->file);
}

static marq_status find_special(const csv_table *table, const char *name, long *special, marq_error *error) {
    size_t column = 0;
    marq_status status = csv_require_column(table, NULL, name, &column, error);
    *special = (long)column;
    return status;
}

static marq_status choose(const fit_arguments *a, const csv_table *table, selection *s, marq_error *error) {
    marq_status status = allocate_selection(s, table->columns, error);
    if (status == MARQ_OK && a->split_column) status = find_special(table, a->split_column, &s->split, error);
    if (status == MARQ_OK && a->sigma) status = find_special(table, a->sigma, &s->sigma, error);
    if (status == MARQ_OK && a->inputs)
        status = find_list(table, a->inputs, s->inputs, &s->input_count, error);
    if (status == MARQ_OK) status = choose_outputs(a, table, s, error);
    if (status == MARQ_OK) status = choose_inputs(table, s, error);
    if (status == MARQ_OK) status = check_uses(table, s, error);
    s->labelled = fit_class_column(a) != NULL;
    if (status == MARQ_OK) status = check_labels(table, s, error);
    if (status == MARQ_OK) join(s);
    return status;
}

/* With a mask outputs may be missing, but nothing else. */
static marq_status check_others(csv_table *table, const selection *s, size_t *dropped, marq_error *error) {
    return csv_check(table, s->all + s->output_cells, s->all_count - s->output_cells, CSV_MISSING_LABELS,
                     dropped, error);
}

/* Where only outputs have missing values, and there are several, or classes, or a saved net predicts: rows
 * need not be dropped. */
static marq_status advise_mask(csv_table *table, const selection *s, marq_status status, marq_error *error) {
    char message[sizeof error->message];
    memcpy(message, error->message, sizeof message);
    marq_error unused;
    size_t none;
    if (status != MARQ_ERROR_DATA || (s->output_cells < 2 && !s->labelled && !s->saved) ||
        check_others(table, s, &none, &unused) != MARQ_OK)
        return status;
    const char *advice =
        strstr(message, "a missing value") ? ", or count what they have with --missing mask" : "";
    return marq_fail(error, status, "%s%s", message, advice);
}

static marq_status check_cells(const fit_arguments *a, csv_table *table, const selection *s, size_t *dropped,
                               marq_error *error) {
    csv_missing missing = a->csv.missing;
    marq_status status = csv_check(table, s->all, s->all_count, missing, dropped, error);
    if (missing == CSV_MISSING_ERROR && status != MARQ_OK) return advise_mask(table, s, status, error);
    if (status != MARQ_OK || missing != CSV_MISSING_KEEP) return status;
    return check_others(table, s, dropped, error);
}

static bool is_trouble_of(const csv_table *table, size_t column, const marq_error *error) {
    const char *trouble = table->troubles[column].message;
    return trouble && strncmp(trouble, error->message, sizeof error->message - 1) == 0;
}

/* A column of words may be one of classes: the output, or of several the wrong one was taken for it. */
static marq_status advise_classes(const csv_table *table, const selection *s, marq_status status,
                                  marq_error *error) {
    char message[sizeof error->message];
    memcpy(message, error->message, sizeof message);
    if (status == MARQ_ERROR_DATA && s->output_cells && is_trouble_of(table, s->outputs[0], error))
        return marq_fail(error, status, "%s; classes are fitted with --loss cross-entropy", message);
    for (size_t j = 0; status == MARQ_ERROR_DATA && s->labelled && j < s->input_count; j++)
        if (is_trouble_of(table, s->inputs[j], error))
            return marq_fail(error, status, "%s; the class column is %s: another is named with --outputs",
                             message, table->names[s->outputs[0]]);
    return status;
}

static double *gather(const csv_table *table, const size_t *columns, size_t count) {
    double *out = marq_alloc_doubles(table->rows, count);
    for (size_t i = 0; out && i < table->rows; i++)
        for (size_t j = 0; j < count; j++)
            out[i * count + j] = table->values[i * table->columns + columns[j]];
    return out;
}

static char **copy_names(const csv_table *table, const size_t *columns, size_t count) {
    char **names = marq_alloc(count, sizeof *names);
    for (size_t j = 0; names && j < count; j++) names[j] = marq_copy_text(table->names[columns[j]]);
    return names;
}

static marq_status fill(const csv_table *table, const selection *s, fit_data *data, marq_error *error) {
    data->rows = table->rows;
    data->inputs = s->input_count;
    data->outputs = s->output_count;
    data->X = gather(table, s->inputs, s->input_count);
    data->Y = s->output_count ? gather(table, s->outputs, s->output_count) : NULL;
    data->set = marq_alloc(table->rows, 1);
    data->input_names = copy_names(table, s->inputs, s->input_count);
    data->output_names = copy_names(table, s->outputs, s->output_count);
    bool complete =
        data->X && (data->Y || !s->output_count) && data->set && data->input_names && data->output_names;
    for (size_t j = 0; complete && j < s->input_count; j++) complete = data->input_names[j] != NULL;
    for (size_t j = 0; complete && j < s->output_count; j++) complete = data->output_names[j] != NULL;
    return complete ? MARQ_OK : marq_fail_memory(error, "the data");
}

static marq_status read_sets(const csv_table *table, const selection *s, fit_data *d, marq_error *error) {
    for (size_t i = 0; i < table->rows; i++) {
        double value = table->values[i * table->columns + (size_t)s->split];
        if (value != 0 && value != 1 && value != 2)
            return marq_fail(
                error, MARQ_ERROR_DATA,
                "%s:%zu:%ld: the split column %s has %g: 0 training, 1 validation and 2 test are possible",
                table->file, table->lines[i], s->split + 1, table->names[s->split], value);
        d->set[i] = (unsigned char)value;
    }
    return MARQ_OK;
}

static marq_status read_sigma(const csv_table *table, const selection *s, fit_data *d, marq_error *error) {
    if (s->sigma < 0) return MARQ_OK;
    size_t column = (size_t)s->sigma;
    d->sigma = gather(table, &column, 1);
    if (!d->sigma) return marq_fail_memory(error, "the data");
    for (size_t i = 0; i < table->rows; i++)
        if (!(d->sigma[i] > 0))
            return marq_fail(error, MARQ_ERROR_DATA,
                             "%s:%zu:%ld: the standard deviation is %g: it must be above 0", table->file,
                             table->lines[i], s->sigma + 1, d->sigma[i]);
    return MARQ_OK;
}

static marq_status read_output_weights(const char *list, fit_data *d, marq_error *error) {
    if (!list) return MARQ_OK;
    d->output_weights = marq_alloc_doubles(d->outputs, 1);
    if (!d->output_weights) return marq_fail_memory(error, "the data");
    size_t count = 0;
    double sum = 0;
    bool right = true;
    char item[32];
    for (const char *rest = list; right && fit_list_next(&rest, ',', item, sizeof item);) {
        double weight = 0;
        right = count < d->outputs && marq_number_parse(item, &weight) && weight >= 0;
        if (right) d->output_weights[count++] = weight;
        sum += weight;
    }
    if (right && count == d->outputs && sum > 0) return MARQ_OK;
    return marq_fail(
        error, MARQ_ERROR_ARGUMENT,
        "--output-weights %s: a number for each of the %zu outputs is expected, none below 0 and "
        "one above",
        list, d->outputs);
}

marq_status fit_select_part(const fit_arguments *a, csv_table *table, fit_data *data, marq_error *error) {
    *data = (fit_data){0};
    selection s;
    marq_status status = choose(a, table, &s, error);
    if (status == MARQ_OK)
        status = advise_classes(table, &s, check_cells(a, table, &s, &data->dropped, error), error);
    if (status == MARQ_OK) status = fill(table, &s, data, error);
    if (status == MARQ_OK && s.labelled) fit_take_labels(table, data);
    if (status == MARQ_OK) status = read_sigma(table, &s, data, error);
    if (status == MARQ_OK && s.split >= 0) status = read_sets(table, &s, data, error);
    clear_selection(&s);
    return status;
}

static marq_status split_rows(const fit_arguments *a, const char *file, fit_data *data, marq_error *error) {
    if (!a->split_column)
        return marq_split(data->rows, a->split, a->seed, a->split_contiguous, data->set, error);
    if (memchr(data->set, MARQ_TRAIN, data->rows)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_DATA, "%s: the split column %s has no training row (0)", file,
                     a->split_column);
}

marq_status fit_finish_selection(const fit_arguments *a, const csv_table *table, fit_data *data,
                                 fit_warnings *warnings, marq_error *error) {
    marq_status status = read_output_weights(a->output_weights, data, error);
    if (status == MARQ_OK && fit_class_column(a)) status = fit_sort_classes(table, data, error);
    if (status == MARQ_OK) status = fit_check_content(table->file, data, warnings, error);
    if (status == MARQ_OK) status = split_rows(a, table->file, data, error);
    if (status == MARQ_OK && data->classes) fit_warn_of_classes(data, warnings);
    return status;
}

marq_status fit_select(const fit_arguments *a, csv_table *table, fit_data *data, fit_warnings *warnings,
                       marq_error *error) {
    marq_status status = fit_select_part(a, table, data, error);
    return status == MARQ_OK ? fit_finish_selection(a, table, data, warnings, error) : status;
}

static long find_name(const csv_table *table, const char *name) {
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->names[c], name) == 0) return (long)c;
    return -1;
}

/* A saved net without names takes the first columns in order. */
static marq_status choose_for_net(const marq_net *net, const csv_table *table, selection *s,
                                  marq_error *error) {
    size_t inputs = marq_net_inputs(net), outputs = marq_net_classes(net) ? 1 : marq_net_outputs(net);
    bool named = marq_net_input_name(net, 0) != NULL;
    for (size_t j = 0; j < inputs; j++) {
        long column = named ? find_name(table, marq_net_input_name(net, j)) : (long)j;
        if (column < 0 || (size_t)column >= table->columns)
            return marq_fail(error, MARQ_ERROR_DATA, "%s has no column for the model's input %s", table->file,
                             named ? marq_net_input_name(net, j) : "by position");
        s->inputs[s->input_count++] = (size_t)column;
    }
    for (size_t o = 0; o < outputs; o++) {
        long column = named ? find_name(table, marq_net_output_name(net, o)) : (long)(inputs + o);
        if (column < 0 || (size_t)column >= table->columns) {
            s->output_count = 0;
            break;
        }
        s->outputs[s->output_count++] = (size_t)column;
    }
    s->saved = true;
    s->labelled = marq_net_classes(net) > 0;
    if (s->labelled && !table->labels.row) s->output_count = 0;
    join(s);
    return MARQ_OK;
}

marq_status fit_select_for_net(const fit_arguments *a, const marq_net *net, csv_table *table, fit_data *data,
                               marq_error *error) {
    *data = (fit_data){0};
    selection s;
    marq_status status =
        allocate_selection(&s, table->columns + marq_net_inputs(net) + marq_net_outputs(net), error);
    if (status == MARQ_OK && a->sigma) status = find_special(table, a->sigma, &s.sigma, error);
    if (status == MARQ_OK) status = choose_for_net(net, table, &s, error);
    if (status == MARQ_OK) status = check_cells(a, table, &s, &data->dropped, error);
    if (status == MARQ_OK) status = fill(table, &s, data, error);
    if (status == MARQ_OK) status = read_sigma(table, &s, data, error);
    if (status == MARQ_OK && s.labelled && data->Y) status = fit_take_classes_of_net(table, net, data, error);
    clear_selection(&s);
    return status;
}

void fit_warn_of_table(fit_warnings *warnings, const csv_table *table, size_t dropped) {
    if (dropped > 0)
        fit_warn(warnings, "%zu row%s with missing cells left out", dropped, dropped == 1 ? "" : "s");
    for (size_t i = 0; i < table->warning_count; i++) fit_warn(warnings, "%s", table->warnings[i]);
}

static void free_names(char **names, size_t count) {
    for (size_t j = 0; names && j < count; j++) free(names[j]);
    free(names);
}

void fit_data_release(const fit_data *data) {
    for (int k = 0; k < FIT_DATA_FILES; k++)
        if (data->file[k].memory) marq_spill_release(&data->file[k]);
}

void fit_data_clear(fit_data *data) {
    if (data->file[0].opened) data->X = data->Y = data->sigma = NULL;
    for (int k = 0; k < FIT_DATA_FILES; k++) marq_spill_close(&data->file[k]);
    free(data->X);
    free(data->Y);
    free(data->sigma);
    free(data->output_weights);
    free(data->set);
    free_names(data->input_names, data->inputs);
    free_names(data->output_names, data->outputs);
    free_names(data->class_names, data->classes);
    *data = (fit_data){0};
}
