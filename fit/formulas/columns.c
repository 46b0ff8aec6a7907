/* Which columns of the table a formula's fit uses, and for what. */
#include "formulas/fit.h"
#include "formulas/saved_formula.h"

#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <stdlib.h>

/* ---- Named by options ---- */

/* One of --sigma-x: COL, or INPUT=COL. */
static marq_status read_errors(formula_outcome *o, char *entry, marq_error *error) {
    formula_uses *u = &o->uses;
    if (u->inputs == MARQ_ODR_MOST_INPUTS)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--sigma-x: at most %d columns", MARQ_ODR_MOST_INPUTS);
    char *column = fit_list_value(entry);
    size_t at = u->inputs++;
    u->input[at] = MARQ_FORMULA_NONE;
    marq_status status =
        column ? csv_require_column(&o->table, "--sigma-x", entry, &u->input[at], error) : MARQ_OK;
    return status == MARQ_OK ? csv_require_column(&o->table, "--sigma-x", column ? column : entry,
                                                  &u->input_sigma[at], error)
                             : status;
}

marq_status formula_find_columns(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    formula_uses *u = &o->uses;
    size_t ignored;
    u->sigma = MARQ_FORMULA_NONE;
    if (a->group && !o->table.labels.row)
        return csv_require_column(&o->table, "--group", a->group, &ignored, error);
    marq_status status =
        a->sigma ? csv_require_column(&o->table, "--sigma", a->sigma, &u->sigma, error) : MARQ_OK;
    char entry[FIT_LIST_ITEM];
    for (const char *list = a->sigma_x; status == MARQ_OK && fit_list_next(&list, ',', entry, sizeof entry);)
        status = read_errors(o, entry, error);
    return status;
}

bool formula_has_use(const formula_outcome *o, size_t column) {
    const csv_labels *labels = &o->table.labels;
    for (size_t k = 0; k < o->uses.inputs; k++)
        if (o->uses.input_sigma[k] == column) return true;
    return column == o->uses.sigma || (labels->row && column == labels->column);
}

/* ---- Chosen by default ---- */

/* Where the table has the column that --from's model has under the key, "response" or "predictor"; −1
 * without. */
static long find_saved(const formula_outcome *o, const char *key) {
    const formula_saved *s = o->arguments->saved;
    const char *name = s ? json_string_value(json_object_get(s->root, key)) : NULL;
    return name ? csv_find_column(&o->table, name) : -1;
}

/* The column of the response where the formula names none: --outputs, that of --from, or the last one without
 * another use. */
marq_status formula_find_response(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    long column = (long)o->table.columns - 1, saved = find_saved(o, "response");
    if (a->outputs) return csv_require_column(&o->table, "--outputs", a->outputs, &o->response, error);
    if (saved >= 0)
        column = saved;
    else
        while (column >= 0 && formula_has_use(o, (size_t)column)) column--;
    o->response = column < 0 ? MARQ_FORMULA_NONE : (size_t)column; /* the formula may name one */
    return MARQ_OK;
}

/* The first of --inputs is what lineshapes are over; without it, what they were over in --from's model. */
marq_status formula_find_predictor(const formula_outcome *o, size_t *predictor, marq_error *error) {
    const char *inputs = o->arguments->inputs;
    char name[FIT_LIST_ITEM];
    long saved = find_saved(o, "predictor");
    if (!inputs && saved >= 0) *predictor = (size_t)saved;
    return fit_list_next(&inputs, ',', name, sizeof name)
               ? csv_require_column(&o->table, "--inputs", name, predictor, error)
               : MARQ_OK;
}

/* A lineshape's predictor is the first column that is not the response: not one with another use. */
bool formula_shape_is_misled(const formula_outcome *o) {
    for (size_t k = 0; k < marq_formula_shape_count(o->formula); k++) {
        size_t column = marq_formula_shape_at(o->formula, k)->predictor;
        if (column != MARQ_FORMULA_NONE && formula_has_use(o, column)) return true;
    }
    return false;
}

