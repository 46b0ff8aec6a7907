/* Arguments and table -> a formula with its data, start values, bounds and weights. */
#include "formulas/fit.h"

#include "expression.h"
#include "list.h"
#include <base/error.h>
#include <base/memory.h>
#include <base/number.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

marq_formula_data formula_data(const formula_outcome *o) {
    return (marq_formula_data){o->columns, o->table.columns, o->rows};
}

/* ---- The text ---- */

static marq_status fail_at(const formula_outcome *o, const marq_formula_place *place, marq_error *error) {
    const fit_arguments *a = o->arguments;
    const char *text = place->tie == MARQ_FORMULA_NONE ? a->formula : a->ties[place->tie];
    return fit_fail_expression(NULL, text, place, error);
}

static marq_status parse(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    marq_formula_options options = marq_formula_options_default();
    options.columns = (const char *const *)o->table.names;
    options.column_count = o->table.columns;
    options.response = o->response;
    options.ties = a->ties;
    options.tie_count = a->tie_count;
    marq_formula_place place = {.tie = MARQ_FORMULA_NONE};
    marq_status status = formula_find_predictor(o, &options.predictor, error);
    if (status != MARQ_OK) return status;
    status = marq_formula_parse(a->formula, &options, &o->formula, &place, error);
    if (status == MARQ_OK && formula_shape_is_misled(o)) {
        options.predictor = formula_free_column(o);
        marq_formula_destroy(o->formula);
        status = marq_formula_parse(a->formula, &options, &o->formula, &place, error);
    }
    if (status == MARQ_ERROR_FORMAT) return fail_at(o, &place, error);
    if (status != MARQ_OK) return status;
    o->response = marq_formula_response(o->formula);
    if (o->response == MARQ_FORMULA_NONE)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s has no column left for the output: write y = ...",
                         o->table.file);
    for (size_t k = 0; k < marq_formula_warning_count(o->formula); k++)
        fit_warn(&o->warnings, "%s", marq_formula_warning(o->formula, k));
    return formula_match_errors(o, error);
}

/* ---- Lists: a=1,b=2 ---- */

typedef marq_status (*list_entry)(formula_outcome *o, size_t parameter, const char *value, marq_error *error);

/* Whether one of the formulas has the parameter; what is in brackets behind it is not looked at. */
bool formula_any_has(const formula_outcome *o, const char *name) {
    char local[256];
    marq_format(local, sizeof local, "%.*s", (int)strcspn(name, "["), name);
    for (size_t k = 0; k < o->run->count; k++)
        if (marq_formula_find_parameter(o->run->outcome[k].formula, local) != MARQ_FORMULA_NONE) return true;
    return false;
}

marq_status formula_fail_name(const formula_outcome *o, const char *option, const char *name,
                              marq_error *error) {
    double value;
    for (size_t c = 0; c < o->table.columns; c++)
        if (strcmp(o->table.names[c], name) == 0)
            return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s: %s is a column of %s, not a parameter", option,
                             name, o->table.file);
    if (marq_formula_constant(name, &value))
        return marq_fail(
            error, MARQ_ERROR_ARGUMENT,
            "%s: %s is the number %.10g in a formula, not a parameter: give the parameter another name",
            option, name, value);
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s: the formula has no free parameter %s", option, name);
}

/* NAME: the parameter in every group; NAME[GROUP]: in one. */
static marq_status take_entry(formula_outcome *o, const char *option, const char *name, const char *value,
                              list_entry take, marq_error *error) {
    marq_status status = MARQ_OK;
    size_t last = MARQ_FORMULA_NONE;
    for (size_t g = 0; status == MARQ_OK && g < o->groups.count; g++) {
        size_t parameter = formula_named_place(o, name, g);
        if (parameter == MARQ_FORMULA_NONE || parameter == last) continue;
        last = parameter;
        status = take(o, parameter, value, error);
    }
    if (last == MARQ_FORMULA_NONE && !(o->run->count > 1 && formula_any_has(o, name)))
        return formula_fail_name(o, option, name, error);
    return status;
}

static marq_status read_list(formula_outcome *o, const char *option, const char *list, list_entry take,
                             marq_error *error) {
    char name[FIT_LIST_ITEM];
    marq_status status = MARQ_OK;
    while (status == MARQ_OK && fit_list_next(&list, ',', name, sizeof name)) {
        const char *value = fit_list_value(name);
        status = value ? take_entry(o, option, name, value, take, error)
                       : marq_fail(error, MARQ_ERROR_ARGUMENT, "%s: \"%s\" is not NAME=VALUE", option, name);
    }
    return status;
}

