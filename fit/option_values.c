#include "option_values.h"

#include <base/error.h>
#include <base/number.h>
#include <math.h>

marq_status fit_wrong_value(marq_error *error, const char *name, const char *value, const char *expected) {
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: %s is expected", name, value, expected);
}

marq_status fit_number_value(const char *name, const char *value, double least, double most, double *out,
                             marq_error *error) {
    if (marq_number_parse(value, out) && *out >= least && *out <= most) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: a number from %g to %g is expected", name, value,
                     least, most);
}

marq_status fit_whole_value(const char *name, const char *value, double least, double most, double *out,
                            marq_error *error) {
    if (marq_number_parse(value, out) && *out >= least && *out <= most && *out == floor(*out)) return MARQ_OK;
    return marq_fail(error, MARQ_ERROR_ARGUMENT, "%s %s: a whole number from %.0f to %.0f is expected", name,
                     value, least, most);
}

marq_status fit_set_option(const fit_option *o, fit_arguments *arguments, const char *value,
                           marq_error *error) {
    void *field = (char *)arguments + o->field;
    fit_number *number = field;
    switch (o->kind) {
    case FIT_VALUE_TEXT:
        *(const char **)field = value;
        return MARQ_OK;
    case FIT_VALUE_FLAG:
        *(bool *)field = true;
        return MARQ_OK;
    case FIT_VALUE_NUMBER:
        number->given = true;
        return fit_number_value(o->name, value, o->least, o->most, &number->value, error);
    case FIT_VALUE_WHOLE:
        number->given = true;
        return fit_whole_value(o->name, value, o->least, o->most, &number->value, error);
    case FIT_VALUE_OWN:
        break;
    }
    return o->set(arguments, value, error);
}
