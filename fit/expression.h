/* Formulas that the user wrote after an option: what is wrong with them, and where. */
#ifndef FIT_EXPRESSION_H
#define FIT_EXPRESSION_H

#include <marq/formula.h>

/* Fails with MARQ_ERROR_ARGUMENT: the reason in *error, and under it the text with a caret under the place.
 * option: "--derive", or NULL for --formula and --tie, which are known by their text. */
marq_status fit_fail_expression(const char *option, const char *text, const marq_formula_place *place,
                                marq_error *error);

#endif
