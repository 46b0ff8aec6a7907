/* --where EXPR: a formula of columns; a row stays where its value is not 0. */
#include "rows.h"

#include "expression.h"
#include <base/error.h>
#include <base/memory.h>
#include <math.h>
#include <stdlib.h>

static marq_status parse(const char *text, const csv_table *table, marq_formula **formula,
                         marq_error *error) {
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_COLUMNS;
    options.columns = (const char *const *)table->names;
    options.column_count = table->columns;
    marq_formula_place place = {.tie = MARQ_FORMULA_NONE};
    marq_status status = marq_formula_parse(text, &options, formula, &place, error);
    return status == MARQ_ERROR_FORMAT ? fit_fail_expression("--where", text, &place, error) : status;
}

/* No missing cell may be left in the columns that the choice depends on. */
static marq_status check_columns(const fit_arguments *a, const marq_formula *formula, csv_table *table,
                                 marq_error *error) {
    size_t count = marq_formula_column_count(formula), *used = marq_alloc(count, sizeof *used);
    if (!used && count) return marq_fail_memory(error, "column numbers");
    for (size_t k = 0; k < count; k++) used[k] = marq_formula_column(formula, k);
    marq_status status = csv_check(table, used, count, a->csv.missing, NULL, error);
    free(used);
    return status;
}

static marq_status keep(const marq_formula *formula, const char *text, csv_table *table, marq_error *error) {
    size_t rows = table->rows;
    const double **columns = marq_alloc(table->columns, sizeof *columns);
    double *value = marq_alloc_doubles(rows, 1);
    marq_status status = columns && value ? MARQ_OK : marq_fail_memory(error, "--where");
    if (status == MARQ_OK) {
        for (size_t c = 0; c < table->columns; c++) columns[c] = table->values + c;
        marq_formula_data data = {columns, table->columns, rows};
        marq_formula_evaluate(formula, &data, NULL, 0, rows, value);
        for (size_t i = 0; i < rows && status == MARQ_OK; i++)
            if (isnan(value[i]))
                status = marq_fail(error, MARQ_ERROR_DATA, "%s:%zu: --where '%s' is not a number there",
                                   table->file, table->lines[i], text);
    }
    if (status == MARQ_OK) csv_keep(table, value);
    free(columns);
    free(value);
    return status;
}

marq_status fit_choose_rows(const fit_arguments *a, csv_table *table, marq_error *error) {
    if (!a->where) return MARQ_OK;
    marq_formula *formula = NULL;
    marq_status status = parse(a->where, table, &formula, error);
    if (status == MARQ_OK) status = check_columns(a, formula, table, error);
    if (status == MARQ_OK) status = keep(formula, a->where, table, error);
    marq_formula_destroy(formula);
    return status;
}

marq_status fit_read_rows(const fit_arguments *a, const char *labels, csv_table *table, marq_error *error) {
    csv_options reading = a->csv;
    reading.labels = labels;
    marq_status status = csv_read(a->data, &reading, table, error);
    if (status != MARQ_OK) return status;
    size_t rows = table->rows;
    status = fit_choose_rows(a, table, error);
    if (status == MARQ_OK && table->rows == 0)
        status = marq_fail(error, MARQ_ERROR_DATA, "%s: --where '%s' holds in none of the %zu rows",
                           table->file, a->where, rows);
    return status;
}
