#include <base/number.h>

#include "locale.h"
#include <base/text.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* True if a decimal number starts here: an optional sign, then a digit, or a point and a digit. */
static bool starts_number(const char *text) {
    if (*text == '+' || *text == '-') text++;
    if (*text == '.') text++;
    return *text >= '0' && *text <= '9';
}

/* strtod would take 0x… as hexadecimal. */
static bool is_hexadecimal(const char *text) {
    if (*text == '+' || *text == '-') text++;
    return text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
}

bool marq_number_read(const char *text, const char **end, double *value) {
    if (!starts_number(text) || is_hexadecimal(text)) return false;
    c_locale locale = c_locale_enter();
    char *stop = NULL;
    double number = strtod(text, &stop);
    c_locale_leave(locale);
    if (stop == text || !isfinite(number)) return false;
    *value = number;
    *end = stop;
    return true;
}

static const char *skip_blanks(const char *text) {
    while (*text == ' ' || *text == '\t') text++;
    return text;
}

bool marq_number_parse(const char *text, double *value) {
    const char *end = NULL;
    if (!marq_number_read(skip_blanks(text), &end, value)) return false;
    return *skip_blanks(end) == '\0';
}

const char *marq_number_write(char out[MARQ_NUMBER_SIZE], double value) {
    marq_format(out, MARQ_NUMBER_SIZE, "%.17g", value);
    return out;
}
