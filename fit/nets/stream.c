#include "nets/stream.h"

#include "csv/classes.h"
#include "rows.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>
#include <string.h>

/* The columns' names come with the first part. */
static void take_names(fit_data *data, fit_data *part) {
    data->inputs = part->inputs;
    data->outputs = part->outputs;
    data->input_names = part->input_names;
    data->output_names = part->output_names;
    part->input_names = part->output_names = NULL;
}

static marq_status add_sets(fit_data *data, const fit_data *part, size_t *capacity, marq_error *error) {
    size_t rows = data->rows + part->rows;
    if (rows > *capacity) {
        *capacity = 2 * rows;
        unsigned char *set = realloc(data->set, *capacity);
        if (!set) return marq_fail_memory(error, "the data");
        data->set = set;
    }
    memcpy(data->set + data->rows, part->set, part->rows);
    data->rows = rows;
    return MARQ_OK;
}

static marq_status add_part(fit_data *data, fit_data *part, size_t *capacity, marq_error *error) {
    if (!data->input_names) take_names(data, part);
    const double *columns[FIT_DATA_FILES] = {part->X, part->Y, part->sigma};
    const size_t widths[FIT_DATA_FILES] = {part->inputs, part->outputs, 1};
    marq_status status = MARQ_OK;
    for (int k = 0; status == MARQ_OK && k < FIT_DATA_FILES; k++)
        if (columns[k])
            status =
                marq_spill_append(&data->file[k], columns[k], part->rows * widths[k] * sizeof(double), error);
    return status == MARQ_OK ? add_sets(data, part, capacity, error) : status;
}

/* Where every row has a label of its own, the column is none of classes, and its labels fill the memory. */
static marq_status check_labels(const csv_table *table, marq_error *error) {
    if (table->labels.count <= FIT_MOST_STREAM_CLASSES) return MARQ_OK;
    return marq_fail(
        error, MARQ_ERROR_DATA,
        "%s:%zu:%zu: the class column %s has more than %d classes up to here: choose another with "
        "--outputs, or fit its numbers without --loss cross-entropy",
        table->file, table->lines[table->rows - 1], table->labels.column + 1,
        table->names[table->labels.column], FIT_MOST_STREAM_CLASSES);
}

/* *last ← the stream's table. */
static marq_status read_parts(const fit_arguments *a, csv_stream *stream, fit_data *data, csv_table **last,
                              marq_error *error) {
    csv_table *table;
    size_t capacity = 0;
    marq_status status;
    while ((status = csv_stream_next(stream, &table, error)) == MARQ_OK && table) {
        fit_data part = {0};
        *last = table;
        status = check_labels(table, error);
        if (status == MARQ_OK) status = fit_choose_rows(a, table, error);
        if (status == MARQ_OK && table->rows > 0) status = fit_select_part(a, table, &part, error);
        if (status == MARQ_OK && table->rows > 0) status = add_part(data, &part, &capacity, error);
        data->dropped += part.dropped;
        fit_data_clear(&part);
        if (status != MARQ_OK) return status;
    }
    if (status == MARQ_OK && data->rows == 0 && data->dropped > 0)
        return csv_fail_all_missing(a->data, error);
    if (status == MARQ_OK && data->rows == 0)
        return marq_fail(error, MARQ_ERROR_DATA, "%s: --where '%s' holds in none of the rows", a->data,
                         a->where);
    return status;
}

static marq_status map_files(fit_data *data, marq_error *error) {
    double **const arrays[FIT_DATA_FILES] = {&data->X, &data->Y, &data->sigma};
    for (int k = 0; k < FIT_DATA_FILES; k++) {
        if (data->file[k].bytes == 0) continue;
        marq_status status = marq_spill_map(&data->file[k], error);
        if (status != MARQ_OK) return status;
        *arrays[k] = data->file[k].memory;
    }
    return MARQ_OK;
}

static marq_status read_stream(const fit_arguments *a, csv_stream *stream, fit_data *data,
                               fit_warnings *warnings, marq_error *error) {
    csv_table *last = NULL;
    marq_status status = read_parts(a, stream, data, &last, error);
    if (status != MARQ_OK) return status;
    fit_warn_of_table(warnings, last, data->dropped);
    status = map_files(data, error);
    if (status == MARQ_OK) status = fit_finish_selection(a, last, data, warnings, error);
    fit_data_release(data);
    return status;
}

marq_status fit_read_stream(const fit_arguments *a, const char *folder, fit_data *data,
                            fit_warnings *warnings, marq_error *error) {
    *data = (fit_data){0};
    marq_status status = MARQ_OK;
    for (int k = 0; status == MARQ_OK && k < FIT_DATA_FILES; k++)
        status = marq_spill_open(&data->file[k], folder, error);
    if (status != MARQ_OK) return status;
    csv_options reading = a->csv;
    reading.labels = fit_class_column(a);
    csv_stream *stream = csv_stream_open(a->data, &reading, error);
    if (!stream) return error->status;
    status = read_stream(a, stream, data, warnings, error);
    csv_stream_close(stream);
    return status;
}