size_t formula_free_column(const formula_outcome *o) {
    for (size_t c = 0; c < o->table.columns; c++)
        if (c != marq_formula_response(o->formula) && !formula_has_use(o, c)) return c;
    return MARQ_FORMULA_NONE;
}

/* ---- Of the parsed formula ---- */

/* Gives --sigma-x COL its input: the only one. */
marq_status formula_match_errors(formula_outcome *o, marq_error *error) {
    formula_uses *u = &o->uses;
    size_t count = marq_formula_column_count(o->formula);
    for (size_t k = 0; k < u->inputs; k++) {
        bool found = false;
        if (u->input[k] == MARQ_FORMULA_NONE && count == 1 && u->inputs == 1)
            u->input[k] = marq_formula_column(o->formula, 0);
        for (size_t i = 0; i < count; i++) found = found || marq_formula_column(o->formula, i) == u->input[k];
        if (u->input[k] == MARQ_FORMULA_NONE)
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "--sigma-x: the formula has %zu inputs: say whose errors they are, as in "
                             "--sigma-x x1=COL,x2=COL",
                             count);
        if (!found)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "--sigma-x: %s is no input of the formula",
                             o->table.names[u->input[k]]);
    }
    return MARQ_OK;
}

long formula_errors_of(const formula_outcome *o, size_t column) {
    for (size_t k = 0; k < o->uses.inputs; k++)
        if (o->uses.input[k] == column) return (long)o->uses.input_sigma[k];
    return -1;
}

size_t formula_list_columns(const formula_outcome *o, size_t *list) {
    size_t count = 0;
    for (size_t k = 0; k < marq_formula_column_count(o->formula); k++)
        list[count++] = marq_formula_column(o->formula, k);
    list[count++] = o->response;
    if (o->uses.sigma != MARQ_FORMULA_NONE) list[count++] = o->uses.sigma;
    for (size_t k = 0; k < o->uses.inputs; k++) list[count++] = o->uses.input_sigma[k];
    return count;
}

static marq_status fail_deviation(const formula_outcome *o, size_t row, size_t column, const char *words,
                                  marq_error *error) {
    return marq_fail(error, MARQ_ERROR_DATA, "%s:%zu:%zu: a standard deviation of %g: they must %s",
                     o->table.file, o->table.lines[row], column + 1,
                     o->table.values[row * o->table.columns + column], words);
}

marq_status formula_take_weights(formula_outcome *o, marq_error *error) {
    const formula_uses *u = &o->uses;
    for (size_t k = 0; k < u->inputs; k++)
        for (size_t i = 0; i < o->rows; i++)
            if (!(o->table.values[i * o->table.columns + u->input_sigma[k]] >= 0))
                return fail_deviation(o, i, u->input_sigma[k], "not be below 0", error);
    if (u->sigma == MARQ_FORMULA_NONE) return MARQ_OK;
    o->weights = marq_alloc_doubles(o->rows, 1);
    if (!o->weights) return marq_fail_memory(error, "the weights");
    for (size_t i = 0; i < o->rows; i++) {
        double deviation = o->table.values[i * o->table.columns + u->sigma];
        if (!(deviation > 0)) return fail_deviation(o, i, u->sigma, "be above 0", error);
        o->weights[i] = 1 / deviation;
    }
    return MARQ_OK;
}

static bool is_constant(const formula_outcome *o, size_t column) {
    for (size_t i = 1; i < o->rows; i++)
        if (o->columns[column][i * o->table.columns] != o->columns[column][0]) return false;
    return true;
}

marq_status formula_check_columns(formula_outcome *o, marq_error *error) {
    if (is_constant(o, o->response) && o->rows > 1)
        return marq_fail(error, MARQ_ERROR_DATA,
                         "%s: the output %s is %g in every row: there is nothing to fit", o->table.file,
                         o->table.names[o->response], o->columns[o->response][0]);
    for (size_t k = 0; k < marq_formula_column_count(o->formula); k++) {
        size_t column = marq_formula_column(o->formula, k);
        if (is_constant(o, column))
            fit_warn(&o->warnings, "the input %s is %g in every row: the data do not show its effect",
                     o->table.names[column], o->columns[column][0]);
    }
    return MARQ_OK;
}
