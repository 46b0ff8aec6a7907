/* Formulas for tests: parsed, or the test fails with the message and the caret. */
#ifndef MARQ_TESTS_FORMULAS_H
#define MARQ_TESTS_FORMULAS_H

#include "require.h"

#include <marq/formula.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NAMES(...) (const char *const[]){__VA_ARGS__}, COUNT(((const char *const[]){__VA_ARGS__}))

static inline marq_formula *parse_with(const char *text, const marq_formula_options *options) {
    marq_formula *formula = NULL;
    marq_formula_place place;
    marq_error error = {0};
    char mark[512];
    if (marq_formula_parse(text, options, &formula, &place, &error) != MARQ_OK)
        fail_msg("%s\n%s", error.message, marq_formula_mark(text, &place, mark, sizeof mark));
    return formula;
}

/* A formula of these columns and any parameters. */
static inline marq_formula *parse_model(const char *text, const char *const *columns, size_t count) {
    marq_formula_options options = marq_formula_options_default();
    options.columns = columns, options.column_count = count;
    return parse_with(text, &options);
}

/* An expression of these parameters. */
static inline marq_formula *parse_quantity(const char *text, const char *const *parameters, size_t count) {
    marq_formula_options options = marq_formula_options_default();
    options.kind = MARQ_FORMULA_PARAMETERS;
    options.parameters = parameters, options.parameter_count = count;
    return parse_with(text, &options);
}

/* The value of an expression of numbers. */
static inline double value_of(const char *text) {
    marq_formula *formula = parse_quantity(text, NULL, 0);
    double value;
    marq_formula_evaluate(formula, NULL, NULL, 0, 1, &value);
    marq_formula_destroy(formula);
    return value;
}

#endif
