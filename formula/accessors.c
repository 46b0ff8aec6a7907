/* What a formula has. */
#include "inside.h"

#include <string.h>

size_t marq_formula_parameter_count(const marq_formula *formula) {
    return formula->parameters.count;
}

const char *marq_formula_parameter_name(const marq_formula *formula, size_t parameter) {
    return parameter < formula->parameters.count ? formula->parameters.items[parameter] : NULL;
}

size_t marq_formula_find_parameter(const marq_formula *formula, const char *name) {
    return marq_names_find(&formula->parameters, name, strlen(name));
}

size_t marq_formula_column_count(const marq_formula *formula) {
    return formula->use_count;
}

size_t marq_formula_column(const marq_formula *formula, size_t k) {
    return k < formula->use_count ? formula->uses[k].column : MARQ_FORMULA_NONE;
}

size_t marq_formula_response(const marq_formula *formula) {
    return formula->response;
}

int marq_formula_is_transformed(const marq_formula *formula) {
    return formula->transformed;
}

int marq_formula_is_on_left(const marq_formula *formula, size_t column) {
    return column == formula->response || (column < formula->table.count && formula->on_left[column]);
}

const char *marq_formula_left_text(const marq_formula *formula) {
    return formula->left_text ? formula->left_text : "";
}

size_t marq_formula_warning_count(const marq_formula *formula) {
    return formula->warnings.count;
}

const char *marq_formula_warning(const marq_formula *formula, size_t k) {
    return k < formula->warnings.count ? formula->warnings.items[k] : NULL;
}

size_t marq_formula_shape_count(const marq_formula *formula) {
    return formula->shape_count;
}

const marq_formula_shape *marq_formula_shape_at(const marq_formula *formula, size_t k) {
    return k < formula->shape_count ? &formula->shapes[k].shape : NULL;
}