static marq_status number_of(const formula_outcome *o, size_t parameter, const char *text, double *value,
                             marq_error *error) {
    if (marq_number_parse(text, value)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s=%s: a number is expected", o->names[parameter], text);
}

/* A start sets free what a former fit had fixed. */
static marq_status take_start(formula_outcome *o, size_t parameter, const char *value, marq_error *error) {
    o->fixed[parameter] = 0;
    o->given[parameter] = START_GIVEN;
    return number_of(o, parameter, value, &o->start[parameter], error);
}

static marq_status take_fixed(formula_outcome *o, size_t parameter, const char *value, marq_error *error) {
    marq_status status = take_start(o, parameter, value, error);
    o->fixed[parameter] = 1;
    return status;
}

/* low:high, either may be left out: then there is none, also where a former fit had one. */
static marq_status take_bounds(formula_outcome *o, size_t parameter, const char *value, marq_error *error) {
    const char *colon = strchr(value, ':');
    char low[64];
    size_t length = colon ? (size_t)(colon - value) : sizeof low;
    if (length >= sizeof low)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--bounds: %s=%s is not LOW:HIGH", o->names[parameter],
                         value);
    memcpy(low, value, length);
    low[length] = '\0';
    o->lower[parameter] = -HUGE_VAL;
    o->upper[parameter] = HUGE_VAL;
    marq_status status = MARQ_OK;
    if (low[strspn(low, " ")]) status = number_of(o, parameter, low, &o->lower[parameter], error);
    if (status == MARQ_OK && colon[1 + strspn(colon + 1, " ")])
        status = number_of(o, parameter, colon + 1, &o->upper[parameter], error);
    if (status == MARQ_OK && o->lower[parameter] > o->upper[parameter])
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "--bounds: %s has its lower bound above the upper",
                         o->names[parameter]);
    return status;
}

/* Where nothing was given, 1, moved inside the bounds. */
static marq_status check_starts(formula_outcome *o, marq_error *error) {
    for (size_t j = 0; j < o->parameters; j++) {
        bool inside = o->start[j] >= o->lower[j] && o->start[j] <= o->upper[j];
        if (o->given[j] == START_GIVEN && !inside && !o->fixed[j])
            return marq_fail(error, MARQ_ERROR_ARGUMENT,
                             "the start %s=%g lies outside its bounds %g:%g: give another with --start",
                             o->names[j], o->start[j], o->lower[j], o->upper[j]);
        if (o->fixed[j]) o->lower[j] = -HUGE_VAL, o->upper[j] = HUGE_VAL; /* --fix wins */
        o->start[j] = fmin(fmax(o->start[j], o->lower[j]), o->upper[j]);
    }
    return MARQ_OK;
}

static marq_status allocate(formula_outcome *o, marq_error *error) {
    size_t n = o->parameters;
    o->start = marq_alloc_doubles(n, 1);
    o->theta = marq_alloc_doubles(n, 1);
    o->lower = marq_alloc_doubles(n, 1);
    o->upper = marq_alloc_doubles(n, 1);
    o->covariance = marq_alloc_doubles(n, n);
    o->deviation = marq_alloc_doubles(n, 1);
    o->fixed = marq_alloc(n, 1);
    o->given = marq_alloc(n, 1);
    o->side = marq_alloc(n, 1);
    o->names = marq_alloc(n, sizeof *o->names);
    if (!o->start || !o->theta || !o->lower || !o->upper || !o->covariance || !o->deviation || !o->fixed ||
        !o->given || !o->side || !o->names)
        return marq_fail_memory(error, "the parameters");
    for (size_t j = 0; j < n; j++) {
        o->names[j] = o->groups.parameters[j];
        o->start[j] = 1;
        o->lower[j] = -HUGE_VAL;
        o->upper[j] = HUGE_VAL;
    }
    return MARQ_OK;
}

static marq_status read_lists(formula_outcome *o, marq_error *error) {
    const fit_arguments *a = o->arguments;
    marq_status status = formula_read_parameters(o, error);
    if (status == MARQ_OK) status = read_list(o, "--start", a->start, take_start, error);
    if (status == MARQ_OK) status = read_list(o, "--bounds", a->bounds, take_bounds, error);
    if (status == MARQ_OK) status = read_list(o, "--fix", a->fix, take_fixed, error);
    if (status == MARQ_OK) formula_start_shapes(o);
    if (status == MARQ_OK) status = check_starts(o, error);
    return status;
}

/* ---- The problem ---- */

/* marks ← the formula's linear parameters in one group, of those that still are in the others. */
static void mark_group(formula_outcome *o, size_t group) {
    unsigned char held[FORMULA_MOST_PARAMETERS], marks[FORMULA_MOST_PARAMETERS];
    const size_t *place = o->groups.place + group * o->groups.local;
    for (size_t i = 0; i < o->groups.local; i++) held[i] = o->fixed[place[i]];
    marq_formula_linear(o->formula, held, marks);
    for (size_t i = 0; i < o->groups.local; i++) o->linear[place[i]] &= marks[i];
}

