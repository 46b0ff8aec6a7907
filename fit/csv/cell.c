/* What a cell says: a number, nothing, or what else. */
#include "csv/inside.h"

#include <base/number.h>
#include <math.h>
#include <string.h>

/* ASCII only: no locale can change what is a missing value. */
static bool is_word(const char *text, size_t length, const char *word) {
    if (length != strlen(word)) return false;
    for (size_t i = 0; i < length; i++)
        if ((text[i] | 0x20) != word[i]) return false;
    return true;
}

static bool is_absent(const csv_cell *cell) {
    if (cell->length == 0) return true;
    return is_word(cell->text, cell->length, "na") || is_word(cell->text, cell->length, "null");
}

/* The words that C's printf writes, with or without a sign; CSV_WORDS: neither of them. */
static csv_kind read_ieee_word(const csv_cell *cell) {
    size_t sign = *cell->text == '-' || *cell->text == '+';
    const char *text = cell->text + sign;
    size_t length = cell->length - sign;
    if (is_word(text, length, "nan")) return CSV_ABSENT;
    bool infinite = is_word(text, length, "inf") || is_word(text, length, "infinity");
    return infinite ? CSV_INFINITE : CSV_WORDS;
}

/* What follows the cell is a separator, a quote, a blank or an end: no number goes on behind the cell. */
static bool is_number(const csv_cell *cell, double *value) {
    const char *end = NULL;
    return marq_number_read(cell->text, &end, value) && end == cell->text + cell->length;
}

/* As is_number, with a comma for the point: it becomes one while the number is read. */
static bool is_comma_number(const csv_cell *cell, double *value) {
    if (memchr(cell->text, '.', cell->length)) return false;
    char *comma = memchr(cell->text, ',', cell->length);
    if (!comma) return is_number(cell, value);
    *comma = '.';
    bool number = is_number(cell, value);
    *comma = ',';
    return number;
}

static const char DIGITS[] = "0123456789";

/* An optional exponent, up to the end. */
static bool is_exponent(const char *at, const char *end) {
    if (at == end) return true;
    if ((*at++ | 0x20) != 'e') return false;
    if (at < end && (*at == '+' || *at == '-')) at++;
    return at < end && at + strspn(at, DIGITS) == end;
}

/* Has the form of a decimal number: if it could not be read, it is too large. */
static bool has_form(const csv_cell *cell, char decimal) {
    const char *at = cell->text, *end = cell->text + cell->length;
    if (*at == '+' || *at == '-') at++;
    size_t before = strspn(at, DIGITS), behind = 0;
    at += before;
    if (at < end && *at == decimal) {
        behind = strspn(at + 1, DIGITS);
        at += 1 + behind;
    }
    return before + behind > 0 && is_exponent(at, end);
}

static csv_kind read_odd(const csv_cell *cell, char decimal) {
    csv_kind word = read_ieee_word(cell);
    if (word != CSV_WORDS) return word;
    if (has_form(cell, decimal)) return CSV_TOO_LARGE;
    return has_form(cell, decimal == '.' ? ',' : '.') ? CSV_OTHER_DECIMAL : CSV_WORDS;
}

csv_kind csv_cell_read(const csv_cell *cell, char decimal, double *value) {
    if (decimal == ',' ? is_comma_number(cell, value) : is_number(cell, value)) return CSV_NUMBER;
    *value = (double)NAN;
    return is_absent(cell) ? CSV_ABSENT : read_odd(cell, decimal);
}
