#include "expression.h"

#include <base/error.h>
#include <base/text.h>
#include <string.h>

marq_status fit_fail_expression(const char *option, const char *text, const marq_formula_place *place,
                                marq_error *error) {
    char marked[256], reason[sizeof error->message];
    memcpy(reason, error->message, sizeof reason);
    marq_formula_mark(text, place, marked, sizeof marked);
    size_t length = strlen(marked);
    if (length && marked[length - 1] == '\n') marked[length - 1] = '\0';
    marq_fail(error, MARQ_ERROR_ARGUMENT, "%s%s%s", option ? option : "", option ? ": " : "", reason);
    length = strlen(error->message);
    marq_format(error->message + length, sizeof error->message - length, "\n%s", marked);
    return MARQ_ERROR_ARGUMENT;
}