/* Linear parameters are eliminated, but for those whose start the user gave: among minima that differ by the
 * order of equal terms it says which. */
static bool mark_linear(formula_outcome *o) {
    o->linear = marq_alloc(o->parameters, 1);
    if (!o->linear) return false;
    memset(o->linear, 1, o->parameters);
    for (size_t g = 0; g < o->groups.count; g++) mark_group(o, g);
    bool marked = false;
    for (size_t j = 0; j < o->parameters; j++) {
        if (o->given[j] == START_GIVEN) o->linear[j] = 0;
        marked = marked || o->linear[j];
    }
    if (marked) o->problem.linear = o->linear;
    return true;
}

/* Which row's left side is not finite. */
static marq_status explain_left(const formula_outcome *o, marq_error *error) {
    marq_formula_data data = formula_data(o);
    double left = 0;
    size_t i = 0;
    for (; i < o->rows && isfinite(left); i++) marq_formula_left(o->formula, &data, i, 1, &left);
    marq_formula_trouble trouble;
    double local[FORMULA_MOST_PARAMETERS];
    formula_local(o, 0, o->start, local);
    if (i > 0 && marq_formula_find_trouble(o->formula, &data, local, i - 1, 1, &trouble))
        return marq_fail(error, MARQ_ERROR_DATA, "%s:%zu: %s: leave the row out with --where, or correct it",
                         o->table.file, o->table.lines[trouble.row], trouble.message);
    return error->status;
}

static marq_status bind(formula_outcome *o, marq_error *error) {
    marq_formula_data data = formula_data(o);
    marq_status status = marq_formula_problem_create(o->formula, &data, &o->own, &o->of_formula, error);
    if (status == MARQ_ERROR_DATA) return explain_left(o, error);
    if (status != MARQ_OK) return status;
    formula_bind_groups(o);
    bool bounded = false, fixed = false;
    for (size_t j = 0; j < o->parameters; j++) {
        bounded = bounded || o->lower[j] > -HUGE_VAL || o->upper[j] < HUGE_VAL;
        fixed = fixed || o->fixed[j];
    }
    if (bounded) o->problem.lower = o->lower, o->problem.upper = o->upper;
    if (fixed) o->problem.fixed = o->fixed;
    if (o->arguments->varpro && !o->ties && !mark_linear(o)) /* ties: see marq_problem.linear */
        return marq_fail_memory(error, "the linear parameters");
    o->problem.weights = o->weights;
    o->problem.loss = o->arguments->loss;
    o->problem.loss_scale = o->arguments->loss_scale;
    return MARQ_OK;
}

static marq_status enough_rows(const formula_outcome *o, marq_error *error) {
    size_t free = 0;
    for (size_t j = 0; j < o->parameters; j++) free += !o->fixed[j] && !formula_is_tied(o, j);
    if (o->parameters == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT,
                         "the formula has no parameters: every name in it is a column or a constant");
    if (free == 0)
        return marq_fail(error, MARQ_ERROR_ARGUMENT, "every parameter is fixed: nothing is left to fit");
    if (o->rows < free)
        return marq_fail(error, MARQ_ERROR_DATA, "%s: %zu rows cannot determine %zu parameters: --fix some",
                         o->table.file, o->rows, free);
    return MARQ_OK;
}

/* Reads the formula, and says which columns it needs. */
marq_status formula_read(formula_outcome *o, marq_error *error) {
    marq_status status = formula_check_saved(o, error);
    if (status == MARQ_OK) status = formula_find_columns(o, error);
    if (status == MARQ_OK) status = formula_find_response(o, error);
    return status == MARQ_OK ? parse(o, error) : status;
}

marq_status formula_setup(formula_outcome *o, marq_error *error) {
    o->rows = o->table.rows;
    o->columns = marq_alloc(o->table.columns, sizeof *o->columns);
    if (!o->columns) return marq_fail_memory(error, "the columns");
    for (size_t c = 0; c < o->table.columns; c++) o->columns[c] = o->table.values + c;
    marq_status status = formula_group_rows(o, error);
    if (status == MARQ_OK) status = formula_group_parameters(o, error);
    if (status == MARQ_OK) status = allocate(o, error);
    if (status == MARQ_OK) status = formula_parse_derived(o, error);
    if (status == MARQ_OK) status = formula_take_weights(o, error);
    if (status == MARQ_OK) status = read_lists(o, error);
    if (status == MARQ_OK) status = formula_read_ties(o, error);
    if (status == MARQ_OK) status = enough_rows(o, error);
    if (status == MARQ_OK) status = formula_check_columns(o, error);
    return status == MARQ_OK ? bind(o, error) : status;
}
